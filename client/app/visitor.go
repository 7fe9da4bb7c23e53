package app

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/authdrill/authdrill/client"
)

// visitor is a browser the App knows, signed in or not.
type visitor struct {
	csrf string

	mu          sync.Mutex
	session     *client.Session // nil: not signed in
	account     string          // of the session
	local       string          // e-mail address of the account it signed in to by password
	provider    *client.Client  // that signed the session in
	since       time.Time
	failure     *failure // of the last sign-in, until the next
	notice      string   // shown once
	called      *called  // the last call of the API
	refreshes   int
	logoutState string // of the sign-out under way
}

// login is a pending login of a browser.
type login struct {
	provider      *client.Client
	browser       string // the value of its cookie
	authorization *client.Authorization
	returnTo      string
}

// shelf keeps things for a while under keys that cannot be guessed. When it is
// full, the oldest gives way.
type shelf[T any] struct {
	most int
	age  time.Duration
	now  func() time.Time

	mu    sync.Mutex
	items map[string]shelved[T]
	order []string // oldest first; may name what is gone
}

type shelved[T any] struct {
	value T
	since time.Time
}

func newShelf[T any](most int, age time.Duration, now func() time.Time) *shelf[T] {
	return &shelf[T]{most: most, age: age, now: now, items: map[string]shelved[T]{}}
}

func (s *shelf[T]) put(key string, value T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[key] = shelved[T]{value, s.now()}
	s.order = append(s.order, key)
	if len(s.order) > 2*len(s.items)+64 { // many were dropped before their time
		s.order = slices.DeleteFunc(s.order, func(k string) bool { _, kept := s.items[k]; return !kept })
	}
	for len(s.order) > 0 {
		oldest, kept := s.items[s.order[0]]
		if kept && len(s.items) <= s.most && s.now().Sub(oldest.since) < s.age {
			break
		}
		delete(s.items, s.order[0])
		s.order = s.order[1:]
	}
}

func (s *shelf[T]) get(key string) (value T, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	item, ok := s.items[key]
	if !ok || s.now().Sub(item.since) >= s.age {
		return value, false
	}
	return item.value, true
}

func (s *shelf[T]) drop(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.items, key)
}

// newest is the youngest thing that fits.
func (s *shelf[T]) newest(fits func(T) bool) (value T, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.order) - 1; i >= 0; i-- {
		item, ok := s.items[s.order[i]]
		if ok && fits(item.value) && s.now().Sub(item.since) < s.age {
			return item.value, s.order[i]
		}
	}
	return value, ""
}

// each shows everything that is on the shelf.
func (s *shelf[T]) each(show func(T)) {
	s.mu.Lock()
	var all []T
	for _, item := range s.items {
		all = append(all, item.value)
	}
	s.mu.Unlock()
	for _, value := range all {
		show(value)
	}
}

// visitor is who sends a request, nil for a browser that is not known.
func (a *App) visitor(r *http.Request) (*visitor, string) {
	c, err := r.Cookie(a.cookieName("session"))
	if err != nil {
		return nil, ""
	}
	v, _ := a.visitors.get(c.Value)
	return v, c.Value
}

// admit gives a browser a session under a new name, and forgets the one it had:
// a name that somebody planted before is worth nothing after (session fixation).
func (a *App) admit(w http.ResponseWriter, r *http.Request) (*visitor, error) {
	_, old := a.visitor(r)
	id, err := a.newToken()
	if err != nil {
		return nil, err
	}
	if a.client.HasBug(client.SessionNotRotated) && old != "" {
		id = old
	}
	if v, _ := a.visitors.get(old); old != "" && (v.signedIn() == nil || !a.client.HasBug(client.LogoutCookieSurvives)) {
		a.visitors.drop(old)
	}
	csrf, err := a.newToken()
	if err != nil {
		return nil, err
	}
	v := &visitor{csrf: csrf, since: a.cfg.Now()}
	a.visitors.put(id, v)
	a.setCookie(w, &http.Cookie{
		Name: a.cookieName("session"), Value: id, SameSite: http.SameSiteLaxMode, MaxAge: int(a.cfg.SessionAge.Seconds()),
	})
	return v, nil
}

// greet is the visitor, a new one if need be.
func (a *App) greet(w http.ResponseWriter, r *http.Request) (*visitor, error) {
	if v, _ := a.visitor(r); v != nil {
		return v, nil
	}
	return a.admit(w, r)
}

// browser is the cookie that binds pending logins to a browser; it is the same
// for all that run at once, in as many tabs.
func (a *App) browser(w http.ResponseWriter, r *http.Request) (string, error) {
	name := a.cookieName("login")
	if c, err := r.Cookie(name); err == nil && len(c.Value) == 43 {
		return c.Value, nil
	}
	id, err := a.newToken()
	if err != nil {
		return "", err
	}
	site := http.SameSiteLaxMode
	if a.secure() && a.cfg.ResponseMode == "form_post" {
		site = http.SameSiteNoneMode
	}
	a.setCookie(w, &http.Cookie{Name: name, Value: id, SameSite: site, MaxAge: int(a.patience().Seconds())})
	return id, nil
}

// setCookie sets a cookie that no script reads and that goes nowhere else.
func (a *App) setCookie(w http.ResponseWriter, c *http.Cookie) {
	c.Path, c.Secure, c.HttpOnly = "/", a.secure(), !a.client.HasBug(client.CookieReadable)
	if a.client.HasBug(client.CookieAnySite) {
		c.SameSite = 0
	}
	http.SetCookie(w, c)
}

// cookieName tells apps on other ports of this host apart, for cookies do not;
// with https no other host may set it (RFC 6265bis 4.1.3).
func (a *App) cookieName(what string) string {
	name := "authdrill_app_" + what
	if port := a.base.Port(); port != "" {
		name += "_" + port
	}
	if a.secure() {
		name = "__Host-" + name
	}
	return name
}

// action lets a POST through only with the visitor's own token.
func (a *App) action(do func(http.ResponseWriter, *http.Request, *visitor)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, _ := a.visitor(r)
		if v == nil || subtle.ConstantTimeCompare([]byte(r.PostFormValue("csrf")), []byte(v.csrf)) != 1 {
			a.problem(w, http.StatusForbidden, "That button is out of date", "Go back to the first page and press it there.")
			return
		}
		do(w, r, v)
	}
}
