package drill

import (
	"strings"

	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/scenarios/internal/witness"
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

// Values lists the severities, the worst first.
func (Severity) Values(string) []string {
	return protocol.Strings([]Severity{Critical, High, Medium, Low, Control})
}

// Entry is the header of a scenario that is an entry of a failure catalogue; other
// scenarios have an empty one. An entry is played while its stimulus is armed,
// between two plain sign-ins: the control before, and the recovery afterwards.
type Entry struct {
	ID       string   `json:"entry,omitempty" doc:"stable name of an entry of a failure catalogue, in kebab case: the scenario is played between two plain sign-ins, and judged by its outcome" example:"idt-nonce-wrong"`
	Severity Severity `json:"severity,omitempty" required:"true" with:"entry" doc:"what it costs to get it wrong"`
	Sources  []string `json:"sources,omitempty" with:"entry" single:"true" doc:"where else it was seen: other suites, issue threads, CVEs"`

	ProviderDoes string `json:"provider_does,omitempty" required:"true" with:"entry" doc:"what the provider, the network or the attacker does"`
	ClientDoes   string `json:"client_does,omitempty" required:"true" with:"entry" doc:"what a correct client does"`
	Why          string `json:"why,omitempty" with:"entry" doc:"why it matters: what happens to a client that gets it wrong"`
	Remedy       string `json:"remedy,omitempty" with:"entry" doc:"what to change in the client"`

	Planned string   `json:"planned,omitempty" with:"entry" doc:"mechanism that is not built yet, for which the entry cannot run"`
	Example string   `json:"example,omitempty" with:"entry" doc:"name of the embedded example scenario that drills it, for what no sign-in page can show"`
	Needs   []string `json:"needs,omitempty" with:"entry" single:"true" enum:"id_token,openid,nonce,pkce,state,userinfo,refresh,jwks,discovery,api,admin,logout,account,api_scope,local_account,return_to,logs,logout_token,two_issuers,confidential,restart,tls,virtual_clock,third_party_login,registered_secret,registered_alg,registered_userinfo,acr,max_age,bundled,browser" doc:"what an app must do or be configured with, so that the entry can strike it"`
	Bundled *Bundled `json:"bundled,omitempty" with:"entry" doc:"how the bundled client app is configured for it"`

	Stimulus *setup.Setup `json:"stimulus,omitempty" with:"entry" doc:"what is laid over the provider; its faults strike every time unless they say otherwise"`
	TLS      string       `json:"tls,omitempty" with:"entry" enum:"good,expired,self_signed,wrong_host,not_yet_valid,old_version,missing_intermediate,client_cert_requested,http_2" doc:"what is wrong with the provider's TLS, on a real socket; good: nothing; http_2: nothing, and HTTP/2 is offered"`
	Lint     witness.Rule `json:"lint,omitempty" with:"entry" doc:"rule that the requests of three sign-ins are held to"`

	Unmet         bool   `json:"unmet,omitempty" with:"entry" doc:"a correct client does not meet the stimulus at all"`
	Record        bool   `json:"record,omitempty" with:"entry" doc:"the specifications leave a choice: what is seen is told, and failed for no more than a server error"`
	RecordWithout string `json:"record_without,omitempty" with:"entry" enum:"two_issuers,confidential,id_token" doc:"the specifications ask it only of apps that have this: of others it is told, and not failed"`

	Group   string `json:"-"` // name of the file
	Variant string `json:"-"` // label of the combination of the matrix
	Key     string `json:"-"` // name in accounts and issuers: unique, and fits a path and an e-mail address
}

// FullID is what the command calls an entry, ID, or one of its variants, ID[LABEL].
func (e *Entry) FullID() string {
	if e.Variant == "" {
		return e.ID
	}
	return e.ID + "[" + e.Variant + "]"
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
