// Package framework prints the settings that a web framework needs to sign in at
// authdrill. Each framework is a file in env/.
package framework

import (
	"embed"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

//go:embed env/*.tmpl
var frameworks embed.FS

// Settings are what a framework has to know.
type Settings struct {
	Issuer, ClientID, Secret, App string
	Trust                         []Variable
}

// Variable is one of the environment.
type Variable struct{ Name, Value string }

// NeedSecret is nothing, for a client with a secret: the framework works with no
// other.
func (s Settings) NeedSecret(why string) (string, error) {
	if s.Secret == "" {
		return "", failure.Usage("give "+s.ClientID+" a client_secret, and export "+setting.SecretVariable+"=.. beforehand", "%s is a public client, and %s", s.ClientID, why)
	}
	return "", nil
}

// TLS reports whether the issuer is reached over TLS.
func (s Settings) TLS() bool { return strings.HasPrefix(s.Issuer, "https://") }

// Names lists the frameworks.
func Names() []string {
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

// Write writes the settings of a framework.
func Write(w io.Writer, framework string, values Settings) error {
	text, err := fs.ReadFile(frameworks, "env/"+framework+".tmpl")
	if err != nil {
		return failure.Usage(strict.Suggest(framework, Names()), "unknown framework %q", framework)
	}
	t, err := template.New(framework).Parse(string(text))
	if err != nil {
		return err
	}
	err = t.Execute(w, values)
	if f := (*failure.Error)(nil); errors.As(err, &f) {
		return f
	}
	return err
}
