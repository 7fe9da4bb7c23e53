package fault

import (
	"encoding/json"
	"strings"
)

// effect is what a fault has of one. Each kind has a file of its own here and a row
// in kinds; what it does to an exchange or an artifact is in internal/effect.
type effect interface {
	describe() string     // in one line, for the journal
	check(f *Fault) error // what is contradictory in f, and the remedy
}

// kind is a row in the table of effects.
type kind struct {
	name      string // of the field, in YAML and JSON
	falsifies bool   // an artifact; else it interrupts an exchange with an endpoint
	of        func(*Fault) effect
	isSet     func(*Fault) bool
}

// kinds is the table of effects. A new one is a field of Fault, a file with its
// type and a row here, and the same in internal/effect.
func kinds() []kind {
	return []kind{
		{name: "respond", of: func(f *Fault) effect { return f.Respond }, isSet: func(f *Fault) bool { return f.Respond != nil }},
		{name: "error", of: func(f *Fault) effect { return f.Error }, isSet: func(f *Fault) bool { return f.Error != nil }},
		{name: "refuse", of: func(f *Fault) effect { return refusal(f.Refuse) }, isSet: func(f *Fault) bool { return f.Refuse != "" }},
		{name: "delay", of: func(f *Fault) effect { return f.Delay }, isSet: func(f *Fault) bool { return f.Delay != nil }},
		{name: "connection", of: func(f *Fault) effect { return connection(f.Connection) }, isSet: func(f *Fault) bool { return f.Connection != "" }},
		{name: "wire", of: func(f *Fault) effect { return f.Wire }, isSet: func(f *Fault) bool { return f.Wire != nil }},
		{name: "tamper", falsifies: true, of: func(f *Fault) effect { return f.Tamper }, isSet: func(f *Fault) bool { return f.Tamper != nil }},
	}
}

// effects returns the rows of the effects that f has. One that was checked has
// exactly one.
func (f *Fault) effects() []kind {
	var out []kind
	for _, k := range kinds() {
		if k.isSet(f) {
			out = append(out, k)
		}
	}
	return out
}

// namesOf returns the names of effects.
func namesOf(effects []kind) []string {
	var names []string
	for _, k := range effects {
		names = append(names, k.name)
	}
	return names
}

// listed names all effects, for a message.
func listed() string {
	names := namesOf(kinds())
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

func inJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "(unprintable)"
	}
	return string(text)
}
