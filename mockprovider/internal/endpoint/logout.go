package endpoint

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// signOut is a request to sign out, once it is judged.
type signOut struct {
	client *store.Client // nil: the client is unknown
	uri    string        // where to send the browser, empty: nowhere
	state  string
	sure   bool // the hint proves who asks, so that the user need not be asked
}

// endSession answers RP-initiated logout (OpenID Connect RP-Initiated Logout
// 1.0 section 2). Whoever cannot show an ID token of the session has the user
// asked first: a mere link must not sign anybody out (section 4).
func (i *Issuer) endSession(r *pipeline.Request) pipeline.Answer {
	if i.Grants.Dialect().Rules().LogoutByRefresh && r.PostForm.Has("refresh_token") {
		return i.signOutByRefresh(r)
	}
	s := i.session(r.Request)
	out, e := i.readSignOut(r, s)
	if e != nil {
		return e
	}
	answered := r.Method == http.MethodPost && r.PostForm.Has("logout")
	switch {
	case answered && !fromBrowser(r):
		return pipeline.Refuse("access_denied", "This answer does not come from the browser that was asked.")
	case answered && r.PostForm.Get("logout") != "yes":
		r.Exchange.Decide("logout", false, "the user stays", "OpenID Connect RP-Initiated Logout 1.0 section 2")
		return i.signedOutPage(out, false)
	case s != nil && !out.sure && !answered:
		return i.signOutPage(r, out)
	}
	return i.signOut(r, s, out)
}

// signOut ends the session, and sends the browser on.
func (i *Issuer) signOut(r *pipeline.Request, s *record.Session, out signOut) pipeline.Answer {
	i.end(r, s)
	r.Exchange.Decide("logout", true, "signed out", "OpenID Connect RP-Initiated Logout 1.0 section 2")
	if i.Grants.Dialect().Rules().LogoutSignsIn && r.Form.Has("response_type") {
		to := i.Grants.Dialect().URLs(i.Grants.At(r.Context()), protocol.AuthorizationEndpoint)[0] + "?" + r.URL.RawQuery
		return pipeline.Written(func(w http.ResponseWriter) { http.Redirect(w, r.Request, to, http.StatusFound) })
	}
	if out.uri == "" {
		return i.signedOutPage(out, true)
	}
	return pipeline.Written(func(w http.ResponseWriter) { http.Redirect(w, r.Request, out.target(), http.StatusFound) })
}

// ownerOf returns the first client that has registered a redirect URI for the end of
// a session, nil if none has.
func (i *Issuer) ownerOf(ctx context.Context, uri string) *store.Client {
	for _, c := range i.Store.Clients() {
		if i.maySignOutTo(ctx, c, uri) {
			return c
		}
	}
	return nil
}

// maySignOutTo reports whether a client has registered a URI for the browser to go to
// after a sign-out.
func (i *Issuer) maySignOutTo(ctx context.Context, c *store.Client, uri string) bool {
	uris := c.PostLogoutRedirectURIs
	if i.Grants.Dialect().Rules().LogoutToRedirect {
		uris = slices.Concat(uris, c.RedirectURIs)
	}
	allowed := *c
	allowed.RedirectURIs = uris
	return slices.Contains(uris, uri) || i.Grants.RedirectAllowed(ctx, &allowed, uri)
}

// signOutByRefresh ends the sign-in that a refresh token was issued in, with
// everything that was granted in it: a client asks, and not a browser.
func (i *Issuer) signOutByRefresh(r *pipeline.Request) pipeline.Answer {
	c, err := i.Grants.Authenticate(r.Context(), r.Request, r.PostForm)
	if err != nil {
		return pipeline.ErrorOf(err).InForm(pipeline.InJSON)
	}
	g, err := i.Grants.SignOut(r.Context(), c.ID, r.PostForm.Get("refresh_token"))
	if err != nil {
		return pipeline.ErrorOf(err).InForm(pipeline.InJSON)
	}
	i.Store.EndSession(g.SessionID, i.Clock.Now())
	r.Exchange.Event(protocol.EventSessionEnded, "sub", g.Subject)
	return &pipeline.Raw{Status: http.StatusNoContent}
}

// target returns where the browser is sent, with the state of the request.
func (o *signOut) target() string {
	u, err := url.Parse(o.uri)
	if o.state == "" || err != nil {
		return o.uri
	}
	q := u.Query()
	q.Set("state", o.state)
	u.RawQuery = q.Encode()
	return u.String()
}

// fromBrowser reports whether the form was posted by the browser that was shown it.
func fromBrowser(r *pipeline.Request) bool {
	c, err := r.Cookie(browserCookie)
	return err == nil && r.PostForm.Get("csrf") == c.Value
}

// readSignOut judges a request to sign out.
func (i *Issuer) readSignOut(r *pipeline.Request, s *record.Session) (signOut, *pipeline.Error) {
	rules := i.Grants.Dialect().Rules()
	out := signOut{uri: r.Form.Get("post_logout_redirect_uri"), state: r.Form.Get("state"), sure: rules.LogoutUnasked}
	id, e := i.readHint(r, s, &out)
	if e != nil {
		return out, e
	}
	out.client, _ = i.Grants.FindClient(r.Context(), id)
	r.Exchange.Bind("", id, "")
	switch {
	case rules.LogoutSignsIn && r.Form.Has("response_type"):
		return out, nil // the authorization endpoint judges what comes next
	case id == "" && rules.LogoutOfAnyClient:
		out.client = i.ownerOf(r.Context(), out.uri)
	case out.uri == "" && rules.LogoutToFirst:
		out.uri = firstAfterLogout(out.client)
	}
	if out.uri == "" {
		return out, nil
	}
	return out, i.judgeTarget(r, &out)
}

// firstAfterLogout returns the first URI that a client has registered for the end of a
// session, empty if there is none.
func firstAfterLogout(c *store.Client) string {
	if c == nil || len(c.PostLogoutRedirectURIs) == 0 {
		return ""
	}
	return c.PostLogoutRedirectURIs[0]
}

// readHint returns the client that a request to sign out names, or that its
// id_token_hint was issued to.
func (i *Issuer) readHint(r *pipeline.Request, s *record.Session, out *signOut) (id string, e *pipeline.Error) {
	id = r.Form.Get("client_id")
	hint := r.Form.Get("id_token_hint")
	if hint == "" {
		return id, nil
	}
	claims, err := i.Grants.Hint(r.Context(), hint)
	if err != nil {
		r.Exchange.Decide("id_token_hint", false, err.Error(), "OpenID Connect RP-Initiated Logout 1.0 section 2")
		return "", pipeline.Refuse("invalid_request", "The id_token_hint cannot be used: "+err.Error()+".")
	}
	aud, _ := claims["aud"].(string)
	sub, _ := claims["sub"].(string)
	if id != "" && id != aud {
		return "", pipeline.Refuse("invalid_request", "client_id is not the client that the id_token_hint was issued to.")
	}
	out.sure = out.sure || s == nil || i.isSubject(r.Context(), s, sub, aud)
	r.Exchange.Decide("id_token_hint", true, "issued to "+aud, "OpenID Connect RP-Initiated Logout 1.0 section 2")
	return aud, nil
}

// judgeTarget refuses a URI that the client has not registered for the end of a
// session (OpenID Connect RP-Initiated Logout 1.0 section 3).
func (i *Issuer) judgeTarget(r *pipeline.Request, out *signOut) *pipeline.Error {
	if out.client == nil {
		return pipeline.Refuse("invalid_request", i.noOwner(r, out.uri))
	}
	if !i.maySignOutTo(r.Context(), out.client, out.uri) {
		r.Exchange.Decide("post_logout_redirect_uri", false, out.uri, "OpenID Connect RP-Initiated Logout 1.0 section 3")
		return pipeline.Refuse("invalid_request", "The post_logout_redirect_uri "+out.uri+" is not registered for the client "+out.client.ID+".")
	}
	return nil
}

// noOwner says why it is not known whose the URI is that the browser shall go to.
func (i *Issuer) noOwner(r *pipeline.Request, uri string) string {
	switch id := r.Form.Get("client_id"); {
	case id != "":
		return "The client " + id + " is not registered."
	case i.Grants.Dialect().Rules().LogoutOfAnyClient:
		return "No client has registered " + uri + ": add it to the post_logout_redirect_uris of one."
	}
	return "post_logout_redirect_uri needs an id_token_hint or a client_id, to know whose it is."
}
