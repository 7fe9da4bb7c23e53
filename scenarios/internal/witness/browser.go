package witness

import (
	"maps"
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
	Cookies   string         `json:"cookies,omitempty" enum:"rotated,flags" doc:"rotated: the session cookie changes at sign-in; flags: it is HttpOnly and SameSite, and Secure on https"`
}

// judge judges the answers to the browsers.
func (x *Browser) judge(j *Judgement, e *Evidence) {
	for _, t := range e.AppFailures {
		j.addCause(result.FailRobustness, rule{browser, "", 0}, "%s", t)
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
		if h.Answered && h.Status >= 500 {
			j.addCause(result.FailRobustness, rule{browser, "", h.Seq}, "the app answered %s %s with status %d", h.Method, h.URL.Path, h.Status)
		}
	}
	if x.Within > 0 && e.LongestResponse > max(x.Within.D(), e.ToleratedResponse) { // an app that is slow by itself is given time
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
	switch x.Cookies {
	case "rotated":
		judgeCookieRotation(j, e)
	case "flags":
		judgeCookieFlags(j, e)
	}
}

// judgePage looks at the page the main browser ended at.
func (x *Browser) judgePage(j *Judgement, e *Evidence) {
	j.addNote(browser, "the last page is %s, status %d", e.LastPage.URL.Host+e.LastPage.URL.Path, e.LastPage.Status)
	if x.Stays && e.OnForeignPage {
		j.addUnmet(result.FailSecurity, rule{browser, "browser.stays", 0}, "the browser ended at %s, which is not the app", e.LastPage.URL.Host)
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
			j.addCause(result.FailRobustness, rule{browser, "", 0}, "the page shows a stack trace")
		}
	}
	if e.LastPage.Status >= 400 && strings.TrimSpace(e.LastPage.Text) == "" && len(e.LastPage.Body) == 0 {
		j.addCause(result.FailUX, rule{browser, "", 0}, "the page is blank, with status %d: the user learns nothing", e.LastPage.Status)
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
		if found := findPlanted(body); found != "" {
			j.addUnmet(result.FailSecurity, rule{browser, "browser.canary", 0}, "the page holds the planted %s as it came, unescaped", found)
		}
	}
}

// findPlanted returns the part of a canary that is in a page and would run there.
func findPlanted(body string) string {
	for _, text := range []string{"<script>authdrill", "<img src=x onerror=authdrill", `href="javascript:authdrill`, `href='javascript:authdrill`, `src="javascript:authdrill`} {
		if strings.Contains(strings.ToLower(body), text) {
			return text
		}
	}
	return ""
}

// judgeCookieRotation sees whether each sign-in gave the browser a cookie that it did
// not have before.
func judgeCookieRotation(j *Judgement, e *Evidence) {
	held := map[string]string{}
	for _, h := range e.Hops {
		if h.Browser != Main {
			continue
		}
		callback := h.URL.Query().Get("code") != "" || h.Method == http.MethodPost && e.CallbackPath != "" && h.URL.Path == e.CallbackPath
		rotated := false
		for _, c := range h.Cookies {
			rotated = rotated || c.Value != "" && c.MaxAge >= 0 && held[c.Name] != c.Value
			held[c.Name] = c.Value
		}
		if callback && !rotated {
			j.addUnmet(result.FailSecurity, rule{browser, "browser.cookies", h.Seq}, "no cookie changed at the sign-in: whoever planted it before is signed in too")
			return
		}
	}
	j.addNote(browser, "the session cookie changed at each sign-in")
}

// judgeCookieFlags sees how the app's cookies are protected.
func judgeCookieFlags(j *Judgement, e *Evidence) {
	var bare []string
	for _, h := range e.Hops {
		for _, c := range h.Cookies {
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
			if !c.Secure && h.URL.Scheme == "https" {
				lacks = append(lacks, "Secure")
			}
			if text := c.Name + " without " + strings.Join(lacks, " and "); len(lacks) > 0 && !slices.Contains(bare, text) {
				bare = append(bare, text)
			}
		}
	}
	if len(bare) > 0 {
		j.addUnmet(result.FailSecurity, rule{browser, "browser.cookies", 0}, "cookies lack protection: %s", strings.Join(bare, "; "))
	} else {
		j.addNote(browser, "every cookie is HttpOnly and SameSite")
	}
}

// judgeOpener judges whether a page of another origin received secrets.
func judgeOpener(j *Judgement, e *Evidence) {
	secrets := e.collectSecrets()
	for _, m := range e.Opener.Messages {
		for _, name := range []string{"client secret", "access token", "refresh token", "id token", "code"} {
			if slices.ContainsFunc(secrets[name], func(s string) bool { return strings.Contains(m.Text, s) }) {
				j.addUnmet(result.FailSecurity, rule{browser, "", 0}, "a page of another origin opened the sign-in, and %s posted the %s to it", m.Origin, name)
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
