package attack

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/scenarios/catalog"
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

// judgeProvider counts requests, and holds them to the rule of the entry.
func (d *drill) judgeProvider(j *judgement) {
	x := &d.entry.Expect
	entries := d.exchanges()
	for _, c := range counted(x.Requests) {
		if c.want == nil {
			continue
		}
		n := 0
		for _, e := range entries {
			if c.counts(e) {
				n++
			}
		}
		if !match.OK(c.want, n) {
			j.complain(d.class(FailRobustness), "provider", "%s, where %s is right", count(n, c.name), describe(c.want))
		} else {
			j.note("provider", "%s", count(n, c.name))
		}
	}
	if x.Canary {
		for _, e := range entries {
			if e.Endpoint == "canary" {
				j.complain(d.class(FailSecurity), "provider", "the canary address was asked: %s %s", e.Method, e.Path)
			}
		}
	}
	if second := d.site.providers[1]; x.Second != nil && second != nil {
		if n := len(second.Journal().Find(journal.Query{Endpoint: "token_endpoint"})); !match.OK(x.Second, n) {
			j.complain(d.class(FailSecurity), "provider", "%s of the second provider, where %s is right", count(n, "token request"), describe(x.Second))
		}
	}
	if x.Redirect == "own" {
		d.judgeRedirectURI(j, entries)
	}
	if x.Gap != nil {
		for _, gap := range gaps(entries) {
			if !match.OK(x.Gap, gap.String()) {
				j.complain(d.class(FailRobustness), "provider", "the token endpoint was asked again after %s, where %s is right", gap, describe(x.Gap))
			}
		}
	}
	if d.entry.Lint != "" {
		if rule := lints()[d.entry.Lint]; rule != nil {
			ok, saw := rule(entries)
			if !ok {
				j.complain(d.class(FailSecurity), "provider", "%s", saw)
			} else {
				j.note("provider", "%s", saw)
			}
		}
	}
}

// judgeRedirectURI sees whether an authorization request was bent.
func (d *drill) judgeRedirectURI(j *judgement, entries []*journal.Entry) {
	for _, e := range entries {
		if e.Endpoint != "authorization_endpoint" {
			continue
		}
		u, err := url.Parse(e.Params.Get("redirect_uri"))
		if err != nil || !d.site.own(u) {
			j.complain(d.class(FailSecurity), "provider", "the app asked to be answered at %s", e.Params.Get("redirect_uri"))
		}
		if slices.Contains(strings.Fields(e.Params.Get("scope")), "admin") {
			j.complain(d.class(FailSecurity), "provider", "the app asked for the scope admin, because its login page was told to")
		}
	}
}

// counter counts one kind of request.
type counter struct {
	name   string
	want   any
	counts func(*journal.Entry) bool
}

func counted(r catalog.Requests) []counter {
	at := func(endpoint string) func(*journal.Entry) bool {
		return func(e *journal.Entry) bool { return e.Endpoint == endpoint }
	}
	return []counter{
		{"authorization request", r.Authorization, at("authorization_endpoint")},
		{"token request", r.Token, at("token_endpoint")},
		{"refresh", r.Refresh, func(e *journal.Entry) bool {
			return e.Endpoint == "token_endpoint" && e.Params.Get("grant_type") == "refresh_token"
		}},
		{"userinfo request", r.UserInfo, at("userinfo_endpoint")},
		{"key set fetch", r.JWKS, at("jwks_uri")},
		{"metadata fetch", r.Discovery, at("discovery")},
		{"revocation request", r.Revocation, at("revocation_endpoint")},
		{"API request", r.Resource, at("resource")},
		{"canary request", r.Canary, at("canary")},
	}
}

// gaps are the times between token requests and the ones before.
func gaps(entries []*journal.Entry) []time.Duration {
	var out []time.Duration
	var last time.Time
	for _, e := range entries {
		if e.Endpoint != "token_endpoint" {
			continue
		}
		if !last.IsZero() {
			out = append(out, e.Time.Sub(last))
		}
		last = e.Time
	}
	return out
}

// judgeAgent looks at what the browsers were answered.
func (d *drill) judgeAgent(j *judgement) {
	x := &d.entry.Expect
	for _, t := range d.trouble {
		j.complain(FailRobustness, "user agent", "%s", t)
	}
	for _, h := range d.trail.hops {
		for _, c := range h.cookies {
			if x.Canary && c.Name == "authdrill_planted" {
				j.complain(d.class(FailSecurity), "user agent", "the app handed a cookie of the provider on to the browser")
			}
		}
		for name := range h.header {
			if x.Canary && strings.EqualFold(name, "X-Authdrill-Canary") {
				j.complain(d.class(FailSecurity), "user agent", "the app wrote the provider's words into its headers: one of them is %s", name)
			}
		}
		if h.answered && h.status >= 500 {
			j.complain(FailRobustness, "user agent", "the app answered %s %s with status %d", h.method, h.url.Path, h.status)
		}
	}
	slowest := d.slowest
	if d.site.waited != nil {
		slowest = d.site.waited() // a frozen clock jumps over a hang as a whole
	}
	if x.Within > 0 && slowest > x.Within.D() {
		j.complain(d.class(FailRobustness), "user agent", "the app took %s, where %s is enough", slowest.Round(time.Millisecond), x.Within)
	}
	if x.Redirects != nil && !match.OK(x.Redirects, d.longest) {
		j.complain(d.class(FailRobustness), "user agent", "%s in a row, where %s is right", count(d.longest, "redirect"), describe(x.Redirects))
	}
	if d.page != nil {
		d.judgePage(j)
	}
	switch x.Cookies {
	case "rotated":
		d.judgeRotation(j)
	case "flags":
		d.judgeFlags(j)
	}
}

// judgePage looks at the page the main browser ended at.
func (d *drill) judgePage(j *judgement) {
	x := &d.entry.Expect
	body := string(d.page.Body)
	j.note("user agent", "the last page is %s, status %d", d.page.URL.Host+d.page.URL.Path, d.page.Status)
	for _, trace := range []string{"Traceback (most recent call last)", "goroutine 1 [", "    at Object.<anonymous>", "\tat java.", "\tat org."} {
		if d.site.own(d.page.URL) && strings.Contains(body, trace) {
			j.complain(FailRobustness, "user agent", "the page shows a stack trace")
		}
	}
	if d.site.own(d.page.URL) && d.page.Status >= 400 && strings.TrimSpace(d.page.Text) == "" && len(d.page.Body) == 0 {
		j.complain(FailUX, "user agent", "the page is blank, with status %d: the user learns nothing", d.page.Status)
	}
	if x.Page != nil && !match.OK(x.Page, body) {
		j.complain(d.class(FailUX), "user agent", "the page does not say what it should: want %s", describe(x.Page))
	}
	if x.Stays && !d.site.own(d.page.URL) {
		j.complain(d.class(FailSecurity), "user agent", "the browser ended at %s, which is not the app", d.page.URL.Host)
	}
	if q := d.page.URL.Query(); x.CleanURL && (q.Has("code") || q.Has("state")) {
		j.complain(d.class(FailSecurity), "user agent", "the code stays in the address bar: %s", d.page.URL.Path)
	}
	if x.Secrets {
		if name := d.leaked(body); name != "" {
			j.complain(d.class(FailSecurity), "user agent", "the page shows the %s", name)
		}
	}
	if x.Canary {
		if found := planted(body); found != "" {
			j.complain(d.class(FailSecurity), "user agent", "the page holds the planted %s as it came, unescaped", found)
		}
	}
}

// leaked is what of the secrets of the drill stands in a page.
func (d *drill) leaked(body string) string {
	secrets := map[string]string{"client secret": d.site.provider().Client().Secret}
	for _, e := range d.exchanges() {
		for _, name := range []string{"access_token", "refresh_token"} {
			if v, ok := e.Response[name].(string); ok {
				secrets[strings.ReplaceAll(name, "_", " ")] = v
			}
		}
	}
	for _, name := range []string{"client secret", "access token", "refresh token"} {
		if secrets[name] != "" && strings.Contains(body, secrets[name]) {
			return name
		}
	}
	return ""
}

// planted is what of the canaries stands in a page and would run.
func planted(body string) string {
	for _, text := range []string{"<script>authdrill", "<img src=x onerror=authdrill", `href="javascript:authdrill`, `href='javascript:authdrill`, `src="javascript:authdrill`} {
		if strings.Contains(strings.ToLower(body), text) {
			return text
		}
	}
	return ""
}

// judgeRotation sees whether each sign-in gave the browser a cookie that it did
// not have before.
func (d *drill) judgeRotation(j *judgement) {
	held := map[string]string{}
	for _, h := range d.trail.hops {
		if h.browser != mainBrowser {
			continue
		}
		callback := h.url.Query().Get("code") != "" || h.method == http.MethodPost && d.site.app.Callback != "" && h.url.Path == d.site.app.Callback
		rotated := false
		for _, c := range h.cookies {
			rotated = rotated || c.Value != "" && c.MaxAge >= 0 && held[c.Name] != c.Value
			held[c.Name] = c.Value
		}
		if callback && !rotated {
			j.complain(d.class(FailSecurity), "user agent", "no cookie changed at the sign-in: whoever planted it before is signed in too")
			return
		}
	}
	j.note("user agent", "the session cookie changed at each sign-in")
}

// judgeFlags sees how the app's cookies are protected.
func (d *drill) judgeFlags(j *judgement) {
	var bare []string
	for _, h := range d.trail.hops {
		for _, c := range h.cookies {
			if c.Value == "" || c.MaxAge < 0 {
				continue
			}
			var lacks []string
			if !c.HttpOnly {
				lacks = append(lacks, "HttpOnly")
			}
			if c.SameSite == 0 || c.SameSite == http.SameSiteDefaultMode {
				lacks = append(lacks, "SameSite")
			}
			if !c.Secure && h.url.Scheme == "https" {
				lacks = append(lacks, "Secure")
			}
			if text := c.Name + " without " + strings.Join(lacks, " and "); len(lacks) > 0 && !slices.Contains(bare, text) {
				bare = append(bare, text)
			}
		}
	}
	if len(bare) > 0 {
		j.complain(d.class(FailSecurity), "user agent", "cookies lack protection: %s", strings.Join(bare, "; "))
	} else {
		j.note("user agent", "every cookie is HttpOnly and SameSite")
	}
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
			d.admin = page.Status
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
