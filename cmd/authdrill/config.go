package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/target"
)

const (
	configName = "authdrill.yaml"
	configSize = 16 << 20 // bytes that are read of a settings file
)

// config is the file authdrill.yaml: flags of serve and exec under their names
// with _ for -, and the same clock, provider, clients, users and faults that a
// scenario begins with.
type config struct {
	setup.Setup
	Node *strict.Node `json:"-"` // where it was read

	App *target.App `json:"app,omitempty" doc:"your own app, for attack: how it is started, signed in to and asked who is signed in"`

	Host             string   `json:"host,omitempty" doc:"address to listen on"`
	Port             *int     `json:"port,omitempty" min:"0" max:"65535" doc:"port of the provider; 0 is a free one"`
	BaseURL          string   `json:"base_url,omitempty" doc:"issuer identifier, where it is not http://HOST:PORT"`
	IssuerFromHost   *bool    `json:"issuer_from_host,omitempty" doc:"let each host name that is answered to be an issuer of its own"`
	TrustProxy       []string `json:"trust_proxy,omitempty" single:"true" doc:"proxies to believe: networks, or true for those of loopback and private networks"`
	ClientPort       *int     `json:"client_port,omitempty" min:"0" max:"65535" doc:"port of the client app; 0 is a free one"`
	Log              string   `json:"log,omitempty" enum:"refusals,text,json,off" doc:"which requests have a line on standard error, and its form; default refusals"`
	NoClient         *bool    `json:"no_client,omitempty" doc:"serve the provider alone"`
	ReadyFile        string   `json:"ready_file,omitempty" doc:"file to write when ready, below the file's folder"`
	Seed             *uint64  `json:"seed,omitempty" doc:"derive keys, codes and tokens from this number"`
	RandomKeys       *bool    `json:"random_keys,omitempty" doc:"make fresh RSA keys"`
	TLS              *bool    `json:"tls,omitempty" doc:"serve over TLS"`
	TLSCert          string   `json:"tls_cert,omitempty" doc:"in place of tls: a certificate of your own, a PEM file"`
	TLSKey           string   `json:"tls_key,omitempty" doc:"its key"`
	HTTP2            *bool    `json:"http2,omitempty" doc:"with tls: offer HTTP/2"`
	CADir            string   `json:"ca_dir,omitempty" doc:"where the certificate authority of tls is kept, below the file's folder"`
	Persona          []string `json:"persona,omitempty" single:"true" doc:"providers to stand in for, by names or files"`
	UsersFile        []string `json:"users_file,omitempty" single:"true" doc:"files of users in YAML or JSON, below the file's folder"`
	AllowHost        []string `json:"allow_host,omitempty" single:"true" doc:"host names to answer to beside loopback"`
	ControlPort      *int     `json:"control_port,omitempty" min:"0" max:"65535" doc:"port of the control API and the consoles, on loopback only; 0 is a free one"`
	AllowNonLoopback *bool    `json:"allow_non_loopback,omitempty" doc:"listen on an address that other machines reach"`
}

// Check finds what is wrong among the members: a client that cannot authenticate, and
// what the file removes and there never was.
func (c *config) Check() error {
	wrong := []error{c.CheckAll(), setup.CheckRemoved(setup.Default(), c.Setup)}
	for member, list := range map[string][]string{"trust_proxy": c.TrustProxy, "persona": c.Persona, "users_file": c.UsersFile, "allow_host": c.AllowHost} {
		if n := slices.Index(list, ""); n >= 0 {
			wrong = append(wrong, strict.Member(fmt.Sprintf("%s.%d", member, n), errors.New("an empty text names nothing: leave it out")))
		}
	}
	return errors.Join(wrong...)
}

// readConfig reads the settings that a name, the environment or the working folder has.
// What they say of flags that are not set yet is set.
func readConfig(name string, f *flags) (setup.Setup, error) {
	s, _, err := readApp(name, f)
	return s, err
}

// readFlags sets what the settings say of flags, and looks up no secret.
func readFlags(name string, f *flags) error {
	source, err := readSource(name, f)
	var c config
	if err != nil || source.isEmpty() {
		return err
	}
	if problems := source.decode(&c); len(problems) > 0 {
		return f.secrets.HideIn(problems, source.documents()...)
	}
	for flag, value := range c.values() {
		if err := f.file(flag, value, source.name, source.below); err != nil {
			return err
		}
	}
	return nil
}

// readApp reads the app of the file too; nil where it has none.
func readApp(name string, f *flags) (setup.Setup, *target.App, error) {
	source, err := readSource(name, f)
	if err != nil {
		return setup.Setup{}, nil, err
	}
	var c config
	if source.isEmpty() {
		return c.Setup, c.App, nil
	}
	if problems := source.decode(&c); len(problems) > 0 {
		f.secrets.LearnLines(string(source.data))
		return c.Setup, nil, f.secrets.HideIn(problems, source.documents()...)
	}
	if source.found {
		if err := f.secrets.HideIn(c.undecidedSettings(f), c.Node).Err(); err != nil {
			return c.Setup, nil, err
		}
	}
	written := setup.Setup{Clients: maps.Clone(c.Clients), Users: maps.Clone(c.Users)}
	for flag, value := range c.values() {
		if err := f.file(flag, value, source.name, source.below); err != nil {
			return c.Setup, nil, err
		}
	}
	if err := source.vault().open(&c.Setup); err != nil {
		return c.Setup, nil, f.unopened(err, source.name, c.Node)
	}
	if err := readKeys(&c.Provider, source.below, c.Node.Get("provider")); err != nil {
		return c.Setup, nil, err
	}
	f.secrets.LearnSetup(opened(written, c.Setup))
	f.written = c.Node
	return c.Setup, c.App, nil
}

// values are the flags that the file sets.
func (c *config) values() map[string]string {
	out := map[string]string{}
	text := func(name, value string) {
		if value != "" {
			out[name] = value
		}
	}
	number := func(name string, p *int) {
		if p != nil {
			out[name] = strconv.Itoa(*p)
		}
	}
	boolean := func(name string, p *bool) {
		if p != nil {
			out[name] = strconv.FormatBool(*p)
		}
	}
	text("host", c.Host)
	number("port", c.Port)
	text("base-url", c.BaseURL)
	boolean("issuer-from-host", c.IssuerFromHost)
	text("trust-proxy", strings.Join(c.TrustProxy, ","))
	number("client-port", c.ClientPort)
	boolean("no-client", c.NoClient)
	text("log", c.Log)
	text("ready-file", c.ReadyFile)
	boolean("random-keys", c.RandomKeys)
	boolean("tls", c.TLS)
	text("tls-cert", c.TLSCert)
	text("tls-key", c.TLSKey)
	boolean("http2", c.HTTP2)
	text("ca-dir", c.CADir)
	text("persona", strings.Join(c.Persona, ","))
	text("users-file", strings.Join(c.UsersFile, ","))
	text("allow-host", strings.Join(c.AllowHost, ","))
	number("control-port", c.ControlPort)
	boolean("allow-non-loopback", c.AllowNonLoopback)
	if c.Seed != nil {
		out["seed"] = strconv.FormatUint(*c.Seed, 10)
	}
	return out
}

// unopened reports references that cannot be resolved at their places in the settings.
func (f *flags) unopened(err error, name string, node *strict.Node) error {
	var refused refusedSecrets
	if errors.As(err, &refused) {
		problems := refused.problems(func(member string) strict.Problem { return node.Find(member).Problem(strict.Value, "", "") })
		if len(problems) > 0 {
			return f.secrets.HideIn(problems.Sorted().First(), node).Err()
		}
	}
	return within(name, err)
}

// says reports whether an error is about what a flag says, or its variable, and no settings.
func (f *flags) says(err error) bool {
	var m *strict.MemberError
	if !errors.As(err, &m) {
		return false
	}
	name := strings.ReplaceAll(m.Name, "_", "-")
	_, ofFile := f.below[name]
	return f.set.Lookup(name) != nil && !ofFile
}

// located puts what a provider refuses at its place in the settings, where they have it.
func (f *flags) located(err error) error {
	if f.written == nil || f.says(err) {
		return usage("", "%s", strings.TrimPrefix(err.Error(), "mockprovider: "))
	}
	problems := strict.ProblemsAt(f.written, err)
	if slices.ContainsFunc(problems, func(p strict.Problem) bool { return p.Path == "" }) { // of a flag or a persona
		return usage("", "%s", strings.TrimPrefix(err.Error(), "mockprovider: "))
	}
	return f.secrets.HideIn(problems.Sorted().First(), f.written).Err()
}

// reason is an error of the operating system without the name of the system
// call.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Path + ": " + p.Err.Error()
	}
	return err.Error()
}
