package grant

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/issuer"
	"github.com/authdrill/authdrill/mockprovider/internal/keys"
	"github.com/authdrill/authdrill/mockprovider/internal/memory"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// rig is an issuer without endpoints: fosite, driven by hand.
type rig struct {
	testing.TB
	*Engine
	journal *journal.Journal
	volume  journal.Volume
	persona persona.Persona
}

func newRig(t testing.TB, over ...setup.Setup) *rig {
	t.Helper()
	s := setup.Default()
	s.Provider.IDToken.SigningAlg, s.Provider.AccessToken.SigningAlg = "ES256", "ES256"
	for _, o := range over {
		s = s.With(o)
	}
	s = s.Complete()
	c := clock.Frozen(clock.Epoch())
	seed := uint64(7)
	random := keys.NewRandom(&seed, "rig")
	r := &rig{TB: t, persona: s.Provider, journal: journal.New(c, 0)}
	r.volume = r.journal.Reset()
	st := memory.NewStore(nil)
	for _, client := range s.Clients {
		st.SetClient(client)
	}
	for _, login := range []string{"alice", "bob", "carol"} {
		st.SetUser(s.Users[login])
	}
	r.Engine = New(Config{
		State:  &record.State{Store: st, Settings: settings{&r.persona}, Faults: memory.NewFaults(seed), Clock: c},
		Site:   issuer.Site{URL: "http://op.test", Address: "http://op.test"},
		Keys:   keys.NewRing(keys.Options{Clock: c, Random: random, Name: "rig", Seed: &seed}),
		Random: random,
	})
	return r
}

// settings are those of a rig, which its tests change.
type settings struct{ persona *persona.Persona }

func (s settings) Persona() *persona.Persona { return s.persona }

func (s settings) EditPersona(edit func(*persona.Persona) persona.Persona) {
	*s.persona = edit(s.persona)
}

const callback = "http://127.0.0.1:4000/callback"

func form(kv ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(kv); i += 2 {
		v.Set(kv[i], kv[i+1])
	}
	return v
}

// context carries an exchange, as the endpoints' requests do.
func (r *rig) context(req *http.Request) (context.Context, *exchange.Exchange) {
	x := exchange.Begin(r.volume, "token_endpoint", req)
	return exchange.With(context.Background(), x), x
}

// authorize signs alice in and allows everything that is asked.
func (r *rig) authorize(params url.Values) (url.Values, error) {
	req := httptest.NewRequest("GET", "/authorize?"+params.Encode(), nil)
	ctx, x := r.context(req)
	defer x.End(302, nil)
	ar, err := r.Provider().NewAuthorizeRequest(ctx, req)
	if err != nil && !errors.Is(err, fosite.ErrInvalidState) {
		return nil, err
	}
	for _, s := range ar.GetRequestedScopes() {
		ar.GrantScope(s)
	}
	g := &record.Grant{ClientID: ar.GetClient().GetID(), Subject: "alice", Authorization: &record.Authorization{Login: "L1", UserLogin: "alice", AuthTime: r.now()}}
	resp, err := r.Provider().NewAuthorizeResponse(ctx, ar, r.Authorized(g))
	if err != nil {
		return nil, err
	}
	return resp.GetParameters(), nil
}

// code runs the authorization request of client app and returns the code.
func (r *rig) code(scope string, kv ...string) string {
	r.Helper()
	params := form("client_id", "app", "response_type", "code", "scope", scope, "redirect_uri", callback, "state", "s", "nonce", "n")
	for i := 0; i < len(kv); i += 2 {
		params.Set(kv[i], kv[i+1])
	}
	resp, err := r.authorize(params)
	if err != nil {
		r.Fatalf("authorize: %v", reason(err))
	}
	return resp.Get("code")
}

// token posts to the token endpoint as client app unless the form says else.
func (r *rig) token(params url.Values) (map[string]any, error) {
	req := httptest.NewRequest("POST", "/token", strings.NewReader(params.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if !params.Has("client_id") && !params.Has("client_assertion") {
		req.SetBasicAuth("app", "app-secret")
	}
	ctx, x := r.context(req)
	defer x.End(0, nil)
	x.SetParams(params)
	ar, err := r.Provider().NewAccessRequest(ctx, req, r.Session())
	if err != nil {
		return nil, err
	}
	resp, err := r.Provider().NewAccessResponse(ctx, ar)
	if err != nil {
		return nil, err
	}
	return resp.ToMap(), nil
}

func (r *rig) redeem(code string, kv ...string) (map[string]any, error) {
	params := form("grant_type", "authorization_code", "code", code, "redirect_uri", callback)
	for i := 0; i < len(kv); i += 2 {
		params.Set(kv[i], kv[i+1])
	}
	return r.token(params)
}

func (r *rig) refresh(token string, kv ...string) (map[string]any, error) {
	return r.token(form(append([]string{"grant_type", "refresh_token", "refresh_token", token}, kv...)...))
}

// login returns the tokens of a whole sign-in.
func (r *rig) login(scope string) map[string]any {
	r.Helper()
	out, err := r.redeem(r.code(scope))
	if err != nil {
		r.Fatalf("redeem: %v", reason(err))
	}
	return out
}

func (r *rig) live(token any) bool {
	return r.Introspect(context.Background(), token.(string))["active"] == true
}

func (r *rig) last() *journal.Entry {
	all := r.journal.Entries()
	return all[len(all)-1]
}

func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// code of an error, as the endpoint would send it before it mends lost races.
func errorCode(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, fosite.ErrInvalidatedAuthorizeCode), errors.Is(err, fosite.ErrSerializationFailure):
		return "invalid_grant"
	}
	code := fosite.ErrorToRFC6749Error(err).ErrorField
	if errors.Is(err, fosite.ErrNotFound) && (code == "server_error" || code == "invalid_request") {
		return "invalid_grant"
	}
	return code
}

func reason(err error) string {
	e := fosite.ErrorToRFC6749Error(err)
	return e.ErrorField + ": " + e.HintField + " " + e.DebugField
}

func wantError(t testing.TB, err error, code string) {
	t.Helper()
	if got := errorCode(err); got != code {
		if err != nil {
			t.Fatalf("error %q, want %q: %s", got, code, reason(err))
		}
		t.Fatalf("no error, want %q", code)
	}
}
