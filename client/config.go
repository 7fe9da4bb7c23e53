package client

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/client/internal/check"
)

// Config says who the client is and how it behaves. Issuer (or Metadata) and
// ClientID are required; every other field has a safe default.
type Config struct {
	// Issuer is the provider's issuer identifier, compared byte for byte (OIDC
	// Discovery 4.3). It is https, or http at a loopback address or a name of
	// the reserved domains test, example, localhost and invalid (RFC 6761).
	Issuer string
	// Metadata gives the endpoints by hand, for a provider without discovery.
	Metadata *Metadata
	// WellKnown is the metadata document that is asked for:
	// "openid-configuration" (default) or "oauth-authorization-server" (RFC 8414).
	WellKnown string

	ClientID     string
	ClientSecret string
	RedirectURL  string
	Scopes       []string // default openid profile email

	// AuthMethod is the token_endpoint_auth_method (OIDC Core 9):
	// client_secret_basic (default with a secret), client_secret_post,
	// client_secret_jwt, private_key_jwt or none (default without).
	AuthMethod string
	// SigningKey signs the client assertion of private_key_jwt (RFC 7523).
	SigningKey *jose.JSONWebKey

	// AllowedAlgs are the signature algorithms of ID tokens that are accepted;
	// default all asymmetric ones: RS256 to RS512, PS256 to PS512, ES256 to
	// ES512 and EdDSA. Neither none nor HMAC can be allowed.
	AllowedAlgs []string
	// IDTokenSignedResponseAlg is the one algorithm the client is registered
	// for, if it is (OIDC Registration 2); any other is then refused.
	IDTokenSignedResponseAlg string
	// UserInfoSignedResponseAlg, if set, makes an unsigned answer of the
	// userinfo endpoint unacceptable (OIDC Registration 2).
	UserInfoSignedResponseAlg string

	// TrustedAudiences are further audiences an ID token may have in addition to the
	// client (OIDC Core 3.1.3.7 (3)); it must then have an azp.
	TrustedAudiences []string

	ResponseType string // default code
	ResponseMode string // default that of the response type

	// ClockSkew is how far the clocks of client and provider may differ when
	// exp, iat, nbf and auth_time are judged. Default 30 s; negative is none.
	ClockSkew time.Duration
	// LoginTimeout is how long a pending login may take. Default 30 min.
	LoginTimeout time.Duration

	PKCEMethod string // S256 (default) or plain

	// The protections of an authorization request that the client does without.
	WithoutPKCE  bool // RFC 7636
	WithoutNonce bool // OIDC Core 3.1.2.1
	WithoutState bool // RFC 6749 section 10.12
	WithoutIss   bool // RFC 9207

	Timeout time.Duration // of one request; default 10 s
	MaxBody int64         // bytes read of an answer; default 1 MiB

	// A request that got an answer 429 or 5xx, or none at all, is repeated. Every
	// other answer is final.
	MaxRetries      int           // default 0, at most 100
	HonorRetryAfter bool          // wait as long as Retry-After says (RFC 9110 section 10.2.3)
	Backoff         time.Duration // before the first repetition, doubled each time; default 1 s
	MaxWait         time.Duration // a longer wait is given up instead; default 5 min

	HTTPClient *http.Client // default one of its own; its redirect policy and time-out are not used

	// Seams for tests. The defaults are the real clock, a timer and crypto/rand.
	Now    func() time.Time
	Sleep  func(context.Context, time.Duration) error
	Random io.Reader

	// Edits changes checks and operations. It is not part of the API: package mutant
	// builds its clients with it.
	Edits func(*Client) []check.Edit
}

// withDefaults fills in what is not said.
func (cfg Config) withDefaults() Config {
	if cfg.Metadata != nil && cfg.Issuer == "" {
		cfg.Issuer = cfg.Metadata.Issuer
	}
	if len(cfg.Scopes) == 0 {
		cfg.Scopes = []string{"openid", "profile", "email"}
	}
	if len(cfg.AllowedAlgs) == 0 {
		cfg.AllowedAlgs = signatureAlgs()
	}
	if cfg.AuthMethod == "" && cfg.ClientSecret != "" {
		cfg.AuthMethod = "client_secret_basic"
	}
	setDefault(&cfg.WellKnown, "openid-configuration")
	setDefault(&cfg.AuthMethod, "none")
	setDefault(&cfg.ResponseType, "code")
	setDefault(&cfg.PKCEMethod, "S256")
	setDefault(&cfg.ClockSkew, 30*time.Second)
	setDefault(&cfg.LoginTimeout, 30*time.Minute)
	setDefault(&cfg.Timeout, 10*time.Second)
	setDefault(&cfg.MaxBody, 1<<20)
	setDefault(&cfg.Backoff, time.Second)
	setDefault(&cfg.MaxWait, 5*time.Minute)
	cfg.ClockSkew = max(cfg.ClockSkew, 0)
	return cfg.withSeams()
}

// withSeams fills in the seams to the machine.
func (cfg Config) withSeams() Config {
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = &http.Client{}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Sleep == nil {
		cfg.Sleep = sleep
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	return cfg
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func authMethods() []string {
	return []string{"client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"}
}

func responseTypes() []string {
	return []string{"code", "token", "id_token", "id_token token", "code id_token", "code token", "code id_token token", "none"}
}

func signatureAlgs() []string {
	return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
}

// sleep waits on a real timer.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

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
	if err := cfg.checkNames(); err != nil {
		return err
	}
	if cfg.MaxRetries < 0 || cfg.MaxRetries > 100 {
		return fmt.Errorf("client: MaxRetries is %d: give 0 to 100", cfg.MaxRetries)
	}
	return cfg.checkCredentials()
}

// checkNames refuses a value that is not one of those that exist.
func (cfg *Config) checkNames() error {
	errs := []error{
		oneOf("AuthMethod", cfg.AuthMethod, authMethods()),
		oneOf("ResponseType", cfg.ResponseType, responseTypes()),
		oneOf("ResponseMode", cfg.ResponseMode, []string{"", "query", "fragment", "form_post"}),
		oneOf("PKCEMethod", cfg.PKCEMethod, []string{"S256", "plain"}),
		oneOf("WellKnown", cfg.WellKnown, []string{"openid-configuration", "oauth-authorization-server"}),
		oneOf("IDTokenSignedResponseAlg", cfg.IDTokenSignedResponseAlg, append(signatureAlgs(), "")),
		oneOf("UserInfoSignedResponseAlg", cfg.UserInfoSignedResponseAlg, append(signatureAlgs(), "")),
	}
	for _, a := range cfg.AllowedAlgs {
		errs = append(errs, oneOf("AllowedAlgs", a, signatureAlgs()))
	}
	return cmp.Or(errs...)
}

// checkCredentials refuses a method of authentication without what it needs.
func (cfg *Config) checkCredentials() error {
	key := cfg.SigningKey
	switch cfg.AuthMethod {
	case "client_secret_basic", "client_secret_post", "client_secret_jwt":
		if cfg.ClientSecret == "" {
			return fmt.Errorf("client: AuthMethod %s needs a ClientSecret", cfg.AuthMethod)
		}
		if cfg.AuthMethod == "client_secret_jwt" && len(cfg.ClientSecret) < 32 {
			return fmt.Errorf("client: AuthMethod client_secret_jwt needs a ClientSecret of at least 32 bytes, this one has %d (RFC 7518 section 3.2)", len(cfg.ClientSecret))
		}
	case "private_key_jwt":
		if key == nil || key.IsPublic() || !key.Valid() {
			return fmt.Errorf("client: AuthMethod private_key_jwt needs a SigningKey, a valid private key")
		}
	}
	return nil
}

// oneOf refuses a value that is not in the list, and guesses which was meant.
func oneOf(field, value string, list []string) error {
	if slices.Contains(list, value) {
		return nil
	}
	hint := ""
	if near := check.Nearest(value, list); near != "" {
		hint = fmt.Sprintf(": did you mean %s?", near)
	} else if len(list) < 12 {
		known := slices.DeleteFunc(slices.Clone(list), func(v string) bool { return v == "" })
		hint = ": give one of " + strings.Join(known, ", ")
	}
	return fmt.Errorf("client: %s: unknown name %s%s", field, quote(value), hint)
}

// checkIssuer refuses an issuer that is not an https URL without query and fragment
// (OIDC Discovery 3); http is for tests on the same machine.
func checkIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return fmt.Errorf("client: Issuer %s is not a URL: want one such as https://login.example", quote(issuer))
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery || u.User != nil:
		return fmt.Errorf("client: Issuer %s must not have a user, query or fragment (OIDC Discovery 3)", quote(issuer))
	case u.Scheme == "https", u.Scheme == "http" && isLocal(u.Hostname()):
		return nil
	}
	return fmt.Errorf("client: Issuer %s must be https; http is for loopback addresses and test names (RFC 9700 section 2.6)", quote(issuer))
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
