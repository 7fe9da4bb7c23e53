package fault

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// effect is what a fault does. Each kind has a file of its own and a row in
// kinds: it is an interruption of an exchange, or it falsifies an artifact.
type effect interface {
	describe() string     // in one line, for the journal
	check(f *Fault) error // what is contradictory in f, and the remedy
}

// interruption is an effect that strikes an exchange with an endpoint.
type interruption interface {
	effect
	needsHTTP1() string // why it cannot strike an exchange over HTTP/2; empty where it can
	needsAnswer() bool  // whether it changes the true answer, so that the work must be done first
	answers() bool      // whether it decides on what the client gets
	strike(t Target)
}

// kind is a row in the table of effects.
type kind struct {
	name string // of the field, in YAML and JSON
	of   func(*Fault) (effect, bool)
}

// kinds is the table of effects. A new one is a field of Fault, a file with its
// type and a row here.
func kinds() []kind {
	return []kind{
		{"respond", func(f *Fault) (effect, bool) { return f.Respond, f.Respond != nil }},
		{"error", func(f *Fault) (effect, bool) { return f.Error, f.Error != nil }},
		{"refuse", func(f *Fault) (effect, bool) { return refusal(f.Refuse), f.Refuse != "" }},
		{"delay", func(f *Fault) (effect, bool) { return f.Delay, f.Delay != nil }},
		{"connection", func(f *Fault) (effect, bool) { return f.Connection, f.Connection != "" }},
		{"wire", func(f *Fault) (effect, bool) { return f.Wire, f.Wire != nil }},
		{"tamper", func(f *Fault) (effect, bool) { return f.Tamper, f.Tamper != nil }},
	}
}

// effects returns the names and the effects that f has. One that was checked has
// exactly one.
func (f *Fault) effects() (names []string, all []effect) {
	for _, k := range kinds() {
		if e, ok := k.of(f); ok {
			names, all = append(names, k.name), append(all, e)
		}
	}
	return names, all
}

// listed names all effects, for a message.
func listed() string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// interruption returns the effect of a fault at an endpoint that was checked.
func (f *Fault) interruption() interruption {
	_, all := f.effects()
	return all[0].(interruption)
}

// NeedsHTTP1 says why a fault cannot strike an exchange over HTTP/2; it is empty
// where it can.
func (f *Fault) NeedsHTTP1() string {
	_, all := f.effects()
	for _, e := range all {
		if i, ok := e.(interruption); ok {
			return i.needsHTTP1()
		}
	}
	return ""
}

// Answers reports whether a fault decides on what the client gets: of those at an
// endpoint the first one that does is the last to strike.
func (f *Fault) Answers() bool {
	_, all := f.effects()
	i, ok := all[0].(interruption)
	return ok && i.answers()
}

// NeedsWork reports whether the work is done before the fault strikes: it says so,
// or it changes the true answer.
func (f *Fault) NeedsWork() bool { return f.after() || f.interruption().needsAnswer() }

// Strike lets a fault at an endpoint strike an exchange.
func (f *Fault) Strike(t Target) { f.interruption().strike(t) }

// Target is the exchange that a fault strikes, as its effect sees it.
type Target interface {
	// Sleep lets time pass on the issuer's clock. If the client goes away
	// meanwhile, it returns false, and no answer is sent any more.
	Sleep(d time.Duration) bool
	// Frozen reports whether the issuer's clock moves only when it is told to.
	Frozen() bool
	// Draw returns how long a delay takes.
	Draw(d *Delay) time.Duration

	// Refuse answers with an error, in the form of the endpoint.
	Refuse(e *OAuthError)
	// RefuseFor answers with the error that a persona has for a cause, in the form
	// of the endpoint.
	RefuseFor(cause string)
	// Answer returns the true answer, to be changed. It is there once the work is
	// done.
	Answer() *Answer
	// Replace returns an empty answer that takes the place of the true one.
	Replace() *Answer

	// Record writes the exchange into the journal. It is called before the client
	// can notice anything, so that what the client does next comes after it.
	// Status 0 means that no answer is sent.
	Record(status int, header http.Header)
	// Writer is what the answer is written to.
	Writer() http.ResponseWriter
}

func inJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "(unprintable)"
	}
	return string(text)
}
