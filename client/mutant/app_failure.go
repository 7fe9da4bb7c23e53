package mutant

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/check"
)

// failWith answers a sign-in that failed with a page made of the provider's words.
func failWith(status int, page func(at site, e *client.OAuthError) string) func(site) []check.Edit {
	return func(at site) []check.Edit {
		return []check.Edit{check.Perform[failureFunc]("failure page", func(w http.ResponseWriter, _ *http.Request, err error) {
			writeHTML(w, status, page(at, wordsOf(err)))
		})}
	}
}

// wordsOf returns what a provider says of an error.
func wordsOf(err error) *client.OAuthError {
	var r *client.Rejection
	if errors.As(err, &r) && r.OAuth != nil {
		return r.OAuth
	}
	return &client.OAuthError{Code: "error", Description: err.Error()}
}

func crashPage(site, *client.OAuthError) string { return "Internal Server Error" }

func blankPage(site, *client.OAuthError) string { return "" }

func unescapedPage(_ site, e *client.OAuthError) string {
	return "<p>" + e.Code + ": " + e.Description + "</p>"
}

func linkedPage(_ site, e *client.OAuthError) string {
	return `<p><a href="` + e.URI + `">What is this?</a></p>`
}

func secretPage(at site, e *client.OAuthError) string {
	return fmt.Sprintf("<pre>client %s %s: %s</pre>", at.cfg.ClientID, at.cfg.ClientSecret, e.Code)
}

// headerOfError sets the headers that the provider's words look like.
func headerOfError(site) []check.Edit {
	return []check.Edit{check.Perform[failureFunc]("failure page", func(w http.ResponseWriter, _ *http.Request, err error) {
		for line := range strings.Lines(wordsOf(err).Description) {
			if name, value, found := strings.Cut(line, ": "); found {
				w.Header().Set(name, strings.TrimSpace(value))
			}
		}
		writeHTML(w, http.StatusBadRequest, "<p>It failed.</p>")
	})}
}

// passProviderCookies sets the cookies of the token endpoint's answer in the browser.
func passProviderCookies(at site) []check.Edit {
	pass := func(w http.ResponseWriter, from http.Header) {
		for _, cookie := range from["Set-Cookie"] {
			w.Header().Add("Set-Cookie", cookie)
		}
	}
	return append(onFailure(func(_ site, w http.ResponseWriter, err error) {
		var r *client.Rejection
		if errors.As(err, &r) && r.Response != nil {
			pass(w, r.Response.Header)
		}
	})(at), check.Wrap("signed in", func(strict signedInFunc) signedInFunc {
		return func(w http.ResponseWriter, r *http.Request, s *client.Session, returnTo string) {
			pass(w, s.Tokens.Header)
			strict(w, r, s, returnTo)
		}
	}))
}

// logWords writes the provider's words into the log as they are.
func logWords(at site, _ http.ResponseWriter, err error) {
	if at.cfg.Log != nil {
		e := wordsOf(err)
		_, _ = fmt.Fprintf(at.cfg.Log, "sign-in failed: %s %s\n", e.Code, e.Description)
	}
}

// signOutOnFailure ends the session of a browser whose later sign-in fails.
func signOutOnFailure(site) []check.Edit {
	return []check.Edit{check.Wrap("failure page", func(strict failureFunc) failureFunc {
		return func(w http.ResponseWriter, r *http.Request, err error) {
			for _, c := range r.Cookies() {
				if isCookie(c, "session") {
					http.SetCookie(w, &http.Cookie{Name: c.Name, Path: "/", MaxAge: -1, Secure: strings.HasPrefix(c.Name, "__Host-")})
				}
			}
			strict(w, withoutCookie(r, "session"), err)
		}
	})}
}
