package drill

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Step is one thing that the user, the client or the provider does, or a check
// of what happened. Exactly one verb is set.
type Step struct {
	ID         string            `json:"id,omitempty" doc:"name to use its observations by: ${steps.<id>.token_response.scope}"`
	Name       string            `json:"name,omitempty" doc:"what the report calls it"`
	If         *Condition        `json:"if,omitempty" doc:"do it only if this holds: a value that is not empty, false or 0, or two values compared by == or !=" example:"${matrix.method} != none"`
	Expect     *Expect           `json:"expect,omitempty" doc:"what must be seen; without it the step must succeed"`
	Capture    map[string]string `json:"capture,omitempty" doc:"observations to keep as ${name}, by their path" example:"token_response.access_token"`
	Eventually *Eventually       `json:"eventually,omitempty" doc:"repeat the step until what it expects is seen: how long at most, or {within, every}"`

	Open        *Open     `json:"open,omitempty" oneof:"verb" doc:"the user opens a page: a URL, a path at the issuer, or a page of the app by its name"`
	Login       *Login    `json:"login,omitempty" oneof:"verb" doc:"the user signs in on the provider's page"`
	Consent     *Consent  `json:"consent,omitempty" oneof:"verb" doc:"the user answers the consent page: allow, deny, or {scope} to allow less"`
	CopyBrowser string    `json:"copy_browser,omitempty" oneof:"verb" doc:"a browser of this name is given the cookies that the main one has now, as a thief would have them, or somebody who planted them"`
	Popup       *struct{} `json:"popup,omitempty" oneof:"verb" empty:"true" doc:"a page of another origin opens the app's sign-in in a pop-up and listens, while alice signs in; needs a browser"`
	Crowd       *Crowd    `json:"crowd,omitempty" oneof:"verb" doc:"many users sign in at once and, while the app waits for the provider, a page of it is opened: within is how long that may take"`

	LocalRegister *Local `json:"local_register,omitempty" oneof:"verb" empty:"true" doc:"somebody registers at the app itself, with a user's e-mail address and a password"`
	LocalLogin    *Local `json:"local_login,omitempty" oneof:"verb" empty:"true" doc:"somebody signs in at the app itself with that address and password"`

	SignIn     *SignIn     `json:"sign_in,omitempty" oneof:"verb" empty:"true" doc:"a whole sign-in: authorize, login, consent, callback; the bundled client validates the ID token as OIDC Core 3.1.3.7 asks"`
	Authorize  *Authorize  `json:"authorize,omitempty" oneof:"verb" empty:"true" doc:"the client sends the browser to the authorization endpoint (RFC 6749 section 4.1.1)"`
	Callback   *Callback   `json:"callback,omitempty" oneof:"verb" empty:"true" doc:"the browser brings the authorization response to the client (RFC 6749 section 4.1.2)"`
	Refresh    *Refresh    `json:"refresh,omitempty" oneof:"verb" empty:"true" doc:"the client refreshes its tokens (RFC 6749 section 6)"`
	Call       *Call       `json:"call,omitempty" oneof:"verb" empty:"true" doc:"the client uses its access token: userinfo, {api: path}, or the app's api page (RFC 6750)"`
	Introspect *Introspect `json:"introspect,omitempty" oneof:"verb" empty:"true" doc:"a token is introspected (RFC 7662)"`
	Revoke     *Revoke     `json:"revoke,omitempty" oneof:"verb" empty:"true" doc:"the client revokes a token (RFC 7009)"`
	Logout     *Logout     `json:"logout,omitempty" oneof:"verb" empty:"true" doc:"the client signs the user out (OIDC RP-Initiated Logout)"`
	Device     *Device     `json:"device,omitempty" oneof:"verb" empty:"true" doc:"a sign-in by the device grant (RFC 8628)"`
	Request    *Request    `json:"request,omitempty" oneof:"verb" doc:"any HTTP request"`

	Advance         *clock.Duration `json:"advance,omitempty" oneof:"verb" doc:"the issuer's clock is moved on, and that of a client which shares it" example:"1h"`
	Expire          string          `json:"expire,omitempty" oneof:"verb" enum:"access_token" doc:"access_token: the access token that the client holds runs out"`
	RotateKeys      *RotateKeys     `json:"rotate_keys,omitempty" oneof:"verb" empty:"true" doc:"the provider signs with new keys from now on (OIDC Core section 10.1.1)"`
	Fault           *fault.Fault    `json:"fault,omitempty" oneof:"verb" doc:"something goes wrong from now on"`
	ClearFaults     *ClearFaults    `json:"clear_faults,omitempty" oneof:"verb" empty:"true" doc:"nothing goes wrong any more, or not the fault of that id"`
	Stimulus        string          `json:"stimulus,omitempty" oneof:"verb" enum:"on,off" doc:"on: the stimulus of the document strikes from now on, and no longer from the start; off: it strikes no more"`
	RevokeGrant     *RevokeGrant    `json:"revoke_grant,omitempty" oneof:"verb" doc:"the provider takes back what a user allowed a client"`
	LogoutToken     *LogoutToken    `json:"logout_token,omitempty" oneof:"verb" empty:"true" doc:"the provider posts a logout token to the app's back-channel logout endpoint (OIDC Back-Channel Logout section 2.5)"`
	RestartProvider *struct{}       `json:"restart_provider,omitempty" oneof:"verb" empty:"true" doc:"the provider restarts: codes, tokens and sessions are lost"`
	Set             *Set            `json:"set,omitempty" oneof:"verb" doc:"the provider, a client or a user changes"`

	Verify *Verify `json:"verify,omitempty" oneof:"verb" doc:"what the provider's journal and log must show"`
	Use    string  `json:"use,omitempty" oneof:"verb" doc:"the steps of a fragment, by its path relative to this file"`

	Place strict.Place `json:"-"`
	Node  *strict.Node `json:"-"`
}

// Check reports a fault with an unknown name, and keys that only the set-up of a
// provider can have.
func (s *Step) Check() error {
	if s.Set != nil && s.Set.Provider != nil {
		if _, unread := s.Set.Provider.UnreadKey(); unread {
			return strict.Member("set", errors.New("provider.keys: keys are read before the first step; write them in provider of the scenario"))
		}
	}
	if s.Fault == nil {
		return nil
	}
	if err := setup.CheckFaults(nil, *s.Fault); err != nil {
		return strict.Member("fault", err)
	}
	return nil
}

// Verb is the name of what the step does.
func (s *Step) Verb() string {
	v := reflect.ValueOf(s).Elem()
	for _, verb := range verbs() {
		if !v.Field(verb.field).IsZero() {
			return verb.name
		}
	}
	return ""
}

// verb is a field of Step that says what the step does.
type verb struct {
	field int
	name  string
}

// verbs are all that there are. They are never written.
var verbs = sync.OnceValue(func() []verb {
	var out []verb
	step := reflect.TypeFor[Step]()
	for n := range step.NumField() {
		f := step.Field(n)
		if f.Tag.Get("oneof") == "verb" {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			out = append(out, verb{n, name})
		}
	}
	return out
})

// Eventually repeats a step until its expectation holds, on the issuer's clock.
type Eventually struct {
	Within clock.Duration `json:"within" short:"true" required:"true" doc:"how long at most"`
	Every  clock.Duration `json:"every,omitempty" doc:"time between two tries; default a tenth of within"`
}

// MaxTries is how often a step that has Eventually is tried at most.
const MaxTries = 10_000

// Check refuses a step that would be repeated without an end in sight.
func (e *Eventually) Check() error {
	if e.Every > 0 && e.Within/e.Every > MaxTries {
		return strict.Member("every", fmt.Errorf("the step would be tried %d times; at most %d are", e.Within/e.Every, MaxTries))
	}
	return nil
}
