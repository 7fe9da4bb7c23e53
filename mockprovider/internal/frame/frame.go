// Package frame has the pages that an app loads into an invisible frame and asks by
// messages: whether the user's session at the provider has changed (OpenID Connect
// Session Management 1.0), and whether a frame gets the provider's cookies at all.
// Begin with State, which their scripts compare.
package frame

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"html"
	"net/http"
	"strings"
)

// Cookie holds the browser state. Scripts of the frames read it, so it says nothing
// that would open a session.
const Cookie = "authdrill_session_state"

var (
	//go:embed check_session.js
	checkSession string
	//go:embed cookie_check.js
	cookieCheck string
	//go:embed cookie_check_result.js
	cookieCheckResult string
)

// BrowserState is what the cookie says of a session: it changes with each sign-in and
// sign-out.
func BrowserState(sessionID string) string {
	state := digest("session ", sessionID)
	return string(state[:])
}

// State is the session_state of an authorization response (OpenID Connect Session
// Management 1.0 section 3). The salt is of one sign-in of one client.
func State(clientID, origin, sessionID, login string) string {
	state, salted := digest("session ", sessionID), digest("salt ", sessionID, " ", login)
	salt := string(salted[:16])
	sum := digest(clientID, " ", origin, " ", string(state[:]), " ", salt)
	return string(sum[:]) + "." + salt
}

// digest is the SHA-256 of a text in hexadecimal digits.
func digest(parts ...string) (out [2 * sha256.Size]byte) {
	var room [512]byte
	text := room[:0]
	for _, part := range parts {
		text = append(text, part...)
	}
	sum := sha256.Sum256(text)
	hex.Encode(out[:], sum[:])
	return out
}

// CheckSession writes the page of check_session_iframe. With asks its script asks once,
// below its own path, whether the client and the origin of a message belong together,
// and compares the identifier of the session, as Keycloak does.
func CheckSession(w http.ResponseWriter, asks bool) {
	by := "state"
	if asks {
		by = "sid"
	}
	write(w, checkSession, `data-cookie="`+Cookie+`" data-compares="`+by+`"`)
}

// CookieCheck writes a page that sets a cookie and goes on to next.
func CookieCheck(w http.ResponseWriter, next string) {
	write(w, cookieCheck, `data-next="`+html.EscapeString(next)+`"`)
}

// CookieCheckResult writes a page that tells the one around it whether it has the
// cookie of CookieCheck.
func CookieCheckResult(w http.ResponseWriter) { write(w, cookieCheckResult, "") }

// write writes a page that may be in a frame of any site and runs one script.
func write(w http.ResponseWriter, script, data string) {
	sum := sha256.Sum256([]byte(script))
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; connect-src 'self'; script-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write([]byte(strings.Join([]string{"<!doctype html>\n<html ", data, ">\n<title>authdrill</title>\n<script>", script, "</script>\n</html>\n"}, ""))) // the browser may be gone
}
