package agent

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// site serves pages from memory under any host name.
type pages map[string]http.HandlerFunc

func (p pages) RoundTrip(r *http.Request) (*http.Response, error) {
	h, ok := p[r.URL.Host+r.URL.Path]
	if !ok {
		return nil, fmt.Errorf("no page at %s", r.URL)
	}
	w := httptest.NewRecorder()
	h(w, r)
	return w.Result(), nil
}

func redirect(status int, to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(status)
	}
}

func show(page string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, page)
	}
}

// echo tells the method, the cookies and the form of a request.
func echo(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	fmt.Fprintf(w, "%s %s [%s] %s", r.Method, r.Header.Get("Cookie"), r.PostForm.Encode(), r.Header.Get("Sec-Fetch-Site"))
}

func open(t *testing.T, a *Agent, address string) *Page {
	t.Helper()
	p, err := a.Visit(context.Background(), Request{URL: address})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRedirects(t *testing.T) {
	for status, want := range map[int]string{301: "GET", 302: "GET", 303: "GET", 307: "POST", 308: "POST"} {
		a := &Agent{Transport: pages{
			"op.test/":     show(`<form method=post action=/go><input type=hidden name=a value=1><button name=b value=2></form>`),
			"op.test/go":   redirect(status, "/end"),
			"op.test/end":  echo,
			"op.test/loop": redirect(302, "/loop"),
		}}
		p := open(t, a, "http://op.test/")
		p, err := p.Press(context.Background(), "b", "2", nil)
		if err != nil || !strings.HasPrefix(p.Text, want) || want == "POST" && !strings.Contains(p.Text, "a=1&b=2") {
			t.Errorf("%d: %q %v", status, p.Text, err)
		}
		if _, err := a.Visit(context.Background(), Request{URL: "http://op.test/loop"}); err == nil || !strings.Contains(err.Error(), "no end") {
			t.Errorf("a loop: %v", err)
		}
	}
}

func TestAFragmentSurvivesARedirect(t *testing.T) {
	a := &Agent{Transport: pages{"op.test/": redirect(302, "http://app.test/cb#code=1&state=2")}}
	a.Intercept = func(u *url.URL) bool { return u.Host == "app.test" }
	p := open(t, a, "http://op.test/")
	if p.Intercepted == nil || p.Intercepted.Params().Get("code") != "1" || p.Intercepted.Params().Get("state") != "2" {
		t.Fatalf("%+v", p.Intercepted)
	}
}

func TestAFormThatSubmitsItself(t *testing.T) {
	a := &Agent{Transport: pages{"op.test/": show(`<form method=post action=http://app.test/cb><input type=hidden name=code value="a&amp;b"><button>Continue</button></form><script>document.forms[0].submit()</script>`)}}
	a.Intercept = func(u *url.URL) bool { return u.Host == "app.test" }
	p := open(t, a, "http://op.test/")
	if p.Intercepted == nil || p.Intercepted.Method != "POST" || p.Intercepted.Params().Get("code") != "a&b" {
		t.Fatalf("%+v", p.Intercepted)
	}
}

func TestCookies(t *testing.T) {
	now := time.Unix(1_900_000_000, 0)
	set := func(cookies ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for _, c := range cookies {
				w.Header().Add("Set-Cookie", c)
			}
		}
	}
	post := func(to string) http.HandlerFunc {
		return show(`<form method=post action="` + to + `"><button name=go value=1></form>`)
	}
	a := &Agent{Now: func() time.Time { return now }, Transport: pages{
		"app.test/set": set("lax=1; Path=/", "strict=1; Path=/; SameSite=Strict", "none=1; Path=/; SameSite=None; Secure", "short=1; Path=/; Max-Age=60",
			"deep=1; Path=/deep", "super=1; Domain=test; Path=/", "other=1; Domain=op.test; Path=/", "__Host-x=1; Path=/", "huge="+strings.Repeat("x", 4093)+"; Path=/"),
		"127.0.0.1:80/set":  set("sec=1; Path=/; Secure; SameSite=None"),
		"127.0.0.1:80/echo": echo,
		"app.test/echo":     echo,
		"app.test/deep/er":  echo,
		"op.test/get":       redirect(302, "http://app.test/echo"),
		"op.test/post":      post("http://app.test/echo"),
		"app.test/post":     post("http://app.test/echo"),
	}}
	open(t, a, "http://app.test/set")
	open(t, a, "http://127.0.0.1:80/set")
	check := func(name, text, want string) {
		t.Helper()
		if got := strings.Split(strings.SplitN(text, " ", 2)[1], " [")[0]; got != want {
			t.Errorf("%s: cookies %q, want %q", name, got, want)
		}
	}
	check("same origin", open(t, a, "http://app.test/echo").Text, "lax=1; strict=1; short=1")
	check("path", open(t, a, "http://app.test/deep/er").Text, "deep=1; lax=1; strict=1; short=1")
	check("from another site by GET", open(t, a, "http://op.test/get").Text, "lax=1; short=1")
	check("secure on this machine", open(t, a, "http://127.0.0.1:80/echo").Text, "sec=1")
	for from, want := range map[string]string{"http://op.test/post": "", "http://app.test/post": "lax=1; strict=1; short=1"} {
		p, err := open(t, a, from).Press(context.Background(), "go", "1", nil)
		if err != nil {
			t.Fatal(err)
		}
		check("by POST from "+from, p.Text, want)
	}
	now = now.Add(time.Minute)
	check("after a minute", open(t, a, "http://app.test/echo").Text, "lax=1; strict=1")
	a.Forget("lax")
	check("forgotten", open(t, a, "http://app.test/echo").Text, "strict=1")
}

func TestForms(t *testing.T) {
	a := &Agent{Transport: pages{
		"op.test/consent": show(`<form method=post action=/done>
			<input type=checkbox name=scope value=openid checked disabled><input type=checkbox name=scope value=email checked><input type=checkbox name=scope value=phone>
			<input name=text value=t><textarea name=area>x</textarea><select name=s><option value=1>a<option selected>b</select>
			<button name=consent value=allow>Allow</button><button name=consent value=deny>Deny</button></form>`),
		"op.test/login": show(`<title>Sign in</title><form method=post action=/done><button name=login value=alice></button></form><form method=post action=/done><input type=password name=password><button name=login value=bob></button></form>`),
		"op.test/done":  echo,
		"op.test/empty": show(`<title>Nothing</title>`),
	}}
	ctx := context.Background()
	for name, tc := range map[string]struct {
		allow  bool
		scopes []string
		want   string
	}{
		"all":  {true, nil, "area=x&consent=allow&s=b&scope=email&text=t"},
		"none": {true, []string{"openid"}, "area=x&consent=allow&s=b&text=t"},
		"more": {true, []string{"email", "phone"}, "scope=email&scope=phone"},
		"deny": {false, nil, "consent=deny"},
	} {
		p, err := open(t, a, "http://op.test/consent").Consent(ctx, tc.allow, tc.scopes)
		if err != nil || !strings.Contains(p.Text, tc.want) {
			t.Errorf("%s: %v %v", name, p, err)
		}
	}
	if _, err := open(t, a, "http://op.test/consent").Consent(ctx, true, []string{"admin"}); err == nil {
		t.Error("a scope that is not offered")
	}
	if p, err := open(t, a, "http://op.test/login").Login(ctx, "bob", "secret"); err != nil || !strings.Contains(p.Text, "login=bob&password=secret") {
		t.Errorf("login: %v", err)
	}
	if _, err := open(t, a, "http://op.test/login").Login(ctx, "mallory", ""); err == nil || !strings.Contains(err.Error(), "alice, bob") {
		t.Errorf("an unknown user: %v", err)
	}
	if _, err := open(t, a, "http://op.test/empty").Login(ctx, "alice", ""); err == nil || !strings.Contains(err.Error(), "Nothing") {
		t.Errorf("no form: %v", err)
	}
}

func TestAddressesAreReadAsBrowsersDo(t *testing.T) {
	base, _ := url.Parse("http://app.test/a/b")
	for in, want := range map[string]string{
		`/\evil.test/x`:       "http://evil.test/x",
		`\\evil.test`:         "http://evil.test",
		"///evil.test/x":      "http://evil.test/x",
		"http:/evil.test":     "http://evil.test",
		"HTTP://EVIL.test/X":  "http://evil.test/X",
		"/c?to=http://x":      "http://app.test/c?to=http://x",
		"c":                   "http://app.test/a/c",
		"com.example.app:/cb": "com.example.app:/cb",
		"?q=1":                "http://app.test/a/b?q=1",
	} {
		if got, err := resolve(base, in); err != nil || got.String() != want {
			t.Errorf("%s: %v, want %s: %v", in, got, want, err)
		}
	}
}

func FuzzPage(f *testing.F) {
	f.Add(`<form action="//x"><input name=a><button>`)
	f.Add(`<base href=":"><form><select><option>`)
	f.Fuzz(func(_ *testing.T, body string) {
		p := &Page{URL: &url.URL{Scheme: "http", Host: "op.test"}, Body: []byte(body)}
		p.parse()
		p.selfSubmittingForm()
		p.Offers("login")
	})
}

func TestMetaRefresh(t *testing.T) {
	for content, want := range map[string]string{
		"0; url=/there":             "http://op.test/there",
		"0;URL='http://app.test/x'": "http://app.test/x",
		"1, /there":                 "http://op.test/there",
		"5; url=/there":             "",
		"0":                         "",
		"0; url=javascript:alert()": "",
		"x; url=/there":             "",
	} {
		u, err := url.Parse("http://op.test/here")
		if err != nil {
			t.Fatal(err)
		}
		page := NewPage(u, 200, http.Header{"Content-Type": {"text/html"}}, []byte(`<meta http-equiv="Refresh" content="`+content+`">`))
		got := ""
		if page.refresh != nil {
			got = page.refresh.String()
		}
		if got != want {
			t.Errorf("%q leads to %q, want %q", content, got, want)
		}
	}
}
