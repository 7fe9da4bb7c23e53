package endpoint

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/parameter"
	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/resource"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// deviceAuthorization starts the device grant (RFC 8628 section 3.1).
func (i *Issuer) deviceAuthorization(r *pipeline.Request) pipeline.Answer {
	c, err := i.Grants.Authenticate(r.Context(), r.Request, r.PostForm)
	if err != nil {
		return pipeline.ErrorOf(err)
	}
	if !slices.Contains(c.Grants(), protocol.DeviceCodeGrant) {
		return pipeline.Refuse("unauthorized_client", "The client is not registered for the device grant.")
	}
	audience, err := i.Grants.Audience(r.Context(), c, r.PostForm)
	if err != nil {
		return pipeline.ErrorOf(err)
	}
	scopes := strings.Fields(r.PostForm.Get("scope"))
	if why := i.Grants.WhyNotScopes(c, scopes); why != "" {
		return pipeline.Refuse("invalid_scope", why)
	}
	if why := i.Grants.WhyNoScope(scopes, audience); why != "" {
		return pipeline.Refuse("invalid_scope", why)
	}
	p := i.Persona().DeviceCode
	now := i.Clock.Now()
	d := record.Device{
		Code: i.Grants.DeviceCode(), UserCode: i.userCode(),
		Realm: i.Grants.Realm(r.Context()), ClientID: c.ID, Scopes: scopes, Audience: audience, Form: r.PostForm,
		Expires: now.Add(p.Lifetime.D()), Interval: p.Interval.D(),
	}
	// The code is remembered longer than it lives, to say that it has expired.
	for tries := 0; !i.Store.KeepDevice(d, d.Expires.Add(time.Hour), now); tries++ {
		if tries == 100 {
			return pipeline.Refuse("temporarily_unavailable", "All user codes that were tried are in use: wait until devices have been answered.")
		}
		d.UserCode = i.userCode() // the last one is another device's
	}
	page := i.forBrowser(i.Grants.Dialect().URLs(i.Grants.At(r.Context()), protocol.DeviceVerification)[0])
	members := map[string]any{
		"device_code": d.Code, "user_code": d.UserCode, "verification_uri": page,
		"verification_uri_complete": page + "?user_code=" + url.QueryEscape(d.UserCode),
		"expires_in":                int64(p.Lifetime.D() / time.Second), "interval": int64(p.Interval.D() / time.Second),
	}
	answer := pipeline.NewDocument("", members)
	words := i.Grants.Dialect()
	answer.Words, answer.Changes, answer.Grant, answer.Scopes = words, words.Changes(dialect.DeviceResponse), clientGrant(c.ID), d.Scopes
	return answer
}

// devicePage is where the user enters the code shown by the device (RFC 8628
// section 3.3).
func (i *Issuer) devicePage(r *pipeline.Request) pipeline.Answer {
	if r.Method == http.MethodGet {
		return i.userCodePage(r, http.StatusOK, r.Form.Get("user_code"), "")
	}
	if !fromBrowser(r) {
		return pipeline.Refuse("access_denied", "This answer does not come from the browser that was asked. Allow cookies for this site, and start again.").InForm(pipeline.OnPage)
	}
	d, refused := i.enteredCode(r, i.browser(r))
	if d == nil {
		return refused
	}
	p := i.wait(r, &record.Pending{Params: url.Values{"client_id": {d.ClientID}}, Login: i.nextLogin(), Device: d, Asked: i.session(r.Request)})
	r.Exchange.Bind(p.Login, d.ClientID, "")
	return i.deviceStep(r, p, signInView{})
}

// deviceStep shows what the user has to do next for a device.
func (i *Issuer) deviceStep(r *pipeline.Request, p *record.Pending, view signInView) pipeline.Answer {
	c, ok := i.Store.Client(p.Device.ClientID)
	if !ok {
		return pipeline.Refuse("invalid_client", "The device's client is gone.").InForm(pipeline.OnPage)
	}
	a := &authorization{issuer: i, client: c, form: url.Values{"scope": {strings.Join(p.Device.Scopes, " ")}}, login: p.Login}
	if p.Asked == nil {
		view.why = "a device asks for access"
		return i.signInPage(a, p, view)
	}
	return i.consentPage(a, p, p.Asked)
}

// deviceInteraction takes the user's answers for a device.
func (i *Issuer) deviceInteraction(r *pipeline.Request, p *record.Pending) pipeline.Answer {
	if answersSignIn(r.PostForm) {
		s, failure := i.signIn(r.Exchange, r.PostForm)
		if s == nil {
			again := *p
			again.Asked = nil
			return i.deviceStep(r, &again, retryView(r.PostForm, failure))
		}
		if !i.claim(p) {
			return i.answeredPage(r)
		}
		i.keep(r, s)
		next := *p
		next.Asked = s
		return i.deviceStep(r, i.wait(r, &next), signInView{})
	}
	if !i.claim(p) {
		return i.answeredPage(r)
	}
	g := i.deviceGrant(p, r.PostForm)
	r.Exchange.Decide("consent", g != nil, "for a device", "RFC 8628 section 3.3")
	if !i.Store.AnswerDevice(p.Device.UserCode, g, i.Clock.Now()) {
		r.Exchange.Decide("user_code", false, "expired, or answered already", "RFC 8628 section 3.3")
		return pipeline.Refuse("invalid_request", "The device's code has expired, or was answered already. Start again at the device.").InForm(pipeline.OnPage)
	}
	if g != nil {
		r.Exchange.Bind("", "", g.Subject)
	}
	return i.deviceDonePage(g != nil)
}

// deviceGrant is what a user gives a device, nil for a refusal.
func (i *Issuer) deviceGrant(p *record.Pending, posted url.Values) *record.Grant {
	d, s := p.Device, i.current(p.Asked)
	if posted.Get("consent") != "allow" || s == nil {
		return nil
	}
	u, ok := i.Store.User(s.Login)
	if !ok {
		return nil
	}
	return &record.Grant{
		ClientID: d.ClientID, Subject: u.Sub(), GrantType: protocol.DeviceCodeGrant,
		Scopes: resource.Scopes(allowedScopes(d.Scopes, posted["scope"]), d.Audience, i.Persona().ProtectedResources),
		Authorization: &record.Authorization{
			Login: p.Login, UserLogin: u.Login, SessionID: s.ID, AuthTime: s.AuthTime, ACR: s.ACR, AMR: s.AMR, Requested: d.Scopes, Audience: d.Audience, Request: parameter.WithoutSecrets(d.Form), RefreshDue: true,
		},
	}
}

// userCodeLetters leaves out vowels, so that no words arise, and what is easily
// mistaken (RFC 8628 section 6.1). Eight of 20 are 34 bits.
const userCodeLetters = "BCDFGHJKLMNPQRSTVWXZ"

// A user code is short enough to be guessed, so few guesses may fail (RFC 8628
// section 5.1): with these limits a code is hit by one in 250 million who try all
// they may while it lives.
const (
	guessWindow       = 15 * time.Minute // on the issuer's clock
	guessesOfBrowser  = 10
	guessesOfAddress  = 30
	guessesAltogether = 100
)

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

// enteredCode finds the device whose user code was entered. If there is none, or
// too many guesses have failed, it returns what to answer.
func (i *Issuer) enteredCode(r *pipeline.Request, browser string) (*record.Device, pipeline.Answer) {
	code := strings.ToUpper(strings.TrimSpace(r.PostForm.Get("user_code")))
	counters := guessCounters(r.Request, browser)
	lax := slices.Contains(i.Persona().Lax, "user-code-guessable")
	wait := i.Store.CountGuess(counters, guessWindow, i.Clock.Now())
	switch {
	case wait > 0 && lax:
		r.Exchange.Lax("user-code-guessable")
	case wait > 0:
		r.Exchange.Decide("user_code", false, "too many wrong codes were entered", "RFC 8628 section 5.1")
		seconds := int64((wait + time.Second - 1) / time.Second)
		r.AnswerHeader().Set("Retry-After", strconv.FormatInt(seconds, 10))
		return nil, i.userCodePage(r, http.StatusTooManyRequests, code, "Too many wrong codes were entered. Wait "+(time.Duration(seconds)*time.Second).String()+" and try again.")
	}
	d, ok := i.Store.DeviceOfUser(code, i.Clock.Now())
	if !ok && len(code) == 8 { // the hyphen is for the eye
		d, ok = i.Store.DeviceOfUser(code[:4]+"-"+code[4:], i.Clock.Now())
	}
	if !ok {
		r.Exchange.Decide("user_code", false, "unknown, expired or answered", "RFC 8628 section 3.3")
		return nil, i.userCodePage(r, http.StatusOK, code, "This code is unknown, has expired, or was answered already.")
	}
	if wait == 0 {
		i.Store.UncountGuess(counters)
	}
	r.Exchange.Decide("user_code", true, "found", "RFC 8628 section 3.3")
	return &d, nil
}

// guessCounters are what a guess counts against. A browser may drop its cookie, and
// a network has many addresses: so all guesses at the issuer count together too.
func guessCounters(r *http.Request, browser string) []record.Counter {
	address := r.RemoteAddr
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	return []record.Counter{{Name: "browser " + browser, Most: guessesOfBrowser}, {Name: "address " + address, Most: guessesOfAddress}, {Name: "", Most: guessesAltogether}}
}
