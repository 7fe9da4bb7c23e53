package report

import (
	"fmt"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// location is a place for people. A part that is not known is left out.
func location(at strict.Place) string {
	switch {
	case at == (strict.Place{}):
		return ""
	case at.Line == 0:
		return at.File
	case at.Column == 0:
		return fmt.Sprintf("%s:%d", at.File, at.Line)
	}
	return at.String()
}

// Quoted is a word as a shell reads it; one that begins with - is a file.
func Quoted(file string) string {
	if strings.HasPrefix(file, "-") {
		file = "./" + file
	}
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+,=:@%", r)
	}
	if file != "" && strings.IndexFunc(file, func(r rune) bool { return !plain(r) }) < 0 {
		return file
	}
	return "'" + strings.ReplaceAll(file, "'", `'\''`) + "'"
}

// exchange is a journal entry in one line: POST /token grant_type=refresh_token
// → 200.
func exchange(e *journal.Entry) string {
	line := e.Method + " " + e.Path
	for _, name := range []string{"grant_type", "response_type", "scope", "prompt", "error"} {
		for _, value := range e.Params[name] {
			line += " " + name + "=" + value
		}
	}
	line += " → " + answer(e)
	if e.Duration > 0 {
		line += " in " + milliseconds(e.Duration.D())
	}
	return line
}

// answer is how an exchange ended: 200, 400 invalid_grant, no answer.
func answer(e *journal.Entry) string {
	text := "no answer"
	if e.Status != 0 {
		text = fmt.Sprint(e.Status)
	}
	if e.Error != "" {
		text += " " + e.Error
	}
	return text
}

// against is what the provider had against a request, and the faults that struck
// it, a printable line each.
func against(e *journal.Entry) []string {
	var out []string
	for _, d := range e.Decisions {
		if !d.Passed {
			out = append(out, "refused by "+Printable(decision(d)))
		}
	}
	for _, struck := range e.Faults {
		out = append(out, "fault "+Printable(struck.What))
	}
	return out
}

// decision is one check in words: code: used before (RFC 6749 §4.1.2).
func decision(d journal.Decision) string {
	text := d.Check
	if d.Detail != "" {
		text += ": " + d.Detail
	}
	if d.Spec != "" {
		text += " (" + clauseText(d.Spec) + ")"
	}
	return text
}
