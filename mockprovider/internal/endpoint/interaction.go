package endpoint

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

const (
	pendingLifetime = 10 * time.Minute
	browserCookie   = "authdrill_browser"
	sessionCookie   = "authdrill_session"
)

// nextStep brings an authorization request one step on: to the sign-in page, to
// the consent page, or to its answer.
func (i *Issuer) nextStep(r *pipeline.Request, a *authorization, p *record.Pending) pipeline.Answer {
	s := p.Signed
	if s == nil {
		s = i.session(r.Request)
	}
	if i.Persona().SignIn == "auto" {
		return i.proceedAuto(r, a)
	}
	silent := slices.Contains(a.prompt, "none")
	if why := i.mustSignIn(a, p, s); why != "" {
		r.Exchange.Decide("sign_in", !silent, "needed: "+why, "OIDC Core section 3.1.2.3")
		if silent {
			r.Exchange.Because(protocol.CauseAuthorizeLoginRequired)
			return pipeline.Refuse("login_required", "The user would have to sign in: "+why+".")
		}
		return i.signInPage(a, i.wait(r, p), signInView{why: why})
	}
	r.Exchange.Decide("sign_in", true, s.Login+" since "+s.AuthTime.Format(time.RFC3339), "OIDC Core section 3.1.2.3")
	r.Exchange.Bind("", "", i.subject(s))
	return i.askConsent(r, a, p, s, silent)
}

// askConsent shows the consent page where the user has to be asked, and else
// answers. A silent request shows no page.
func (i *Issuer) askConsent(r *pipeline.Request, a *authorization, p *record.Pending, s *record.Session, silent bool) pipeline.Answer {
	scopes := a.GetRequestedScopes()
	if due := i.consentDue(a, s); due && i.Persona().Consent == "skip" {
		a.consentShown = true
		i.remember(s, a.client.ID, scopes, nil)
	} else if due {
		r.Exchange.Decide("consent", !silent, "needed for "+strings.Join(scopes, " "), "OIDC Core section 3.1.2.4")
		if silent {
			r.Exchange.Because(protocol.CauseAuthorizeConsentRequired)
			return pipeline.Refuse("consent_required", "The user would have to allow the request.")
		}
		asks := *p
		asks.Asked = s
		return i.consentPage(a, i.wait(r, &asks), s)
	}
	return i.issue(r, a, s, scopes)
}

// proceedAuto signs the user in and answers, without a page.
func (i *Issuer) proceedAuto(r *pipeline.Request, a *authorization) pipeline.Answer {
	s, e := i.signInAuto(a)
	if e != nil {
		return e
	}
	if before := i.session(r.Request); before != nil && before.Login == s.Login && a.mustSignInAgain(i.Clock.Now().Sub(before.AuthTime)) == "" {
		s = before // it lasts, as at a provider with pages
	} else {
		i.keep(r, s)
	}
	a.consentShown = i.consentDue(a, s)
	if a.consentShown {
		i.remember(s, a.client.ID, a.GetRequestedScopes(), nil)
	}
	r.Exchange.Decide("sign_in", true, "automatic: "+s.Login, "")
	return i.issue(r, a, s, a.GetRequestedScopes())
}

// mustSignIn says why the user has to sign in, or "" (OIDC Core section 3.1.2.3).
func (i *Issuer) mustSignIn(a *authorization, p *record.Pending, s *record.Session) string {
	if s == nil {
		return "no user is signed in"
	}
	if p.Signed == nil {
		if why := a.mustSignInAgain(i.Clock.Now().Sub(s.AuthTime)); why != "" {
			return why
		}
	}
	switch {
	case a.hint != "" && !i.isSubject(a.ctx, s, a.hint, a.client.ID):
		return "id_token_hint names another user"
	case a.required.sub != "" && !i.isSubject(a.ctx, s, a.required.sub, a.client.ID):
		return "the claims parameter names another user"
	}
	return ""
}

// mustSignInAgain says why a sign-in of an age is not enough, or "".
func (a *authorization) mustSignInAgain(age time.Duration) string {
	switch {
	case slices.Contains(a.prompt, "login") || slices.Contains(a.prompt, "select_account"):
		return "the client asked for it with prompt=" + strings.Join(a.prompt, " ")
	case a.maxAge != nil && (*a.maxAge == 0 || isLonger(age, *a.maxAge)):
		return "the sign-in is older than max_age"
	}
	return ""
}

// consentDue reports whether the user has to be asked for consent.
func (i *Issuer) consentDue(a *authorization, s *record.Session) bool {
	before := i.Store.Consent(s.Login, a.client.ID, i.Clock.Now())
	return slices.Contains(a.prompt, "consent") || i.Grants.Dialect().MustAsk(before, a.GetRequestedScopes(), a)
}

// signInAuto signs in without a page: the user that login_hint names, else the
// persona's, else the first.
func (i *Issuer) signInAuto(a *authorization) (*record.Session, *pipeline.Error) {
	hint := a.form.Get("login_hint")
	if hint == "" {
		hint = i.Persona().SignInAs
	}
	if u, ok := i.Store.User(hint); ok && !u.Disabled {
		return i.newSession(u), nil
	}
	users := i.Store.Users()
	for _, u := range users {
		if !u.Disabled && (hint == "" || hint == u.Email || hint == u.Sub()) {
			return i.newSession(u), nil
		}
	}
	return nil, pipeline.Refuse("login_required", "No user "+hint+" can sign in: "+someOf(users)+".")
}

// someOf says who the users are, as far as a message has room.
func someOf(users []*store.User) string {
	const most = 20
	if len(users) == 0 {
		return "there are no users"
	}
	var names []string
	for _, u := range users[:min(len(users), most)] {
		names = append(names, u.Login)
	}
	text := "there are " + strings.Join(names, ", ")
	if more := len(users) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// wait keeps a request until the user answers, bound to this browser.
func (i *Issuer) wait(r *pipeline.Request, p *record.Pending) *record.Pending {
	waiting := *p
	waiting.Browser, waiting.Received = i.browser(r), i.Grants.At(r.Context())
	waiting.Ticket, waiting.CSRF = i.Random.Token(16), i.Random.Token(16)
	i.Store.KeepPending(waiting, i.Clock.Now().Add(pendingLifetime))
	return &waiting
}

// claim takes a pending request for its answer. Of any number of answers one
// counts.
func (i *Issuer) claim(p *record.Pending) bool {
	return i.Store.TakePending(p.Ticket, i.Clock.Now())
}

func (i *Issuer) answeredPage(r *pipeline.Request) pipeline.Answer {
	r.Exchange.Decide("page", false, "too old, or answered already", "")
	return pipeline.Refuse("invalid_request", "This page is too old, or was answered already. Go back to the application and start again.").InForm(pipeline.OnPage)
}

// interaction takes the user's answer to a sign-in or consent page. A GET request
// shows the page again: with the users that are searched for, or after a reload.
func (i *Issuer) interaction(r *pipeline.Request) pipeline.Answer {
	waits, ok := i.Store.Pending(r.PathValue("ticket"), i.Clock.Now())
	p := &waits
	c, err := r.Cookie(browserCookie)
	switch {
	case !ok:
		return i.answeredPage(r)
	case err != nil || c.Value != p.Browser || r.Method == http.MethodPost && r.PostForm.Get("csrf") != p.CSRF:
		r.Exchange.Decide("csrf", false, "the answer does not come from the browser that was asked", "RFC 6749 section 10.12")
		return pipeline.Refuse("access_denied", "This answer does not come from the browser that was asked. Allow cookies for this site, and start again at the application.").InForm(pipeline.OnPage)
	}
	r.Exchange.Bind(p.Login, p.Params.Get("client_id"), "")
	switch {
	case p.Device != nil && r.Method == http.MethodGet:
		return i.deviceStep(r, p, searchView(r.Form))
	case p.Device != nil:
		return i.deviceInteraction(r, p)
	case r.Method == http.MethodGet:
		return i.showPage(r, p)
	}
	return i.takeAnswer(r, p)
}

// showPage shows a page that waits for its answer once more.
func (i *Issuer) showPage(r *pipeline.Request, p *record.Pending) pipeline.Answer {
	view := searchView(r.Form)
	a, e := i.reread(r, p)
	switch s := i.current(p.Asked); {
	case e != nil:
		return e
	case p.Asked == nil:
		return i.signInPage(a, p, view)
	case s != nil:
		return i.consentPage(a, p, s)
	}
	return i.answeredPage(r)
}

// reread reads an authorization request anew as it was sent: the user may have taken
// a while.
func (i *Issuer) reread(r *pipeline.Request, p *record.Pending) (*authorization, *pipeline.Error) {
	r.Request = r.WithContext(dialect.With(r.Context(), p.Received))
	r.Form, r.PostForm = maps.Clone(p.Params), url.Values{}
	return i.parse(r, p.Login)
}

// takeAnswer takes the user's answer for an authorization request.
func (i *Issuer) takeAnswer(r *pipeline.Request, p *record.Pending) pipeline.Answer {
	posted := r.PostForm
	a, e := i.reread(r, p)
	if e == nil && answersSignIn(posted) {
		return i.signedIn(r, a, p, posted)
	}
	switch {
	case !i.claim(p):
		return i.answeredPage(r)
	case e != nil:
		return e
	case posted.Has("consent"):
		return i.consent(r, a, i.current(p.Asked), posted)
	}
	return pipeline.Refuse("access_denied", "The user went away.")
}

// signedIn takes the answer to the sign-in page.
func (i *Issuer) signedIn(r *pipeline.Request, a *authorization, p *record.Pending, posted url.Values) pipeline.Answer {
	s, failure := i.signIn(r.Exchange, posted)
	if s == nil {
		return i.signInPage(a, p, retryView(posted, failure))
	}
	if !i.claim(p) {
		return i.answeredPage(r)
	}
	i.keep(r, s)
	next := *p
	next.Signed = s
	return i.nextStep(r, a, &next)
}

// consent takes the answer to the consent page. openid stays with whatever is
// allowed: without it nothing is a sign-in.
func (i *Issuer) consent(r *pipeline.Request, a *authorization, s *record.Session, posted url.Values) pipeline.Answer {
	if s == nil {
		return pipeline.Refuse("login_required", "The sign-in has ended meanwhile.")
	}
	if posted.Get("consent") != "allow" {
		r.Exchange.Decide("consent", false, "the user refused", "RFC 6749 section 4.1.2.1")
		r.Exchange.Because(protocol.CauseAuthorizeUserDenied)
		return pipeline.Refuse("access_denied", "The user refused.")
	}
	allowed := allowedScopes(a.GetRequestedScopes(), posted["scope"])
	r.Exchange.Decide("consent", true, "allowed "+strings.Join(allowed, " "), "RFC 6749 section 3.3")
	a.consentShown = true
	i.remember(s, a.client.ID, allowed, a.GetRequestedScopes())
	return i.issue(r, a, s, allowed)
}

func allowedScopes(requested, ticked []string) []string {
	var allowed []string
	for _, scope := range requested {
		if scope == "openid" || slices.Contains(ticked, scope) {
			allowed = append(allowed, scope)
		}
	}
	return allowed
}

// remember keeps what a user allowed a client, and what was declined of what was
// asked.
func (i *Issuer) remember(s *record.Session, clientID string, allowed, asked []string) {
	d := i.Grants.Dialect()
	i.Store.EditConsent(s.Login, clientID, func(before []string) []string {
		return d.Remembered(before, allowed, asked)
	}, i.Clock.Now())
}
