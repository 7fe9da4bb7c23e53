package chromium

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/client/agent"
)

// pages serves pages from memory under any host name.
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
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, page)
	}
}

// echo tells the method, the cookies, the form, and where a request comes from.
func echo(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	fmt.Fprintf(w, "%s %s [%s] %s %s", r.Method, r.Header.Get("Cookie"), r.PostForm.Encode(), r.Header.Get("Sec-Fetch-Site"), r.Header.Get("X-Test"))
}

// started is a Chromium of the test's own.
func started(t *testing.T) *Chromium {
	t.Helper()
	c, err := Start(t.Context())
	if errors.Is(err, exec.ErrNotFound) && os.Getenv("AUTHDRILL_REQUIRE") != "all" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func open(t *testing.T, p *Profile, address string) *agent.Page {
	t.Helper()
	page, err := p.Visit(t.Context(), agent.Request{URL: address})
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	return page
}

// TestPages: what a page becomes, and what the transport sees of it.
func TestPages(t *testing.T) {
	c := started(t)
	cookies := func(w http.ResponseWriter, r *http.Request) {
		for _, s := range []string{"lax=1; Path=/", "strict=1; Path=/; SameSite=Strict", "hidden=1; HttpOnly; Path=/"} {
			w.Header().Add("Set-Cookie", s)
		}
		redirect(302, "/echo#part")(w, r)
	}
	site := pages{
		"app.test/":     show(`<title>Home</title><h1>Hello</h1>`),
		"app.test/set":  cookies,
		"app.test/echo": echo,
		"app.test/empty": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(400)
		},
		"app.test/json": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"a":1}`)
		},
		"app.test/none":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) },
		"app.test/loop":    redirect(302, "/loop"),
		"app.test/spin":    show(`<script>location = "/spin?" + Math.random()</script>`),
		"app.test/refresh": show(`<meta http-equiv=refresh content="0;url=/echo">`),
		"app.test/form":    show(`<form></form><form method=post action=/echo><input type=hidden name=a value="1&2"><input name=b required><input type=checkbox name=c value=3 checked><button name=go value=x>go</button></form>`),
		"app.test/script":  show(`<p id=p></p><script>fetch("/json").then(r => r.json()).then(async j => { await crypto.subtle?.digest("SHA-256", new Uint8Array(9)); p.textContent = "a is " + j.a; localStorage.token = "t1"; document.cookie = "read=1"; history.replaceState({}, "", "/clean") })</script>`),
		"app.test/strange": show(`<script>fetch("http://other.test/x", {mode: "no-cors"}); alert(1)</script>`),
		"app.test/stream":  show(`<script>new EventSource("/events"); new WebSocket("ws://app.test/socket"); fetch("/json")</script>quiet`),
		"app.test/frame":   show(`<p id=p></p><script>requestAnimationFrame(() => p.textContent = document.visibilityState + document.hasFocus())</script>`),
		"app.test/events":  func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/event-stream") },
		"app.test/download": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Disposition", "attachment")
			_, _ = io.WriteString(w, "file")
		},
		"other.test/x": echo,
		"op.test/post": show(`<form method=post action=http://app.test/cb><input type=hidden name=code value="a&amp;b"></form><script>document.forms[0].submit()</script>`),
		"op.test/get":  redirect(302, "http://app.test/cb?code=1#f=2"),
	}
	p := &Profile{Chromium: c, Transport: site, Timeout: time.Minute}
	t.Cleanup(p.Close)
	if page := open(t, p, "http://app.test/"); page.Title != "Home" || page.Status != 200 || page.URL.String() != "http://app.test/" || len(page.Hops) != 1 {
		t.Errorf("%+v", page)
	}
	if page := open(t, p, "http://app.test/set"); page.Text != "GET lax=1; strict=1; hidden=1 [] same-origin " || page.URL.Fragment != "part" || len(page.Hops) != 2 || page.Kept["document.cookie"] != "lax=1; strict=1" {
		t.Errorf("%+v %s", page, page.Text)
	}
	if page := open(t, p, "http://app.test/empty"); page.Status != 400 || len(page.Body) != 0 {
		t.Errorf("%+v", page)
	}
	if page := open(t, p, "http://app.test/json"); string(page.Body) != `{"a":1}` {
		t.Errorf("%+v", page)
	}
	for _, at := range []string{"none", "download"} {
		if page := open(t, p, "http://app.test/"+at); page.URL.Path != "/"+at {
			t.Errorf("%s: %+v", at, page)
		}
	}
	for _, at := range []string{"loop", "spin"} {
		if _, err := p.Visit(t.Context(), agent.Request{URL: "http://app.test/" + at}); !errors.Is(err, agent.ErrEndless) {
			t.Errorf("%s: %v", at, err)
		}
	}
	if _, err := p.Visit(t.Context(), agent.Request{URL: "http://app.test/nowhere"}); err == nil || !strings.Contains(err.Error(), "no page at") {
		t.Errorf("nowhere: %v", err)
	}
	if page := open(t, p, "http://app.test/refresh"); page.URL.Path != "/echo" {
		t.Errorf("%+v", page)
	}
	page, err := open(t, p, "http://app.test/form").Press(t.Context(), "go", "x", url.Values{"b": {"ä"}, "c": nil})
	if err != nil || !strings.Contains(page.Text, "[a=1%262&b=%C3%A4&go=x] same-origin") || !strings.HasPrefix(page.Text, "POST") {
		t.Errorf("%+v %v", page, err)
	}
	if page := open(t, p, "http://app.test/script"); page.Text != "a is 1" || page.URL.Path != "/clean" || page.Kept["localStorage"] != `{"token":"t1"}` || !strings.Contains(page.Kept["document.cookie"], "read=1") {
		t.Errorf("%+v %s", page, page.Text)
	}
	open(t, p, "http://app.test/strange")
	if page := open(t, p, "http://app.test/stream"); page.Text != "quiet" {
		t.Errorf("%+v", page)
	}

	if page := open(t, p, "http://app.test/frame"); page.Text != "visibletrue" {
		t.Errorf("%+v", page)
	}

	p.Intercept = func(u *url.URL) bool { return u.Path == "/cb" }
	for at, want := range map[string]url.Values{"post": {"code": {"a&b"}}, "get": {"code": {"1"}, "f": {"2"}}} {
		if page := open(t, p, "http://op.test/"+at); page.Intercepted == nil || page.Intercepted.Params().Encode() != want.Encode() {
			t.Errorf("%s: %+v", at, page.Intercepted)
		}
	}
	p.Intercept = nil
	op, _ := url.Parse("http://op.test/")
	visits := []struct {
		r    agent.Request
		want string
	}{
		{agent.Request{URL: "http://app.test/echo", From: op}, "GET lax=1; hidden=1; read=1 [] cross-site "},
		{agent.Request{URL: "http://app.test/echo", From: op, Method: "POST", Form: url.Values{"code": {"1", "2"}}}, "POST "},
		{agent.Request{URL: "http://app.test/echo", Header: http.Header{"X-Test": {"yes"}}}, "GET lax=1; strict=1; hidden=1; read=1 [] none yes"},
	}
	for _, v := range visits {
		page, err := p.Visit(t.Context(), v.r)
		if err != nil || !strings.HasPrefix(page.Text, v.want) {
			t.Errorf("%+v: %v %v", v.r, page, err)
		}
	}
	if page, err := p.Visit(t.Context(), agent.Request{Method: "HEAD", URL: "http://app.test/echo"}); err != nil || page.Hops[0].Method != "HEAD" {
		t.Errorf("HEAD: %+v %v", page, err)
	}
}

// TestProfiles: what browsers share and what not.
func TestProfiles(t *testing.T) {
	c := started(t)
	site := pages{
		"app.test/set": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Add("Set-Cookie", "a=1")
			w.Header().Add("Set-Cookie", "b=2; HttpOnly; Max-Age=60")
		},
		"app.test/gone": func(w http.ResponseWriter, _ *http.Request) { w.Header().Add("Set-Cookie", "a=; Max-Age=0") },
		"app.test/echo": echo,
	}
	p := &Profile{Chromium: c, Transport: site}
	defer p.Close()
	cookies := func(p *Profile) string {
		t.Helper()
		return strings.Fields(open(t, p, "http://app.test/echo").Text + " ")[1]
	}
	open(t, p, "http://app.test/set")
	twin, other, fresh := p.Twin(), p.Copy(t.Context()), &Profile{Chromium: c, Transport: site}
	defer twin.Close()
	defer other.Close()
	defer fresh.Close()
	open(t, twin, "http://app.test/gone")
	p.Forget("c")
	for name, x := range map[string]struct {
		p    *Profile
		want string
	}{"the first": {p, "b=2"}, "its twin": {twin, "b=2"}, "a copy": {other, "a=1;"}, "a fresh one": {fresh, "[]"}} {
		if got := cookies(x.p); got != x.want {
			t.Errorf("%s has %s, want %s", name, got, x.want)
		}
	}
	p.Forget("b")
	if got := cookies(p); got != "[]" {
		t.Errorf("forgotten, and yet %s", got)
	}
}

// TestClose: nothing is left of a browser, and who waits for it is told.
func TestClose(t *testing.T) {
	c := started(t)
	asked := make(chan struct{})
	p := &Profile{Chromium: c, Transport: pages{"app.test/": func(_ http.ResponseWriter, r *http.Request) { close(asked); <-r.Context().Done() }}}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; c.Close(); cancel() }()
	if page, err := p.Visit(ctx, agent.Request{URL: "http://app.test/"}); err == nil {
		t.Errorf("%+v", page)
	}
	if _, err := os.Stat(c.folder); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", c.folder, err)
	}
	p.Close()
}
