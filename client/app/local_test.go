package app_test

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client/app"
)

// fill sends the form of a page with an address and a password.
func (b *browser) fill(path, email, password string) loaded {
	b.t.Helper()
	m := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(b.get(home + path).body)
	if m == nil {
		b.t.Fatalf("/%s has no form", path)
	}
	return b.post(home+path, url.Values{"csrf": {m[1]}, "email": {email}, "password": {password}})
}

// A local account is another than that of the provider's user who has the same
// address: nobody has verified it.
func TestLocalAccounts(t *testing.T) {
	w := newWeb(t, func(cfg *app.Config) { cfg.LocalAccounts = true })
	attacker := w.browser(t)
	attacker.fill("register", "alice@example.com", "short").must(t, "eight characters")
	attacker.fill("register", "alice@example.com", "the-attackers-password").must(t, "Thank you")
	w.browser(t).fill("register", "alice@example.com", "another-password").must(t, "Thank you")
	attacker.fill("password", "alice@example.com", "another-password").must(t, "That is not right")
	attacker.fill("password", "alice@example.com", "the-attackers-password").must(t, "signed in by password")
	attacker.get(home+"whoami").must(t, `"account":"local alice@example.com"`, `"signed_in":true`)

	victim := w.browser(t)
	victim.get(home + "login")
	if who := victim.get(home + "whoami"); who.status != 200 || strings.Contains(who.body, "local ") {
		t.Errorf("the user of the provider is %s", who.body)
	}
	attacker.press("/logout").must(t, "signed out")
	if who := attacker.get(home + "whoami"); who.status != 401 {
		t.Errorf("after signing out: %d %s", who.status, who.body)
	}
	if page := newWeb(t, nil).browser(t).get(home + "register"); page.status != 404 {
		t.Errorf("an app without local accounts answers %d", page.status)
	}
}

// What happens is logged in a line of its own, with the provider's words quoted
// and no token in it.
func TestLog(t *testing.T) {
	var log bytes.Buffer
	w := newWeb(t, func(cfg *app.Config) { cfg.Log = &log })
	b := w.browser(t)
	b.get(home + "login?login_hint=denied")
	b.get(home + "login")
	b.press("/logout")
	text := log.String()
	for _, want := range []string{`level=WARN msg="sign-in failed" check=`, `level=INFO msg="signed in" account=account-1`, `level=INFO msg="signed out" account=account-1`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	if lines := strings.Count(text, "\n"); lines != 3 || strings.Contains(text, "the-client-secret") || strings.Contains(text, "access") && strings.Contains(text, "token-") {
		t.Errorf("%d lines:\n%s", lines, text)
	}
}
