package persona_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// A provider does what its settings say in its metadata. Each case has a request that
// an override refuses, or changes, and that is good without it.
func TestMetadataAreTrue(t *testing.T) {
	secret := func(form url.Values) func(a *asker) string {
		return func(a *asker) string {
			resp, answer := a.ask(form)
			return resp.Status + " " + text(answer["error"])
		}
	}
	authorize := func(params url.Values) func(a *asker) string {
		return func(a *asker) string {
			to := a.location("/authorize", params)
			return to.Query().Get("error") + fragmentOf(to).Get("error")
		}
	}
	status := func(method, path string) func(a *asker) string {
		return func(a *asker) string {
			r, _ := http.NewRequest(method, a.url(path), nil)
			resp, _ := a.do(r)
			return resp.Status
		}
	}
	register := func(metadata string) func(a *asker) string {
		return func(a *asker) string {
			r, _ := http.NewRequest("POST", a.url("/register"), strings.NewReader(metadata))
			r.Header.Set("Content-Type", "application/json")
			resp, body := a.do(r)
			if resp.StatusCode == http.StatusNotFound {
				return resp.Status
			}
			return resp.Status + " " + text(object(a.t, body)["error"])
		}
	}
	algorithm := func(a *asker) string {
		_, answer := a.ask(a.code(url.Values{"scope": {"openid"}}))
		return headerOf(a.t, text(answer["id_token"]))["alg"].(string)
	}
	for name, c := range map[string]struct {
		metadata       map[string]any
		ask            func(a *asker) string
		without, given string
	}{
		"iss":            {map[string]any{"authorization_response_iss_parameter_supported": false}, func(a *asker) string { return a.authorize("/authorize", nil).Get("iss") }, "http://op.authdrill.test", ""},
		"iss removed":    {map[string]any{"authorization_response_iss_parameter_supported": "$absent"}, func(a *asker) string { return a.authorize("/authorize", nil).Get("iss") }, "http://op.authdrill.test", ""},
		"iss of errors":  {map[string]any{"authorization_response_iss_parameter_supported": false}, func(a *asker) string { return a.authorize("/authorize", url.Values{"prompt": {"x"}}).Get("iss") }, "http://op.authdrill.test", ""},
		"response mode":  {map[string]any{"response_modes_supported": []any{"query"}}, authorize(url.Values{"response_mode": {"fragment"}}), "", "invalid_request"},
		"response type":  {map[string]any{"response_types_supported": []any{"code"}}, authorize(url.Values{"response_type": {"token"}}), "", "unsupported_response_type"},
		"grant type":     {map[string]any{"grant_types_supported": []any{"authorization_code"}}, secret(url.Values{"grant_type": {"client_credentials"}}), "200 OK null", "400 Bad Request unsupported_grant_type"},
		"method":         {map[string]any{"token_endpoint_auth_methods_supported": []any{"client_secret_basic"}}, secret(url.Values{"grant_type": {"client_credentials"}}), "200 OK null", "401 Unauthorized invalid_client"},
		"challenge":      {map[string]any{"code_challenge_methods_supported": []any{"S256"}}, authorize(url.Values{"code_challenge": {strings.Repeat("a", 43)}}), "", "invalid_request"},
		"prompt":         {map[string]any{"prompt_values_supported": []any{"none"}}, authorize(url.Values{"prompt": {"consent"}}), "", "invalid_request"},
		"PAR":            {map[string]any{"require_pushed_authorization_requests": true}, authorize(nil), "", "invalid_request"},
		"ID token alg":   {map[string]any{"id_token_signing_alg_values_supported": []any{"ES384", "RS512"}}, algorithm, "RS256", "ES384"},
		"endpoint":       {map[string]any{"userinfo_endpoint": "$absent"}, status("GET", "/userinfo"), "401 Unauthorized", "404 Not Found"},
		"registration":   {map[string]any{"registration_endpoint": "$absent"}, register(`{}`), "201 Created null", "404 Not Found"},
		"registered alg": {map[string]any{"id_token_signing_alg_values_supported": []any{"RS256"}}, register(`{"id_token_signed_response_alg": "ES256"}`), "201 Created null", "400 Bad Request invalid_client_metadata"},
		"claims": {map[string]any{"claims_parameter_supported": false}, func(a *asker) string {
			_, answer := a.ask(a.code(url.Values{"scope": {"openid"}, "claims": {`{"id_token":{"email":null}}`}}))
			email, _ := claimsOf(a.t, answer["id_token"])["email"].(string)
			return email
		}, "alice@example.com", ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, with := range []bool{false, true} {
				p, want := persona.Persona{}, c.without
				if with {
					p.Metadata, want = c.metadata, c.given
				}
				a := askAt(t, "spec", "/token", persona.Persona{})
				a.op.SetUser(store.User{Login: "alice", Subject: "alice", Email: "alice@example.com"})
				a.op.Set(persona.Persona{GrantTypes: nil})
				if err := a.op.Set(p); err != nil {
					t.Fatal(err)
				}
				if got := c.ask(a); got != want {
					t.Errorf("overridden %v: got %q, want %q", with, got, want)
				}
			}
		})
	}
}

// fragmentOf are the parameters in the fragment of a URL.
func fragmentOf(u *url.URL) url.Values {
	values, _ := url.ParseQuery(u.Fragment) // empty where there are none
	return values
}

// headerOf is the JOSE header of a token.
func headerOf(t *testing.T, token string) map[string]any {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[0])
	if err != nil {
		t.Fatal(err)
	}
	return object(t, string(raw))
}
