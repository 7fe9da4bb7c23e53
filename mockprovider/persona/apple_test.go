package persona_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// apple is a player whose client secrets are JWTs of its own.
type apple struct {
	*player
	key *ecdsa.PrivateKey
}

func playApple(t *testing.T, p *player) *apple {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a := &apple{p, key}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "ABC123DEFG", Algorithm: "ES256"}}})
	if err != nil {
		t.Fatal(err)
	}
	p.op.SetClient(store.Client{ID: p.id, Secret: "unused", JWKS: set, RedirectURIs: []string{playerCallback}})
	p.key = a.secret(nil)
	return a
}

// secret is a client secret, with other claims than the right ones.
func (a *apple) secret(other map[string]any) string {
	a.t.Helper()
	now := a.op.Clock().Now()
	claims := map[string]any{"iss": "TEAM123456", "sub": a.id, "aud": "https://appleid.apple.com", "iat": now.Unix(), "exp": now.Add(180 * 24 * time.Hour).Unix()}
	for name, value := range other {
		claims[name] = value
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		a.t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: a.key, KeyID: "ABC123DEFG"}}, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		a.t.Fatal(err)
	}
	out, err := signed.CompactSerialize()
	if err != nil {
		a.t.Fatal(err)
	}
	return out
}

// signIn returns the form that a sign-in posts to the client.
func (a *apple) signIn(params url.Values) url.Values {
	a.t.Helper()
	b := &agent.Agent{Transport: a.http.Transport, Intercept: func(u *url.URL) bool { return strings.HasPrefix(u.String(), playerCallback) }}
	page, err := b.Visit(a.t.Context(), agent.Request{URL: a.url("/auth/authorize") + "?" + a.request(params).Encode()})
	if err != nil || page.Intercepted == nil {
		a.t.Fatalf("%v: %+v", err, page)
	}
	if page.Intercepted.Method != http.MethodPost {
		a.t.Errorf("the answer came by %s", page.Intercepted.Method)
	}
	return page.Intercepted.Params()
}

func TestPersonaApple(t *testing.T) {
	form := url.Values{"scope": {"name email"}, "response_mode": {"form_post"}}
	hybrid := url.Values{"scope": {"name email"}, "response_mode": {"form_post"}, "response_type": {"code id_token"}, "nonce": {"a-random-nonce"}}
	plain := url.Values{}
	redeem := func(a *apple, code string) map[string]any {
		return object(a.t, a.status(200)(a.redeem("/auth/token", code)))
	}
	proved := func(assert func(t *testing.T, a *apple)) func(t *testing.T, p *player) {
		return func(t *testing.T, p *player) { assert(t, playApple(t, p)) }
	}
	prove(t, "apple", map[string]func(t *testing.T, p *player){
		"the endpoints are below /auth, and there is no userinfo endpoint": proved(func(t *testing.T, a *apple) {
			doc := object(t, a.status(200)(a.get("/.well-known/openid-configuration")))
			for name, path := range map[string]string{"authorization_endpoint": "/auth/authorize", "token_endpoint": "/auth/token", "jwks_uri": "/auth/keys", "revocation_endpoint": "/auth/revoke"} {
				if doc[name] != a.url(path) {
					t.Errorf("%s: %v", name, doc[name])
				}
			}
			if doc["userinfo_endpoint"] != nil {
				t.Error(doc)
			}
			a.status(404)(a.get("/userinfo"))
		}),
		"the client secret is a JWT of ES256 with a kid, whose sub is the client and whose aud is the issuer, sent in the body": proved(func(t *testing.T, a *apple) {
			redeem(a, a.authorize("/auth/authorize", plain).Get("code"))
			good := a.player.key
			for what, secret := range map[string]string{
				"a text": "unused", "another sub": a.secret(map[string]any{"sub": "other"}), "another aud": a.secret(map[string]any{"aud": "https://elsewhere.example.test"}),
				"an old one": a.secret(map[string]any{"exp": a.op.Clock().Now().Add(-time.Hour).Unix()}), "without iss": a.secret(map[string]any{"iss": ""}), "a forged one": good[:len(good)-8] + "AAAAAAAA",
			} {
				a.player.key = secret
				if body := a.status(400)(a.redeem("/auth/token", a.authorize("/auth/authorize", plain).Get("code"))); body != `{"error":"invalid_client"}` {
					t.Errorf("%s: %s", what, body)
				}
			}
		}),
		"a client secret that lives longer than six months is invalid_client with status 400": proved(func(t *testing.T, a *apple) {
			a.player.key = a.secret(map[string]any{"exp": a.op.Clock().Now().Add(200 * 24 * time.Hour).Unix()})
			shows(t, a.status(400)(a.redeem("/auth/token", a.authorize("/auth/authorize", plain).Get("code"))), `{"error":"invalid_client"}`)
		}),
		"asking for name or email needs response_mode=form_post": proved(func(t *testing.T, a *apple) {
			for _, scope := range []string{"name", "email"} {
				resp, body := a.get("/auth/authorize?" + a.request(url.Values{"scope": {scope}}).Encode())
				if resp.Header.Get("Location") != "" {
					t.Error(resp.Header)
				}
				shows(t, body, "response_mode must be form_post")
			}
			if a.signIn(form).Get("code") == "" {
				t.Error("no code")
			}
		}),
		"the response to code id_token has both in the form": proved(func(t *testing.T, a *apple) {
			got := a.signIn(hybrid)
			claims := claimsOf(t, got.Get("id_token"))
			if got.Get("code") == "" || got.Get("state") != "a-random-state" || claims["nonce"] != "a-random-nonce" {
				t.Error(got)
			}
		}),
		"the name of the user comes once, with the first sign-in": proved(func(t *testing.T, a *apple) {
			user := object(t, a.signIn(form).Get("user"))
			name, _ := user["name"].(map[string]any)
			if name["firstName"] != "Alice" || name["lastName"] != "Example" || user["email"] != "alice@example.com" {
				t.Error(user)
			}
			if again := a.signIn(form); again.Has("user") {
				t.Error(again)
			}
		}),
		"the token response has a refresh token and expires_in 3600, and a refresh gives no new one": proved(func(t *testing.T, a *apple) {
			tok := redeem(a, a.authorize("/auth/authorize", plain).Get("code"))
			if tok["token_type"] != "Bearer" || tok["expires_in"] != 3600.0 || tok["refresh_token"] == nil || tok["id_token"] == nil {
				t.Error(tok)
			}
			again := object(t, a.status(200)(a.post("/auth/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text(tok["refresh_token"])}, "client_id": {a.id}, "client_secret": {a.player.key}})))
			if again["refresh_token"] != nil || again["access_token"] == nil {
				t.Error(again)
			}
		}),
		"iss of an ID token is https://appleid.apple.com, or https://account.apple.com": func(t *testing.T, _ *player) {
			a := playApple(t, play(t, "apple", mockprovider.WithProvider(persona.Persona{Identity: "real"})))
			if claims := claimsOf(t, redeem(a, a.authorize("/auth/authorize", plain).Get("code"))["id_token"]); claims["iss"] != "https://appleid.apple.com" {
				t.Error(claims)
			}
			a.arms("apple/issuer-account-apple")
			if claims := claimsOf(t, redeem(a, a.authorize("/auth/authorize", plain).Get("code"))["id_token"]); claims["iss"] != "https://account.apple.com" {
				t.Error(claims)
			}
		},
		"an ID token is signed with RS256, and has at_hash, auth_time and, where the user has them, real_user_status and transfer_sub": proved(func(t *testing.T, a *apple) {
			claims := claimsOf(t, redeem(a, a.signIn(form).Get("code"))["id_token"])
			if claims["at_hash"] == nil || claims["auth_time"] == nil || claims["real_user_status"] != nil || claims["transfer_sub"] != nil {
				t.Error(claims)
			}
			a.op.SetUser(store.User{Login: "alice", Claims: map[string]any{"real_user_status": 2, "transfer_sub": "000123.a"}})
			if claims := claimsOf(t, redeem(a, a.signIn(form).Get("code"))["id_token"]); claims["real_user_status"] != 2.0 || claims["transfer_sub"] != "000123.a" {
				t.Error(claims)
			}
			shows(t, a.status(200)(a.get("/auth/keys")), `"kty":"RSA"`, `"alg":"RS256"`)
		}),
		"email_verified and is_private_email may be booleans": proved(func(t *testing.T, a *apple) {
			a.arms("apple/email-verified-as-boolean")
			if claims := claimsOf(t, redeem(a, a.signIn(form).Get("code"))["id_token"]); claims["email_verified"] != true || claims["is_private_email"] != true {
				t.Error(claims)
			}
		}),
		"there are no redirect URIs on localhost or without TLS; they are allowed here, for apps on a laptop": proved(func(t *testing.T, a *apple) {
			a.op.SetClient(store.Client{ID: a.id, Secret: "unused", RedirectURIs: []string{"http://localhost/callback"}})
			local := url.Values{"redirect_uri": {"http://localhost/callback"}}
			if got := a.authorize("/auth/authorize", local); got.Get("code") == "" {
				t.Error(got)
			}
			a.arms("apple/web-redirect-refused")
			shows(t, a.status(400)(a.get("/auth/authorize?"+a.request(local).Encode())), "Invalid web redirect url.")
		}),
		`email_verified is the text "true", and nonce_supported is true`: proved(func(t *testing.T, a *apple) {
			claims := claimsOf(t, redeem(a, a.signIn(form).Get("code"))["id_token"])
			if claims["email_verified"] != "true" || claims["nonce_supported"] != true || claims["email"] != "alice@example.com" || claims["name"] != nil {
				t.Error(claims)
			}
		}),
		`is_private_email is the text "true" of a relay address`: proved(func(t *testing.T, a *apple) {
			a.op.SetUser(store.User{Login: "alice", Email: "x7@privaterelay.appleid.com", Claims: map[string]any{"is_private_email": true}})
			if claims := claimsOf(t, redeem(a, a.signIn(form).Get("code"))["id_token"]); claims["is_private_email"] != "true" {
				t.Error(claims)
			}
		}),
		"a code looks like c....0.rsy....": proved(func(t *testing.T, a *apple) {
			if code := a.authorize("/auth/authorize", plain).Get("code"); !regexp.MustCompile(`^c[0-9a-f]+\.0\.rsy\.`).MatchString(code) {
				t.Error(code)
			}
		}),
		"an error has status 400 and often no description": proved(func(t *testing.T, a *apple) {
			for code, want := range map[string]string{"nonsense": `{"error":"invalid_grant"}`} {
				if body := a.status(400)(a.redeem("/auth/token", code)); body != want {
					t.Error(body)
				}
			}
			if body := a.status(400)(a.post("/auth/token", url.Values{"grant_type": {"nonsense"}, "client_id": {a.id}, "client_secret": {a.player.key}})); body != `{"error":"unsupported_grant_type"}` {
				t.Error(body)
			}
		}),
		`a code that was used is invalid_grant, "The code has already been used."`: proved(func(t *testing.T, a *apple) {
			code := a.authorize("/auth/authorize", plain).Get("code")
			redeem(a, code)
			shows(t, a.status(400)(a.redeem("/auth/token", code)), `"error":"invalid_grant"`, `"error_description":"The code has already been used."`)
		}),
		"a token that is not live is revoked with status 200 too, and nothing happens": proved(func(t *testing.T, a *apple) {
			tok := redeem(a, a.authorize("/auth/authorize", plain).Get("code"))
			form := url.Values{"client_id": {a.id}, "client_secret": {a.player.key}}
			for _, token := range []string{"nonsense", text(tok["refresh_token"]), text(tok["refresh_token"])} {
				form.Set("token", token)
				resp, body := a.post("/auth/revoke", form)
				if a.status(200)(resp, body); body != "" {
					t.Error(body)
				}
			}
			form.Del("token")
			if resp, body := a.post("/auth/revoke", form); resp.StatusCode < 400 {
				t.Error(body)
			}
			form = url.Values{"client_id": {a.id}, "client_secret": {"nonsense"}, "token": {"nonsense"}}
			shows(t, a.status(400)(a.post("/auth/revoke", form)), `"error":"invalid_client"`)
		}),
		"a token is revoked at /auth/revoke": proved(func(t *testing.T, a *apple) {
			tok := redeem(a, a.authorize("/auth/authorize", plain).Get("code"))
			set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: a.key.Public(), KeyID: "ABC123DEFG", Algorithm: "ES256"}}})
			if err != nil {
				t.Fatal(err)
			}
			a.op.SetClient(store.Client{ID: "other", Secret: "unused", JWKS: set})
			of := url.Values{"client_id": {"other"}, "client_secret": {a.secret(map[string]any{"sub": "other"})}}
			for _, name := range []string{"refresh_token", "access_token"} { // another app's
				of.Set("token", text(tok[name]))
				a.status(200)(a.post("/auth/revoke", of)) // and it lives on
			}
			a.status(200)(a.post("/auth/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text(tok["refresh_token"])}, "client_id": {a.id}, "client_secret": {a.player.key}}))
			a.status(200)(a.post("/auth/revoke", url.Values{"token": {text(tok["refresh_token"])}, "client_id": {a.id}, "client_secret": {a.player.key}}))
			a.status(400)(a.post("/auth/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text(tok["refresh_token"])}, "client_id": {a.id}, "client_secret": {a.player.key}}))
		}),
	})
}
