package mockprovider

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// max_age is a number of seconds of any size; anything else is refused (OIDC Core
// section 3.1.2.1).
func TestMaxAgeOfAnySize(t *testing.T) {
	p, _ := op(t)
	v := &visitor{p, map[string]string{}}
	v.asked(t)
	p.Clock().Advance(time.Hour)
	for text, want := range map[string]string{
		"3600":                    "allow", // alice signed in just so long ago
		"3599":                    "sign in",
		"0":                       "sign in",
		"9223372035":              "allow",
		"9223372036":              "allow",
		"9223372037":              "allow",
		"9223372036854775806":     "allow",
		"9223372036854775807":     "allow",
		"9223372036854775808":     "allow",
		"18446744073709551616":    "allow",
		strings.Repeat("9", 1000): "allow",
		"-1":                      "invalid_request",
		"+1":                      "invalid_request",
		"1e3":                     "invalid_request",
		"1.5":                     "invalid_request",
		"":                        "allow", // as good as absent
		"0x10":                    "invalid_request",
		"NaN":                     "invalid_request",
	} {
		for _, prompt := range []string{"consent", "none"} {
			v := &visitor{p, v.cookies}
			w := v.send(http.MethodGet, "/authorize?"+request("max_age", text, "prompt", prompt).Encode(), nil)
			got := "?"
			switch to := w.Header().Get("Location"); {
			case strings.Contains(w.Body.String(), `name="login"`), strings.Contains(to, "error=login_required"):
				got = "sign in"
			case strings.Contains(w.Body.String(), `name="consent"`), strings.Contains(to, "error=consent_required"):
				got = "allow"
			case strings.Contains(to, "error=invalid_request"):
				got = "invalid_request"
			}
			if got != want {
				t.Errorf("max_age=%.30s prompt=%s: %s, want %s: %d %s", text, prompt, got, want, w.Code, w.Header().Get("Location"))
			}
		}
	}
}

func TestDefaultMaxAgeOfAnySize(t *testing.T) {
	p, _ := op(t)
	for text, want := range map[string]int{"9223372036854775807": 201, "9223372036": 201, "-1": 400, "9223372036854775808": 400, "1e300": 400} {
		r := httptest.NewRequest(http.MethodPost, p.Issuer()+"/register", strings.NewReader(`{"default_max_age":`+text+`,"redirect_uris":["`+callback+`"]}`))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("default_max_age %s: %d %s", text, w.Code, w.Body)
		}
		if w.Code != http.StatusCreated {
			continue
		}
		if !strings.Contains(w.Body.String(), `"default_max_age":`+text+`,`) {
			t.Errorf("default_max_age %s comes back otherwise: %s", text, w.Body)
		}
		_, id, _ := strings.Cut(w.Body.String(), `"client_id":"`)
		id, _, _ = strings.Cut(id, `"`)
		v := &visitor{p, map[string]string{}}
		v.asked(t)
		if w := v.send(http.MethodGet, "/authorize?"+request("client_id", id, "prompt", "none").Encode(), nil); !strings.Contains(w.Header().Get("Location"), "error=consent_required") {
			t.Errorf("default_max_age %s: %s", text, w.Header().Get("Location"))
		}
	}
}

// Lifetimes near the longest there is last, and do not end before they begin.
func TestLongestLifetimes(t *testing.T) {
	const most = clock.Duration(1<<63 - 1)
	p, _ := op(t, WithProvider(persona.Persona{
		SignIn: "auto", AuthorizationCode: persona.Code{Lifetime: most}, AccessToken: persona.AccessToken{Lifetime: most},
		RefreshToken: persona.RefreshToken{Lifetime: most, IdleLifetime: most, Issue: "always"}, IDToken: persona.IDToken{Lifetime: most},
		DeviceCode: persona.DeviceCode{Lifetime: most, Interval: most}, Session: persona.Lifetime{Lifetime: most}, PushedRequest: persona.Lifetime{Lifetime: most},
	}))
	p.Clock().Set(time.Date(2199, 12, 31, 0, 0, 0, 0, time.UTC))
	w := post(p, "/token", redemption(autoCode(p)))
	_, token, _ := strings.Cut(w.Body.String(), `"access_token":"`)
	token, _, _ = strings.Cut(token, `"`)
	if w.Code != http.StatusOK || !p.Accepts(token) {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := post(p, "/par", request()); w.Code != http.StatusCreated {
		t.Errorf("par: %d %s", w.Code, w.Body)
	}
	code, _ := newDevice(t, p)
	for n, want := range []string{"authorization_pending", "slow_down", "slow_down"} {
		if w := poll(p, code); !strings.Contains(w.Body.String(), want) {
			t.Errorf("poll %d: %s, want %s", n, w.Body, want)
		}
	}
}

// What a request says of scopes cannot add a parameter to the challenge (RFC 6750
// section 3).
func TestChallengeKeepsItsParameters(t *testing.T) {
	p, _ := op(t, WithClient(store.Client{ID: `q"x`, Secret: "s"}))
	w := post(p, "/token", values("grant_type", "client_credentials"))
	_, token, _ := strings.Cut(w.Body.String(), `"access_token":"`)
	token, _, _ = strings.Cut(token, `"`)
	get := func(requires string) *httptest.ResponseRecorder {
		return direct(p, http.MethodGet, "/resource/x?"+values("requires", requires).Encode(), nil, "Authorization", "Bearer "+token)
	}
	for _, requires := range []string{`a", error="ok`, `a\`, "a\r\nX-Y: z", "a\tb", "ä"} {
		w := get(requires)
		if h := w.Header().Get("WWW-Authenticate"); w.Code != http.StatusBadRequest || strings.Contains(h, "scope=") || strings.Count(h, "error=") != 1 || strings.Count(h, `"`) != 6 {
			t.Errorf("requires=%q: %d %s", requires, w.Code, h)
		}
	}
	if w := get("reports read"); w.Code != http.StatusForbidden || !strings.HasSuffix(w.Header().Get("WWW-Authenticate"), `, scope="reports read"`) {
		t.Errorf("%d %s", w.Code, w.Header().Get("WWW-Authenticate"))
	}
}

// The same in the words of a persona, whose header has the error's description, and
// that a parameter.
func TestChallengeOfPersona(t *testing.T) {
	p, _ := op(t, WithProvider(persona.Persona{Name: "facebook"}))
	w := post(p, "/v19.0/oauth/access_token", values("client_id", "app", "client_secret", "app-secret", "grant_type", "a\", \"b\r\nX: y"), "Authorization", "")
	if h := w.Header().Get("WWW-Authenticate"); !strings.Contains(h, "Invalid grant_type: a") || strings.Count(h, `"`) != 6 || strings.ContainsAny(h, "\r\n") {
		t.Errorf("%d %q", w.Code, h)
	}
}
