package persona_test

import (
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// walker is a client of a persona that knows nothing but what it discovered.
type walker struct {
	*player
	base   persona.Persona
	doc    map[string]any // metadata
	issuer string         // as every artifact must name it
	told   bool           // it was discovered where clients are told to
	key    *ecdsa.PrivateKey
}

// reroute sends requests for any host to the provider, with the host name that
// they were meant for or without.
type reroute struct {
	to   *url.URL
	base http.RoundTripper
	host bool
}

func (r *reroute) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Host == r.to.Host {
		return r.base.RoundTrip(req)
	}
	sent := req.Clone(req.Context())
	sent.URL.Scheme, sent.URL.Host = r.to.Scheme, r.to.Host
	sent.Host = r.to.Host
	if r.host {
		sent.Host = req.URL.Host
	}
	resp, err := r.base.RoundTrip(sent)
	if err == nil {
		resp.Request = req
	}
	return resp, err
}

func newWalker(t *testing.T, base persona.Persona, mode, path string) *walker {
	t.Helper()
	var opts []mockprovider.Option
	if mode == "real" {
		opts = append(opts, mockprovider.WithProvider(persona.Persona{Name: base.Name, Identity: "real"}))
	}
	w := &walker{player: play(t, string(base.Name), opts...), base: base}
	w.op.Set(persona.Persona{AccessToken: persona.AccessToken{Format: "jwt"}})
	to, _ := url.Parse(w.op.Issuer())
	w.http.Transport = &reroute{to: to, base: w.http.Transport, host: mode == "host"}
	address := w.op.Issuer()
	if mode == "host" {
		address = base.Dialect.Issuer
	}
	if path == "" {
		w.doc, w.told = w.op.Metadata(), true
		if mode == "host" {
			w.doc["issuer"] = strings.Replace(text(w.doc["issuer"]), w.op.Issuer(), address, 1)
			for _, e := range base.Dialect.Endpoints.All() {
				if len(e.URLs) > 0 && w.doc[string(e.Name)] != nil {
					w.doc[string(e.Name)] = e.URLs[0]
				}
			}
		}
	} else {
		resp, body := w.send("GET", address+path, nil)
		if resp.StatusCode != 200 {
			t.Fatal(resp.Status, body)
		}
		w.doc = object(t, body)
		w.told = base.Dialect == nil || path == strings.TrimSuffix(base.Dialect.OpenID.Issuer, "/")+"/.well-known/openid-configuration"
	}
	w.issuer = strings.ReplaceAll(text(w.doc["issuer"]), "{tenantid}", "9188040d-6c67-4c5b-b112-36a304b66dad")
	if mode == "real" {
		address = base.Dialect.Issuer
	}
	if path != "" {
		w.discovered(address + path)
	}
	return w
}

// send sends a form, or none with GET.
func (w *walker) send(method, address string, form url.Values, basic ...string) (*http.Response, string) {
	w.t.Helper()
	r, err := http.NewRequest(method, address, strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Accept", "application/json")
	if len(basic) == 2 {
		r.SetBasicAuth(basic[0], basic[1])
	}
	return w.do(r)
}

// methods are the client authentication methods of the persona, nil: any.
func (w *walker) methods() []protocol.AuthMethod {
	if w.base.Dialect == nil {
		return nil
	}
	return w.base.Dialect.TokenRequest.ClientAuth
}

// authenticated posts a form with the client's credentials.
func (w *walker) authenticated(endpoint string, form url.Values) (*http.Response, string) {
	w.t.Helper()
	secret := w.secret()
	if m := w.methods(); len(m) > 0 && !slices.Contains(m, "client_secret_post") {
		return w.send("POST", text(w.doc[endpoint]), form, w.id, secret)
	}
	form.Set("client_id", w.id)
	form.Set("client_secret", secret)
	return w.send("POST", text(w.doc[endpoint]), form)
}

// secret is the client's secret: of Apple a JWT, whose audience is the issuer.
func (w *walker) secret() string {
	if w.base.Dialect == nil || w.base.Dialect.TokenRequest.SecretJWT == nil {
		return w.player.key
	}
	now := w.op.Clock().Now().Unix()
	claims, _ := json.Marshal(map[string]any{"iss": "TEAM", "sub": w.id, "aud": w.issuer, "iat": now, "exp": now + 300})
	enc := base64.RawURLEncoding
	return enc.EncodeToString([]byte(`{"alg":"ES256","kid":"k"}`)) + "." + enc.EncodeToString(claims) + "." + enc.EncodeToString(make([]byte, 64))
}

func (w *walker) offers(grant protocol.Grant) bool {
	all := w.base.GrantTypes
	if len(all) == 0 {
		all = protocol.UsualGrants()
	}
	return slices.Contains(all, grant) && w.doc["token_endpoint"] != nil
}

// scope asks for what the persona knows.
func (w *walker) scope() string {
	if w.base.Name == "apple" {
		return "openid"
	}
	words := []string{"openid", "profile", "email", "offline_access"}
	if known := w.base.ScopesSupported; len(known) > 0 {
		words = slices.DeleteFunc(words, func(s string) bool { return !slices.Contains(known, s) })
	}
	return strings.Join(words, " ")
}

// authorization sends an authorization request, and returns the parameters of
// the response.
func (w *walker) authorization(more url.Values) url.Values {
	w.t.Helper()
	params := challenge(w.request(url.Values{"scope": {w.scope()}, "nonce": {"a-random-nonce"}, "access_type": {"offline"}}))
	for name, values := range more {
		params[name] = values
	}
	resp, body := w.send("GET", text(w.doc["authorization_endpoint"])+"?"+params.Encode(), nil)
	to, err := resp.Location()
	if err != nil {
		w.t.Fatalf("%s: %s %s", params, resp.Status, body)
	}
	got := to.Query()
	if fragment, err := url.ParseQuery(to.Fragment); err == nil {
		for name, values := range fragment {
			got[name] = values
		}
	}
	if iss := got.Get("iss"); iss != "" {
		w.names("authorization response", iss)
	}
	return got
}
