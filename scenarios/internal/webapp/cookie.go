package webapp

import (
	"context"
	"net/http"
	"slices"

	"github.com/authdrill/authdrill/scenarios/internal/witness"
)

// findSessionCookies returns the names of the cookies that keep the main browser signed
// in: a copy of it without such a cookie is not signed in any more, or one with no
// other cookie of the app still is. A cookie against forged requests is neither. There
// are none where a copy with all cookies is not signed in.
func (d *subject) findSessionCookies(ctx context.Context) []string {
	main := d.browsers[witness.Main]
	if main == nil || !main.isSignedInWithout(ctx) {
		return nil // the session, if there is one, is not in cookies
	}
	set := d.trail.cookieNames(witness.Main)
	var out []string
	for _, name := range set {
		others := slices.DeleteFunc(slices.Clone(set), func(s string) bool { return s == name })
		if !main.isSignedInWithout(ctx, name) || main.isSignedInWithout(ctx, others...) {
			out = append(out, name)
		}
	}
	return out
}

// isSignedInWithout reports whether a copy of the browser without some cookies is signed
// in.
func (b *browser) isSignedInWithout(ctx context.Context, cookies ...string) bool {
	other := b.copyAs(ctx, b.name+" without cookies")
	for _, name := range cookies {
		other.agent.Forget(name)
	}
	who, err := other.whoami(ctx)
	return err == nil && who.signedIn
}

// namesOf returns the names of cookies.
func namesOf(cookies []*http.Cookie) []string {
	var out []string
	for _, c := range cookies {
		out = append(out, c.Name)
	}
	return out
}

// cookieNames returns the names of the cookies that the app has set in a browser.
func (t *trail) cookieNames(browser string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []string
	for _, h := range t.hops {
		for _, c := range h.cookies {
			if h.browser == browser && !slices.Contains(out, c.Name) {
				out = append(out, c.Name)
			}
		}
	}
	return out
}

// cookieValue returns the value that a cookie of the app has in a browser, "" if there is
// none.
func (t *trail) cookieValue(browser, name string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	isNamed := func(c *http.Cookie) bool { return c.Name == name }
	for _, h := range slices.Backward(t.hops) {
		if h.browser != browser {
			continue
		}
		for _, c := range slices.Backward(h.cookies) {
			switch {
			case !isNamed(c):
			case c.MaxAge < 0:
				return ""
			default:
				return c.Value
			}
		}
		if i := slices.IndexFunc(h.sent, isNamed); i >= 0 {
			return h.sent[i].Value
		}
	}
	return ""
}
