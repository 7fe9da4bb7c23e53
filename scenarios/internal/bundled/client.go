package bundled

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
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
)

// signIn does authorize, login, consent and callback, except for pages that the
// provider does not show.
func (b *Subject) signIn(ctx context.Context, s *drill.SignIn, o *engine.Observation) error {
	if err := b.authorize(ctx, s.AuthorizationRequest, o); err != nil {
		return err
	}
	user := s.User
	if user == "" {
		user = drill.DefaultUser
	}
	if b.page.Intercepted == nil && b.page.Offers("login") {
		if err := b.login(ctx, user, s.Password, o); err != nil {
			return err
		}
	} else if other := b.rememberedUser(); s.User != "" && other != "" && other != s.User {
		return engine.Misused(fmt.Errorf("the provider signed %s in without asking: let %s sign out first, add prompt: login, or, where it signs in by itself, login_hint: %s", other, other, s.User))
	}
	if b.page.Intercepted == nil && b.page.Offers("consent") {
		if err := b.consent(ctx, s.Consent, o); err != nil {
			return err
		}
	}
	if b.page.Intercepted == nil {
		return fmt.Errorf("the provider did not send the browser back: status %d, %s: %s", b.page.Status, b.page.Title, engine.Shorten(b.page.Text))
	}
	return b.callback(ctx, &drill.Callback{}, o)
}

// rememberedUser returns the user that the provider signed in without a page, "" if
// none.
func (b *Subject) rememberedUser() string {
	entries := b.provider.Journal().Entries()
	if len(entries) == 0 || entries[len(entries)-1].Endpoint != protocol.AuthorizationEndpoint {
		return ""
	}
	for _, u := range b.provider.Users() {
		if u.Sub() == entries[len(entries)-1].Subject {
			return u.Login
		}
	}
	return ""
}

// authorize sends the browser to the authorization endpoint.
func (b *Subject) authorize(ctx context.Context, r drill.AuthorizationRequest, o *engine.Observation) error {
	p, err := b.party(r.Client)
	if err != nil {
		return err
	}
	opts := client.AuthorizeOptions{
		Prompt: r.Prompt, LoginHint: r.LoginHint, IDTokenHint: r.IDTokenHint, ACRValues: r.ACRValues, Display: r.Display,
		UILocales: r.UILocales, MaxAge: r.MaxAge, ResponseType: string(r.ResponseType), ResponseMode: string(r.ResponseMode), RedirectURL: r.RedirectURI,
		PAR: b.pushesRequests(p.id), Resources: r.Resource,
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
	o.Request, p.sent = params, params
	if r.Method != http.MethodPost {
		address.RawQuery = params.Encode()
		return b.noteFor(o)(b.browser.Visit(ctx, agent.Request{URL: address.String()}))
	}
	address.RawQuery = ""
	return b.noteFor(o)(b.browser.Visit(ctx, agent.Request{Method: http.MethodPost, URL: address.String(), Form: params}))
}

// pushesRequests reports whether a client is registered to push its requests.
func (b *Subject) pushesRequests(id string) bool {
	for _, c := range b.provider.Clients() {
		if c.ID == id {
			return c.RequirePAR
		}
	}
	return false
}

// callback delivers the authorization response to the client.
func (b *Subject) callback(ctx context.Context, c *drill.Callback, o *engine.Observation) error {
	p, err := b.party("")
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
		return engine.Misused(errors.New("no authorization request was sent: begin with authorize"))
	case answer == nil:
		return fmt.Errorf("the browser brought no answer: it shows %s", b.describePage())
	}
	params := url.Values{}
	for name, values := range answer {
		params[name] = values
	}
	changeParams(params, c.Params)
	o.Request, o.Reply = p.sent, params
	s, err := p.client.Callback(ctx, p.pending, params)
	if err != nil {
		return err
	}
	p.session, o.Session = s, s
	o.IDToken = s.Snapshot().IDToken
	if o.Tokens == nil && s.Tokens.AccessToken != "" {
		o.Tokens = s.Tokens.Raw // an implicit answer
	}
	return nil
}

func (b *Subject) describePage() string {
	if b.page == nil {
		return "nothing"
	}
	return fmt.Sprintf("%q, status %d", b.page.Title, b.page.Status)
}

// signedInParty returns the client of a step, which must have a session.
func (b *Subject) signedInParty(id string) (*party, error) {
	p, err := b.party(id)
	if err != nil {
		return nil, err
	}
	if p.session == nil {
		return nil, engine.Misused(fmt.Errorf("the client %s holds no tokens: sign somebody in first", p.id))
	}
	return p, nil
}

func (b *Subject) refresh(ctx context.Context, r *drill.Refresh, o *engine.Observation) error {
	p, err := b.signedInParty(r.Client)
	if err != nil {
		return err
	}
	b.tap.rewriteForms(r.Params)
	opts := client.RefreshOptions{
		Scope: r.Scope, RefreshToken: r.RefreshToken, Resources: r.Resource, Direct: r.Direct, Stale: p.session.Snapshot().Tokens.AccessToken,
	}
	all, errs := doAtOnce(r.Parallel, func() (*client.TokenResponse, error) { return p.client.Refresh(ctx, p.session, opts) })
	n := slices.Index(errs, nil)
	if n < 0 {
		return errs[len(errs)-1]
	}
	o.Session, o.Tokens, o.IDToken = p.session, all[n].Raw, p.session.Snapshot().IDToken
	return nil
}

// doAtOnce does the same n times at once, at least once.
func doAtOnce[T any](n int, do func() (T, error)) ([]T, []error) {
	n = max(1, n)
	results, errs := make([]T, n), make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { results[i], errs[i] = do() })
	}
	wg.Wait()
	return results, errs
}

func (b *Subject) introspect(ctx context.Context, i *drill.Introspect) error {
	p, err := b.party(i.Client)
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

func (b *Subject) revoke(ctx context.Context, r *drill.Revoke) error {
	p, err := b.party(r.Client)
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

func (b *Subject) logout(ctx context.Context, l *drill.Logout, o *engine.Observation) error {
	p, err := b.signedInParty(l.Client)
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
	if err := b.noteFor(o)(b.browser.Visit(ctx, agent.Request{URL: u.String()})); err != nil {
		return err
	}
	if b.page.Intercepted == nil && b.page.Offers("logout") {
		answer := "yes"
		if l.Confirm != nil && !*l.Confirm {
			answer = "no"
		}
		if err := b.noteFor(o)(b.page.Press(ctx, "logout", answer, nil)); err != nil {
			return err
		}
	}
	p.session = nil
	return nil
}

// signInDevice signs in on a device: the client starts, the user approves in the
// browser, the client polls.
func (b *Subject) signInDevice(ctx context.Context, d *drill.Device, o *engine.Observation) error {
	p, err := b.party(d.Client)
	if err != nil {
		return err
	}
	s, err := p.client.Device(ctx, strings.Fields(d.Scope), func(a *client.DeviceAuthorization) error { return b.approveDevice(ctx, d, a, o) })
	if err != nil {
		return err
	}
	p.session, o.Session, o.IDToken = s, s, s.Snapshot().IDToken
	return nil
}

// approveDevice does what the user does in the browser for a device.
func (b *Subject) approveDevice(ctx context.Context, d *drill.Device, a *client.DeviceAuthorization, o *engine.Observation) error {
	if err := b.noteFor(o)(b.browser.Visit(ctx, agent.Request{URL: a.VerificationURI})); err != nil {
		return err
	}
	if err := b.noteFor(o)(b.page.Enter(ctx, url.Values{"user_code": {a.UserCode}})); err != nil {
		return err
	}
	user := d.User
	if user == "" {
		user = drill.DefaultUser
	}
	if b.page.Offers("login") {
		if err := b.login(ctx, user, d.Password, o); err != nil {
			return err
		}
	}
	if b.page.Offers("consent") {
		return b.consent(ctx, d.Consent, o)
	}
	return nil
}

// sendRequest sends any HTTP request.
func (b *Subject) sendRequest(ctx context.Context, r *drill.Request) error {
	b.tap.noteAll()
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
	req, err := http.NewRequestWithContext(ctx, method, b.resolve(r.URL), body)
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
	resp, err := b.tap.RoundTrip(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return errors.Join(err, resp.Body.Close())
}
