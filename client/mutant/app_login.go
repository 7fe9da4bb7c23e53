package mutant

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/check"
	"github.com/authdrill/authdrill/client/internal/cookie"
)

// shareLoginCookie makes pending logins those of one browser, whoever began them.
func shareLoginCookie(at site) []check.Edit {
	const everybody = "the-same-for-every-browser-0123456789012345"
	home, err := url.Parse(at.cfg.RedirectURL)
	if err != nil {
		return nil // no app is made with it
	}
	name := cookie.Name(home, "login")
	share := func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		r = withoutCookie(r, "login")
		r.AddCookie(&http.Cookie{Name: name, Value: everybody})
		next.ServeHTTP(w, r)
	}
	return []check.Edit{wrapPages(map[string]page{"GET /login": share, "GET /callback": share, "POST /callback": share})}
}

// newest is the state of the login that was begun last, by browser.
type newest struct {
	mu    sync.Mutex
	state map[string]string
}

// loginPage is the page /login that notes which login was begun last. who returns whose it
// is.
func (n *newest) loginPage(who func(*http.Request, *recorder) string) page {
	return func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		rec := record(next, w, r)
		if u := rec.location(); u != nil {
			n.mu.Lock()
			n.state[who(r, rec)] = u.Query().Get("state")
			n.mu.Unlock()
		}
		rec.sendTo(w)
	}
}

func (n *newest) latestState(who string) (state string, found bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	state, found = n.state[who]
	return state, found
}

// answerNewest takes any response for one to the login that the browser began last.
func answerNewest(site) []check.Edit {
	n := &newest{state: map[string]string{}}
	return []check.Edit{wrapPages(map[string]page{
		"GET /login": n.loginPage(browserOf),
		"GET /callback": func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			if state, found := n.latestState(cookieOf(r, "login")); found {
				r = withQuery(r, func(q url.Values) { q.Set("state", state) })
			}
			next.ServeHTTP(w, r)
		},
		"POST /callback": func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			if state, found := n.latestState(cookieOf(r, "login")); found && r.ParseForm() == nil {
				r.PostForm.Set("state", state)
			}
			next.ServeHTTP(w, r)
		},
	})}
}

// assumeNewest takes a response without state for one to the login that the browser
// began last.
func assumeNewest(site) []check.Edit {
	n := &newest{state: map[string]string{}}
	callback := func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if state, found := n.latestState(cookieOf(r, "login")); found && r.URL.Query().Get("state") == "" {
			r = withQuery(r, func(q url.Values) { q.Set("state", state) })
		}
		next.ServeHTTP(w, r)
	}
	return []check.Edit{wrapPages(map[string]page{"GET /login": n.loginPage(browserOf), "GET /callback": callback})}
}

// requireNoLogin takes an answer that is not one to the login that the browser began
// last, or of a browser that began none, for one to a login that it begins itself.
func requireNoLogin(site) []check.Edit {
	n := &newest{state: map[string]string{}}
	callback := func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if state, found := n.latestState(cookieOf(r, "login")); found && r.FormValue("state") == state {
			next.ServeHTTP(w, r)
			return
		}
		login := r.Clone(r.Context())
		login.Method, login.URL = http.MethodGet, &url.URL{Path: "/login"}
		begun := record(next, w, login)
		begins := begun.location()
		if begins == nil {
			next.ServeHTTP(w, r)
			return
		}
		for _, c := range (&http.Response{Header: begun.header}).Cookies() {
			if isCookie(c, "login") {
				r = withoutCookie(r, "login")
				r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
			}
		}
		next.ServeHTTP(w, withQuery(r, func(q url.Values) { q.Set("state", begins.Query().Get("state")) }))
	}
	return []check.Edit{wrapPages(map[string]page{"GET /login": n.loginPage(browserOf), "GET /callback": callback})}
}

// browserOf returns the value of the login cookie of a browser: the one it is given,
// or the one it has.
func browserOf(r *http.Request, rec *recorder) string {
	for _, c := range (&http.Response{Header: rec.header}).Cookies() {
		if isCookie(c, "login") {
			return c.Value
		}
	}
	return cookieOf(r, "login")
}

// keepOneLogin keeps the login that was begun last, of all browsers.
func keepOneLogin(site) []check.Edit {
	n := &newest{state: map[string]string{}}
	callback := func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if state, found := n.latestState(""); found && state != r.FormValue("state") {
			r = withoutCookie(r, "login")
		}
		next.ServeHTTP(w, r)
	}
	return []check.Edit{wrapPages(map[string]page{
		"GET /login":    n.loginPage(func(*http.Request, *recorder) string { return "" }),
		"GET /callback": callback, "POST /callback": callback,
	})}
}

// redeemOnHead takes a HEAD request for a GET request.
func redeemOnHead(next http.Handler, w http.ResponseWriter, r *http.Request) {
	r = r.Clone(r.Context())
	r.Method = http.MethodGet
	record(next, w, r).sendTo(w)
}

// ignoreForm reads no form.
func ignoreForm(next http.Handler, w http.ResponseWriter, r *http.Request) {
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = http.NoBody, 0
	next.ServeHTTP(w, r)
}

// followIss sends the browser to the issuer that the request names.
func followIss(next http.Handler, w http.ResponseWriter, r *http.Request) {
	if iss := r.URL.Query().Get("iss"); iss != "" {
		http.Redirect(w, r, iss+"/authorize", http.StatusSeeOther)
		return
	}
	next.ServeHTTP(w, r)
}

// refuseIss refuses every issuer that a request names.
func refuseIss(next http.Handler, w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("iss") != "" {
		writeHTML(w, http.StatusBadRequest, "<p>That is not our provider.</p>")
		return
	}
	next.ServeHTTP(w, r)
}

// changeRequest changes the authorization request that the browser is sent with.
func changeRequest(change func(q url.Values, r *http.Request)) page {
	return func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		rec := record(next, w, r)
		if u := rec.location(); u != nil {
			q := u.Query()
			change(q, r)
			u.RawQuery = q.Encode()
			rec.header.Set("Location", u.String())
		}
		rec.sendTo(w)
	}
}

func passParams(q url.Values, r *http.Request) {
	for name, values := range r.URL.Query() {
		q[name] = values
	}
}

// redirectTo changes the redirect URI to a page of the host that the request names.
func redirectTo(host func(*http.Request) string) func(q url.Values, r *http.Request) {
	return func(q url.Values, r *http.Request) {
		if name := host(r); name != "" {
			q.Set("redirect_uri", "http://"+name+"/callback")
		}
	}
}

// goByAnyName answers the login page whatever host was asked for, and redirects to a
// page of that host.
func goByAnyName(at site) []check.Edit {
	home, err := url.Parse(at.cfg.RedirectURL)
	if err != nil {
		return nil // no app is made with it
	}
	return []check.Edit{wrapPages(map[string]page{
		"GET /login": func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			asked := r.Host
			r = r.Clone(r.Context())
			r.Host = home.Host
			changeRequest(redirectTo(func(*http.Request) string { return asked }))(next, w, r)
		},
	})}
}

// proxiedHost is the host that a proxy says it was asked for.
func proxiedHost(r *http.Request) string { return cmp.Or(r.Header.Get("X-Forwarded-Host"), r.Host) }

// forwardedHost is the same by the standard header (RFC 7239).
func forwardedHost(r *http.Request) string {
	for pair := range strings.FieldsFuncSeq(r.Header.Get("Forwarded"), func(c rune) bool { return c == ';' || c == ',' || c == ' ' }) {
		if name, value, _ := strings.Cut(pair, "="); strings.EqualFold(name, "host") {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

// followState returns from a sign-in to the address that the state of the answer is.
func followState(site) []check.Edit {
	return []check.Edit{check.Wrap("signed in", func(strict signedInFunc) signedInFunc {
		return func(w http.ResponseWriter, r *http.Request, s *client.Session, returnTo string) {
			if state := r.FormValue("state"); strings.HasPrefix(state, "https://") {
				returnTo = state
			}
			strict(w, r, s, returnTo)
		}
	})}
}

// returnAfterError returns from a sign-in that failed to whatever address return_to
// said when the browser began it.
func returnAfterError(site) []check.Edit {
	var mu sync.Mutex
	addresses := map[string]string{} // by browser
	return []check.Edit{
		wrapPages(map[string]page{"GET /login": func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			rec := record(next, w, r)
			mu.Lock()
			addresses[browserOf(r, rec)] = r.URL.Query().Get("return_to")
			mu.Unlock()
			rec.sendTo(w)
		}}),
		check.Wrap("failure page", func(strict failureFunc) failureFunc {
			return func(w http.ResponseWriter, r *http.Request, err error) {
				mu.Lock()
				to := addresses[cookieOf(r, "login")]
				mu.Unlock()
				if to == "" {
					strict(w, r, err)
					return
				}
				w.Header().Set("Location", to)
				w.WriteHeader(http.StatusSeeOther)
			}
		}),
	}
}

// returnWhere returns from a sign-in to whatever address return_to says that is taken.
func returnWhere(taken func(address string) bool) func(site) []check.Edit {
	return func(site) []check.Edit {
		return []check.Edit{wrapPages(map[string]page{
			"GET /login": func(next http.Handler, w http.ResponseWriter, r *http.Request) {
				q := r.URL.Query()
				if to := cmp.Or(q.Get("return_to"), q.Get("target_link_uri")); to != "" && taken(to) {
					r = withQuery(r, func(q url.Values) { q.Set("return_to", "/go?"+url.Values{"to": {to}}.Encode()) })
				}
				next.ServeHTTP(w, r)
			},
			"GET /go": func(_ http.Handler, w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", r.URL.Query().Get("to")) // as it came: http.Redirect would clean it
				w.WriteHeader(http.StatusSeeOther)
			},
		})}
	}
}
