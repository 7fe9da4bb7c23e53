package endpoint

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// deviceAuthorization starts the device grant (RFC 8628 section 3.1).
func (i *Issuer) deviceAuthorization(r *request) answer {
	c, err := i.Grants.Authenticate(r.Context(), r.Request, r.PostForm)
	if err != nil {
		return understood(err)
	}
	if !c.MayUse(protocol.DeviceCodeGrant) {
		return refuse("unauthorized_client", "The client is not registered for the device grant.")
	}
	p := i.Persona().DeviceCode
	now := i.Clock.Now()
	d := store.Device{
		Code: i.Grants.DeviceCode(), UserCode: i.userCode(),
		ClientID: c.ID, Scopes: strings.Fields(r.PostForm.Get("scope")), Form: r.PostForm,
		Expires: now.Add(p.Lifetime.D()), Interval: p.Interval.D(),
	}
	// The code is remembered longer than it lives, to say that it has expired.
	for tries := 0; !i.Store.KeepDevice(d, d.Expires.Add(time.Hour), now); tries++ {
		if tries == 100 {
			return refuse("temporarily_unavailable", "All user codes that were tried are in use: wait until devices have been answered.")
		}
		d.UserCode = i.userCode() // the last one is another device's
	}
	page := i.Grants.Dialect().URLs(i.Grants.At(r.Context()), protocol.DeviceVerification)[0]
	members := map[string]any{
		"device_code": d.Code, "user_code": d.UserCode, "verification_uri": page,
		"verification_uri_complete": page + "?user_code=" + url.QueryEscape(d.UserCode),
		"expires_in":                p.Lifetime.Seconds(), "interval": p.Interval.Seconds(),
	}
	answer := newDocument("", members)
	if own := i.Persona().Dialect; own != nil {
		answer.words, answer.changes, answer.grant, answer.scopes = own, own.DeviceResponse, clientGrant(c.ID), d.Scopes
	}
	return answer
}

// devicePage is where the user enters the code shown by the device (RFC 8628
// section 3.3).
func (i *Issuer) devicePage(r *request) answer {
	if r.Method == http.MethodGet {
		return i.userCodePage(r, http.StatusOK, r.Form.Get("user_code"), "")
	}
	if !fromBrowser(r) {
		return refuse("access_denied", "This answer does not come from the browser that was asked. Allow cookies for this site, and start again.").as(onPage)
	}
	d, refused := i.enteredCode(r, i.browser(r))
	if d == nil {
		return refused
	}
	p := i.wait(r, &store.Pending{Params: url.Values{"client_id": {d.ClientID}}, Login: i.nextLogin(), Device: d, Asked: i.session(r.Request)})
	r.x.Bind(p.Login, d.ClientID, "")
	return i.deviceStep(r, p, "")
}

// deviceStep shows what the user has to do next for a device.
func (i *Issuer) deviceStep(r *request, p *store.Pending, failure string) answer {
	c, ok := i.Store.Client(p.Device.ClientID)
	if !ok {
		return refuse("invalid_client", "The device's client is gone.").as(onPage)
	}
	a := &authorization{client: c, form: url.Values{"scope": {strings.Join(p.Device.Scopes, " ")}}, login: p.Login}
	if p.Asked == nil {
		return i.signInPage(a, p, "a device asks for access", failure)
	}
	return i.consentPage(a, p, p.Asked)
}

// deviceInteraction takes the user's answers for a device.
func (i *Issuer) deviceInteraction(r *request, p *store.Pending) answer {
	if r.PostForm.Has("login") {
		s, why := i.signIn(r.x, r.PostForm)
		if why != "" {
			again := *p
			again.Asked = nil
			return i.deviceStep(r, &again, why)
		}
		if !i.claim(p) {
			return i.answeredPage(r)
		}
		i.keep(r, s)
		next := *p
		next.Asked = s
		return i.deviceStep(r, i.wait(r, &next), "")
	}
	if !i.claim(p) {
		return i.answeredPage(r)
	}
	g := i.deviceGrant(p, r.PostForm)
	r.x.Decide("consent", g != nil, "for a device", "RFC 8628 section 3.3")
	if !i.Store.AnswerDevice(p.Device.UserCode, g, i.Clock.Now()) {
		r.x.Decide("user_code", false, "expired, or answered already", "RFC 8628 section 3.3")
		return refuse("invalid_request", "The device's code has expired, or was answered already. Start again at the device.").as(onPage)
	}
	if g != nil {
		r.x.Bind("", "", g.Subject)
	}
	return i.deviceDonePage(g != nil)
}

// deviceGrant is what a user gives a device, nil for a refusal.
func (i *Issuer) deviceGrant(p *store.Pending, posted url.Values) *store.Grant {
	d, s := p.Device, i.current(p.Asked)
	if posted.Get("consent") != "allow" || s == nil {
		return nil
	}
	u, ok := i.Store.User(s.Login)
	if !ok {
		return nil
	}
	return &store.Grant{
		ClientID: d.ClientID, Subject: u.Sub(), GrantType: protocol.DeviceCodeGrant,
		Scopes: allowedScopes(d.Scopes, posted["scope"]),
		Authorization: &store.Authorization{
			Login: p.Login, UserLogin: u.Login, SessionID: s.ID, AuthTime: s.AuthTime, ACR: s.ACR, AMR: s.AMR, Requested: d.Scopes, RefreshDue: true,
		},
	}
}
