package mutant

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/client/internal/check"
	"github.com/authdrill/authdrill/client/internal/cookie"
)

// changeCookie changes each cookie before it is set.
func changeCookie(change func(*http.Cookie)) func(site) []check.Edit {
	return wrapCookies(func(c *app.Cookies) {
		strict := c.Set
		c.Set = func(w http.ResponseWriter, cookie *http.Cookie) {
			change(cookie)
			strict(w, cookie)
		}
	})
}

func letScriptsRead(c *http.Cookie) { c.HttpOnly = false }

func sendToAnySite(c *http.Cookie) { c.SameSite = 0 }

// keepVisitor gives each visitor a session cookie, and goes on with it after a sign-in.
func keepVisitor(at site) []check.Edit {
	edits := wrapCookies(keepCookie)(at)
	home, err := url.Parse(at.cfg.RedirectURL)
	if err != nil {
		return edits // no app is made with it
	}
	var visitors atomic.Int64
	return append(edits, wrapPages(map[string]page{"GET /login": func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if cookieOf(r, "session") == "" {
			id := fmt.Sprintf("session-of-visitor-%d", visitors.Add(1))
			http.SetCookie(w, &http.Cookie{Name: cookie.Name(home, "session"), Value: id, Path: "/", Secure: home.Scheme == "https", HttpOnly: true, SameSite: http.SameSiteLaxMode})
		}
		next.ServeHTTP(w, r)
	}}))
}

// keepCookie goes on with the session cookie that the browser has.
func keepCookie(c *app.Cookies) {
	strict := c.Value
	c.Value = func(old string) (string, error) {
		if old != "" {
			return old, nil
		}
		return strict(old)
	}
}

// keepSession ends no session whose cookie was replaced.
func keepSession(c *app.Cookies) { c.End = func(string) {} }

// trustForwardedUser takes a header that a proxy may set for a sign-in.
func trustForwardedUser(next http.Handler, w http.ResponseWriter, r *http.Request) {
	for _, name := range []string{
		"X-Forwarded-User", "X-Forwarded-Email", "X-Remote-User", "Remote-User", "X-Auth-Request-User", "X-Auth-Request-Email", "X-WebAuth-User", "X-Ssl-Client-Cert",
	} {
		if user := r.Header.Get(name); user != "" {
			writeJSON(w, http.StatusOK, map[string]any{"signed_in": true, "sub": user, "email": user})
			return
		}
	}
	next.ServeHTTP(w, r)
}

// askProvider asks the provider at every page whether a user is signed in.
func askProvider(at site, known *sessions) map[string]page {
	return map[string]page{"GET /whoami": func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if s := known.sessionOf(r); s != nil {
			if _, err := at.clientOf(s).UserInfo(r.Context(), s); err != nil {
				writeJSON(w, http.StatusUnauthorized, map[string]any{"signed_in": false})
				return
			}
		}
		next.ServeHTTP(w, r)
	}}
}

// crashOnRefusal answers with a server error when the resource could not be called.
func crashOnRefusal(_ site, known *sessions) map[string]page {
	return map[string]page{"GET /api": func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		rec := record(next, w, r)
		if known.sessionOf(r) != nil && rec.isFailure() {
			rec.status = http.StatusInternalServerError
		}
		rec.sendTo(w)
	}}
}

// acceptToken signs in a browser that brings an access token.
func acceptToken(at site) []check.Edit {
	const cookie = "token_user"
	var mu sync.Mutex
	users := map[string]map[string]any{} // by cookie, as /whoami shows them
	var account accountFunc
	signIn := func(w http.ResponseWriter, r *http.Request, token string) error {
		m, err := at.client.Discover(r.Context())
		if err != nil {
			return err
		}
		resp, err := at.client.Call(r.Context(), &client.Session{}, client.CallOptions{URL: m.UserInfoEndpoint, Token: token})
		if err != nil {
			return err
		}
		claims, _ := resp.JSON.(map[string]any)
		s := &client.Session{IDToken: &client.IDToken{Claims: claims}}
		mu.Lock()
		defer mu.Unlock()
		id := strconv.Itoa(len(users) + 1)
		users[id] = map[string]any{"signed_in": true, "sub": s.Snapshot().Subject, "email": claims["email"], "account": account(s)}
		http.SetCookie(w, &http.Cookie{Name: cookie, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
		return nil
	}
	userOf := func(r *http.Request) map[string]any {
		mu.Lock()
		defer mu.Unlock()
		c, err := r.Cookie(cookie)
		if err != nil {
			return nil
		}
		return users[c.Value]
	}
	return []check.Edit{
		wrapAccount(func(strict accountFunc) accountFunc {
			account = strict
			return strict
		}),
		wrapPages(map[string]page{
			"GET /login": func(next http.Handler, w http.ResponseWriter, r *http.Request) {
				token := r.URL.Query().Get("access_token")
				if token == "" {
					http.SetCookie(w, &http.Cookie{Name: cookie, Path: "/", MaxAge: -1})
					next.ServeHTTP(w, r)
					return
				}
				if err := signIn(w, r, token); err != nil {
					writeHTML(w, http.StatusForbidden, "<p>The token cannot be used.</p>")
					return
				}
				http.Redirect(w, r, "/", http.StatusSeeOther)
			},
			"GET /whoami": func(next http.Handler, w http.ResponseWriter, r *http.Request) {
				if user := userOf(r); user != nil {
					writeJSON(w, http.StatusOK, user)
					return
				}
				next.ServeHTTP(w, r)
			},
		}),
	}
}

// answerInTurn answers one request after the other.
func answerInTurn(site) []check.Edit {
	var mu sync.Mutex
	return []check.Edit{check.Wrap("handler", func(strict http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			strict.ServeHTTP(w, r)
		})
	})}
}

// skipUserInfo asks for no claims.
func skipUserInfo(context.Context, *client.Session) (map[string]any, error) { return nil, nil }

// hideEndOfGrant takes the end of a grant for an error that passes.
func hideEndOfGrant(strict call) call {
	return func(ctx context.Context, s *client.Session, o client.CallOptions) (*client.Response, error) {
		resp, err := strict(ctx, s, o)
		if e := (*client.OAuthError)(nil); errors.As(err, &e) && e.Code == "invalid_grant" {
			return nil, errors.New(err.Error())
		}
		return resp, err
	}
}
