package attack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/match"
)

// complaint is something that a correct client would not have done.
type complaint struct {
	verdict Verdict
	witness string
	text    string
}

// judgement collects what the witnesses say.
type judgement struct {
	complaints []complaint
	saw        map[string][]string
}

func (j *judgement) note(witness, format string, args ...any) {
	j.saw[witness] = append(j.saw[witness], fmt.Sprintf(format, args...))
}

func (j *judgement) complain(v Verdict, witness, format string, args ...any) {
	j.complaints = append(j.complaints, complaint{v, witness, fmt.Sprintf(format, args...)})
	j.note(witness, format, args...)
}

// judge asks the witnesses what a drill has done to the app.
func (d *drill) judge(ctx context.Context) (*judgement, error) {
	j := &judgement{saw: map[string][]string{}}
	d.judgeProvider(j)
	d.judgeAgent(j)
	if err := d.judgeLog(ctx, j); err != nil {
		return j, err
	}
	return j, d.judgeApp(ctx, j)
}

// class is the verdict on what goes against an expectation.
func (d *drill) class(def Verdict) Verdict {
	switch d.entry.Expect.Fails {
	case "security":
		return FailSecurity
	case "robustness":
		return FailRobustness
	case "ux":
		return FailUX
	}
	return def
}

// judgeApp asks the app itself.
func (d *drill) judgeApp(ctx context.Context, j *judgement) error {
	x := &d.entry.Expect
	for _, name := range sortedNames(d.browsers) {
		b := d.browsers[name]
		want := x.SignedIn
		if name != mainBrowser {
			if want = x.Browsers[name]; want == nil {
				continue
			}
		}
		s, err := b.whoami(ctx)
		var ambiguous errAmbiguous
		if errors.As(err, &ambiguous) {
			return err
		}
		if err != nil {
			j.complain(FailRobustness, "app", "the whoami page does not answer: %s", err)
			continue
		}
		d.judgeStanding(j, name, s, want)
	}
	if x.API != nil && len(d.api) > 0 && !match.OK(x.API, d.api[len(d.api)-1]) {
		j.complain(d.class(FailRobustness), "app", "the api page answered %d, where %s is right", d.api[len(d.api)-1], describe(x.API))
	}
	if x.Admin != nil {
		d.judgeAdmin(ctx, j)
	}
	for _, status := range d.told {
		if x.Logout != nil && !allows(x.Logout, status) {
			j.complain(d.class(FailSecurity), "app", "the logout token was answered with status %d, where %s is right", status, describe(x.Logout))
		}
	}
	if x.Accounts != "" && len(d.accounts) > 1 {
		first, last := d.accounts[0], d.accounts[len(d.accounts)-1]
		if same := first == last; same != (x.Accounts == "same") && (last != "" || x.Accounts == "same") {
			j.complain(d.class(FailSecurity), "app", "the sign-ins led to the accounts %q and %q, which should be %s", first, last, x.Accounts)
		} else {
			j.note("app", "the sign-ins led to the accounts %q and %q", first, last)
		}
	}
	return nil
}

func (d *drill) judgeStanding(j *judgement, name string, s *standing, want any) {
	who := strings.Join(s.as, " and ")
	if who == "" {
		who = "somebody"
	}
	in := name
	if name == mainBrowser {
		in = "the browser"
	}
	state := in + " is not signed in"
	if s.signedIn {
		state = in + " is signed in as " + who
	}
	x := &d.entry.Expect
	switch {
	case want != nil && !match.OK(want, s.signedIn) && s.signedIn:
		j.complain(d.class(FailSecurity), "app", "%s, and should not be", state)
	case want != nil && !match.OK(want, s.signedIn):
		j.complain(d.class(FailRobustness), "app", "%s, and should be", state)
	case s.signedIn && x.Never != "" && slices.Contains(s.as, x.Never) && name == mainBrowser:
		j.complain(FailSecurity, "app", "%s, who must never be shown here", state)
	case s.signedIn && x.As != "" && !slices.Contains(s.as, x.As) && name == mainBrowser:
		j.complain(d.class(FailSecurity), "app", "%s, where %s is right", state, x.As)
	default:
		j.note("app", "%s", state)
	}
}

func (d *drill) judgeAdmin(ctx context.Context, j *judgement) {
	if d.site.app.Admin == nil {
		return
	}
	if d.admin == 0 {
		if page, err := d.browser("").press(ctx, d.site.app.Admin); err == nil {
			d.admin = d.site.status(page)
		}
	}
	if !match.OK(d.entry.Expect.Admin, d.admin) {
		j.complain(d.class(FailSecurity), "app", "the admin page answered %d, where %s is right", d.admin, describe(d.entry.Expect.Admin))
	}
}

func sortedNames(m map[string]*browser) []string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

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
