package report

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/authdrill/authdrill/scenarios/result"
)

// cause is one reason why an app failed, with all the entries that show it: what a
// maintainer changes is one thing.
type cause struct {
	key      string
	Number   int // from 1, the first to be fixed
	Anchor   string
	Verdict  string
	Severity string
	Level    string
	Family   string // of causes that are fixed in the same way
	Rule     string
	Witness  string
	Saw      string
	Done     string // what was done when it was seen first
	Why      string
	Remedy   string
	Clauses  []string
	Request  string // as curl
	Again    string
	Names    []string // of the entries and variants, ID or ID[LABEL]
	Rows     []*row   // the entries, each once
	Lapse    bool

	explains *row            // the entry that explains the cause
	variants []string        // of that entry, which showed it
	named    map[string]bool // Names
	shown    map[*row]bool   // Rows
}

// seen is a cause, and the entry or variant that it was seen at.
type seen struct {
	result.Cause
	row     *row
	name    string
	variant string // label; "" of an entry without variants
	again   string
}

// lapseAdvice is why a lapse matters, and what to change. An entry says it of the
// attack that it is, which the app may have withstood.
func lapseAdvice(rule string) (why, remedy string) {
	switch rule {
	case "server_error":
		return "500 says that the app itself failed (RFC 9110 section 15.6.1): operators are alarmed, the user is told nothing of use, and an unexpected error may leave a session half made", "handle the refusal where the response of the provider is read: show a page that says that the sign-in failed, with a link to try again, and a status of 4xx, or 502 where the provider is at fault"
	case "stack_trace":
		return "a stack trace tells strangers about paths, versions and the code", "show a page of your own for errors, and turn debug pages off"
	case "no_answer":
		return "the user waits, and each such sign-in holds a connection and a worker of the app", "set time-outs for each request to the provider, and answer the user when they are over"
	case "no_start":
		return "an app that does not start while its provider is down stays down with it", "start without the provider, and fetch its metadata and keys when they are needed"
	case "no_recovery":
		return "after the fault has gone users still cannot sign in, until somebody restarts the app", "keep nothing of a response that was refused: neither metadata, keys, nor sessions"
	case "app_ended":
		return "one sign-in ends the app for everybody", "handle the error in place of ending the process"
	}
	return "", ""
}

// findCauses groups failures that are not expected by their cause, what is to be fixed
// first at the top.
func findCauses(findings []result.Result, rows []*row) []*cause {
	at := map[string]*cause{}
	var out []*cause
	for i := range findings {
		for _, s := range seenAt(&findings[i], rows[i]) {
			key := causeKey(&s)
			c := at[key]
			if c == nil {
				c = newCause(&s)
				c.key = key
				at[key] = c
				out = append(out, c)
			}
			c.add(&s)
		}
	}
	slices.SortStableFunc(out, func(a, b *cause) int {
		return cmp.Or(rank(a.Severity)-rank(b.Severity), class(a.Verdict)-class(b.Verdict), len(b.Rows)-len(a.Rows))
	})
	for i, c := range out {
		c.Number, c.Anchor = i+1, "cause-"+strconv.Itoa(i+1)
		c.addRemedies()
		for _, r := range c.Rows {
			r.Causes = append(r.Causes, c)
		}
	}
	return out
}

// seenAt returns the causes of a failure, of each variant that failed.
func seenAt(f *result.Result, r *row) []seen {
	if r.Standing != failed {
		return nil
	}
	parts := []*result.Result{f}
	if len(f.Variants) > 0 {
		parts = parts[:0]
		for i := range f.Variants {
			parts = append(parts, &f.Variants[i])
		}
	}
	var out []seen
	for _, p := range parts {
		if !p.Verdict.Failed() || p.Expected {
			continue
		}
		name, label := f.ID, ""
		if len(f.Variants) > 0 {
			label = p.Variant
			name += "[" + label + "]"
		}
		causes := p.Causes
		if len(causes) == 0 {
			causes = []result.Cause{{Verdict: p.Verdict, Saw: p.Reason, Severity: f.Severity}}
		}
		for _, c := range causes {
			out = append(out, seen{c, r, name, label, orElse(p.Repeat, f.Repeat)})
		}
	}
	return out
}

// changing are the parts of a text that are other ones in each drill. An instance of the
// app has an issuer of its own, at a path that the first one does not have.
var changing = regexp.MustCompile(`https?://[^\s"]+|\d+(\.\d+)?(ms|µs|s|m|h)?(/t/w\d+)?`)

// causeKey is equal for causes that are one.
func causeKey(s *seen) string {
	saw := s.Saw
	switch {
	case s.Lapse && s.Rule != "server_error":
		saw, _, _ = strings.Cut(saw, ": ") // what follows is the error of a library, or output
	case !s.Lapse:
		saw += "\x00" + s.row.Group
	}
	return string(s.Verdict) + "\x00" + s.Rule + "\x00" + changing.ReplaceAllString(saw, "#")
}

func newCause(s *seen) *cause {
	c := &cause{
		Verdict: string(s.Verdict), Rule: s.Rule, Witness: s.Witness, Saw: s.Saw, Lapse: s.Lapse,
		Family: strings.Trim(s.row.Group+"/"+s.Rule, "/"), Request: curl(s.Request, s.Cookies),
		named: map[string]bool{}, shown: map[*row]bool{},
	}
	if s.Lapse {
		c.Family = s.Rule
	}
	return c
}

// add adds an entry or variant. The most severe entry explains the cause, with the
// variants of it that showed it.
func (c *cause) add(s *seen) {
	severity := orElse(s.Severity, s.row.Severity)
	if len(c.Names) == 0 || rank(severity) < rank(c.Severity) {
		if c.explains != s.row {
			c.explains, c.variants = s.row, nil
		}
		c.Severity, c.Level, c.Done, c.Again, c.Saw = severity, level(severity), s.row.Advice.Done, s.again, s.Saw
		c.Why, c.Remedy, c.Clauses = s.row.Advice.Why, s.row.Advice.Remedy, s.row.Clauses
		c.Request = orElse(curl(s.Request, s.Cookies), c.Request)
		if why, remedy := lapseAdvice(s.Rule); s.Lapse && why != "" {
			c.Why, c.Remedy, c.Clauses = why, remedy, nil
		}
	}
	if c.explains == s.row && s.variant != "" && !c.named[s.name] {
		c.variants = append(c.variants, s.variant)
	}
	if !c.named[s.name] {
		c.named[s.name] = true
		c.Names = append(c.Names, s.name)
	}
	if !c.shown[s.row] {
		c.shown[s.row] = true
		c.Rows = append(c.Rows, s.row)
	}
}

// addRemedies names what else is to be changed, where one change is not enough for all the
// entries that show the cause.
func (c *cause) addRemedies() {
	if c.Lapse {
		return
	}
	told, others := map[string]bool{c.Remedy: true}, 0
	for _, r := range c.Rows {
		switch remedy := r.Advice.Remedy; {
		case told[remedy] || remedy == "":
			continue
		case others < mostNamed:
			c.Remedy += "; for " + r.ID + ": " + remedy
		}
		told[r.Advice.Remedy] = true
		others++
	}
	if more := others - mostNamed; more > 0 {
		c.Remedy += "; and " + strconv.Itoa(more) + " more, each named with its entry"
	}
}

// class orders verdicts, the worst first.
func class(verdict string) int { return slices.Index(result.Verdicts(), result.Verdict(verdict)) }

// Happened is what was seen, and what was done before.
func (c *cause) Happened() string {
	if c.Done == "" {
		return c.Saw
	}
	text := c.Saw + "; what was done: " + c.Done
	if len(c.variants) > 0 {
		text += " (" + firstOf(c.variants, mostNamed) + ")"
	}
	return text
}

// Shown is how many entries show the cause, in words.
func (c *cause) Shown() string { return count(len(c.Rows), "entry", "entries") }

// label is a cause in a few words.
func (c *cause) label() string {
	out := c.Verdict
	if c.Severity != "" {
		out += " · " + c.Severity
	}
	return out + " · " + c.Shown()
}

// account is everything about a cause, a line each.
func (c *cause) account() string {
	var out []string
	for _, x := range []struct{ label, text string }{
		{"what happened", c.Happened()}, {"why it matters", c.Why}, {"what to change", c.Remedy}, {"request", c.Request}, {"again", c.Again}, {"shown by", strings.Join(c.Names, ", ")},
	} {
		if x.text != "" {
			out = append(out, x.label+": "+x.text)
		}
	}
	for _, cited := range c.Clauses {
		out = append(out, strings.TrimSpace("clause: "+clauseText(cited)+" "+clauseURL(cited)))
	}
	return strings.Join(out, "\n")
}

// noteCauses writes into the account of each failure which causes it shows.
func noteCauses(d *document) {
	named := map[string]*row{}
	for _, r := range d.Results {
		for _, v := range r.Variants {
			named[strings.Replace(v.Name, " [", "[", 1)] = v
		}
	}
	lines := map[*row][]string{}
	for _, c := range d.Causes {
		line := "cause " + strconv.Itoa(c.Number) + " of " + strconv.Itoa(len(d.Causes)) + ": " + c.Saw + " (" + c.Shown() + ")"
		for _, r := range c.Rows {
			lines[r] = append(lines[r], line)
		}
		for _, name := range c.Names {
			if v := named[name]; v != nil {
				lines[v] = append(lines[v], line)
			}
		}
	}
	for r, all := range lines {
		r.note(strings.Join(all, "\n"))
	}
}

// note adds lines to the account of a failure.
func (r *row) note(lines string) {
	for i := range r.Complaints {
		r.Complaints[i].Account += "\n" + lines
	}
	if len(r.Complaints) > 0 {
		r.Account = r.Complaints[0].Account
	}
}

// curl is a request, METHOD URL, as a command. Its words in capitals are to be replaced.
func curl(request string, cookies []string) string {
	method, address, ok := strings.Cut(request, " ")
	if !ok {
		return ""
	}
	out := "curl -i"
	if method != "GET" {
		out += " -X " + Quoted(method)
	}
	if len(cookies) > 0 {
		out += " --cookie " + Quoted(strings.Join(cookies, "=COOKIE; ")+"=COOKIE")
	}
	return out + " " + Quoted(address)
}
