package webapp

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/scenarios/internal/chromium"
	"github.com/authdrill/authdrill/scenarios/target"
)

// doorApp has a sign-in page that is opened in each way that there is. It shows on its
// last page what it was sent.
func doorApp(w http.ResponseWriter, r *http.Request) {
	html := func(text string) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!doctype html><title>app</title>"+text)
	}
	switch r.URL.Path {
	case "/":
		html(`<form method="post" action="/form"><input type="hidden" name="csrf" value="token"><input name="provider" value="none"><button>Sign in</button></form>`)
	case "/form":
		html(fmt.Sprintf("<p>%s csrf=%s provider=%s", r.Method, r.PostFormValue("csrf"), r.PostFormValue("provider")))
	case "/bare":
		html(fmt.Sprintf("<p>%s provider=%s", r.Method, r.PostFormValue("provider")))
	case "/json", "/nested":
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/nested" {
			_, _ = io.WriteString(w, `{"data": {"to": "/arrived?by=nested"}}`)
			return
		}
		if r.Header.Get("Content-Type") != "application/json" || string(body) != `{"provider":"oidc"}` {
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = io.WriteString(w, `{"url": "/arrived?by=json"}`)
	case "/shell":
		http.SetCookie(w, &http.Cookie{Name: "XSRF-TOKEN", Value: "from%3Dcookie", Path: "/"})
		html(`<meta name="csrf-token" content="from-page">`)
	case "/guarded":
		html(fmt.Sprintf("<p>%s %s %s", r.Method, r.Header.Get("X-XSRF-TOKEN"), r.Header.Get("X-CSRF-Token")))
	case "/arrived":
		html("<p>" + r.Method + " arrived by " + r.FormValue("by"))
	case "/session":
		html("<p>" + r.Method + " the session")
	case "/script":
		html(`<button id="go">Sign in</button><script>document.querySelector("#go").onclick = () => { location.href = "/arrived?by=click" }</script>`)
	default:
		http.NotFound(w, r)
	}
}

type pageTest struct {
	name string
	page target.Page
	want string
}

func pageTests() []pageTest {
	return []pageTest{
		{"address", target.Page{URL: "/arrived?by=address"}, "GET arrived by address"},
		{"form on the page before", target.Page{URL: "/form", Form: map[string]string{"provider": "oidc"}}, "POST csrf=token provider=oidc"},
		{"form as it is", target.Page{URL: "/form", Method: "POST"}, "POST csrf=token provider=none"},
		{"field of a script", target.Page{URL: "/form", FormFrom: map[string]string{"csrf": `/name="csrf" value="(to)/`}}, "POST csrf=to provider=none"},
		{"form on a page that is named", target.Page{URL: "/form", CSRF: "/"}, "POST csrf=token provider=none"},
		{"form of its own", target.Page{URL: "/bare", Form: map[string]string{"provider": "oidc"}}, "POST provider=oidc"},
		{"body in JSON", target.Page{URL: "/json", JSON: map[string]any{"provider": "oidc"}}, "GET arrived by json"},
		{"address within the answer", target.Page{URL: "/nested", JSON: map[string]any{}, Next: "data.to"}, "GET arrived by nested"},
		{"headers of a script", target.Page{URL: "/guarded", JSON: map[string]any{}, CSRF: "/shell", HeaderFrom: map[string]string{
			"X-XSRF-TOKEN": "cookie:XSRF-TOKEN", "X-CSRF-Token": "meta[name=csrf-token]",
		}}, "POST from=cookie from-page"},
		{"method of no form", target.Page{URL: "/session", Method: "DELETE"}, "DELETE the session"},
	}
}

func (test *pageTest) run(t *testing.T, c *chromium.Chromium) {
	site := newAppSite(t, &target.App{Login: &test.page, WhoAmI: &target.Probe{URL: "/me"}}, http.HandlerFunc(doorApp))
	site.Chromium = c
	trail := newTrail(site)
	defer trail.close()
	page, err := newBrowser("main", site, trail).openPage(t.Context(), &test.page, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.Text, test.want) {
		t.Errorf("the page is %d %s, want %q", page.Status, page.Text, test.want)
	}
}

func TestPageIsOpenedAsConfigured(t *testing.T) {
	for _, test := range pageTests() {
		t.Run(test.name, func(t *testing.T) { test.run(t, nil) })
	}
}

func TestPageIsOpenedInChromium(t *testing.T) {
	if testing.Short() {
		t.Skip("Chromium takes its time")
	}
	c, err := chromium.Start(t.Context())
	if errors.Is(err, exec.ErrNotFound) && os.Getenv("AUTHDRILL_REQUIRE") != "all" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	for _, test := range append(pageTests(), pageTest{"click", target.Page{URL: "/script", Click: "#go"}, "GET arrived by click"}) {
		t.Run(test.name, func(t *testing.T) { test.run(t, c) })
	}
}

func TestClickNeedsChromium(t *testing.T) {
	app := &target.App{Login: &target.Page{URL: "/script", Click: "#go"}, WhoAmI: &target.Probe{URL: "/me"}}
	if got := NeedsClick(app); got != "app.login" {
		t.Errorf("%q needs a click, want app.login", got)
	}
	site := newAppSite(t, app, http.HandlerFunc(doorApp))
	trail := newTrail(site)
	defer trail.close()
	_, err := newBrowser("main", site, trail).openPage(t.Context(), app.Login, nil, nil)
	if err == nil || !strings.Contains(err.Error(), "needs Chromium: --browser") {
		t.Errorf("got %v", err)
	}
}

// TestMissingHeaderValueIsAnError: a request without the value of a header is not sent.
func TestMissingHeaderValueIsAnError(t *testing.T) {
	for _, source := range []string{"cookie:XSRF-TOKEN", "meta[name=csrf-token]"} {
		page := &target.Page{URL: "/guarded", JSON: map[string]any{}, HeaderFrom: map[string]string{"X-CSRF-Token": source}}
		site := newAppSite(t, &target.App{Login: page, WhoAmI: &target.Probe{URL: "/me"}}, http.HandlerFunc(doorApp))
		trail := newTrail(site)
		defer trail.close()
		want := strings.TrimPrefix(site.App.BaseURL, "http://") + "/ with status 200 does not have the header X-CSRF-Token: header_from looks for " + source
		if _, err := newBrowser("main", site, trail).openPage(t.Context(), page, nil, nil); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestAnswerWithoutAddressIsAnError: what an answer names is opened only if it is an
// address of the web.
func TestAnswerWithoutAddressIsAnError(t *testing.T) {
	page := &target.Page{URL: "/json", JSON: map[string]any{}}
	site := newAppSite(t, &target.App{Login: page, WhoAmI: &target.Probe{URL: "/me"}}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"url": "javascript:alert(1)"}`)
	}))
	trail := newTrail(site)
	defer trail.close()
	_, err := newBrowser("main", site, trail).openPage(t.Context(), page, nil, nil)
	if err == nil || !strings.Contains(err.Error(), `answers with url: "javascript:alert(1)"`) {
		t.Errorf("got %v", err)
	}
}
