// Package fault is the grammar of things that go wrong: where, when and what.
//
// A fault sits at an endpoint (at) or on an artifact (on), fires when its
// conditions hold (match, skip, times, probability, moment), and does exactly
// one thing: answer instead of the provider (respond, error, refuse), wait
// (delay), break the connection (connection) or falsify what is sent (tamper).
// The provider always decides the truthful result first; a fault is laid over
// it, so the journal knows both.
//
// What a real provider is documented to do has a name in its persona, which
// stands for place and effect (documented).
package fault

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/clock"
)

// Fault is one thing that goes wrong. The same words stand in scenario files,
// in the control API and in Go.
type Fault struct {
	ID string `json:"id,omitempty" doc:"name to remove it by and to find it in the journal; one is given if absent"`

	At string `json:"at,omitempty" oneof:"place" enum:"authorization_endpoint,token_endpoint,userinfo_endpoint,jwks_uri,introspection_endpoint,revocation_endpoint,end_session_endpoint,device_authorization_endpoint,pushed_authorization_request_endpoint,registration_endpoint,discovery,resource" doc:"the endpoint, by its RFC 8414 name"`
	On string `json:"on,omitempty" oneof:"place" enum:"id_token,access_token,logout_token,authorization_response,token_response,introspection_response,userinfo,signed_userinfo,jwks,metadata" doc:"the artifact to falsify, with tamper"`

	Documented string `json:"documented,omitempty" oneof:"place+effect" doc:"what a real provider is known to do, as PERSONA/NAME: place and effect in one; authdrill personas PERSONA lists them" example:"google/refresh-token-revoked"`

	Match       map[string]any `json:"match,omitempty" vocab:"oauth-param" match:"true" doc:"request parameters it applies to, by value or matcher"`
	Skip        int            `json:"skip,omitempty" min:"0" doc:"matching requests to let pass first"`
	Times       *int           `json:"times,omitempty" min:"0" doc:"how many matching requests it applies to; default 1, 0 = always"`
	Probability *float64       `json:"probability,omitempty" min:"0" max:"1" doc:"chance between 0 and 1, drawn from the seed"`
	Moment      string         `json:"moment,omitempty" enum:"before,after" doc:"before the work is done (default), or after it: the work counts, the answer is lost"`

	Respond    *Respond    `json:"respond,omitempty" oneof:"effect" doc:"the answer to give instead (RFC 9110 section 15)"`
	Error      *OAuthError `json:"error,omitempty" oneof:"effect" doc:"the OAuth error to answer with, in the form the endpoint uses (RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750 section 3)"`
	Refuse     string      `json:"refuse,omitempty" oneof:"effect" doc:"the cause to refuse for, in the words that the persona has for it; PERSONA/CAUSE in those of another (RFC 6749 section 5.2)" example:"google/refresh.token_revoked"`
	Delay      *Delay      `json:"delay,omitempty" oneof:"effect" doc:"how long to wait first: a duration or a distribution (RFC 9110 section 15.5.9)"`
	Connection string      `json:"connection,omitempty" oneof:"effect" enum:"reset,reset_mid_body,close,half_close,refuse,hang,blackhole,truncate,garbage,slow" doc:"what happens to the connection (RFC 9112 sections 8 and 9)"`
	Wire       *Wire       `json:"wire,omitempty" oneof:"effect" doc:"how the true answer is sent (RFC 9112 section 6)"`
	Tamper     *Tamper     `json:"tamper,omitempty" oneof:"effect" doc:"what to falsify (OIDC Core section 3.1.3.7)"`
}

// Respond is an answer given instead of the provider's own.
type Respond struct {
	Status  int               `json:"status,omitempty" min:"200" max:"599" doc:"HTTP status; default 200"`
	Headers map[string]string `json:"headers,omitempty" vocab:"header" doc:"response headers"`
	JSON    any               `json:"json,omitempty" vocab:"any" oneof:"body,optional" doc:"body as JSON"`
	Body    *string           `json:"body,omitempty" oneof:"body,optional" doc:"body as text"`

	Nest          int    `json:"nest,omitempty" min:"1" max:"10000000" oneof:"body,optional" doc:"body of so many JSON lists, one within the other"`
	Pad           int    `json:"pad,omitempty" min:"1" max:"1073741824" doc:"spaces behind the body, so many bytes"`
	Encode        string `json:"encode,omitempty" enum:"utf-16,bom,gzip,gzip_lie" doc:"the body in this encoding; bom: UTF-8 with a byte order mark; gzip_lie: said to be compressed, and not"`
	ContentLength *int   `json:"content_length,omitempty" min:"0" doc:"what the answer says of its length, where that is not true"`
	HeaderPad     int    `json:"header_pad,omitempty" min:"1" max:"1048576" doc:"a further header of so many bytes"`
}

// OAuthError is an error of RFC 6749 section 5.2 or 4.1.2.1. A plain string is
// short for its code.
type OAuthError struct {
	Code        string `json:"error" short:"true" required:"true" doc:"error code"`
	Description string `json:"error_description,omitempty" doc:"text for the developer"`
	URI         string `json:"error_uri,omitempty" doc:"page about the error"`
	Status      int    `json:"status,omitempty" min:"200" max:"599" doc:"HTTP status; default what the specification asks for the code"`
}

// Delay is a time to wait on the issuer's clock. A plain duration is short for
// a fixed one.
type Delay struct {
	Fixed     clock.Duration `json:"fixed,omitempty" oneof:"delay" short:"true" doc:"how long"`
	Lognormal *Lognormal     `json:"lognormal,omitempty" oneof:"delay" doc:"a lognormal distribution, drawn from the seed"`
}

// Lognormal is a distribution of delays as real networks have them.
type Lognormal struct {
	Median clock.Duration `json:"median" required:"true" doc:"half of the delays are shorter"`
	Sigma  float64        `json:"sigma" required:"true" doc:"spread of the logarithm; 0.5 is a calm network"`
}

// Tamper falsifies a token (claims, header, signature) or a document (set).
// The value $absent removes a member.
type Tamper struct {
	Claims       map[string]any `json:"claims,omitempty" vocab:"claim" match:"edit" doc:"claims to set, or to remove with $absent (RFC 7519 section 4)"`
	Header       map[string]any `json:"header,omitempty" vocab:"jose-header" match:"edit" doc:"JOSE header members to set or remove (RFC 7515 section 4)"`
	Signature    string         `json:"signature,omitempty" enum:"corrupt,stripped,zero,der,foreign_key,none,hs256_public_key,hs256_wrong_secret,embedded_jwk,jku,x5u,x5c,kid_url" doc:"what to do to the signature (RFC 7515 section 5.2, RFC 8725 section 2)"`
	SigningKey   string         `json:"signing_key,omitempty" enum:"enc_use,encrypt_ops,other_alg,rsa_1024,rsa_e1,ec_off_curve,symmetric,reused_kid,duplicate_kid" doc:"sign with a key that is not to be accepted, or not without care, and publish it in the key set (RFC 7517 section 4, RFC 7518 section 3)"`
	ResponseMode string         `json:"response_mode,omitempty" enum:"query,fragment,form_post" doc:"send the authorization response this way, whatever was asked (OAuth 2.0 Multiple Response Types section 2.1)"`
	Raw          string         `json:"raw,omitempty" doc:"the token as a whole, in place of the true one (RFC 7519 section 7.2)"`
	Set          map[string]any `json:"set,omitempty" vocab:"any" match:"edit" doc:"members of the document to set or remove (RFC 6749 section 5.1, OIDC Discovery section 3)"`
}

// Limit returns how many requests the fault applies to, 0 for no limit.
func (f *Fault) Limit() int {
	if f.Times == nil {
		return 1
	}
	return *f.Times
}

// After reports whether the work is done before the fault strikes.
func (f *Fault) After() bool { return f.Moment == "after" }

// Tokens returns the artifacts that are signed tokens.
func Tokens() []string {
	return []string{"id_token", "access_token", "logout_token", "signed_userinfo"}
}

// Check reports what is contradictory in a fault: each error says the remedy.
func (f *Fault) Check() error {
	effects := f.effects()
	if f.Documented != "" {
		return f.checkDocumented(effects)
	}
	switch {
	case f.At == "" && f.On == "":
		return errors.New("a fault needs a place: at: <endpoint>, on: <artifact>, or documented: <persona>/<name> for place and effect in one")
	case f.At != "" && f.On != "":
		return errors.New("a fault has one place: keep either at or on")
	case len(effects) == 0:
		return errors.New("a fault needs an effect: respond, error, refuse, delay, connection, wire or tamper")
	case len(effects) > 1:
		return fmt.Errorf("a fault has exactly one effect: split %s into faults of their own", strings.Join(effects, " and "))
	case f.Skip < 0:
		return errors.New("skip counts requests: it cannot be negative")
	case f.Times != nil && *f.Times < 0:
		return errors.New("times counts requests: use 0 for always")
	case f.Probability != nil && (*f.Probability < 0 || *f.Probability > 1):
		return errors.New("probability lies between 0 and 1")
	case f.Tamper != nil && f.On == "":
		return errors.New("tamper falsifies an artifact: write on: id_token (or another artifact) instead of at")
	case f.On != "" && f.Tamper == nil:
		return fmt.Errorf("%s on an artifact has no meaning: write at: <endpoint>, or tamper", effects[0])
	case f.Delay != nil && f.Delay.Fixed <= 0 && f.Delay.Lognormal == nil:
		return errors.New("delay needs a duration above zero, like 2s, or lognormal")
	case f.Respond != nil && f.Respond.JSON != nil && f.Respond.Body != nil:
		return errors.New("respond has one body: keep either json or body")
	}
	switch {
	case f.Tamper != nil:
		return f.checkTamper()
	case f.Wire != nil:
		return f.Wire.check()
	}
	return nil
}

// checkDocumented finds what contradicts a name, which stands for place, effect
// and moment.
func (f *Fault) checkDocumented(effects []string) error {
	persona, name, ok := strings.Cut(f.Documented, "/")
	switch {
	case !ok || persona == "" || name == "":
		return fmt.Errorf("documented: %s is no name: write PERSONA/NAME, like google/refresh-token-revoked", f.Documented)
	case f.At != "" || f.On != "" || len(effects) > 0 || f.Moment != "":
		return errors.New("documented stands for place, moment and effect: leave them out, or leave documented out")
	}
	return nil
}

func (f *Fault) checkTamper() error {
	t := f.Tamper
	ofToken := len(t.Claims) > 0 || len(t.Header) > 0 || t.Signature != "" || t.SigningKey != "" || t.Raw != ""
	switch isToken := slices.Contains(Tokens(), f.On); {
	case isToken && len(t.Set) > 0:
		return fmt.Errorf("set is for documents; a token such as %s has claims, header and signature", f.On)
	case !isToken && ofToken:
		return fmt.Errorf("claims, header and signature are for tokens; the document %s has set", f.On)
	case t.ResponseMode != "" && f.On != "authorization_response":
		return errors.New("response_mode is how an authorization response is sent: write on: authorization_response")
	case !ofToken && len(t.Set) == 0 && t.ResponseMode == "":
		return errors.New("tamper is empty: say claims, header, signature or set")
	}
	return nil
}

func (f *Fault) effects() []string {
	var out []string
	for _, e := range []struct {
		name string
		set  bool
	}{
		{"respond", f.Respond != nil}, {"error", f.Error != nil}, {"refuse", f.Refuse != ""}, {"delay", f.Delay != nil},
		{"connection", f.Connection != ""}, {"wire", f.Wire != nil}, {"tamper", f.Tamper != nil},
	} {
		if e.set {
			out = append(out, e.name)
		}
	}
	return out
}

// String is the fault in one line, for the journal.
func (f *Fault) String() string {
	if f.Documented != "" {
		return f.Documented
	}
	place := "at " + f.At
	if f.On != "" {
		place = "on " + f.On
	}
	effect := strings.Join(f.effects(), "+")
	switch {
	case f.Error != nil:
		effect = "error " + f.Error.Code
	case f.Refuse != "":
		effect = "refuse " + f.Refuse
	case f.Connection != "":
		effect = "connection " + f.Connection
	case f.Respond != nil:
		effect = fmt.Sprintf("respond %d", f.Respond.StatusCode())
	case f.Delay != nil && f.Delay.Fixed > 0:
		effect = "delay " + f.Delay.Fixed.String()
	case f.Wire != nil:
		effect = "wire " + shown(f.Wire)
	case f.Tamper != nil:
		effect = "tamper " + f.Tamper.String()
	}
	if f.After() {
		effect += " after the work"
	}
	return place + ": " + effect
}

// String names what is falsified.
func (t *Tamper) String() string { return shown(t) }

func shown(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "(unprintable)"
	}
	return string(text)
}

// StatusCode is the HTTP status to answer with.
func (r *Respond) StatusCode() int {
	if r.Status == 0 {
		return 200
	}
	return r.Status
}
