package mutant

import (
	"maps"
	"net/http"
	"sync"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/check"
)

// sessions are those of the app's users, by the value of their cookie.
type sessions struct {
	mu       sync.Mutex
	byCookie map[string]*client.Session
}

// withSessions makes an edit of pages that know the session of a browser.
func withSessions(pages func(at site, known *sessions) map[string]page) func(site) []check.Edit {
	return func(at site) []check.Edit {
		known := &sessions{byCookie: map[string]*client.Session{}}
		return []check.Edit{
			check.Wrap("signed in", func(strict signedInFunc) signedInFunc {
				return func(w http.ResponseWriter, r *http.Request, s *client.Session, returnTo string) {
					known.add(w.Header(), s)
					strict(w, r, s, returnTo)
				}
			}),
			wrapPages(pages(at, known)),
		}
	}
}

func (k *sessions) add(h http.Header, s *client.Session) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range (&http.Response{Header: h}).Cookies() {
		if isCookie(c, "session") {
			k.byCookie[c.Value] = s
		}
	}
}

// sessionOf returns the session of a browser, nil without one. It may have ended.
func (k *sessions) sessionOf(r *http.Request) *client.Session {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.byCookie[cookieOf(r, "session")]
}

// end forgets the sessions that a logout token names, and returns how many they were.
func (k *sessions) end(t *client.LogoutToken) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	before := len(k.byCookie)
	maps.DeleteFunc(k.byCookie, func(_ string, s *client.Session) bool { return t.Names(s) })
	return before - len(k.byCookie)
}
