package scenarios

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// signIn is authorize, login, consent and callback, leaving out the pages that
// the provider does not show.
func (st *stage) signIn(ctx context.Context, s *SignIn, o *observation) error {
	if err := st.authorize(ctx, s.AuthorizationRequest, o); err != nil {
		return err
	}
	user := s.User
	if user == "" {
		user = DefaultUser
	}
	if st.page.Intercepted == nil && st.page.Offers("login") {
		if err := st.login(ctx, user, s.Password, o); err != nil {
			return err
		}
	} else if other := st.remembered(); s.User != "" && other != "" && other != s.User {
		return misuse{fmt.Errorf("the provider signed %s in without asking: let %s sign out first, add prompt: login, or, where it signs in by itself, login_hint: %s", other, other, s.User)}
	}
	if st.page.Intercepted == nil && st.page.Offers("consent") {
		if err := st.consent(ctx, s.Consent, o); err != nil {
			return err
		}
	}
	if st.page.Intercepted == nil {
		return fmt.Errorf("the provider did not send the browser back: status %d, %s: %s", st.page.Status, st.page.Title, shorten(st.page.Text))
	}
	return st.callback(ctx, &Callback{}, o)
}

// remembered is the user whom the provider signed in without a page, "" if none.
func (st *stage) remembered() string {
	entries := st.provider.Journal().Entries()
	if len(entries) == 0 || entries[len(entries)-1].Endpoint != protocol.AuthorizationEndpoint {
		return ""
	}
	for _, u := range st.provider.Users() {
		if u.Sub() == entries[len(entries)-1].Subject {
			return u.Login
		}
	}
	return ""
}

// authorize sends the browser to the authorization endpoint.
func (st *stage) authorize(ctx context.Context, r AuthorizationRequest, o *observation) error {
	p, err := st.party(r.Client)
	if err != nil {
		return err
	}
	opts := client.AuthorizeOptions{
		Prompt: r.Prompt, LoginHint: r.LoginHint, IDTokenHint: r.IDTokenHint, ACRValues: r.ACRValues, Display: r.Display,
		UILocales: r.UILocales, MaxAge: r.MaxAge, ResponseType: string(r.ResponseType), ResponseMode: string(r.ResponseMode), RedirectURL: r.RedirectURI,
		PAR: st.pushes(p.id), Resources: r.Resource,
	}
	if r.Scope != "" {
		opts.Scopes = strings.Fields(r.Scope)
	}
	if r.Claims != nil {
		if opts.Claims, err = json.Marshal(r.Claims); err != nil {
			return err
		}
	}
	a, err := p.client.Authorize(ctx, opts)
	if err != nil {
		return err
	}
	p.pending, p.answer = a, nil
	address, err := url.Parse(a.URL)
	if err != nil {
		return err
	}
	params := address.Query()
	changeParams(params, r.Params)
	o.request, p.sent = params, params
	if r.Method != http.MethodPost {
		address.RawQuery = params.Encode()
		return st.show(o)(st.browser.Visit(ctx, agent.Request{URL: address.String()}))
	}
	address.RawQuery = ""
	return st.show(o)(st.browser.Visit(ctx, agent.Request{Method: http.MethodPost, URL: address.String(), Form: params}))
}

// pushes reports whether a client is registered to push its requests.
func (st *stage) pushes(id string) bool {
	for _, c := range st.provider.Clients() {
		if c.ID == id {
			return c.RequirePAR
		}
	}
	return false
}

// callback brings the answer to the client.
func (st *stage) callback(ctx context.Context, c *Callback, o *observation) error {
	p, err := st.party("")
	if err != nil {
		return err
	}
	answer := p.answer
	if c.URL != "" {
		u, err := url.Parse(c.URL)
		if err != nil {
			return err
		}
		answer = (&agent.Navigation{Method: http.MethodGet, URL: u}).Params()
	}
	switch {
	case p.pending == nil:
		return misuse{errors.New("no authorization request was sent: begin with authorize")}
	case answer == nil:
		return fmt.Errorf("the browser brought no answer: it shows %s", st.showing())
	}
	params := url.Values{}
	for name, values := range answer {
		params[name] = values
	}
	changeParams(params, c.Params)
	o.request, o.reply = p.sent, params
	s, err := p.client.Callback(ctx, p.pending, params)
	if err != nil {
		return err
	}
	p.session, o.session = s, s
	o.idToken = s.Snapshot().IDToken
	if o.tokens == nil && s.Tokens.AccessToken != "" {
		o.tokens = s.Tokens.Raw // an implicit answer
	}
	return nil
}

func (st *stage) showing() string {
	if st.page == nil {
		return "nothing"
	}
	return fmt.Sprintf("%q, status %d", st.page.Title, st.page.Status)
}

// signedIn returns the client of a step that has a session.
func (st *stage) signedIn(id string) (*party, error) {
	p, err := st.party(id)
	if err != nil {
		return nil, err
	}
	if p.session == nil {
		return nil, misuse{fmt.Errorf("the client %s holds no tokens: sign somebody in first", p.id)}
	}
	return p, nil
}

func (st *stage) refresh(ctx context.Context, r *Refresh, o *observation) error {
	p, err := st.signedIn(r.Client)
	if err != nil {
		return err
	}
	st.tap.change(r.Params)
	opts := client.RefreshOptions{
		Scope: r.Scope, RefreshToken: r.RefreshToken, Resources: r.Resource, Direct: r.Direct, Stale: p.session.Snapshot().Tokens.AccessToken,
	}
	all, errs := atOnce(r.Parallel, func() (*client.TokenResponse, error) { return p.client.Refresh(ctx, p.session, opts) })
	n := slices.Index(errs, nil)
	if n < 0 {
		return errs[len(errs)-1]
	}
	o.session, o.tokens, o.idToken = p.session, all[n].Raw, p.session.Snapshot().IDToken
	return nil
}

// atOnce does the same n times at once, once at least.
func atOnce[T any](n int, do func() (T, error)) ([]T, []error) {
	n = max(1, n)
	results, errs := make([]T, n), make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { results[i], errs[i] = do() })
	}
	wg.Wait()
	return results, errs
}

func (st *stage) introspect(ctx context.Context, i *Introspect) error {
	p, err := st.party(i.Client)
	if err != nil {
		return err
	}
	token := i.Token
	if token == "" && p.session != nil {
		token = p.session.Snapshot().Tokens.AccessToken
	}
	_, err = p.client.Introspect(ctx, token, i.TokenTypeHint)
	return err
}

func (st *stage) revoke(ctx context.Context, r *Revoke) error {
	p, err := st.party(r.Client)
	if err != nil {
		return err
	}
	token := r.Token
	if token == "" && p.session != nil {
		held := p.session.Snapshot().Tokens
		if token = held.RefreshToken; token == "" {
			token = held.AccessToken
		}
	}
	return p.client.Revoke(ctx, token, r.TokenTypeHint)
}

func (st *stage) logout(ctx context.Context, l *Logout, o *observation) error {
	p, err := st.signedIn(l.Client)
	if err != nil {
		return err
	}
	to := l.PostLogoutRedirectURI
	if to == "" {
		to = strings.TrimSuffix(callbackURL, "/callback") + "/signed-out"
	}
	sent := url.Values{"post_logout_redirect_uri": {to}}
	if l.State != "" {
		sent.Set("state", l.State)
	}
	address, err := p.client.LogoutURL(ctx, p.session, sent)
	if err != nil {
		return err
	}
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	params := u.Query()
	if l.IDTokenHint != "" {
		params.Set("id_token_hint", l.IDTokenHint)
	}
	changeParams(params, l.Params)
	u.RawQuery = params.Encode()
	if err := st.show(o)(st.browser.Visit(ctx, agent.Request{URL: u.String()})); err != nil {
		return err
	}
	if st.page.Intercepted == nil && st.page.Offers("logout") {
		answer := "yes"
		if l.Confirm != nil && !*l.Confirm {
			answer = "no"
		}
		if err := st.show(o)(st.page.Press(ctx, "logout", answer, nil)); err != nil {
			return err
		}
	}
	p.session = nil
	return nil
}

// device is a sign-in on a device: the client asks, the user answers in the
// browser, the client polls.
func (st *stage) device(ctx context.Context, d *Device, o *observation) error {
	p, err := st.party(d.Client)
	if err != nil {
		return err
	}
	s, err := p.client.Device(ctx, strings.Fields(d.Scope), func(a *client.DeviceAuthorization) error { return st.approve(ctx, d, a, o) })
	if err != nil {
		return err
	}
	p.session, o.session, o.idToken = s, s, s.Snapshot().IDToken
	return nil
}

// approve is what the user does in the browser for a device.
func (st *stage) approve(ctx context.Context, d *Device, a *client.DeviceAuthorization, o *observation) error {
	if err := st.show(o)(st.browser.Visit(ctx, agent.Request{URL: a.VerificationURI})); err != nil {
		return err
	}
	if err := st.show(o)(st.page.Enter(ctx, url.Values{"user_code": {a.UserCode}})); err != nil {
		return err
	}
	user := d.User
	if user == "" {
		user = DefaultUser
	}
	if st.page.Offers("login") {
		if err := st.login(ctx, user, d.Password, o); err != nil {
			return err
		}
	}
	if st.page.Offers("consent") {
		return st.consent(ctx, d.Consent, o)
	}
	return nil
}

// request is any HTTP request.
func (st *stage) request(ctx context.Context, r *Request) error {
	st.tap.noteAll()
	var body io.Reader
	kind := ""
	switch {
	case r.Form != nil:
		form := url.Values{}
		changeParams(form, r.Form)
		body, kind = strings.NewReader(form.Encode()), "application/x-www-form-urlencoded"
	case r.JSON != nil:
		raw, err := json.Marshal(r.JSON)
		if err != nil {
			return err
		}
		body, kind = bytes.NewReader(raw), "application/json"
	case r.Body != "":
		body = strings.NewReader(r.Body)
	}
	method := r.Method
	if method == "" {
		method = http.MethodGet
		if body != nil {
			method = http.MethodPost
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, st.at(r.URL), body)
	if err != nil {
		return err
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for name, value := range r.Headers {
		req.Header.Set(name, match.Text(value))
	}
	if r.Basic != nil {
		req.SetBasicAuth(url.QueryEscape(r.Basic.Username), url.QueryEscape(r.Basic.Password))
	}
	resp, err := st.tap.RoundTrip(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return errors.Join(err, resp.Body.Close())
}
