package app_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

func TestAccountIsReplaceable(t *testing.T) {
	t.Parallel()
	w := newWeb(t, func(cfg *app.Config) {
		cfg.Account = func(s *client.Session) string { return "user " + s.Subject }
		cfg.Admins = []string{"user alice"}
	})
	b := w.browser(t)
	b.get(home + "login")
	b.get(home+"whoami").must(t, `"account":"user alice"`)
	b.get(home+"admin").must(t, `"admin":true`)
}

func TestAccountIsOneForEachIssuerAndSubject(t *testing.T) {
	t.Parallel()
	w := newWeb(t, nil)
	accountOf := func(sub, email string) string {
		w.Claims = map[string]any{"sub": sub, "email": email}
		w.On["/userinfo"] = clienttest.Always(200, "application/json", fmt.Sprintf(`{"sub":%q}`, sub))
		b := w.browser(t)
		b.get(home + "login")
		_, account, _ := strings.Cut(b.get(home+"whoami").body, `"account":"`)
		account, _, _ = strings.Cut(account, `"`)
		return account
	}
	first := accountOf("1", "a@example.com")
	if again := accountOf("1", "b@example.com"); first == "" || again != first {
		t.Errorf("the account changes from %q to %q with the address", first, again)
	}
	if other := accountOf("2", "a@example.com"); other == first {
		t.Errorf("two users have the account %q", other)
	}
}

func TestSignedInAndFailurePageAreReplaceable(t *testing.T) {
	t.Parallel()
	w := newWeb(t, func(cfg *app.Config) {
		cfg.SignedIn = func(w http.ResponseWriter, _ *http.Request, s *client.Session, returnTo string) {
			_, _ = io.WriteString(w, "Welcome, "+s.Subject+", back to "+returnTo)
		}
		cfg.FailurePage = func(w http.ResponseWriter, _ *http.Request, err error) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "Sorry")
		}
	})
	b := w.browser(t)
	b.get(home+"login?return_to=/whoami").must(t, "Welcome, alice, back to /whoami")
	if p := b.get(home + "login?login_hint=denied"); p.status != http.StatusForbidden || p.body != "Sorry" {
		t.Errorf("%d %s", p.status, p.body)
	}
	b.get(home).must(t, "Sign out") // a failure ends no session
}

func TestCookiesAreReplaceable(t *testing.T) {
	t.Parallel()
	var ended []string
	w := newWeb(t, func(cfg *app.Config) {
		n := 0
		cfg.Cookies = app.Cookies{
			Set: func(w http.ResponseWriter, c *http.Cookie) {
				c.SameSite = http.SameSiteStrictMode
				http.SetCookie(w, c)
			},
			Value: func(string) (string, error) { n++; return fmt.Sprint("session-", n), nil },
			End:   func(value string) { ended = append(ended, value) },
		}
	})
	for _, c := range cookiesOf(t, w, "/login") {
		if c.SameSite != http.SameSiteStrictMode || !c.HttpOnly {
			t.Errorf("cookie %v", c)
		}
	}
	b := w.browser(t)
	b.get(home + "login")
	b.press("/logout")
	if len(ended) != 1 || ended[0] != "session-1" {
		t.Errorf("sessions that ended: %v", ended)
	}
}
