package endpoint

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// deviceAuthorization starts the device grant (RFC 8628 section 3.1).
func (i *Issuer) deviceAuthorization(w http.ResponseWriter, r *http.Request, x *journal.Exchange) {
	if !i.posted(w, r, x) {
		return
	}
	c, err := i.Grants.Authenticate(r.Context(), r, r.PostForm)
	if err != nil {
		i.fail(w, x, understood(err))
		return
	}
	if !c.MayUse(store.DeviceGrant) {
		i.fail(w, x, refuse("unauthorized_client", "The client is not registered for the device grant."))
		return
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
			i.fail(w, x, refuse("temporarily_unavailable", "All user codes that were tried are in use: wait until devices have been answered."))
			return
		}
		d.UserCode = i.userCode() // the last one is another device's
	}
	page := i.Grants.Dialect().URLs(i.Grants.At(r.Context()), "device_verification", "/device")[0]
	members := map[string]any{
		"device_code": d.Code, "user_code": d.UserCode, "verification_uri": page,
		"verification_uri_complete": page + "?user_code=" + url.QueryEscape(d.UserCode),
		"expires_in":                p.Lifetime.Seconds(), "interval": p.Interval.Seconds(),
	}
	if own := i.Persona().Dialect; own != nil {
		i.dress(r.Context(), own.DeviceResponse, members, clientGrant(c.ID), d.Scopes, nil)
		i.writeDialect(w, x, own, http.StatusOK, members)
		return
	}
	writeJSON(w, x, http.StatusOK, members)
}

// devicePage is where the user enters the code shown by the device (RFC 8628
// section 3.3).
func (i *Issuer) devicePage(w http.ResponseWriter, r *http.Request, x *journal.Exchange) {
	if r.Method == http.MethodGet {
		i.userCodePage(w, r, http.StatusOK, r.Form.Get("user_code"), "")
		return
	}
	if !onlyPost(w, r) {
		return
	}
	c, err := r.Cookie(browserCookie)
	if err != nil || c.Value != r.PostForm.Get("csrf") {
		i.errorPage(w, x, refuse("access_denied", "This answer does not come from the browser that was asked. Allow cookies for this site, and start again."))
		return
	}
	d := i.enteredCode(w, r, x, c.Value)
	if d == nil {
		return
	}
	p := i.wait(w, r, &pending{params: url.Values{"client_id": {d.ClientID}}, login: i.nextLogin(), device: d, asked: i.session(r)})
	x.Bind(p.login, d.ClientID, "")
	i.deviceStep(w, r, p, "")
}

// deviceStep shows what the user has to do next for a device.
func (i *Issuer) deviceStep(w http.ResponseWriter, r *http.Request, p *pending, failure string) {
	c, ok := i.Store.Client(p.device.ClientID)
	if !ok {
		i.errorPage(w, nil, refuse("invalid_client", "The device's client is gone."))
		return
	}
	a := &authorization{client: c, form: url.Values{"scope": {strings.Join(p.device.Scopes, " ")}}, login: p.login}
	if p.asked == nil {
		i.signInPage(w, r, a, p, "a device asks for access", failure)
		return
	}
	i.consentPage(w, r, a, p, p.asked)
}

// deviceInteraction takes the user's answers for a device.
func (i *Issuer) deviceInteraction(w http.ResponseWriter, r *http.Request, x *journal.Exchange, p *pending) {
	if r.PostForm.Has("login") {
		s, why := i.signIn(x, r.PostForm)
		if why != "" {
			again := *p
			again.asked = nil
			i.deviceStep(w, r, &again, why)
			return
		}
		if !i.claim(w, x, p) {
			return
		}
		i.keep(w, s)
		next := *p
		next.asked = s
		i.deviceStep(w, r, i.wait(w, r, &next), "")
		return
	}
	if !i.claim(w, x, p) {
		return
	}
	g := i.deviceGrant(p, r.PostForm)
	x.Decide("consent", g != nil, "for a device", "RFC 8628 section 3.3")
	if !i.Store.AnswerDevice(p.device.UserCode, g, i.Clock.Now()) {
		x.Decide("user_code", false, "expired, or answered already", "RFC 8628 section 3.3")
		i.errorPage(w, x, refuse("invalid_request", "The device's code has expired, or was answered already. Start again at the device."))
		return
	}
	if g != nil {
		x.Bind("", "", g.Subject)
	}
	i.deviceDonePage(w, g != nil)
}

// deviceGrant is what a user gives a device, nil for a refusal.
func (i *Issuer) deviceGrant(p *pending, posted url.Values) *store.Grant {
	d, s := p.device, i.current(p.asked)
	if posted.Get("consent") != "allow" || s == nil {
		return nil
	}
	u, ok := i.Store.User(s.Login)
	if !ok {
		return nil
	}
	return &store.Grant{
		ClientID: d.ClientID, Subject: u.Sub(), GrantType: store.DeviceGrant,
		Scopes: allowedScopes(d.Scopes, posted["scope"]),
		Authorization: &store.Authorization{
			Login: p.login, UserLogin: u.Login, SessionID: s.ID, AuthTime: s.AuthTime, ACR: s.ACR, AMR: s.AMR, Requested: d.Scopes, RefreshDue: true,
		},
	}
}
