package app

import (
	"net/http"

	"github.com/authdrill/authdrill/client/internal/cookie"
)

// Cookies is how the App names its sessions, and what it says about its cookies. A
// nil function is the App's own.
type Cookies struct {
	// Set sets a cookie. Default http.SetCookie.
	Set func(http.ResponseWriter, *http.Cookie)
	// Value returns the value of the session cookie that replaces old, which is ""
	// where the browser had none. Default: 32 random bytes.
	Value func(old string) (string, error)
	// End ends the session of a cookie that was replaced.
	End func(value string)
}

func (c Cookies) withDefaults(a *App) Cookies {
	if c.Set == nil {
		c.Set = http.SetCookie
	}
	if c.Value == nil {
		c.Value = func(string) (string, error) { return a.newToken() }
	}
	if c.End == nil {
		c.End = a.visitors.delete
	}
	return c
}

// browser returns the cookie that binds pending logins to a browser; it is the same
// for all that run at once, in as many tabs.
func (a *App) browser(w http.ResponseWriter, r *http.Request) (string, error) {
	name := a.cookieName("login")
	if c, err := r.Cookie(name); err == nil && len(c.Value) == tokenLength {
		return c.Value, nil
	}
	id, err := a.newToken()
	if err != nil {
		return "", err
	}
	site := http.SameSiteLaxMode
	if a.isSecure() && a.cfg.ResponseMode == "form_post" {
		site = http.SameSiteNoneMode
	}
	a.setCookie(w, &http.Cookie{Name: name, Value: id, SameSite: site, MaxAge: int(a.cfg.LoginTimeout.Seconds())})
	return id, nil
}

// setCookie sets a cookie that no script reads and that no other host gets.
func (a *App) setCookie(w http.ResponseWriter, c *http.Cookie) {
	c.Path, c.Secure, c.HttpOnly = "/", a.isSecure(), true
	a.cookies.Set(w, c)
}

// cookieName returns the name of the app's cookie of that purpose.
func (a *App) cookieName(purpose string) string { return cookie.Name(a.base, purpose) }
