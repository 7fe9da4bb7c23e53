package mutant

import (
	"net/http"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/client/internal/check"
)

// site is the app that a mutant is made of: how it is configured, its client, and
// that of the second provider, if there is one.
type site struct {
	cfg    app.Config
	client *client.Client
	second *client.Client
}

// clientOf returns the client that signed a session in.
func (at site) clientOf(s *client.Session) *client.Client {
	if id := s.Snapshot().IDToken; id != nil && at.second != nil && text(id.Claims["iss"]) == at.second.Config().Issuer {
		return at.second
	}
	return at.client
}

// The functions of the app that an edit may wrap.
type (
	accountFunc  = func(*client.Session) string
	failureFunc  = func(http.ResponseWriter, *http.Request, error)
	signedInFunc = func(http.ResponseWriter, *http.Request, *client.Session, string)
)

// wrapAccount edits which account a session belongs to.
func wrapAccount(wrap func(strict accountFunc) accountFunc) check.Edit {
	return check.Wrap("account", wrap)
}

// wrapCookies edits the app's cookies.
func wrapCookies(change func(*app.Cookies)) func(site) []check.Edit {
	return func(site) []check.Edit {
		return []check.Edit{check.Wrap("cookies", func(strict app.Cookies) app.Cookies {
			change(&strict)
			return strict
		})}
	}
}

// onFailure does something before the app answers a sign-in that failed.
func onFailure(do func(at site, w http.ResponseWriter, err error)) func(site) []check.Edit {
	return func(at site) []check.Edit {
		return []check.Edit{check.Wrap("failure page", func(strict failureFunc) failureFunc {
			return func(w http.ResponseWriter, r *http.Request, err error) {
				do(at, w, err)
				strict(w, r, err)
			}
		})}
	}
}

// onSignedIn does something before the app answers a sign-in that succeeded.
func onSignedIn(do func(at site, s *client.Session)) func(site) []check.Edit {
	return func(at site) []check.Edit {
		return []check.Edit{check.Wrap("signed in", func(strict signedInFunc) signedInFunc {
			return func(w http.ResponseWriter, r *http.Request, s *client.Session, returnTo string) {
				do(at, s)
				strict(w, r, s, returnTo)
			}
		})}
	}
}

// page is the handler of one page of the app. next is the strict one.
type page func(next http.Handler, w http.ResponseWriter, r *http.Request)

// wrapPages edits pages of the app, by method and path.
func wrapPages(pages map[string]page) check.Edit {
	return check.Wrap("handler", func(strict http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if p, ok := pages[r.Method+" "+r.URL.Path]; ok {
				p(strict, w, r)
				return
			}
			strict.ServeHTTP(w, r)
		})
	})
}

// onPage edits one page.
func onPage(route string, p page) func(site) []check.Edit {
	return func(site) []check.Edit { return []check.Edit{wrapPages(map[string]page{route: p})} }
}
