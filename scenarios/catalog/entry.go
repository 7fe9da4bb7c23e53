package catalog

import (
	"strings"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/clause"
	"github.com/authdrill/authdrill/scenarios/matrix"
)

// Severity is what it costs if a client gets an entry wrong.
type Severity string

// The severities, the worst first.
const (
	Critical Severity = "critical" // somebody else's account is taken over, or sign-in is bypassed
	High     Severity = "high"     // exploitable, or every session is lost
	Medium   Severity = "medium"   // an outage, a lock-out, a denial of service
	Low      Severity = "low"      // two correct programs do not understand one another
	Control  Severity = "control"  // nothing is wrong: the positive control of others
)

// Severities returns them all, the worst first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low, Control} }

// Entry is one row of the catalogue.
type Entry struct {
	ID       string          `json:"entry" required:"true" doc:"stable name, in kebab case" example:"idt-nonce-wrong"`
	Title    string          `json:"title" required:"true" doc:"what happens, in one line"`
	Severity Severity        `json:"severity" required:"true" enum:"critical,high,medium,low,control" doc:"what it costs to get it wrong"`
	Tags     []string        `json:"tags,omitempty" single:"true" doc:"words to select it by"`
	Spec     []clause.Clause `json:"spec,omitempty" single:"true" doc:"clauses that say what is right; none where it is our own judgement"`
	Sources  []string        `json:"sources,omitempty" single:"true" doc:"where else it was seen: other suites, issue threads, CVEs"`

	Provider string `json:"provider" required:"true" doc:"what the provider, the network or the attacker does"`
	Client   string `json:"client" required:"true" doc:"what a correct client does"`
	Why      string `json:"why,omitempty" doc:"why it matters: what happens to a client that gets it wrong"`
	Remedy   string `json:"remedy,omitempty" doc:"what to change in the client"`

	Planned string `json:"planned,omitempty" doc:"mechanism that is not built yet, for which the entry cannot run"`

	Needs         []string     `json:"needs,omitempty" single:"true" enum:"id_token,nonce,pkce,state,userinfo,refresh,jwks,discovery,api,admin,logout,account,api_scope,local_account,return_to,logs,logout_token,two_issuers,confidential,restart,tls,virtual_clock,third_party_login,registered_secret,registered_alg,registered_userinfo,acr,max_age,bundled,browser" doc:"what an app must do or be configured with, so that the entry can strike it"`
	Stimulus      *setup.Setup `json:"stimulus,omitempty" doc:"what is laid over the provider; its faults strike every time unless they say otherwise"`
	TLS           string       `json:"tls,omitempty" enum:"good,expired,self_signed,wrong_host,not_yet_valid,old_version,missing_intermediate,client_cert_requested,http_2" doc:"what is wrong with the provider's TLS, on a real socket; good: nothing; http_2: nothing, and HTTP/2 is offered"`
	Play          []Move       `json:"play,omitempty" single:"true" doc:"what happens, in order; default one sign-in with the stimulus armed"`
	Lint          string       `json:"lint,omitempty" doc:"name of the rule that the client's requests are held to"`
	Expect        Expect       `json:"expect,omitzero" doc:"what must be seen of a correct client"`
	Unmet         bool         `json:"unmet,omitempty" doc:"a correct client does not meet the stimulus at all"`
	Record        bool         `json:"record,omitempty" doc:"the specifications leave a choice: what is seen is told, and failed for no more than a server error"`
	MayRefuse     bool         `json:"may_refuse_start,omitempty" doc:"an app that meets the stimulus while it starts, and does not start, does right; without this that is a failure"`
	RecordWithout string       `json:"record_without,omitempty" enum:"two_issuers,confidential" doc:"the specifications ask it only of apps that have this: of others it is told, and not failed"`
	Scenario      string       `json:"scenario,omitempty" doc:"name of the embedded example scenario that drills it, for what no sign-in page can show"`
	ProvenBy      []KnownBad   `json:"proven_by,omitempty" single:"true" doc:"clients that it must fail, each named by its bug, or by several joined with +" example:"typ-unchecked + sub-unchecked"`
	Bundled       *Bundled     `json:"bundled,omitempty" doc:"how the bundled client app is configured for it"`

	Matrix   *matrix.Matrix `json:"matrix,omitempty" doc:"variants of the entry: each combination of the values is played, and named by their labels; a value is filled in as ${matrix.axis}; one that the entry's known-bad clients survive names its own in proven_by"`
	Variants []*Entry       `json:"-"` // one for each combination of the matrix
	Variant  string         `json:"-"` // label, of an entry that is a variant of another
	Key      string         `json:"-"` // name in accounts and issuers: unique, and fits a path and an e-mail address

	Group string       `json:"-"` // the file's name
	Node  *strict.Node `json:"-"`
}

// KnownBad names a client by its bugs: one, or several joined with " + ".
type KnownBad string

// Bugs returns the names of the bugs.
func (k KnownBad) Bugs() []string {
	names := strings.Split(string(k), "+")
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
	}
	return names
}

// Bundled configures the bundled client app for an entry.
type Bundled struct {
	ResponseType protocol.ResponseType `json:"response_type,omitempty" doc:"default code"`
	ResponseMode protocol.ResponseMode `json:"response_mode,omitempty" doc:"default that of the response type"`
	Secret       string                `json:"client_secret,omitempty" doc:"default that of the default client"`
	AuthMethod   protocol.AuthMethod   `json:"token_endpoint_auth_method,omitempty" doc:"default client_secret_basic"`
	IDTokenAlg   protocol.Algorithm    `json:"id_token_signed_response_alg,omitempty" enum:"@signing" doc:"the one algorithm it is registered for"`
	UserinfoAlg  protocol.Algorithm    `json:"userinfo_signed_response_alg,omitempty" enum:"@signing" doc:"the one algorithm it is registered for"`
	Scope        string                `json:"scope,omitempty" doc:"default openid profile email offline_access"`
	MaxAge       *int                  `json:"max_age,omitempty" min:"0" doc:"seconds, sent with each authorization request"`
	ACR          string                `json:"acr,omitempty" doc:"asked for as essential"`
	Retry        int                   `json:"retry,omitempty" doc:"how often it repeats a failed request"`
}

// Move is one thing that happens in a drill. Exactly one is set. A browser is a
// cookie jar by name; the first, main, is where nothing else is said.
type Move struct {
	SignIn   *SignIn   `json:"sign_in,omitempty" oneof:"move" empty:"true" doc:"a whole sign-in through the app's own login page"`
	Begin    *Begin    `json:"begin,omitempty" oneof:"move" empty:"true" doc:"a sign-in up to the authorization response, which is held back"`
	Deliver  *Deliver  `json:"deliver,omitempty" oneof:"move" empty:"true" doc:"an authorization response that was held back, or one that was seen, is brought to the app"`
	Arm      *struct{} `json:"arm,omitempty" oneof:"move" empty:"true" doc:"the stimulus strikes from here on; without this move, from the start"`
	Disarm   *struct{} `json:"disarm,omitempty" oneof:"move" empty:"true" doc:"the stimulus strikes no more"`
	Expire   *struct{} `json:"expire,omitempty" oneof:"move" empty:"true" doc:"the app's access token runs out"`
	Call     *Call     `json:"call,omitempty" oneof:"move" empty:"true" doc:"the app's api page is opened, which uses the access token"`
	Logout   *Logout   `json:"logout,omitempty" oneof:"move" empty:"true" doc:"the user signs out at the app"`
	Open     *Open     `json:"open,omitempty" oneof:"move" doc:"a page of the app is opened"`
	Advance  *Advance  `json:"advance,omitempty" oneof:"move" doc:"time passes, for the provider and a client that shares its clock"`
	Rotate   *Rotate   `json:"rotate_keys,omitempty" oneof:"move" empty:"true" doc:"the provider signs with new keys from now on"`
	Revoke   *struct{} `json:"revoke_grant,omitempty" oneof:"move" empty:"true" doc:"the user takes back at the provider what was allowed"`
	Disable  *struct{} `json:"disable_user,omitempty" oneof:"move" empty:"true" doc:"the provider disables the user"`
	Token    *Token    `json:"logout_token,omitempty" oneof:"move" empty:"true" doc:"a logout token is posted to the app's back-channel logout endpoint"`
	Identity *Identity `json:"identity,omitempty" oneof:"move" doc:"the provider asserts other claims about a user from now on"`
	Crowd    *Crowd    `json:"crowd,omitempty" oneof:"move" doc:"many sign in at once and, while the app waits for the provider, a page of it is opened: within is how long that may take"`
	Popup    *struct{} `json:"popup,omitempty" oneof:"move" empty:"true" doc:"a page of another origin opens the app's sign-in in a pop-up and listens, while alice signs in; needs a browser"`
	Register *Local    `json:"local_register,omitempty" oneof:"move" empty:"true" doc:"somebody registers at the app itself, with a user's e-mail address and a password"`
	Password *Local    `json:"local_login,omitempty" oneof:"move" empty:"true" doc:"somebody signs in at the app itself with that address and password"`
	Restart  *struct{} `json:"restart_provider,omitempty" oneof:"move" empty:"true" doc:"the provider restarts: codes, tokens and sessions are lost"`
}

// SignIn is a whole sign-in.
type SignIn struct {
	User    string `json:"user,omitempty" short:"true" doc:"login at the provider; default alice"`
	Browser string `json:"browser,omitempty" doc:"default main"`
	Times   int    `json:"times,omitempty" min:"1" max:"100" doc:"one after another, each in a fresh browser; default once in this one"`
	Issuer  string `json:"issuer,omitempty" enum:"first,second" doc:"which provider; default the first"`
	Deny    bool   `json:"deny,omitempty" doc:"the user refuses consent"`

	Withhold bool `json:"withhold,omitempty" doc:"the user unticks the scope that the app's api page needs: app.api.needs_scope"`
}

// Local is a local account of the app, under the e-mail address of one of the
// provider's users.
type Local struct {
	User    string `json:"user,omitempty" short:"true" doc:"login at the provider whose address it is; default alice"`
	Browser string `json:"browser,omitempty" doc:"default main"`
	Must    bool   `json:"must,omitempty" doc:"of a sign-in: where it fails the entry is not exercised"`
}

// Begin is a sign-in up to the authorization response.
type Begin struct {
	User    string `json:"user,omitempty" short:"true" doc:"login at the provider; default alice"`
	Browser string `json:"browser,omitempty" doc:"default main"`
	As      string `json:"as,omitempty" doc:"name to deliver the response by; default that of the browser"`
	Issuer  string `json:"issuer,omitempty" enum:"first,second" doc:"which provider; default the first"`
}

// Deliver brings an authorization response to the app.
type Deliver struct {
	Response string         `json:"response,omitempty" short:"true" doc:"name it was begun by; default the last one"`
	Browser  string         `json:"browser,omitempty" doc:"default main"`
	Method   string         `json:"method,omitempty" enum:"GET,HEAD,POST" doc:"default as the provider sent it"`
	Times    int            `json:"times,omitempty" min:"1" max:"20" doc:"so often at once; default once"`
	Discard  bool           `json:"discard,omitempty" doc:"the browser forgets the answer, as one that only looks ahead"`
	Params   map[string]any `json:"params,omitempty" vocab:"oauth-param" match:"param" doc:"parameters to set; $absent takes one away, $keep leaves it as it is, and an empty text is an empty value; ${name.param} is that of another response, and takes it away where that has none"`
}

// Call opens the app's api page.
type Call struct {
	Browser string `json:"browser,omitempty" doc:"default main"`
	Times   int    `json:"times,omitempty" min:"1" max:"100" doc:"one after another; default once"`
	AtOnce  int    `json:"at_once,omitempty" min:"1" max:"50" doc:"so many at the same time"`
}

// Crowd is many people who sign in at the same time.
type Crowd struct {
	Users int    `json:"users" required:"true" min:"1" max:"100" doc:"how many"`
	Page  string `json:"page" required:"true" doc:"the page that is opened beside: health, or any other by name or path; whoami where the app does not have it"`
}

// Logout signs the user out at the app.
type Logout struct {
	Browser string `json:"browser,omitempty" doc:"default main"`
	Keep    string `json:"keep,omitempty" doc:"keep the cookies of before under this browser's name"`
}

// Open opens a page of the app.
type Open struct {
	Page    string            `json:"page" required:"true" short:"true" doc:"login, callback, whoami, logout, api, admin, health, or a path"`
	Browser string            `json:"browser,omitempty" doc:"default main"`
	Params  map[string]string `json:"params,omitempty" doc:"query parameters; ${return_to} in a name is the app's return_to_param, ${canary} in a value a host that only we answer"`
	Headers map[string]string `json:"headers,omitempty" vocab:"header" doc:"request headers"`
	Times   int               `json:"times,omitempty" min:"1" max:"1000" doc:"how often; default once"`
	SignIn  bool              `json:"sign_in,omitempty" doc:"go on and sign in, if the provider's page comes"`
}

// Advance is time that passes.
type Advance struct {
	By clock.Duration `json:"by" short:"true" required:"true" doc:"how much"`
}

// Rotate changes the signing keys.
type Rotate struct {
	Retire protocol.KeyPlan `json:"retire,omitempty" short:"true" doc:"what becomes of the old keys; default overlap"`
}

// Token is a logout token (OIDC Back-Channel Logout 2.4).
type Token struct {
	Claims    map[string]any  `json:"claims,omitempty" vocab:"claim" match:"edit" doc:"claims to set, to edit, or to remove with $absent"`
	Header    map[string]any  `json:"header,omitempty" vocab:"jose-header" match:"edit" doc:"JOSE header members to set or remove"`
	Signature fault.Signature `json:"signature,omitempty" doc:"what to do to the signature"`
	Times     int             `json:"times,omitempty" min:"1" max:"1000" doc:"how often it is posted; default once"`
	IDToken   bool            `json:"id_token,omitempty" doc:"post an ID token instead"`
}

// Identity changes what the provider asserts about a user.
type Identity struct {
	User   string         `json:"user,omitempty" doc:"login; default alice"`
	Issuer string         `json:"issuer,omitempty" enum:"first,second" doc:"which provider; default the first"`
	Claims map[string]any `json:"claims" required:"true" vocab:"claim" match:"absent" doc:"claims in every token about that user; where accounts are judged, alice is alice.${entry}@example.com"`
}

// Expect is what must be seen of a correct client from outside. What is absent
// is not judged. Whatever is expected, every answer of the app stays below 500,
// and a plain sign-in works afterwards.
type Expect struct {
	SignedIn  any            `json:"signed_in,omitempty" match:"true" of:"boolean" doc:"whether the main browser is signed in at the end"`
	As        string         `json:"as,omitempty" doc:"login of who is signed in, if anybody; default alice"`
	Never     string         `json:"never,omitempty" doc:"login of who must never be shown"`
	Browsers  map[string]any `json:"browsers,omitempty" match:"true" of:"boolean" doc:"whether the other browsers are signed in at the end"`
	Accounts  string         `json:"accounts,omitempty" enum:"same,different" doc:"whether the sign-ins led to the same account of the app"`
	Page      any            `json:"page,omitempty" match:"true" of:"string" doc:"text of the app's last page"`
	API       any            `json:"api,omitempty" match:"true" of:"integer" doc:"status of the app's last answer to call"`
	Admin     any            `json:"admin,omitempty" match:"true" of:"integer" doc:"status of the app's admin page"`
	Logout    any            `json:"logout_token,omitempty" match:"true" of:"integer" doc:"status of the app's answer to a logout token"`
	Requests  Requests       `json:"requests,omitzero" doc:"how many requests reach the provider's endpoints from when the stimulus is armed until the last move"`
	Second    any            `json:"second_token_requests,omitempty" match:"true" of:"integer" doc:"token requests that reach the second provider"`
	Redirect  string         `json:"redirect_uri_host,omitempty" enum:"own" doc:"own: every redirect_uri that is asked for is the app's own, and no scope is asked for that it does not ask for by itself"`
	Gap       any            `json:"gap,omitempty" match:"true" of:"string" doc:"time between two token requests" example:"{$gte: 2s}"`
	Within    clock.Duration `json:"within,omitempty" doc:"how long the app may take to answer"`
	Redirects any            `json:"redirects,omitempty" match:"true" of:"integer" doc:"redirects in a row"`
	Stays     bool           `json:"stays,omitempty" doc:"the browser ends at the app, not elsewhere"`
	Canary    bool           `json:"canary,omitempty" doc:"the planted script stands in no page unescaped, and no canary address is asked"`
	Leaks     any            `json:"leaks,omitempty" match:"true" of:"integer" doc:"requests of the canary address that carry a code, a token or a secret"`
	CleanURL  bool           `json:"clean_url,omitempty" doc:"neither code nor state stays in the address bar"`
	Secrets   bool           `json:"secrets,omitempty" doc:"neither token nor client secret stands in a page, nor, where a browser sees it, in what its scripts can read"`
	Cookies   string         `json:"cookies,omitempty" enum:"rotated,flags" doc:"rotated: the session cookie changes at sign-in; flags: it is HttpOnly and SameSite, and Secure on https"`
	Recovers  *bool          `json:"recovers,omitempty" doc:"whether a plain sign-in works afterwards; default true"`
	Fails     string         `json:"fails,omitempty" enum:"security,robustness,ux" doc:"the class of the failure; default security for a sign-in that must not be, else robustness"`
}

// Requests counts requests by endpoint.
type Requests struct {
	Authorization any `json:"authorization_endpoint,omitempty" match:"true" of:"integer" doc:"authorization requests"`
	Token         any `json:"token_endpoint,omitempty" match:"true" of:"integer" doc:"token requests"`
	Refresh       any `json:"refresh,omitempty" match:"true" of:"integer" doc:"token requests with grant_type refresh_token"`
	UserInfo      any `json:"userinfo_endpoint,omitempty" match:"true" of:"integer" doc:"userinfo requests"`
	JWKS          any `json:"jwks_uri,omitempty" match:"true" of:"integer" doc:"fetches of the key set"`
	Discovery     any `json:"discovery,omitempty" match:"true" of:"integer" doc:"fetches of the metadata"`
	Revocation    any `json:"revocation_endpoint,omitempty" match:"true" of:"integer" doc:"revocation requests"`
	Resource      any `json:"resource,omitempty" match:"true" of:"integer" doc:"requests of the protected API"`
	Canary        any `json:"canary,omitempty" match:"true" of:"integer" doc:"requests of the canary host; 0 where canary is judged"`
}
