package client

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/client/internal/check"
)

// Client is a relying party. It may be used by several goroutines at once.
type Client struct {
	cfg  Config
	http *http.Client

	tables tables
	op     operations

	meta    cache[*Metadata]
	keys    cache[[]check.Key]
	refetch refetches

	logoutTokens takenTokens

	random sync.Mutex // Config.Random may not be safe for several at once
}

// New makes a client. It sends nothing: the provider may still be down.
func New(cfg Config) (*Client, error) { return NewWith(cfg, nil) }

// NewWith makes a client with edits to its checks and operations. It is not part
// of the API: package mutant builds its clients with it.
func NewWith(cfg Config, edits func(*Client) []check.Edit) (*Client, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	c := &Client{cfg: cfg}
	own := *cfg.HTTPClient
	own.Timeout = 0 // the time of a request is bounded by its context
	own.CheckRedirect = c.redirect
	c.http = &own
	var list []check.Edit
	if edits != nil {
		list = edits(c)
	}
	if err := c.assemble(check.NewEdits(list)); err != nil {
		return nil, err
	}
	return c, nil
}

// Config returns the configuration, with the defaults filled in.
func (c *Client) Config() Config { return c.cfg }

// uses reports whether a protection is on.
func (c *Client) uses(p Protection) bool { return slices.Contains(c.cfg.Use, p) }

// check refuses what cannot work or is not safe, with the remedy.
func (cfg *Config) check() error {
	if cfg.Issuer == "" {
		return fmt.Errorf("client: Issuer is missing: give the provider's issuer identifier, or Metadata with one")
	}
	if err := checkIssuer(cfg.Issuer); err != nil {
		return err
	}
	if cfg.ClientID == "" {
		return fmt.Errorf("client: ClientID is missing: give the client_id that the provider knows")
	}
	var errs []error
	errs = append(errs,
		oneOf("AuthMethod", cfg.AuthMethod, authMethods()),
		oneOf("ResponseType", cfg.ResponseType, responseTypes()),
		oneOf("ResponseMode", cfg.ResponseMode, []string{"", "query", "fragment", "form_post"}),
		oneOf("PKCEMethod", cfg.PKCEMethod, []string{"S256", "plain"}),
		oneOf("WellKnown", cfg.WellKnown, []string{"openid-configuration", "oauth-authorization-server"}),
		oneOf("IDTokenSignedResponseAlg", cfg.IDTokenSignedResponseAlg, append(signatureAlgs(), "")))
	for _, a := range cfg.AllowedAlgs {
		errs = append(errs, oneOf("AllowedAlgs", a, signatureAlgs()))
	}
	for _, p := range cfg.Use {
		errs = append(errs, oneOf("Use", p, protections()))
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	secret := strings.HasPrefix(cfg.AuthMethod, "client_secret_")
	switch {
	case secret && cfg.ClientSecret == "":
		return fmt.Errorf("client: AuthMethod %s needs a ClientSecret", cfg.AuthMethod)
	case cfg.AuthMethod == "client_secret_jwt" && len(cfg.ClientSecret) < 32:
		return fmt.Errorf("client: AuthMethod client_secret_jwt needs a ClientSecret of at least 32 bytes, this one has %d (RFC 7518 section 3.2)", len(cfg.ClientSecret))
	case cfg.AuthMethod == "private_key_jwt" && (cfg.SigningKey == nil || cfg.SigningKey.IsPublic() || !cfg.SigningKey.Valid()):
		return fmt.Errorf("client: AuthMethod private_key_jwt needs a SigningKey, a valid private key")
	case cfg.Retry.Max < 0 || cfg.Retry.Max > 100:
		return fmt.Errorf("client: Retry.Max is %d: give 0 to 100", cfg.Retry.Max)
	}
	return nil
}

// oneOf refuses a value that is not in the list, and guesses which was meant.
func oneOf[T ~string](field string, value T, list []T) error {
	if slices.Contains(list, value) {
		return nil
	}
	hint := ""
	if near := check.Nearest(string(value), list); near != "" {
		hint = fmt.Sprintf(": did you mean %s?", near)
	} else if len(list) < 12 {
		var known []string
		for _, v := range list {
			if v != "" {
				known = append(known, string(v))
			}
		}
		hint = ": give one of " + strings.Join(known, ", ")
	}
	return fmt.Errorf("client: %s: unknown name %s%s", field, shown(string(value)), hint)
}

// checkIssuer refuses an issuer that is no https URL without query and fragment
// (OIDC Discovery 3); http is for tests on the same machine.
func checkIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return fmt.Errorf("client: Issuer %s is no URL: give something like https://login.example", shown(issuer))
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery || u.User != nil:
		return fmt.Errorf("client: Issuer %s must not have a user, query or fragment (OIDC Discovery 3)", shown(issuer))
	case u.Scheme == "https", u.Scheme == "http" && isLocal(u.Hostname()):
		return nil
	}
	return fmt.Errorf("client: Issuer %s must be https; http is for loopback addresses and test names (RFC 9700 section 2.6)", shown(issuer))
}

// isLocal reports whether a host is this machine or a name reserved for tests
// (RFC 6761), which no stranger can own.
func isLocal(host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	return slices.Contains([]string{"localhost", "test", "example", "invalid"}, strings.ToLower(last))
}
