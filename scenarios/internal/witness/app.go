package witness

import (
	"maps"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/scenarios/result"
)

// App is what the app must say of itself. The main browser is the one that no
// step names.
type App struct {
	SignedIn       any                  `json:"signed_in,omitempty" match:"true" of:"boolean" doc:"whether the main browser is signed in at the end"`
	As             string               `json:"as,omitempty" doc:"login of the user who must be signed in, if any user is"`
	Never          string               `json:"never,omitempty" doc:"login of a user who must never be shown"`
	Browsers       map[string]*Standing `json:"browsers,omitempty" doc:"the other browsers at the end, by name"`
	Accounts       string               `json:"accounts,omitempty" enum:"same,different" doc:"whether the sign-ins led to the same account of the app; of a single one, whether its session still has that account at the end"`
	API            any                  `json:"api,omitempty" match:"true" of:"integer" doc:"status of the app's last answer to call"`
	Admin          any                  `json:"admin,omitempty" match:"true" of:"integer" doc:"status of the app's admin page"`
	LogoutToken    any                  `json:"logout_token,omitempty" match:"true" of:"integer" doc:"status of the app's answer to a logout token"`
	CleanLog       bool                 `json:"clean_log,omitempty" doc:"neither token nor client secret is in the app's log"`
	MayRefuseStart bool                 `json:"may_refuse_start,omitempty" doc:"an app that meets the stimulus while it starts, and does not start, does right; without this that is a failure"`
}

// Standing is what must be true of a browser.
type Standing struct {
	SignedIn any    `json:"signed_in,omitempty" short:"true" match:"true" of:"boolean" doc:"whether it is signed in at the end"`
	As       string `json:"as,omitempty" doc:"login of the user who must be signed in, if any user is"`
	Never    string `json:"never,omitempty" doc:"login of a user who must never be shown"`
}

// judge judges the app's answers.
func (x *App) judge(j *Judgement, e *Evidence) {
	for _, name := range slices.Sorted(maps.Keys(e.Browsers)) {
		want := x.Browsers[name]
		key := "app.browsers." + name
		if name == Main {
			want, key = &Standing{x.SignedIn, x.As, x.Never}, "app"
			if e.Unaffected != nil && e.Browsers[name].SignedIn {
				j.unaffected = e.Unaffected
				j.addNote(app, "%s", e.Unaffected.Why)
				continue
			}
		}
		if want != nil {
			want.judge(j, name, key, e.Browsers[name])
		}
	}
	if x.API != nil && len(e.APIStatuses) > 0 && !match.OK(x.API, e.APIStatuses[len(e.APIStatuses)-1]) {
		j.addUnmet(result.FailRobustness, rule{app, "app.api", 0}, "the api page answered %d, where %s is right", e.APIStatuses[len(e.APIStatuses)-1], describeExpected(x.API))
	}
	if x.Admin != nil && e.AdminStatus != 0 && !match.OK(x.Admin, e.AdminStatus) {
		j.addUnmet(result.FailSecurity, rule{app, "app.admin", 0}, "the admin page answered %d, where %s is right", e.AdminStatus, describeExpected(x.Admin))
	}
	for _, status := range e.LogoutTokenStatuses {
		if x.LogoutToken != nil && !match.OK(x.LogoutToken, status) {
			j.addUnmet(result.FailSecurity, rule{app, "app.logout_token", 0}, "the logout token was answered with status %d, where %s is right", status, describeExpected(x.LogoutToken))
		}
	}
	if x.Accounts != "" && len(e.Accounts) > 1 {
		j.judgeAccounts(x.Accounts, e.Accounts[0], e.Accounts[len(e.Accounts)-1])
	}
}

// judgeAccounts compares the account of the first sign-in with that at the end. A user
// without an account at the end has been refused, and does not have that of another user.
func (j *Judgement) judgeAccounts(want, first, last string) {
	rule := rule{app, "app.accounts", 0}
	switch same := first == last; {
	case last == "" && first != "" && want == "same":
		j.addUnmet(result.FailRobustness, rule, "the account is %q first, and the whoami page has none in the end", first)
	case last != "" && same != (want == "same"):
		j.addUnmet(result.FailSecurity, rule, "the account is %q first and %q in the end, where %s is right", first, last, describeAccounts(want))
	default:
		j.addNote(app, "the account is %q first and %q in the end", first, last)
	}
}

// describeAccounts returns what is expected of the last account in words.
func describeAccounts(want string) string {
	if want == "same" {
		return "the same"
	}
	return "another one"
}

// judge judges which user is signed in, in one browser.
func (s *Standing) judge(j *Judgement, name, key string, is *Answer) {
	if is.Err != nil {
		j.addLapse(noAnswer, app, 0, "the whoami page does not answer: %s", is.Err)
		return
	}
	who := strings.Join(is.As, " and ")
	if who == "" {
		who = "somebody"
	}
	in := name
	if name == Main {
		in = "the browser"
	}
	state := in + " is not signed in"
	if is.SignedIn {
		state = in + " is signed in as " + who
	}
	switch {
	case s.SignedIn != nil && !match.OK(s.SignedIn, is.SignedIn) && is.SignedIn:
		j.addUnmet(result.FailSecurity, rule{app, key + ".signed_in", 0}, "%s, and should not be", state)
	case s.SignedIn != nil && !match.OK(s.SignedIn, is.SignedIn):
		j.addUnmet(result.FailRobustness, rule{app, key + ".signed_in", 0}, "%s, and should be", state)
	case is.SignedIn && s.Never != "" && slices.Contains(is.As, s.Never):
		j.addCause(result.FailSecurity, rule{app, key + ".never", 0}, "%s, who must never be shown here", state)
	case is.SignedIn && s.As != "" && !slices.Contains(is.As, s.As):
		j.addUnmet(result.FailSecurity, rule{app, key + ".as", 0}, "%s, where %s is right", state, s.As)
	default:
		j.addNote(app, "%s", state)
	}
}

// judgeLog looks for secrets in the app's log (CWE 532), and for lines that another
// party wrote (CWE 117).
func (o *Outcome) judgeLog(j *Judgement, e *Evidence) {
	if o.App.CleanLog {
		if name := e.findSecret(e.Log); name != "" {
			j.addUnmet(result.FailSecurity, rule{app, "app.clean_log", 0}, "its log holds the %s", name)
		}
	}
	for line := range strings.Lines(e.Log) {
		if o.Browser.Canary && strings.HasPrefix(line, "X-Authdrill-Canary") {
			j.addUnmet(result.FailSecurity, rule{app, "browser.canary", 0}, "the provider's words began a line of its log")
			break
		}
		if o.Browser.Canary && strings.Contains(line, "\x1b[2KX-Authdrill-Canary") {
			j.addUnmet(result.FailSecurity, rule{app, "browser.canary", 0}, "the provider's words have a terminal that shows its log delete a line")
			break
		}
	}
}
