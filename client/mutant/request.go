package mutant

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/check"
)

// request returns the mutants in the requests of the front and the back channel.
func request() []Mutant {
	return []Mutant{
		{
			Name: "state-not-sent", Check: "request", Spec: "RFC 6749 section 10.12",
			Doc:   "sends no state",
			edits: remove("request", "state"),
		},
		{
			Name: "state-static", Check: "request", Spec: "RFC 6749 section 10.12",
			Doc:   "sends the same state every time",
			edits: static("state"),
		},
		{
			Name: "state-short", Check: "request", Spec: "RFC 6749 section 10.12",
			Doc:   "sends a state of a few digits, which count up",
			edits: counting("state"),
		},
		{
			Name: "nonce-not-sent", Check: "request", Spec: "OIDC Core 15.5.2",
			Doc:   "sends no nonce",
			edits: remove("request", "nonce"),
		},
		{
			Name: "nonce-static", Check: "request", Spec: "OIDC Core 15.5.2",
			Doc:   "sends the same nonce every time",
			edits: static("nonce"),
		},
		{
			Name: "pkce-not-sent", Check: "request", Spec: "RFC 9700 section 2.1.1",
			Doc:   "sends no code challenge",
			edits: remove("request", "code_challenge"),
		},
		{
			Name: "pkce-plain", Check: "request", Spec: "RFC 7636 section 4.2",
			Doc:    "sends the code verifier itself as its challenge",
			config: set("PKCEMethod", func(cfg *client.Config) { cfg.PKCEMethod = "plain" }),
		},
		{
			Name: "verifier-static", Check: "request", Spec: "RFC 7636 section 7.1",
			Doc:   "uses the same code verifier every time",
			edits: wrapRow("request", "code_challenge", sendSameVerifier),
		},
		{
			Name: "pkce-verifier-wrong", Check: "token request", Spec: "RFC 7636 section 4.5",
			Doc:   "sends another code verifier than the one it made the challenge of",
			edits: redeemWith(func(a *client.Authorization) { a.Verifier = strings.Repeat("0", 43) }),
		},
		{
			Name: "secret-in-query", Check: "token request", Spec: "RFC 6749 section 2.3.1",
			Doc:       "sends its secret in the URL",
			transport: secretInQuery,
		},
		{
			Name: "auth-method-wrong", Check: "token request", Spec: "OIDC Core 9",
			Doc:    "proves who it is by another method than the one it is registered for",
			config: set("AuthMethod", authenticateWrongly),
		},
		{
			Name: "assertion-audience-wrong", Check: "token request", Spec: "RFC 7523 section 3",
			Doc:   "makes its assertions for somebody else",
			edits: perform("assertion audience", func() string { return "https://any.example" }),
		},
		{
			Name: "openid-not-asked", Check: "request", Spec: "OIDC Core 3.1.2.1",
			Doc:   "does not ask for the scope openid",
			edits: insert("request", "", "scope", leaveOpenIDOut),
		},
		{
			Name: "resource-not-sent", Check: "request", Spec: "RFC 8707 section 2.1",
			Doc:   "does not say which protected resource its tokens are for",
			edits: insert("request", "", "resource", leaveResourceOut),
		},
		{
			Name: "resource-differs", Check: "token request", Spec: "RFC 8707 section 2.2",
			Doc: "names another protected resource with the code than it asked with",
			edits: redeemWith(func(a *client.Authorization) {
				if len(a.Resources) > 0 {
					a.Resources = []string{"https://another.example"}
				}
			}),
		},
		{
			Name: "redirect-uri-differs", Check: "token request", Spec: "RFC 6749 section 4.1.3",
			Doc:   "sends another redirect URI with the code than it asked with",
			edits: redeemWith(func(a *client.Authorization) { a.RedirectURL += "?" }),
		},
		{
			Name: "basic-not-form-encoded", Check: "token request", Spec: "RFC 6749 section 2.3.1",
			Doc:       "does not encode its credentials before it joins them",
			transport: basicUnencoded,
		},
		{
			Name: "basic-encoded-twice", Check: "token request", Spec: "RFC 6749 section 2.3.1",
			Doc:       "encodes its credentials twice before it joins them",
			transport: basicEncodedTwice,
		},
		{
			Name: "code-in-query", Check: "token request", Spec: "RFC 6749 section 3.2",
			Doc:       "sends the code in the URL",
			transport: codeInQuery,
		},
		{
			Name: "client-auth-retried", Check: "token request", Spec: "RFC 6749 section 5.2",
			Doc:   "tries again and again when its credentials are refused",
			edits: redeemAgain(10, func(r *client.Response) bool { return r.Status == http.StatusUnauthorized }),
		},
	}
}

const alwaysTheSame = "always-the-same-0123456789-0123456789-0123456789"

// static makes a client send the same value every time in a parameter that must be
// fresh.
func static(param string) edit {
	return wrapRow("request", param, func(strict func(*check.Request) check.Finding) func(*check.Request) check.Finding {
		return func(r *check.Request) check.Finding {
			f := strict(r)
			if r.Params.Has(param) {
				r.Params.Set(param, alwaysTheSame)
			}
			return f
		}
	})
}

// counting makes a client number its requests in a parameter that must not be guessed.
func counting(param string) edit {
	var sent atomic.Int64
	return wrapRow("request", param, func(strict func(*check.Request) check.Finding) func(*check.Request) check.Finding {
		return func(r *check.Request) check.Finding {
			f := strict(r)
			if r.Params.Has(param) {
				r.Params.Set(param, strconv.FormatInt(1000+sent.Add(1), 10))
			}
			return f
		}
	})
}

// sendSameVerifier uses the same code verifier every time.
func sendSameVerifier(strict func(*check.Request) check.Finding) func(*check.Request) check.Finding {
	return func(r *check.Request) check.Finding {
		f := strict(r)
		if r.Verifier != "" {
			r.Verifier = alwaysTheSame
			challenge := alwaysTheSame
			if r.Params.Get("code_challenge_method") == "S256" {
				sum := sha256.Sum256([]byte(alwaysTheSame))
				challenge = base64.RawURLEncoding.EncodeToString(sum[:])
			}
			r.Params.Set("code_challenge", challenge)
		}
		return f
	}
}

func leaveOpenIDOut(r *check.Request) check.Finding {
	scopes := slices.DeleteFunc(strings.Fields(r.Params.Get("scope")), func(s string) bool { return s == "openid" })
	r.Params.Set("scope", strings.Join(scopes, " "))
	if len(scopes) == 0 {
		r.Params.Del("scope")
	}
	return check.Pass("")
}

func leaveResourceOut(r *check.Request) check.Finding {
	r.Params.Del("resource")
	return check.Pass("")
}

// redeemWith changes what the client believes that it asked, before it redeems
// the code.
func redeemWith(change func(*client.Authorization)) edit {
	return wrap("redeem", func(strict redeem) redeem {
		return func(ctx context.Context, a *client.Authorization, code string) (*client.Response, error) {
			other := &client.Authorization{RedirectURL: a.RedirectURL, Verifier: a.Verifier, Resources: a.Resources}
			change(other)
			return strict(ctx, other, code)
		}
	})
}

// redeemAgain redeems a code again while the answer is one of those.
func redeemAgain(most int, such func(*client.Response) bool) edit {
	return wrap("redeem", func(strict redeem) redeem {
		return func(ctx context.Context, a *client.Authorization, code string) (*client.Response, error) {
			resp, err := strict(ctx, a, code)
			for n := 0; n < most && err == nil && such(resp); n++ {
				resp, err = strict(ctx, a, code)
			}
			return resp, err
		}
	})
}

// authenticateWrongly swaps the methods that send the secret.
func authenticateWrongly(cfg *client.Config) {
	basic := cfg.AuthMethod == "client_secret_basic" || cfg.AuthMethod == "" && cfg.ClientSecret != ""
	cfg.AuthMethod = "client_secret_basic"
	if basic {
		cfg.AuthMethod = "client_secret_post"
	}
	if cfg.ClientSecret == "" {
		cfg.ClientSecret = "none"
	}
}

// authenticates reports whether a request carries the client's secret.
func authenticates(req *http.Request) bool {
	return req.Method == http.MethodPost && !strings.HasPrefix(req.Header.Get("Authorization"), "Bearer ")
}

func secretInQuery(cfg client.Config, next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		if authenticates(req) {
			req = req.Clone(req.Context())
			q := req.URL.Query()
			q.Set("client_secret", cfg.ClientSecret)
			req.URL.RawQuery = q.Encode()
		}
		return next.RoundTrip(req)
	})
}

func basicUnencoded(cfg client.Config, next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		if _, _, basic := req.BasicAuth(); basic {
			req = req.Clone(req.Context())
			req.SetBasicAuth(cfg.ClientID, cfg.ClientSecret)
		}
		return next.RoundTrip(req)
	})
}

func basicEncodedTwice(_ client.Config, next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		if id, secret, basic := req.BasicAuth(); basic {
			req = req.Clone(req.Context())
			req.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
		}
		return next.RoundTrip(req)
	})
}

// codeInQuery repeats the code of a token request in its URL.
func codeInQuery(_ client.Config, next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		if req.Method != http.MethodPost || req.GetBody == nil {
			return next.RoundTrip(req)
		}
		body, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		raw, err := io.ReadAll(body)
		if err != nil {
			return nil, err
		}
		form, err := url.ParseQuery(string(raw))
		if err == nil && form.Get("code") != "" {
			req = req.Clone(req.Context())
			q := req.URL.Query()
			q.Set("code", form.Get("code"))
			req.URL.RawQuery = q.Encode()
		}
		return next.RoundTrip(req)
	})
}
