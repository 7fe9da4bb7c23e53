package endpoint

import (
	"context"
	"crypto/subtle"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/frame"
	"github.com/authdrill/authdrill/mockprovider/internal/grant"
	"github.com/authdrill/authdrill/mockprovider/internal/newuser"
	"github.com/authdrill/authdrill/mockprovider/internal/origin"
	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// session returns the sign-in of the request's browser, or nil.
func (i *Issuer) session(r *http.Request) *record.Session {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	return i.sessionOf(c.Value)
}

// current returns a sign-in if it still lasts, or nil.
func (i *Issuer) current(s *record.Session) *record.Session {
	if s == nil {
		return nil
	}
	return i.sessionOf(s.ID)
}

func (i *Issuer) sessionOf(id string) *record.Session {
	s, ok := i.Store.Session(id, i.Clock.Now())
	if !ok {
		return nil
	}
	if u, ok := i.Store.User(s.Login); !ok || u.Disabled {
		return nil
	}
	return &s
}

// newSession signs a user in at the issuer's time.
func (i *Issuer) newSession(u *store.User) *record.Session {
	now := i.Clock.Now()
	s := &record.Session{
		ID: i.Random.Token(16), Login: u.Login, AuthTime: now.Add(-u.AuthenticatedAgo.D()),
		Expires: now.Add(i.Persona().Session.Lifetime.D()), ACR: u.ACR, AMR: u.AMR,
	}
	if len(s.AMR) == 0 && u.Password != "" {
		s.AMR = []string{"pwd"} // RFC 8176 section 2
	}
	return s
}

// signInFailure is why a user was not signed in, as the page says it. The zero value
// is none.
type signInFailure struct {
	status int
	text   string
}

// mostAdded is how many users who were typed into the sign-in page an issuer keeps.
const mostAdded = 500

// answersSignIn reports whether a form is an answer to the sign-in page: a user was
// chosen, or somebody else was typed in.
func answersSignIn(posted url.Values) bool { return posted.Has("login") || posted.Has("new_login") }

// loginOf is the login in an answer to the sign-in page.
func loginOf(posted url.Values) string {
	if posted.Has("login") {
		return posted.Get("login")
	}
	return strings.TrimSpace(posted.Get("new_login"))
}

// signIn judges the answer to the sign-in page. It returns the new session, or
// what to tell the user.
func (i *Issuer) signIn(x *exchange.Exchange, posted url.Values) (*record.Session, signInFailure) {
	if !posted.Has("login") {
		if failure := i.addUser(x, posted); failure.text != "" {
			x.Decide("sign_in", false, failure.text, "OIDC Core section 3.1.2.3")
			return nil, failure
		}
	}
	login := loginOf(posted)
	u, ok := i.Store.User(login)
	refused := func(why, tell string) (*record.Session, signInFailure) {
		x.Decide("sign_in", false, why, "OIDC Core section 3.1.2.3")
		return nil, signInFailure{http.StatusForbidden, tell}
	}
	switch {
	case !ok:
		return refused("unknown user "+login, "No user has that name.")
	case u.Disabled:
		return refused(u.Login+" is disabled", "This user may not sign in.")
	case u.Password != "" && !posted.Has("password"):
		return refused(u.Login+" has a password", "This user has a password: enter it here.")
	case u.Password != "" && subtle.ConstantTimeCompare([]byte(u.Password), []byte(posted.Get("password"))) != 1:
		return refused("wrong password for "+u.Login, "The password is wrong.")
	}
	x.Decide("sign_in", true, u.Login, "OIDC Core section 3.1.2.3")
	return i.newSession(u), signInFailure{}
}

// addUser makes a user of what was typed in as somebody else. A login that is known
// is left as it is, unless it was typed in before.
func (i *Issuer) addUser(x *exchange.Exchange, posted url.Values) signInFailure {
	login, claims := loginOf(posted), posted.Get("new_claims")
	known, ok := i.Store.User(login)
	configured := ok && known.Added == 0
	switch {
	case !i.takesNewUsers():
		return signInFailure{http.StatusForbidden, "This provider accepts no other users: choose one of its users."}
	case configured && strings.TrimSpace(claims) == "":
		return signInFailure{}
	case configured:
		return signInFailure{http.StatusBadRequest, "There is a user " + login + " already, with claims of their own: leave the claims empty to sign in as that user, or type another login name."}
	}
	u, err := newuser.Read(login, claims)
	if err != nil {
		return signInFailure{http.StatusBadRequest, "This user cannot be signed in.\n" + err.Error() + "."}
	}
	u = i.Named(u)
	added, forgotten := i.Store.AddUser(u, mostAdded)
	if forgotten {
		i.Notice("users", fmt.Sprintf("an issuer keeps %d users who were typed into its sign-in page: the oldest are forgotten", mostAdded))
	}
	if added {
		x.Event(protocol.EventUserAdded, "login", u.Login, "sub", u.Sub())
	}
	return signInFailure{}
}

// takesNewUsers reports whether the sign-in page takes users who are typed in.
func (i *Issuer) takesNewUsers() bool { return i.Persona().NewUsers == "allow" }

// keep stores a session and gives the browser its cookie. Its identifier is
// new at each sign-in.
func (i *Issuer) keep(r *pipeline.Request, s *record.Session) {
	i.Store.KeepSession(*s)
	i.setSessionCookies(r, s.ID)
}

// end forgets a browser's session.
func (i *Issuer) end(r *pipeline.Request, s *record.Session) {
	if s != nil && i.Store.EndSession(s.ID, i.Clock.Now()) {
		r.Exchange.Event(protocol.EventSessionEnded, "sub", i.subject(s))
	}
	if s != nil && i.Grants.Dialect().Rules().SignOutEndsGrants {
		i.Store.EndSignIn(s.ID, "offline_access")
	}
	i.setSessionCookies(r, "")
}

// setSessionCookies sets the cookie of the session and that which tells scripts of
// check_session_iframe about it, or removes them. Over TLS a frame in a page of another
// site has them too, which renews a sign-in without a page; browsers take such a cookie
// only with Secure. They do not suffice: the forms of the pages carry what is in
// the cookie of the browser, which no other site has sent.
func (i *Issuer) setSessionCookies(r *pipeline.Request, id string) {
	c := i.cookie(r, sessionCookie, id)
	if id == "" {
		c.MaxAge = -1
	}
	if c.Secure {
		c.SameSite = http.SameSiteNoneMode
	}
	r.AnswerHeader().Add("Set-Cookie", c.String())
	if !i.hasSessionFrame() {
		return
	}
	c.Name, c.HttpOnly = frame.Cookie, false
	if id != "" {
		c.Value = frame.BrowserState(id)
	}
	r.AnswerHeader().Add("Set-Cookie", c.String())
}

// hasSessionFrame reports whether there is a check_session_iframe, so that
// authorization responses have a session_state.
func (i *Issuer) hasSessionFrame() bool {
	return !i.Grants.Dialect().Rules().NoSessionFrame && i.Persona().Metadata[string(protocol.CheckSessionIframe)] != match.Absent
}

// sessionState is that of an authorization response to a client at a redirect URI,
// empty where there is none (OpenID Connect Session Management 1.0 section 3).
func (a *authorizationResponse) sessionState() string {
	of := a.of
	if of.grant == nil || !of.issuer.hasSessionFrame() || !of.GetGrantedScopes().Has("openid") {
		return ""
	}
	from := origin.OfURL(a.to)
	if from == "" {
		return "" // no page of this client asks
	}
	return frame.State(of.client.ID, from, of.grant.SessionID, of.login)
}

// checkSession answers check_session_iframe.
func (i *Issuer) checkSession(*pipeline.Request) pipeline.Answer {
	asks := i.Grants.Dialect().Rules().SessionFrameAsks
	return pipeline.Written(func(w http.ResponseWriter) { frame.CheckSession(w, asks) })
}

// checkSessionInit answers whether the page of an origin is one of a client.
func (i *Issuer) checkSessionInit(r *pipeline.Request) pipeline.Answer {
	c, known := i.Store.Client(r.Form.Get("client_id"))
	from := r.Form.Get("origin")
	ofClient := known && (len(c.RedirectURIs) == 0 && origin.Loopback(from) ||
		slices.ContainsFunc(c.RedirectURIs, func(uri string) bool { return from != "" && origin.Of(uri) == from }))
	r.Exchange.Decide("origin", ofClient, from+" for "+r.Form.Get("client_id"), "OpenID Connect Session Management 1.0 section 3.2")
	if !ofClient {
		return &pipeline.Raw{Status: http.StatusForbidden}
	}
	return &pipeline.Raw{Status: http.StatusNoContent}
}

// cookieCheck answers the first page of the check for cookies in frames.
func (i *Issuer) cookieCheck(r *pipeline.Request) pipeline.Answer {
	next := i.Grants.Dialect().URLs(i.Grants.At(r.Context()), protocol.CookieCheckResult)
	n := min(r.Route.N, len(next)-1)
	return pipeline.Written(func(w http.ResponseWriter) { frame.CookieCheck(w, next[n]) })
}

// cookieCheckResult answers the second page of that check.
func (i *Issuer) cookieCheckResult(*pipeline.Request) pipeline.Answer {
	return pipeline.Written(frame.CookieCheckResult)
}

// setCookie sets a cookie that is only sent to pages of ours that the user goes to.
func (i *Issuer) setCookie(r *pipeline.Request, name, value string) {
	c := i.cookie(r, name, value)
	r.AnswerHeader().Add("Set-Cookie", c.String())
}

// cookie is one for all paths of the issuer: under a host name of the real provider
// these begin at the root.
func (i *Issuer) cookie(r *pipeline.Request, name, value string) http.Cookie {
	path := i.path()
	if path != "" && slices.Contains(i.Persona().Dialect.Hosts(), origin.Hostname(r.Host)) {
		path = ""
	}
	return http.Cookie{
		Name: name, Value: value, Path: path + "/", HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(i.URL, "https:"),
	}
}

func (i *Issuer) subject(s *record.Session) string {
	if u, ok := i.Store.User(s.Login); ok {
		return u.Sub()
	}
	return ""
}

// isSubject reports whether an ID token of a client with a sub is about the user of a
// session: by the subject identifier, or by what is configured in its place, such as one
// that differs from client to client.
func (i *Issuer) isSubject(ctx context.Context, s *record.Session, sub, clientID string) bool {
	u, ok := i.Store.User(s.Login)
	return ok && (sub == u.Sub() || sub == i.Grants.SubjectFor(ctx, u, clientID))
}

// authorized returns what fosite issues a grant by. It holds the subject there to that
// of an id_token_hint, which may be configured.
func (i *Issuer) authorized(a *authorization, s *record.Session, g *record.Grant) *grant.Session {
	out := i.Grants.Authorized(g)
	if a.hint != "" && i.isSubject(a.ctx, s, a.hint, a.client.ID) {
		out.IDTokenClaims().Subject = a.hint
	}
	return out
}

// readSeconds reads a number of seconds, 0 or more, in decimal digits. One too large
// for an integer is the largest there is: no age comes near either.
func readSeconds(text string) (int64, bool) {
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return math.MaxInt64, true // digits, and too many
	}
	return n, true
}

// isLonger reports whether a duration is longer than a number of seconds, of any size.
func isLonger(d time.Duration, seconds int64) bool {
	return seconds < int64(math.MaxInt64/time.Second) && d > time.Duration(seconds)*time.Second
}
