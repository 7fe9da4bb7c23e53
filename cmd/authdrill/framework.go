package main

import (
	"embed"
	"errors"
	"html/template"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

//go:embed env/*.tmpl
var frameworks embed.FS

// settings are what a framework has to know.
type settings struct {
	Issuer, ClientID, Secret, App string
	Trust                         []variable
}

// variable is one of the environment.
type variable struct{ Name, Value string }

// NeedSecret is nothing, for a client with a secret: the framework works with no
// other.
func (s settings) NeedSecret(why string) (string, error) {
	if s.Secret == "" {
		return "", usage("give "+s.ClientID+" a client_secret, and export "+secretVariable+"=.. beforehand", "%s is a public client, and %s", s.ClientID, why)
	}
	return "", nil
}

// TLS reports whether the issuer is reached over TLS.
func (s settings) TLS() bool { return strings.HasPrefix(s.Issuer, "https://") }

func frameworkNames() []string {
	entries, err := frameworks.ReadDir("env")
	if err != nil {
		return nil // cannot be: the folder is embedded above
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), path.Ext(e.Name())))
	}
	slices.Sort(out)
	return out
}

// writeSettings writes the settings of a framework.
func writeSettings(w io.Writer, framework string, values settings) error {
	text, err := fs.ReadFile(frameworks, "env/"+framework+".tmpl")
	if err != nil {
		return usage(strict.Suggest(framework, frameworkNames()), "there are no settings for %q", framework)
	}
	t, err := template.New(framework).Parse(string(text))
	if err != nil {
		return err
	}
	err = t.Execute(w, values)
	if f := (*failure)(nil); errors.As(err, &f) {
		return f
	}
	return err
}
