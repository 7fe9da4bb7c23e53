// Package fault describes what goes wrong at a provider, where and when. Its main
// type is Fault; begin with the table of effects in effect.go.
//
// A fault is at an endpoint (at) or on an artifact (on), and strikes when its
// conditions hold (match, skip, times, probability, moment). It has one effect: an
// answer in place of the provider's (respond, error, refuse), a wait (delay), a
// broken connection (connection, wire), or a falsified artifact (tamper). A failure
// that a real provider documents has a name in its persona (documented).
package fault

import (
	"errors"
	"fmt"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Fault is one thing that goes wrong. The same words are used in scenario files,
// in the control API and in Go.
type Fault struct {
	ID string `json:"id,omitempty" doc:"name to remove it by and to find it in the journal; one is given if absent"`

	At protocol.Endpoint `json:"at,omitempty" oneof:"place" enum:"@fault" doc:"the endpoint, by its RFC 8414 name"`
	On protocol.Artifact `json:"on,omitempty" oneof:"place" doc:"the artifact to falsify, with tamper"`

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

// Check reports what is contradictory in a fault: each error says the remedy.
func (f *Fault) Check() error {
	effects := f.effects()
	if f.Documented != "" {
		return f.checkDocumented(effects)
	}
	if err := f.checkPlace(); err != nil {
		return err
	}
	if err := f.checkEffect(effects); err != nil {
		return err
	}
	if err := f.checkConditions(); err != nil {
		return err
	}
	return effects[0].of(f).check(f)
}

// checkPlace finds a place that is missing, or there twice.
func (f *Fault) checkPlace() error {
	switch {
	case f.At == "" && f.On == "":
		return errors.New("a fault needs a place: at: <endpoint>, on: <artifact>, or documented: <persona>/<name> for place and effect in one")
	case f.At != "" && f.On != "":
		return errors.New("a fault has one place: keep either at or on")
	}
	return nil
}

// checkEffect finds an effect that is missing, there twice, or at a place where it
// does nothing.
func (f *Fault) checkEffect(effects []kind) error {
	switch {
	case len(effects) == 0:
		return fmt.Errorf("a fault needs an effect: %s", listed())
	case len(effects) > 1:
		return fmt.Errorf("a fault has exactly one effect: split %s into faults of their own", strings.Join(namesOf(effects), " and "))
	}
	switch e := effects[0]; {
	case f.On == "" && e.falsifies:
		return fmt.Errorf("%s falsifies an artifact: write on: id_token (or another artifact) instead of at", e.name)
	case f.On != "" && !e.falsifies:
		return fmt.Errorf("%s on an artifact has no meaning: write at: <endpoint>, or tamper", e.name)
	}
	return nil
}

// checkConditions finds conditions that can never hold.
func (f *Fault) checkConditions() error {
	switch {
	case f.Skip < 0:
		return errors.New("skip counts requests: it cannot be negative")
	case f.Times != nil && *f.Times < 0:
		return errors.New("times counts requests: use 0 for always")
	case f.Probability != nil && (*f.Probability < 0 || *f.Probability > 1):
		return errors.New("want a probability between 0 and 1")
	case f.Probability != nil && *f.Probability == 0:
		return strict.Member("probability", errors.New("a fault with the chance 0 never strikes: leave the fault out"))
	}
	return nil
}

// checkDocumented finds what contradicts a name, which has place, effect
// and moment.
func (f *Fault) checkDocumented(effects []kind) error {
	persona, name, ok := strings.Cut(f.Documented, "/")
	switch {
	case !ok || persona == "" || name == "":
		return fmt.Errorf("documented: invalid name %q: want PERSONA/NAME, such as google/refresh-token-revoked", f.Documented)
	case f.At != "" || f.On != "" || len(effects) > 0 || f.Moment != "":
		return errors.New("documented already says place, moment and effect: leave them out, or leave documented out")
	}
	return nil
}

// Status is an armed fault and how often it was considered and struck.
type Status struct {
	Fault
	Seen   int `json:"seen" doc:"matching requests so far"`
	Struck int `json:"struck" doc:"how many of them it struck"`
}

// String is the fault in one line, for the journal.
func (f *Fault) String() string {
	if f.Documented != "" {
		return f.Documented
	}
	place := "at " + string(f.At)
	if f.On != "" {
		place = "on " + string(f.On)
	}
	effects := f.effects()
	effect := strings.Join(namesOf(effects), "+")
	if len(effects) == 1 {
		effect = effects[0].of(f).describe()
	}
	if f.Moment == "after" {
		effect += " after the work"
	}
	return place + ": " + effect
}
