package witness

import (
	"cmp"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/scenarios/result"
)

// Browser is what the browsers must have been answered.
type Browser struct {
	Page      any            `json:"page,omitempty" match:"true" of:"string" doc:"text of the app's last page"`
	Within    clock.Duration `json:"within,omitempty" doc:"how long the app may take to answer"`
	Redirects any            `json:"redirects,omitempty" match:"true" of:"integer" doc:"redirects in a row"`
	Stays     bool           `json:"stays,omitempty" doc:"the browser ends at the app, not elsewhere"`
	Canary    bool           `json:"canary,omitempty" doc:"the planted script is in no page unescaped, and no canary address is asked"`
	CleanURL  bool           `json:"clean_url,omitempty" doc:"neither code nor state stays in the address bar"`
	Secrets   bool           `json:"secrets,omitempty" doc:"neither token nor client secret is in a page, nor, where a browser sees it, in what its scripts can read"`
	Cookies   string         `json:"cookies,omitempty" enum:"flags" doc:"flags: the cookies that carry the session are HttpOnly and SameSite, and Secure on https"`
}

// judge judges the answers to the browsers.
func (x *Browser) judge(j *Judgement, e *Evidence) {
	for _, t := range e.AppFailures {
		j.addLapse(noAnswer, browser, 0, "%s", t)
	}
	for _, h := range e.Hops {
		for _, c := range h.Cookies {
			if x.Canary && c.Name == "authdrill_planted" {
				j.addUnmet(result.FailSecurity, rule{browser, "browser.canary", h.Seq}, "the app handed a cookie of the provider on to the browser")
			}
		}
		for name := range h.Header {
			if x.Canary && strings.EqualFold(name, "X-Authdrill-Canary") {
				j.addUnmet(result.FailSecurity, rule{browser, "browser.canary", h.Seq}, "the app wrote the provider's words into its headers: one of them is %s", name)
			}
		}
		switch {
		case !h.Answered || h.Status < 500:
		case isRefusalAsGateway(h.Status):
			j.addNote(browser, "the app refused %s %s with status %d", h.Method, h.URL.Path, h.Status)
		default:
			j.addLapse(serverError, browser, h.Seq, "%s", describeServerError(&h))
		}
	}
	// An app that is slow by itself is given time, and so is one whose time-out is just as long.
	if x.Within > 0 && e.LongestResponse > max(x.Within.D()+time.Second, e.ToleratedResponse) {
		j.addUnmet(result.FailRobustness, rule{browser, "browser.within", 0}, "the app took %s, where %s is enough", e.LongestResponse.Round(time.Millisecond), x.Within)
	}
	if x.Redirects != nil && !match.OK(x.Redirects, e.MostRedirects) {
		j.addUnmet(result.FailRobustness, rule{browser, "browser.redirects", 0}, "%s in a row, where %s is right", countInWords(e.MostRedirects, "redirect"), describeExpected(x.Redirects))
	}
	if e.LastPage != nil {
		x.judgePage(j, e)
	}
	if e.Opener != nil {
		judgeOpener(j, e)
	}
	if x.Cookies == "flags" {
		judgeCookieFlags(j, e)
	}
}

// describeServerError returns what is said of an answer that is an error of the app.
func describeServerError(h *Hop) string {
	return fmt.Sprintf("the app answered %s %s with status %d", h.Method, h.URL.Path, h.Status)
}

// judgePage looks at the page the main browser ended at.
func (x *Browser) judgePage(j *Judgement, e *Evidence) {
	j.addNote(browser, "the last page is %s, status %d", e.LastPage.URL.Host+e.LastPage.URL.Path, e.LastPage.Status)
	if x.Stays && e.OnForeignPage {
		j.addUnmet(result.FailSecurity, rule{browser, "browser.stays", 0}, "the browser ended at %s, which is not the app", cmp.Or(e.LastPage.URL.Host, e.LastPage.URL.String()))
	}
	body := string(e.LastPage.Body)
	home := e.IsAppURL(e.LastPage.URL)
	if !home {
		j.addNote(browser, "it is not a page of the app, which said nothing")
		body = ""
	}
	if x.Page != nil && !match.OK(x.Page, body) {
		j.addUnmet(result.FailUX, rule{browser, "browser.page", 0}, "the page does not say what it should: want %s", describeExpected(x.Page))
	}
	if !home {
		return
	}
	if e.OnFailurePage {
		j.addNote(browser, "it is where a sign-in ends that the user refuses")
	}
	for _, trace := range []string{"Traceback (most recent call last)", "goroutine 1 [", "    at Object.<anonymous>", "\tat java.", "\tat org."} {
		if strings.Contains(body, trace) {
			j.addLapse(stackTrace, browser, 0, "the page shows a stack trace")
		}
	}
	if e.LastPage.Status >= 400 && strings.TrimSpace(e.LastPage.Text) == "" && len(e.LastPage.Body) == 0 {
		j.addNote(browser, "the page is blank, with status %d: the user learns nothing", e.LastPage.Status)
	}
	if q := e.LastPage.URL.Query(); x.CleanURL && (q.Has("code") || q.Has("state")) {
		j.addUnmet(result.FailSecurity, rule{browser, "browser.clean_url", 0}, "the code stays in the address bar: %s", e.LastPage.URL.Path)
	}
	if x.Secrets {
		if name := e.findSecret(body); name != "" {
			j.addUnmet(result.FailSecurity, rule{browser, "browser.secrets", 0}, "the page shows the %s", name)
		}
		for _, where := range slices.Sorted(maps.Keys(e.LastPage.Kept)) {
			if name := e.findSecret(e.LastPage.Kept[where]); name != "" {
				j.addUnmet(result.FailSecurity, rule{browser, "browser.secrets", 0}, "scripts of the page read the %s in %s", name, where)
			}
		}
	}
	if x.Canary {
		if found := findPlanted(body); found != "" && runsAsPage(e.LastPage.Header) {
			j.addUnmet(result.FailSecurity, rule{browser, "browser.canary", 0}, "the page holds the planted %s as it came, unescaped", found)
		}
	}
}

// runsAsPage reports whether a browser may take a response for a page and run what is
// planted in it: a page, or a text that it is not forbidden to guess at (WHATWG MIME
// Sniffing section 7). JSON is data also where guessing is not forbidden.
func runsAsPage(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	switch {
	case kind == "application/json" || strings.HasSuffix(kind, "+json"):
		return false
	case err != nil || kind == "text/plain" || kind == "application/octet-stream":
		return !strings.EqualFold(strings.TrimSpace(h.Get("X-Content-Type-Options")), "nosniff")
	}
	return true
}

// findPlanted returns the part of a canary that is in a page and would run there.
func findPlanted(body string) string {
	for _, text := range []string{"<script>authdrill", "<img src=x onerror=authdrill", `<img src="x" onerror="authdrill`, `href="javascript:authdrill`, `href='javascript:authdrill`, `src="javascript:authdrill`} {
		if strings.Contains(strings.ToLower(body), text) {
			return text
		}
	}
	return ""
}

// judgeCookieFlags sees how the cookies that carry the session are protected. Others,
// such as one against forged requests, may be for scripts to read.
func judgeCookieFlags(j *Judgement, e *Evidence) {
	var bare []string
	for _, h := range e.Hops {
		for _, c := range h.Cookies {
			if c.Value == "" || c.MaxAge < 0 || !slices.Contains(e.SessionCookies, c.Name) {
				continue
			}
			lacks := missingFlags(c, h.URL.Scheme == "https")
			if text := c.Name + " without " + strings.Join(lacks, " and "); len(lacks) > 0 && !slices.Contains(bare, text) {
				bare = append(bare, text)
			}
		}
	}
	switch {
	case len(e.SessionCookies) == 0:
		j.addNote(browser, "no cookie carries the session")
	case len(bare) > 0:
		j.addUnmet(result.FailSecurity, rule{browser, "browser.cookies", 0}, "session cookies lack protection: %s", strings.Join(bare, "; "))
	default:
		j.addNote(browser, "the session is in %s, which lacks no protection", strings.Join(e.SessionCookies, " and "))
	}
}

// missingFlags returns the attributes that a session cookie should have, and has not.
func missingFlags(c *http.Cookie, overTLS bool) []string {
	var out []string
	if !c.HttpOnly {
		out = append(out, "HttpOnly")
	}
	if c.SameSite == 0 || c.SameSite == http.SameSiteDefaultMode {
		out = append(out, "SameSite")
	}
	if !c.Secure && overTLS {
		out = append(out, "Secure")
	}
	return out
}

// judgeOpener judges whether a page of another origin received secrets.
func judgeOpener(j *Judgement, e *Evidence) {
	secrets := e.collectSecrets()
	for _, m := range e.Opener.Messages {
		for _, name := range []string{"client secret", "access token", "refresh token", "id token", "code"} {
			if slices.ContainsFunc(secrets[name], func(s string) bool { return strings.Contains(m.Text, s) }) {
				j.addUnmet(result.FailSecurity, rule{browser, "popup", 0}, "a page of another origin opened the sign-in, and %s posted the %s to it", m.Origin, name)
				return
			}
		}
	}
	heard := "nothing"
	if n := len(e.Opener.Messages); n > 0 {
		heard = countInWords(n, "message") + " without a token or a code"
	}
	switch {
	case e.Opener.PopupClosed:
		j.addNote(browser, "a page of another origin heard %s from the pop-up, which closed itself", heard)
	case e.Opener.Connected:
		j.addNote(browser, "a page of another origin heard %s from the pop-up, and could have", heard)
	default:
		j.addNote(browser, "a page of another origin heard %s from the pop-up, which is cut off from its opener", heard)
	}
}
