package control

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/ui"
)

// Token is what the control API asks of its callers: "" asks for nothing. A program
// sends it as a bearer token (RFC 6750 section 2.1). A browser exchanges it once,
// in a form of the console, for a cookie that no script reads and no other site has
// sent; the cookie opens the console and what is only read.
type Token string

const (
	controlCookie = "authdrill_control"
	logInPath     = "log-in"
	mostLogIn     = 4 << 10 // bytes of the form
)

// matches compares digests, so that neither content nor length shows in the time it
// takes.
func (t Token) matches(offered string) bool {
	a, b := sha256.Sum256([]byte(t)), sha256.Sum256([]byte(offered))
	return hmac.Equal(a[:], b[:])
}

// cookie is what a browser keeps: it opens the console, and the token cannot be
// told from it.
func (t Token) cookie() string {
	mac := hmac.New(sha256.New, []byte(t))
	mac.Write([]byte("console of authdrill"))
	return hex.EncodeToString(mac.Sum(nil))
}

// allows reports whether a request may pass. below is its path after /_/.
func (t Token) allows(r *http.Request, below string) bool {
	if t == "" {
		return true
	}
	if scheme, offered, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return t.matches(strings.TrimSpace(offered))
	}
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	c, err := r.Cookie(controlCookie)
	return err == nil && (below == "" || reads) && hmac.Equal([]byte(c.Value), []byte(t.cookie()))
}

// admit reports whether a request may pass, and answers one that may not.
func (a *API) admit(w http.ResponseWriter, r *http.Request) bool {
	before, below, _ := strings.Cut(r.URL.Path, "/_/")
	switch {
	case a.token.allows(r, below):
		return true
	case below == logInPath && r.Method == http.MethodPost:
		a.logIn(w, r, before+"/_/")
	case below == "" && r.Method == http.MethodGet:
		a.pages.LogIn(w, ui.LogIn{Form: ui.Form{Action: before + "/_/" + logInPath}})
	default:
		w.Header().Set("WWW-Authenticate", `Bearer realm="authdrill control"`)
		problem(w, http.StatusUnauthorized, "The control API wants the control token: send it as Authorization: Bearer TOKEN. It is the one of --control-token, or the one that authdrill printed when it began.", nil)
	}
	return false
}

// logIn exchanges the token for the cookie of the console at path.
func (a *API) logIn(w http.ResponseWriter, r *http.Request, path string) {
	if why := whyForeign(r, true, ""); why != "" {
		problem(w, http.StatusForbidden, why, nil)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostLogIn)
	if err := r.ParseForm(); err != nil || !a.token.matches(strings.TrimSpace(r.PostForm.Get("token"))) {
		a.pages.LogIn(w, ui.LogIn{Form: ui.Form{Action: path + logInPath}, Error: "This is not the control token."})
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: controlCookie, Value: a.token.cookie(), Path: path, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil,
	})
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Location", "./") // relative: a path may look like another host's
	w.WriteHeader(http.StatusSeeOther)
}

// isNavigation reports whether a request only opens a page in a window, as a link on any
// site may. What a page loads into itself is something else: it cannot read it, but
// would hold a place of those who follow the journal.
func isNavigation(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	dest := r.Header.Get("Sec-Fetch-Dest")
	return dest == "document" || dest == "" && r.Header.Get("Origin") == ""
}

// whyForeign says why a request of another web site is refused, or "". form tells
// that a form of the console's pages posts there, and own is the issuer identifier:
// behind a proxy the Host field may have another name.
func whyForeign(r *http.Request, form bool, own string) string {
	if site := r.Header.Get("Sec-Fetch-Site"); site == "cross-site" || site == "same-site" {
		return "The control API takes no requests from other web sites."
	}
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	form = form && kind == "application/x-www-form-urlencoded"
	// Under Referrer-Policy: no-referrer a browser sends the console's own form
	// with Origin: null (Fetch standard, "append a request Origin header"). So
	// does a sandboxed frame of any site, which must not reach the API.
	if origin := r.Header.Get("Origin"); origin != "" && !(form && origin == "null") {
		if u, err := url.Parse(origin); err != nil || u.Host != r.Host && !strings.HasPrefix(own+"/", origin+"/") {
			return "The control API takes no requests from " + origin + "."
		}
	}
	if r.ContentLength != 0 && kind != "application/json" && !form {
		return "Send the body as application/json."
	}
	return ""
}
