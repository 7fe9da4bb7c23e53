package effect

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/match"
)

// Apply lays what a fault says over members: a value replaces what is there,
// $absent removes it, and an edit makes something of it:
//
//	{$now: -5m}      the time, in seconds, so far from now
//	{$append: x}     the text with x behind it
//	{$prepend: x}    the text with x before it
//	{$pad: 300}      the text, lengthened to so many characters
//	{$insert: x}     the list with x as its first member; one value is a list of one
//	{$list: true}    one value as a list of one
//	{$json: '"\ud83d"'} the value that this JSON text is, which no other form can write
func Apply(members, changes map[string]any, now time.Time) {
	for name, change := range changes {
		value, there := edited(members[name], change, now)
		if there {
			members[name] = value
		} else {
			delete(members, name)
		}
	}
}

// edited returns what becomes of a value, and whether anything is left of it.
func edited(was, change any, now time.Time) (value any, there bool) {
	if change == match.Absent {
		return nil, false
	}
	edit, ok := change.(map[string]any)
	if !ok || len(edit) != 1 {
		return change, true
	}
	for operator, argument := range edit {
		if e := editOf(operator); e != nil {
			return e(was, argument, now), true
		}
	}
	return change, true
}

// editOf returns what an operator makes of a value, nil for an unknown operator.
func editOf(operator string) func(was, argument any, now time.Time) any {
	switch operator {
	case "$now":
		return func(_, argument any, now time.Time) any {
			d, _ := time.ParseDuration(match.Text(argument)) // the strict reader lets no other text pass
			return now.Add(d).Unix()
		}
	case "$append":
		return func(was, argument any, _ time.Time) any { return textOf(was) + match.Text(argument) }
	case "$prepend":
		return func(was, argument any, _ time.Time) any { return match.Text(argument) + textOf(was) }
	case "$json":
		return func(_, argument any, _ time.Time) any { return json.RawMessage(match.Text(argument)) }
	case "$insert":
		return func(was, argument any, _ time.Time) any {
			return append([]any{argument}, listOf(was)...)
		}
	case "$list":
		return func(was, _ any, _ time.Time) any { return listOf(was) }
	case "$pad":
		return func(was, argument any, _ time.Time) any {
			n, _ := strconv.Atoi(match.Text(argument)) // likewise
			text := textOf(was)
			return text + strings.Repeat("x", max(0, n-len(text)))
		}
	}
	return nil
}

// listOf returns a value as a list, empty if there is none.
func listOf(value any) []any {
	if value == nil {
		return nil
	}
	if list, ok := match.List(value); ok {
		return list
	}
	return []any{value}
}

// textOf returns a value as text, empty if there is none.
func textOf(value any) string {
	if value == nil {
		return ""
	}
	return match.Text(value)
}

// withEarlier replaces each {$earlier: true} by what the answer before this one had
// in that member.
func withEarlier(changes, before map[string]any) map[string]any {
	out := make(map[string]any, len(changes))
	for name, change := range changes {
		if edit, ok := change.(map[string]any); ok && edit["$earlier"] == true {
			change = before[name]
		}
		out[name] = change
	}
	return out
}
