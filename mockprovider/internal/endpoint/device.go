package endpoint

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// userCodeLetters leaves out vowels, so that no words arise, and what is easily
// mistaken (RFC 8628 section 6.1).
const userCodeLetters = "BCDFGHJKLMNPQRSTVWXZ"

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
	d := store.NewDevice(p.Interval.D())
	d.Code, d.UserCode = i.Grants.DeviceCode(), i.userCode()
	d.ClientID, d.Scopes, d.Form = c.ID, strings.Fields(r.PostForm.Get("scope")), r.PostForm
	d.Expires = now.Add(p.Lifetime.D())
	// The code is remembered longer than it lives, to say that it has expired.
	i.Store.Devices.Put(d.Code, d, d.Expires.Add(time.Hour))
	i.Store.UserCodes.Put(d.UserCode, d, d.Expires)
	page := i.devicePath(r.Context())
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

func (i *Issuer) userCode() string {
	if own := i.Grants.UserCode(); own != "" {
		return own
	}
	var raw [8]byte
	_, _ = i.Random.Read(raw[:]) // no source of randomness here fails
	code := make([]byte, 0, 9)
	for n, b := range raw {
		if n == 4 {
			code = append(code, '-')
		}
		code = append(code, userCodeLetters[int(b)%len(userCodeLetters)])
	}
	return string(code)
}

// devicePage is where the user enters the code shown by the device (RFC 8628
// section 3.3).
func (i *Issuer) devicePage(w http.ResponseWriter, r *http.Request, x *journal.Exchange) {
	if r.Method == http.MethodGet {
		i.userCodePage(w, r, r.Form.Get("user_code"), "")
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
	code := strings.ToUpper(strings.TrimSpace(r.PostForm.Get("user_code")))
	d, ok := i.Store.UserCodes.Get(code, i.Clock.Now())
	if !ok && len(code) == 8 { // the hyphen is for the eye
		d, ok = i.Store.UserCodes.Get(code[:4]+"-"+code[4:], i.Clock.Now())
	}
	if g, denied := answerOf(d); !ok || g != nil || denied {
		x.Decide("user_code", false, "unknown, expired or answered", "RFC 8628 section 3.3")
		i.userCodePage(w, r, code, "This code is unknown, has expired, or was answered already.")
		return
	}
	x.Decide("user_code", true, "found", "RFC 8628 section 3.3")
	p := i.wait(w, r, &pending{params: url.Values{"client_id": {d.ClientID}}, login: i.nextLogin(), device: d, signed: i.session(r)})
	x.Bind(p.login, d.ClientID, "")
	i.deviceStep(w, r, p, "")
}

func answerOf(d *store.Device) (*store.Grant, bool) {
	if d == nil {
		return nil, false
	}
	return d.Answer()
}

// deviceStep shows what the user has to do next for a device.
func (i *Issuer) deviceStep(w http.ResponseWriter, r *http.Request, p *pending, failure string) {
	c, ok := i.Store.Client(p.device.ClientID)
	if !ok {
		i.errorPage(w, nil, refuse("invalid_client", "The device's client is gone."))
		return
	}
	a := &authorization{client: c, form: url.Values{"scope": {strings.Join(p.device.Scopes, " ")}}, login: p.login}
	if p.signed == nil {
		i.signInPage(w, r, a, p, "a device asks for access", failure)
		return
	}
	i.consentPage(w, r, a, p, p.signed)
}

// deviceInteraction takes the user's answers for a device.
func (i *Issuer) deviceInteraction(w http.ResponseWriter, r *http.Request, x *journal.Exchange, p *pending) {
	if r.PostForm.Has("login") {
		s, why := i.signIn(x, r.PostForm)
		if why != "" {
			i.deviceStep(w, r, p, why)
			return
		}
		i.keep(w, s)
		p.signed = s
		i.deviceStep(w, r, p, "")
		return
	}
	i.pending.Delete(p.ticket)
	d, s := p.device, p.signed
	allowed := r.PostForm.Get("consent") == "allow" && s != nil
	x.Decide("consent", allowed, "for a device", "RFC 8628 section 3.3")
	if !allowed {
		d.Deny()
		i.deviceDonePage(w, false)
		return
	}
	u, ok := i.Store.User(s.Login)
	if !ok {
		d.Deny()
		i.deviceDonePage(w, false)
		return
	}
	x.Bind("", "", u.Sub())
	d.Allow(&store.Grant{
		ClientID: d.ClientID, Subject: u.Sub(), GrantType: store.DeviceGrant,
		Scopes: allowedScopes(d.Scopes, r.PostForm["scope"]),
		Authorization: &store.Authorization{
			Login: p.login, UserLogin: u.Login, SessionID: s.ID, AuthTime: s.AuthTime, ACR: s.ACR, AMR: s.AMR, Requested: d.Scopes, RefreshDue: true,
		},
	})
	i.deviceDonePage(w, true)
}
