package fault

import (
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
//	{$insert: x}     the list with x as its first member
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
	text := match.Text(was)
	if was == nil {
		text = ""
	}
	for operator, argument := range edit {
		switch operator {
		case "$now":
			d, err := time.ParseDuration(match.Text(argument))
			if err != nil {
				break // the strict reader lets none pass
			}
			return now.Add(d).Unix(), true
		case "$append":
			return text + match.Text(argument), true
		case "$prepend":
			return match.Text(argument) + text, true
		case "$insert":
			list, _ := was.([]any)
			return append([]any{argument}, list...), true
		case "$pad":
			n, _ := match.Number(argument) // likewise
			return text + strings.Repeat("x", max(0, int(n)-len(text))), true
		}
	}
	return change, true
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
