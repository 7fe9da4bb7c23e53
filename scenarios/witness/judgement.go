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

// complaint is something that a correct client would not have done.
type complaint struct {
	verdict result.Verdict
	witness string
	text    string
}

// Judgement is what the witnesses say of a drill.
type Judgement struct {
	fails      string // class of what goes against an expectation, "" for that of the witness
	complaints []complaint
	saw        map[string][]string
}

func (j *Judgement) note(witness, format string, args ...any) {
	j.saw[witness] = append(j.saw[witness], fmt.Sprintf(format, args...))
}

// complain notes a failure whose class is always the same.
func (j *Judgement) complain(v result.Verdict, witness, format string, args ...any) {
	j.complaints = append(j.complaints, complaint{v, witness, fmt.Sprintf(format, args...)})
	j.note(witness, format, args...)
}

// unmet notes that an expectation is not met: a failure of the class that the
// document names, else of the one that belongs to the expectation.
func (j *Judgement) unmet(v result.Verdict, witness, format string, args ...any) {
	switch j.fails {
	case "security":
		v = result.FailSecurity
	case "robustness":
		v = result.FailRobustness
	case "ux":
		v = result.FailUX
	}
	j.complain(v, witness, format, args...)
}

// Judge asks the witnesses what they have seen of a drill. The app is asked by
// the caller beforehand: its answers are part of the evidence.
func (o *Outcome) Judge(e *Evidence) *Judgement {
	j := &Judgement{fails: o.Fails, saw: map[string][]string{}}
	o.Provider.judge(j, e, o.Browser.Canary)
	o.Browser.judge(j, e)
	o.judgeLog(j, e)
	o.App.judge(j, e)
	return j
}

// Verdict is the worst of what the witnesses complain about, with all reasons, the
// worst first; Pass if none does.
func (j *Judgement) Verdict() (result.Verdict, string) {
	var reasons []string
	verdict := result.Pass
	for _, worst := range []result.Verdict{result.FailSecurity, result.FailRobustness, result.FailUX} {
		for _, c := range j.complaints {
			if c.verdict != worst {
				continue
			}
			if verdict == result.Pass {
				verdict = worst
			}
			reasons = append(reasons, c.text)
		}
	}
	return verdict, strings.Join(reasons, "; ")
}

// Witnesses are what each witness saw, and whether it complains.
func (j *Judgement) Witnesses() []result.Witness {
	var out []result.Witness
	for _, name := range []string{provider, browser, app, recovery} {
		if len(j.saw[name]) == 0 {
			continue
		}
		ok := !slices.ContainsFunc(j.complaints, func(c complaint) bool { return c.witness == name })
		out = append(out, result.Witness{Name: name, OK: ok, Saw: strings.Join(j.saw[name], "; ")})
	}
	return out
}

// Choice is what an app did where the specifications leave a choice.
func (j *Judgement) Choice() string {
	return strings.Join(append(slices.Clone(j.saw[app]), j.saw[provider]...), "; ")
}

// count is a number of things in words.
func count(n int, what string) string {
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

// describe is an expectation in words.
func describe(want any) string {
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
