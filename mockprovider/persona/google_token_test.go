package persona_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

const robot = "robot@project.iam.gserviceaccount.com"

// serviceAccount is one with a key of its own.
type serviceAccount struct {
	*player
	key *rsa.PrivateKey
}

func newServiceAccount(t *testing.T, p *player) *serviceAccount {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	set, _ := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), Use: "sig"}}})
	p.op.SetClient(store.Client{ID: robot, GrantTypes: []protocol.Grant{protocol.JWTBearerGrant}, AuthMethod: protocol.NoAuthentication, JWKS: set})
	return &serviceAccount{p, key}
}

// assertion is what the account's library sends, with other claims; null leaves one
// out.
func (s *serviceAccount) assertion(claims map[string]any) string {
	s.t.Helper()
	now := s.op.Clock().Now().Unix()
	all := map[string]any{"iss": robot, "aud": "https://oauth2.googleapis.com/token", "iat": now, "exp": now + 3600}
	maps.Copy(all, claims)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: s.key}, (&jose.SignerOptions{}).WithHeader("kid", "as-google-numbers-it").WithType("JWT"))
	if err != nil {
		s.t.Fatal(err)
	}
	text, err := jwt.Signed(signer).Claims(all).Serialize()
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}

func (s *serviceAccount) token(claims map[string]any) (*http.Response, string) {
	return s.post("/token", url.Values{"grant_type": {string(protocol.JWTBearerGrant)}, "assertion": {s.assertion(claims)}})
}

func atServiceAccount(assert func(t *testing.T, s *serviceAccount)) func(t *testing.T, p *player) {
	return func(t *testing.T, p *player) { assert(t, newServiceAccount(t, p)) }
}

// googleTokens has assertions about tokens in the hands of Google's own libraries.
func googleTokens() map[string]func(t *testing.T, p *player) {
	const scope = "https://www.googleapis.com/auth/cloud-platform"
	about := func(p *player, path, token string, header ...string) (*http.Response, string) {
		return p.get(path+"?access_token="+url.QueryEscape(token), header...)
	}
	return map[string]func(t *testing.T, p *player){
		"tokeninfo of an access token has azp, aud, sub, scope, exp, expires_in and access_type as texts, and email where it was granted": func(t *testing.T, p *player) {
			tok := tokensOf(p, url.Values{"scope": {"openid email"}, "access_type": {"offline"}})
			sub := claimsOf(t, tok["id_token"])["sub"]
			p.op.Clock().Advance(10 * time.Minute)
			for _, path := range []string{"/tokeninfo", "/oauth2/v3/tokeninfo"} {
				info := object(t, p.status(200)(about(p, path, text(tok["access_token"]))))
				if info["azp"] != p.id || info["aud"] != p.id || info["sub"] != sub || !slices.Contains([]any{"3000", "2999"}, info["expires_in"]) || info["access_type"] != "offline" || info["email"] != "alice@example.com" || info["email_verified"] != "true" || len(text(info["exp"])) != 10 {
					t.Error(info)
				}
				shows(t, text(info["scope"]), "openid", "https://www.googleapis.com/auth/userinfo.email")
				form := url.Values{"access_token": {text(tok["access_token"])}}
				p.status(200)(p.post(path, form))
			}
			tok = tokensOf(p, url.Values{"scope": {"openid"}})
			if info := object(t, p.status(200)(about(p, "/tokeninfo", text(tok["access_token"])))); info["email"] != nil || info["email_verified"] != nil || info["access_type"] != "online" {
				t.Error(info)
			}
		},
		"tokeninfo takes the token of the Authorization header too": func(t *testing.T, p *player) {
			tok := tokensOf(p, url.Values{"scope": {"openid email"}})
			for _, path := range []string{"/tokeninfo", "/oauth2/v3/tokeninfo", "/oauth2/v1/tokeninfo"} {
				for _, answer := range []string{p.status(200)(p.get(path, bearer(tok)...)), p.status(200)(p.post(path, nil, bearer(tok)...))} {
					shows(t, answer, `"scope":"openid https://www.googleapis.com/auth/userinfo.email"`, `"expires_in":`)
				}
			}
		},
		"tokeninfo refuses what is no live token with 400, invalid_token and Invalid Value": func(t *testing.T, p *player) {
			tok := tokensOf(p, url.Values{"scope": {"openid email"}, "access_type": {"offline"}})
			p.op.Clock().Advance(61 * time.Minute)
			for _, path := range []string{"/tokeninfo", "/oauth2/v3/tokeninfo", "/oauth2/v1/tokeninfo"} {
				for _, query := range []string{"access_token=ya29.nonsense", "access_token=" + url.QueryEscape(text(tok["access_token"])), "id_token=" + text(tok["id_token"]), "id_token=a.b.c"} {
					shows(t, p.status(400)(p.get(path+"?"+query)), `"error":"invalid_token"`, `"error_description":"Invalid Value"`)
				}
				shows(t, p.status(400)(p.get(path)), `"error":"invalid_request"`)
				p.status(400)(p.get(path, "Authorization", "Bearer ya29.nonsense"))
				live := tokensOf(p, url.Values{"scope": {"openid email"}})
				access, refresh := url.QueryEscape(text(live["access_token"])), text(tok["refresh_token"])
				for _, wrong := range []string{"access_token=" + url.QueryEscape(refresh), "access_token=" + text(live["id_token"]), "id_token=" + access, "id_token=" + url.QueryEscape(refresh)} {
					shows(t, p.status(400)(p.get(path+"?"+wrong)), `"error_description":"Invalid Value"`)
				}
				p.status(400)(p.get(path, "Authorization", "Bearer "+refresh))
			}
		},
		"/oauth2/v1/certs has the keys by kid, each as an X.509 certificate in PEM": func(t *testing.T, p *player) {
			kids := func() []string {
				resp, body := p.get("/oauth2/v1/certs")
				if !strings.Contains(resp.Header.Get("Cache-Control"), "max-age=") {
					t.Error(resp.Header)
				}
				certificates := object(t, p.status(200)(resp, body))
				for kid, text := range certificates {
					block, _ := pem.Decode([]byte(text.(string)))
					if block == nil || block.Type != "CERTIFICATE" {
						t.Fatal(text)
					}
					c, err := x509.ParseCertificate(block.Bytes)
					if err != nil {
						t.Fatal(err)
					}
					if now := p.op.Clock().Now(); now.Before(c.NotBefore) || now.After(c.NotAfter) {
						t.Errorf("%s is valid from %s to %s, not %s", kid, c.NotBefore, c.NotAfter, now)
					}
					var set jose.JSONWebKeySet
					if err := json.Unmarshal([]byte(p.status(200)(p.get("/oauth2/v3/certs"))), &set); err != nil {
						t.Fatal(err)
					}
					if known := set.Key(kid); len(known) != 1 || !c.PublicKey.(*rsa.PublicKey).Equal(known[0].Key) {
						t.Errorf("%s is another key in the JWK Set: %v", kid, known)
					}
				}
				return slices.Sorted(maps.Keys(certificates))
			}
			first := kids()
			head, _, _ := strings.Cut(text(tokensOf(p, url.Values{"scope": {"openid"}})["id_token"]), ".")
			if len(first) != 1 || decoded(t, head)["kid"] != first[0] {
				t.Errorf("%v, and the token has %v", first, head)
			}
			if _, err := p.op.RotateKeys("", ""); err != nil {
				t.Fatal(err)
			}
			if second := kids(); len(second) != 2 || !slices.Contains(second, first[0]) {
				t.Errorf("%v, then %v", first, second)
			}
		},
		"revoking a token that is dead is 400, invalid_token": func(t *testing.T, p *player) {
			tok := tokensOf(p, url.Values{"scope": {"openid email"}, "access_type": {"offline"}, "prompt": {"consent"}})
			for _, path := range []string{"/revoke", "/o/oauth2/revoke"} {
				shows(t, p.status(400)(p.post(path, url.Values{"token": {"ya29.nonsense"}})), `"error":"invalid_token"`)
				shows(t, p.status(400)(p.get(path)), `"error":"invalid_request"`)
			}
			p.status(200)(p.post("/revoke", url.Values{"token": {text(tok["access_token"])}}))
			for _, name := range []string{"access_token", "refresh_token"} {
				shows(t, p.status(400)(p.post("/revoke?token="+url.QueryEscape(text(tok[name])), nil)), `"error":"invalid_token"`)
			}
		},
		"a service account gets an access token for an assertion signed with its own key, whose iss is its address, with the scopes of the claim scope": atServiceAccount(func(t *testing.T, s *serviceAccount) {
			for _, path := range []string{"https://oauth2.googleapis.com/token", "https://www.googleapis.com/oauth2/v4/token", "https://accounts.google.com/o/oauth2/token", s.url("/token")} {
				tok := object(t, s.status(200)(s.token(map[string]any{"scope": scope + " email", "aud": path})))
				if !strings.HasPrefix(text(tok["access_token"]), "ya29.") || tok["expires_in"] != 3599.0 || tok["token_type"] != "Bearer" || tok["refresh_token"] != nil || tok["id_token"] != nil || tok["scope"] != nil {
					t.Error(tok)
				}
				info := object(t, s.status(200)(about(s.player, "/tokeninfo", text(tok["access_token"]))))
				if info["azp"] != robot || len(text(info["sub"])) != 21 {
					t.Error(info)
				}
				shows(t, text(info["scope"]), scope)
			}
		}),
		"an assertion with target_audience gets an ID token only, for that audience": atServiceAccount(func(t *testing.T, s *serviceAccount) {
			tok := object(t, s.status(200)(s.token(map[string]any{"target_audience": "https://run.example.app"})))
			claims := claimsOf(t, tok["id_token"])
			if len(tok) != 1 || claims["aud"] != "https://run.example.app" || claims["azp"] != robot || claims["email"] != robot || claims["email_verified"] != true || claims["iss"] != s.op.Issuer() || len(text(claims["sub"])) != 21 {
				t.Errorf("%v: %v", tok, claims)
			}
		}),
		"sub of an assertion names the user for whom a service account acts": atServiceAccount(func(t *testing.T, s *serviceAccount) {
			tok := object(t, s.status(200)(s.token(map[string]any{"scope": "openid email", "sub": "bob@example.com"})))
			shows(t, s.status(200)(s.get("/oauth2/v3/userinfo", bearer(tok)...)), `"email":"bob@example.com"`)
			shows(t, s.status(400)(s.token(map[string]any{"sub": "nobody@example.com"})), `"error":"invalid_grant"`, "Invalid email or User ID")
			s.op.SetUser(store.User{Login: "bob", Email: "bob@example.com", Disabled: true})
			shows(t, s.status(400)(s.token(map[string]any{"sub": "bob@example.com"})), `"error":"invalid_grant"`)
		}),
		"an assertion is valid for an hour at most, for the token endpoint, and a wrong one is invalid_grant": atServiceAccount(func(t *testing.T, s *serviceAccount) {
			now := s.op.Clock().Now().Unix()
			for description, claims := range map[string]map[string]any{
				"Invalid JWT: Token must be a short-lived token": {"exp": now + 7500},
				"Invalid JWT: Token must be a short-lived":       {"exp": now - 120, "iat": now - 3720},
				"Invalid JWT: Token must be a":                   {"exp": nil},
				"Invalid JWT: Failed audience check.":            {"aud": "https://elsewhere.example/token"},
				"Invalid JWT: Failed audience":                   {"aud": nil},
				"Invalid grant: account not found":               {"iss": "nobody@project.iam.gserviceaccount.com"},
			} {
				shows(t, s.status(400)(s.token(claims)), `"error":"invalid_grant"`, description)
			}
			shows(t, s.status(400)(s.post("/token", url.Values{"grant_type": {string(protocol.JWTBearerGrant)}, "assertion": {"nonsense"}})), `"error":"invalid_grant"`)
			s.status(400)(s.post("/token", url.Values{"grant_type": {string(protocol.JWTBearerGrant)}}))
			once := map[string]any{"jti": "only-once"}
			s.status(200)(s.token(once))
			s.status(400)(s.token(once))
			s.op.SetClient(store.Client{ID: "plain", Secret: "plain-secret"})
			shows(t, s.status(400)(s.token(map[string]any{"iss": "plain"})), "unauthorized_client")
			another := newServiceAccount(t, s.player)
			shows(t, s.status(400)(s.token(nil)), "Invalid JWT Signature.")
			s.status(200)(another.token(nil))
		}),
		"an installed app is answered at any port and path of a loopback address": func(t *testing.T, p *player) {
			p.op.SetClient(store.Client{ID: p.id, Secret: p.key, RedirectURIs: []string{"http://localhost"}})
			for uri, taken := range map[string]bool{"http://localhost:8085/": true, "http://127.0.0.1:1234/callback": true, "http://[::1]:1234": true, "https://app.example.test/": false} {
				resp, _ := p.get("/o/oauth2/v2/auth?" + p.request(url.Values{"scope": {"email"}, "redirect_uri": {uri}}).Encode())
				if (resp.StatusCode == 302) != taken {
					t.Errorf("%s: %s", uri, resp.Status)
				}
			}
		},
	}
}
