package mockprovider

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// interrupted does a request, and something else when the request looks at the
// persona for the n-th time. It reports false if it looks less often.
func interrupted(p *Provider, n int, request, between func()) bool {
	grants := p.issuer().Grants
	before := grants.State
	watched := *before
	counted := &looks{Settings: before.Settings, n: n, between: between}
	watched.Settings = counted
	grants.State = &watched
	defer func() { grants.State = before }()
	request()
	return counted.seen >= n
}

// looks are settings that do something at the n-th look at the persona.
type looks struct {
	record.Settings
	seen, n int
	between func()
}

func (l *looks) Persona() *persona.Persona {
	if l.seen++; l.seen == l.n {
		l.between()
	}
	return l.Settings.Persona()
}

// Whatever happens in the middle of a token request, it succeeds or is refused as
// OAuth has it, and what it brings is taken once.
func TestTokenRequestInterrupted(t *testing.T) {
	refreshToken := func(w *httptest.ResponseRecorder) string {
		_, token, _ := strings.Cut(w.Body.String(), `"refresh_token":"`)
		token, _, _ = strings.Cut(token, `"`)
		return token
	}
	for grant, prepare := range map[string]func(p *Provider) []string{
		"code": func(p *Provider) []string {
			return []string{"grant_type", "authorization_code", "code", autoCode(p), "redirect_uri", callback}
		},
		"refresh token": func(p *Provider) []string {
			return []string{"grant_type", "refresh_token", "refresh_token", refreshToken(post(p, "/token", redemption(autoCode(p))))}
		},
	} {
		for what, between := range map[string]func(p *Provider, again func()){
			"another request with it": func(_ *Provider, again func()) { again() },
			"it expires":              func(p *Provider, _ func()) { p.Clock().Advance(2 * 30 * 24 * time.Hour) },
			"it is revoked":           func(p *Provider, _ func()) { p.RevokeGrant("alice", "app") },
			"a reset":                 func(p *Provider, _ func()) { _ = p.Reset() },
			"a restart":               func(p *Provider, _ func()) { p.Restart() },
		} {
			n := 1
			for more := true; more; n++ {
				p, _ := op(t, WithProvider(persona.Persona{SignIn: "auto", RefreshToken: persona.RefreshToken{Issue: "always"}}))
				form := values(prepare(p)...)
				won := 0
				send := func() {
					switch w := post(p, "/token", form); {
					case w.Code == http.StatusOK:
						won++
					case w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `"invalid_grant"`):
						t.Errorf("%s, %s at look %d: %d %s", grant, what, n, w.Code, w.Body)
					}
				}
				more = interrupted(p, n, send, func() { between(p, send) })
				if won > 1 || !more && won != 1 {
					t.Errorf("%s, %s at look %d: %d requests got tokens", grant, what, n, won)
				}
			}
			if n < 5 {
				t.Errorf("%s: the request was interrupted at %d points only", grant, n)
			}
		}
	}
}
