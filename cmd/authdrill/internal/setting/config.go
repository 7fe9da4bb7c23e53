package setting

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/secret"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/socket"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/target"
)

const (
	FileName   = "authdrill.yaml"
	configSize = 16 << 20 // bytes that are read of a settings file
)

// Config is the file authdrill.yaml: flags of serve and exec under their names
// with _ for -, and the same clock, provider, clients, users and faults that a
// scenario begins with.
type Config struct {
	setup.Setup
	Node *strict.Node `json:"-"` // where it was read

	App *target.App `json:"app,omitempty" doc:"your own app, for attack: how to start it, how to sign in, and how it shows the signed-in user"`

	Host             string   `json:"host,omitempty" doc:"address to listen on"`
	Port             *int     `json:"port,omitempty" min:"0" max:"65535" doc:"port of the provider; 0 is a free one"`
	BaseURL          string   `json:"base_url,omitempty" doc:"issuer identifier, where it is not http://HOST:PORT"`
	IssuerFromHost   *bool    `json:"issuer_from_host,omitempty" doc:"let each host name that is answered to be an issuer of its own"`
	TrustProxy       []string `json:"trust_proxy,omitempty" single:"true" doc:"proxies to believe: networks, or true for those of loopback and private networks"`
	ClientPort       *int     `json:"client_port,omitempty" min:"0" max:"65535" doc:"port of the client app; 0 is a free one"`
	Log              string   `json:"log,omitempty" enum:"refusals,text,json,off" doc:"which requests have a line on standard error, and its form; default refusals"`
	NoClient         *bool    `json:"no_client,omitempty" doc:"serve only the provider"`
	ReadyFile        string   `json:"ready_file,omitempty" doc:"file to write when ready, below the file's folder"`
	Seed             *uint64  `json:"seed,omitempty" doc:"derive keys, codes and tokens from this number"`
	RandomKeys       *bool    `json:"random_keys,omitempty" doc:"make fresh RSA keys"`
	TLS              *bool    `json:"tls,omitempty" doc:"serve over TLS"`
	TLSCert          string   `json:"tls_cert,omitempty" doc:"in place of tls: a certificate of your own, a PEM file"`
	TLSKey           string   `json:"tls_key,omitempty" doc:"its key"`
	HTTP2            *bool    `json:"http2,omitempty" doc:"with tls: offer HTTP/2"`
	CADir            string   `json:"ca_dir,omitempty" doc:"where the certificate authority of tls is kept, below the file's folder"`
	Persona          []string `json:"persona,omitempty" single:"true" doc:"real providers to imitate, by names or files"`
	UsersFile        []string `json:"users_file,omitempty" single:"true" doc:"files of users in YAML or JSON, below the file's folder"`
	AllowHost        []string `json:"allow_host,omitempty" single:"true" doc:"host names to answer to in addition to loopback"`
	ControlPort      *int     `json:"control_port,omitempty" min:"0" max:"65535" doc:"port of the control API and the consoles, on loopback only; 0 is a free one"`
	AllowNonLoopback *bool    `json:"allow_non_loopback,omitempty" doc:"listen on an address that other machines reach"`
}

// Check finds what is wrong among the members: a client that cannot authenticate, and
// what the file removes and there never was.
func (c *Config) Check() error {
	return errors.Join(c.CheckAll(), setup.CheckRemoved(setup.Default(), c.Setup), c.CheckMembers())
}

// CheckMembers finds values that the flags of the same names cannot have.
func (c *Config) CheckMembers() error {
	var wrong []error
	report := func(member string, err error) {
		if err != nil {
			wrong = append(wrong, strict.Member(member, err))
		}
	}
	each := func(member string, list []string, check func(string) error) {
		for n, item := range list {
			place := fmt.Sprintf("%s.%d", member, n)
			var values listValue
			if _ = values.Set(item); len(values) == 0 { // it takes everything
				report(place, errors.New("empty: give a value, or leave it out"))
			}
			for _, value := range values {
				report(place, check(value))
			}
		}
	}
	for _, member := range c.emptyTexts() {
		report(member, errors.New("empty: give a value, or leave it out"))
	}
	if c.BaseURL != "" {
		report("base_url", CheckBaseURL(c.BaseURL))
	}
	if c.Host != "" {
		report("host", socket.CheckHost(c.Host))
	}
	each("trust_proxy", c.TrustProxy, func(value string) error {
		if len(c.TrustProxy) > 1 && (value == "true" || value == "false") {
			return fmt.Errorf("%s is not a network: want only that word, or networks such as 10.0.0.0/8", value)
		}
		return new(Proxies).Set(value)
	})
	each("allow_host", c.AllowHost, CheckHostname)
	each("persona", c.Persona, func(value string) error {
		if isPersonaFile(value) {
			return nil
		}
		_, err := persona.Named(value)
		return err
	})
	each("users_file", c.UsersFile, func(string) error { return nil })
	return errors.Join(wrong...)
}

// emptyTexts lists the members that have an empty text, which a flag takes as nothing.
func (c *Config) emptyTexts() []string {
	if c.Node == nil {
		return nil
	}
	return slices.DeleteFunc([]string{"host", "base_url", "ready_file", "tls_cert", "tls_key", "ca_dir"}, func(member string) bool {
		n := c.Node.Get(member)
		return n == nil || n.Kind != strict.Scalar || n.Text != ""
	})
}

// ReadConfig reads the settings that a name, the environment or the working folder has.
// What they say of flags that are not set yet is set.
func ReadConfig(name string, f *Flags) (setup.Setup, error) {
	s, _, err := ReadApp(name, f)
	return s, err
}

// ReadFlags sets what the settings say of flags, and looks up no secret.
func ReadFlags(name string, f *Flags) error {
	source, err := readSource(name, f)
	var c Config
	if err != nil || source.isEmpty() {
		return err
	}
	if problems := source.decode(&c); len(problems) > 0 {
		return f.Secrets.HideIn(problems, source.documents()...)
	}
	return c.setFlags(f, &source)
}

// setFlags gives flags the values that the settings have.
func (c *Config) setFlags(f *Flags, source *configSource) error {
	var wrong failure.List
	for flag, value := range c.values() {
		wrong.Add(f.file(flag, value, source, c.Node.Get(settingOf(flag))))
	}
	return wrong.Err()
}

// ReadApp reads the app of the file too; nil where it has none. With an error the
// settings are as much as could be read: f.written is nil where that is not enough to
// look for more that is wrong.
func ReadApp(name string, f *Flags) (setup.Setup, *target.App, error) {
	source, err := readSource(name, f)
	var c Config
	if err != nil || source.isEmpty() {
		return c.Setup, c.App, err
	}
	var wrong failure.List
	problems := source.decode(&c)
	if len(problems) > 0 {
		f.Secrets.LearnLines(string(source.data))
		wrong.Add(f.Secrets.HideIn(problems, source.documents()...))
	}
	if c.Node == nil {
		return c.Setup, nil, wrong.Err()
	}
	if source.found {
		wrong.Add(f.Secrets.HideIn(c.undecidedSettings(f), c.Node).Err())
	}
	wrong.AddUnlessKnown(c.setFlags(f, &source))
	wrong.Add(c.openSecrets(f, &source, !wrong.IsEmpty()))
	wrong.AddUnlessKnown(readKeys(&c.Provider, source.below, c.Node.Find("provider")))
	if !slices.ContainsFunc(problems, isMissing) {
		f.Written = c.Node
	}
	return c.Setup, c.App, wrong.Err()
}

// openSecrets looks up the secrets that the settings name; those of a store on the
// network only where nothing else is wrong.
func (c *Config) openSecrets(f *Flags, source *configSource, local bool) error {
	written := setup.Setup{Clients: maps.Clone(c.Clients), Users: maps.Clone(c.Users)}
	vault := source.vault()
	vault.Local = local
	if err := vault.Open(&c.Setup); err != nil {
		return f.unopened(err, source.name, c.Node)
	}
	f.Secrets.LearnSetup(secret.Opened(written, c.Setup))
	return nil
}

// isMissing reports whether a problem leaves members out that others may rely on.
func isMissing(p strict.Problem) bool {
	return p.Rule != strict.Check && p.Rule != strict.Value && (p.Path == "" || failure.IsWithin(p.Path, "provider") || failure.IsWithin(p.Path, "users"))
}

// values are the flags that the file sets.
func (c *Config) values() map[string]string {
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
func (f *Flags) unopened(err error, name string, node *strict.Node) error {
	var refused secret.Unresolved
	if errors.As(err, &refused) {
		problems := refused.Problems(func(member string) strict.Problem { return node.Find(member).Problem(strict.Value, "", "") })
		if len(problems) > 0 {
			return f.Secrets.HideIn(problems.Sorted(), node).Err()
		}
	}
	return secret.Within(name, err)
}

// Located puts what a provider refuses at its place in the settings, where they have it.
func (f *Flags) Located(err error) error {
	var wrong failure.List
	wrong.Add(err)
	indices := regexp.MustCompile(`\[(\d+)\]`) // of lists in a path
	var out failure.List
	for _, p := range wrong.Files {
		if p.Line > 0 {
			out.Add(strict.Problems{p})
			continue
		}
		out.Add(f.locatedOne(strict.Member(indices.ReplaceAllString(p.Path, ".$1"), errors.New(p.Message)), p))
	}
	for _, one := range wrong.Flags {
		out.Add(f.locatedOne(one, one))
	}
	return out.Err()
}

// locatedOne puts an error of a member at its place in the settings; otherwise is the
// same error where they do not have the member.
func (f *Flags) locatedOne(err, otherwise error) error {
	if member, _ := strict.MemberOf(err); f.Written != nil && member != "" {
		if p := strict.ProblemsAt(f.Written, err); p[0].Path != "" {
			return f.Secrets.HideIn(p, f.Written)
		}
	}
	return failure.Usage("", "%s", strings.TrimPrefix(otherwise.Error(), "mockprovider: ")) // of a flag or a persona
}
