package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios"
)

// failed are the steps of a result that have failures.
func failed(r *scenarios.Result) []scenarios.StepResult {
	var out []scenarios.StepResult
	for _, s := range r.Steps {
		if len(s.Failures) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// failures counts the failures of a result.
func failures(r *scenarios.Result) int {
	n := 0
	for _, s := range r.Steps {
		n += len(s.Failures)
	}
	return n
}

// title is the step as a person calls it.
func title(s scenarios.StepResult) string {
	for _, name := range []string{s.Name, s.Summary, s.Verb} {
		if name != "" {
			return fmt.Sprintf("step %d · %s", s.Number, name)
		}
	}
	return fmt.Sprintf("step %d", s.Number)
}

// sentence is a failure in words: status: want 400, got 200. Where a value has
// several lines, so has the sentence, and the values stand below one another.
func sentence(f scenarios.Failure) string {
	var parts []string
	if f.Message != "" {
		parts = append(parts, f.Message)
	}
	switch {
	case strings.Contains(f.Want+f.Got, "\n"):
		hang := func(s string) string {
			return strings.ReplaceAll(orNothing(strings.TrimRight(s, "\n")), "\n", "\n       ")
		}
		parts = append(parts, "\n  want "+hang(f.Want)+"\n  got  "+hang(f.Got))
	case f.Want != "" || f.Got != "" || f.Message == "":
		parts = append(parts, "want "+orNothing(f.Want)+", got "+orNothing(f.Got))
	}
	text := strings.ReplaceAll(strings.Join(parts, "; "), "; \n  want ", "\n  want ")
	if f.Path != "" {
		text = f.Path + ": " + text
	}
	return text
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// place is where a failure stands: the expected value, else the step, else the
// scenario.
func place(r *scenarios.Result, s scenarios.StepResult, f scenarios.Failure) strict.Place {
	for _, at := range []strict.Place{f.Place, s.Place} {
		if !at.IsZero() {
			return at
		}
	}
	return r.Place
}

// location is a place for people. A part that is not known is left out.
func location(at strict.Place) string {
	switch {
	case at.IsZero():
		return ""
	case at.Line == 0:
		return at.File
	case at.Column == 0:
		return fmt.Sprintf("%s:%d", at.File, at.Line)
	}
	return at.String()
}

// cited is the clause of a failure, else those of its scenario.
func cited(r *scenarios.Result, f scenarios.Failure) []string {
	if f.Spec != "" {
		return []string{f.Spec}
	}
	return slices.DeleteFunc(slices.Clone(r.Spec), func(spec string) bool { return spec == "" })
}

// again is the command that runs one scenario once more.
func (o Options) again(r *scenarios.Result) string {
	command := "authdrill run"
	if !o.Examples && r.Place.File != "" {
		command += " " + Quoted(r.Place.File)
	}
	return Printable(fmt.Sprintf("%s --run '^%s$' --seed %d", command,
		strings.ReplaceAll(regexp.QuoteMeta(r.Name), "'", `'\''`), r.Seed))
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

// about is the exchange that a failure is about: of those its step caused, the
// last at the endpoint whose answer was looked at, else the last one. Nil where
// the step caused none.
func about(r *scenarios.Result, s scenarios.StepResult, f scenarios.Failure) *journal.Entry {
	caused := make(map[int64]bool, len(s.Journal))
	for _, seq := range s.Journal {
		caused[seq] = true
	}
	head, _, _ := strings.Cut(f.Path, ".")
	var endpoint protocol.Endpoint
	switch head {
	case "authorization_request", "authorization_response":
		endpoint = protocol.AuthorizationEndpoint
	case "token_response", "id_token", "access_token":
		endpoint = protocol.TokenEndpoint
	}
	var last *journal.Entry
	for _, e := range r.Journal {
		if e != nil && caused[e.Seq] && (last == nil || e.Endpoint == endpoint || last.Endpoint != endpoint) {
			last = e
		}
	}
	return last
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

// refusals are the decisions the provider took against a request, in words.
func refusals(e *journal.Entry) []string {
	var out []string
	for _, d := range e.Decisions {
		if !d.Passed {
			out = append(out, decision(d))
		}
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
