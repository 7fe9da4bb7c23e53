package attack

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/match"
)

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
	switch {
	case d.beside > 0:
		slowest = d.beside
	case d.site.waited != nil:
		slowest = d.site.waited() // a frozen clock jumps over a hang as a whole
	}
	if x.Within > 0 && slowest > max(x.Within.D(), 10*d.site.latency) { // an app that is slow by itself is given time
		j.complain(d.class(FailRobustness), "user agent", "the app took %s, where %s is enough", slowest.Round(time.Millisecond), x.Within)
	}
	if x.Redirects != nil && !match.OK(x.Redirects, d.longest) {
		j.complain(d.class(FailRobustness), "user agent", "%s in a row, where %s is right", count(d.longest, "redirect"), describe(x.Redirects))
	}
	if d.page != nil {
		d.judgePage(j)
	}
	if d.heard != nil {
		d.judgeHeard(j)
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
	j.note("user agent", "the last page is %s, status %d", d.page.URL.Host+d.page.URL.Path, d.page.Status)
	if x.Stays && d.site.astray(d.page.URL) {
		j.complain(d.class(FailSecurity), "user agent", "the browser ended at %s, which is not the app", d.page.URL.Host)
	}
	body := string(d.page.Body)
	home := d.site.own(d.page.URL)
	if !home {
		j.note("user agent", "it is not a page of the app, which said nothing")
		body = ""
	}
	if x.Page != nil && !match.OK(x.Page, body) {
		j.complain(d.class(FailUX), "user agent", "the page does not say what it should: want %s", describe(x.Page))
	}
	if !home {
		return
	}
	if d.site.failurePage != "" && fingerprint(d.page) == d.site.failurePage {
		j.note("user agent", "it is where a sign-in ends that the user refuses")
	}
	for _, trace := range []string{"Traceback (most recent call last)", "goroutine 1 [", "    at Object.<anonymous>", "\tat java.", "\tat org."} {
		if strings.Contains(body, trace) {
			j.complain(FailRobustness, "user agent", "the page shows a stack trace")
		}
	}
	if d.page.Status >= 400 && strings.TrimSpace(d.page.Text) == "" && len(d.page.Body) == 0 {
		j.complain(FailUX, "user agent", "the page is blank, with status %d: the user learns nothing", d.page.Status)
	}
	if q := d.page.URL.Query(); x.CleanURL && (q.Has("code") || q.Has("state")) {
		j.complain(d.class(FailSecurity), "user agent", "the code stays in the address bar: %s", d.page.URL.Path)
	}
	if x.Secrets {
		if name := d.leaked(body); name != "" {
			j.complain(d.class(FailSecurity), "user agent", "the page shows the %s", name)
		}
		for _, where := range sortedKeys(d.page.Kept) {
			if name := d.leaked(d.page.Kept[where]); name != "" {
				j.complain(d.class(FailSecurity), "user agent", "scripts of the page read the %s in %s", name, where)
			}
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
	secrets := d.secrets()
	for _, name := range []string{"client secret", "access token", "refresh token"} {
		if slices.ContainsFunc(secrets[name], func(s string) bool { return strings.Contains(body, s) }) {
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
