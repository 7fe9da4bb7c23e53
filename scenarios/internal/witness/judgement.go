package witness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/scenarios/result"
)

// The names of the witnesses, in the order in which they are heard.
const (
	provider = "provider"
	browser  = "user agent"
	app      = "app"
	recovery = "recovery"
)

// rule is what a witness holds a client to: a key of the outcome, or the rule of a
// lapse. seq is the exchange of the journal that decided, where one is known.
type rule struct {
	witness, key string
	seq          int64
}

// Judgement is what the witnesses say of a drill.
type Judgement struct {
	fails      string // class of what goes against an expectation, "" for that of the witness
	causes     []result.Cause
	hops       []Hop
	saw        map[string][]string
	unaffected *Unaffected
}

func (j *Judgement) addNote(witness, format string, args ...any) {
	j.saw[witness] = append(j.saw[witness], fmt.Sprintf(format, args...))
}

// addCause adds a failure whose class does not depend on the document.
func (j *Judgement) addCause(v result.Verdict, r rule, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	j.causes = append(j.causes, result.Cause{Verdict: v, Witness: r.witness, Rule: r.key, Saw: text, Seq: r.seq})
	j.saw[r.witness] = append(j.saw[r.witness], text)
}

// tells reports whether a cause says the same already: each is told once.
func (j *Judgement) tells(rule, text string) bool {
	return slices.ContainsFunc(j.causes, func(c result.Cause) bool { return c.Rule == rule && c.Saw == text })
}

// addLapse adds what no app should do, whatever the document expects.
func (j *Judgement) addLapse(l lapse, witness string, seq int64, format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !j.tells(l.rule, text) {
		j.addCause(l.verdict, rule{witness, l.rule, seq}, "%s", text)
		last := &j.causes[len(j.causes)-1]
		last.Severity, last.Lapse = l.severity, true
	}
}

// addUnmet notes that an expectation is not met: a failure of the class that the
// document names, else of the one that belongs to the expectation.
func (j *Judgement) addUnmet(v result.Verdict, r rule, format string, args ...any) {
	switch j.fails {
	case "security":
		v = result.FailSecurity
	case "robustness":
		v = result.FailRobustness
	case "ux":
		v = result.FailUX
	}
	j.addCause(v, r, format, args...)
}

// Judge judges the evidence of a drill. The caller has asked the app before: its
// answers are evidence.
func (o *Outcome) Judge(e *Evidence) *Judgement {
	j := &Judgement{fails: o.Fails, saw: map[string][]string{}, hops: e.Hops}
	o.Provider.judge(j, e, o.Browser.Canary)
	o.Browser.judge(j, e)
	o.judgeLog(j, e)
	o.App.judge(j, e)
	j.lowerRequests(o)
	return j
}

// lowerRequests gives token requests that should not have been made the severity of a
// lapse where no user is signed in by them, as is right: another defence held.
func (j *Judgement) lowerRequests(o *Outcome) {
	if want := o.App.SignedIn; want == nil || match.OK(want, true) {
		return
	}
	isRequest := func(c result.Cause) bool {
		return c.Verdict == result.FailRobustness && c.Rule == "provider.requests.token_endpoint"
	}
	if slices.ContainsFunc(j.causes, func(c result.Cause) bool { return !isRequest(c) && !c.Lapse }) {
		return
	}
	for i := range j.causes {
		if c := &j.causes[i]; isRequest(*c) {
			c.Severity = "low"
		}
	}
}

// NoteStep adds an expectation of a step that does not hold.
func (j *Judgement) NoteStep(number int, path, text string) {
	j.addUnmet(result.FailRobustness, rule{app, fmt.Sprintf("steps.%d.expect.%s", number-1, path), 0}, "step %d: %s", number, text)
}

// Causes returns why the drill failed, the worst cause first.
func (j *Judgement) Causes() []result.Cause {
	j.noteRequests()
	return slices.SortedStableFunc(slices.Values(j.causes), func(a, b result.Cause) int {
		return slices.Index(result.Verdicts(), a.Verdict) - slices.Index(result.Verdicts(), b.Verdict)
	})
}

// OnlyMissesKeys reports whether all that the subject failed for is that it did not
// ask for keys, and a user who should be signed in is not.
func (j *Judgement) OnlyMissesKeys() bool {
	return len(j.causes) > 0 && !slices.ContainsFunc(j.causes, func(c result.Cause) bool {
		return c.Verdict != result.FailRobustness || c.Rule != "app.signed_in" && c.Rule != "provider.requests.jwks_uri"
	})
}

// ForgiveKeys takes back what OnlyMissesKeys reports, and says why.
func (j *Judgement) ForgiveKeys(why string) {
	j.causes = nil
	j.addNote(app, "%s", why)
}

// Unaffected returns why the sign-in says nothing of the stimulus, nil where it does.
func (j *Judgement) Unaffected() *Unaffected { return j.unaffected }

// Witnesses returns what each witness saw, and whether it has a cause.
func (j *Judgement) Witnesses() []result.Witness {
	var out []result.Witness
	for _, name := range []string{provider, browser, app, recovery} {
		if len(j.saw[name]) == 0 {
			continue
		}
		ok := !slices.ContainsFunc(j.causes, func(c result.Cause) bool { return c.Witness == name })
		out = append(out, result.Witness{Name: name, OK: ok, Saw: strings.Join(j.saw[name], "; ")})
	}
	return out
}

// Choice returns what the app did where the specifications leave a choice.
func (j *Judgement) Choice() string {
	return strings.Join(append(slices.Clone(j.saw[app]), j.saw[provider]...), "; ")
}

// countInWords returns a number of things in words.
func countInWords(n int, what string) string {
	switch n {
	case 0:
		return "no " + what
	case 1:
		return "1 " + what
	}
	if strings.HasSuffix(what, "h") {
		return fmt.Sprintf("%d %ses", n, what)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// describeExpected returns an expectation in words.
func describeExpected(want any) string {
	operators, ok := want.(map[string]any)
	if !ok {
		return match.Text(want)
	}
	var out []string
	for _, o := range []struct{ operator, words string }{{"$lte", "at most "}, {"$gte", "at least "}, {"$not", "not "}, {"$one_of", "one of "}, {"$contains", "one with "}, {"$matches", "one like "}} {
		if v, there := operators[o.operator]; there {
			out = append(out, o.words+match.Text(v))
		}
	}
	return strings.Join(out, " and ")
}
