// Package agent is a scripted browser, which signs users in without knowing the
// provider or the client. It follows redirects, keeps cookies (RFC 6265bis), fills in
// forms and presses their buttons. It runs no scripts, but submits a form that would
// submit itself, and follows an immediate meta refresh.
//
// An Agent visits a Request and returns a Page; Login and Consent of a page are the
// steps of a sign-in. It is not an API to build on.
package agent

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Agent is one browser profile. The zero value is one without cookies. It is used
// by one goroutine at a time.
type Agent struct {
	Transport    http.RoundTripper // default http.DefaultTransport
	Now          func() time.Time  // judges the age of cookies; default time.Now
	Timeout      time.Duration     // of one request; default 30 s
	MaxRedirects int               // of one navigation; default 20
	MaxBody      int64             // bytes read of a page; default 4 MiB

	// Intercept names the addresses that are not called but returned, as
	// Page.Intercepted: the client's redirect URI. Default none.
	Intercept func(*url.URL) bool

	jar jar
}

func (a *Agent) now() time.Time {
	now := a.Now
	if now == nil {
		now = time.Now
	}
	return now()
}

// Navigation is a request of a browser, and the answer to it.
type Navigation struct {
	Method   string
	URL      *url.URL
	Form     url.Values // of a POST
	Status   int        // 0 of a request that was intercepted: it was not sent
	Location string
}

// Params returns what the navigation carries: its form, or its query and its
// fragment, whose members come first. A provider may put a fragment of no
// meaning behind an answer in the query.
func (n *Navigation) Params() url.Values {
	if n.Method == http.MethodPost {
		return n.Form
	}
	out := n.URL.Query()
	// What cannot be parsed is not there: a client would see no more.
	fragment, _ := url.ParseQuery(n.URL.EscapedFragment())
	maps.Copy(out, fragment)
	return out
}

// Page is where a navigation ended.
type Page struct {
	URL         *url.URL
	Status      int
	Header      http.Header
	Body        []byte
	Title, Text string
	Forms       []*Form
	Hops        []Navigation
	Intercepted *Navigation // then no page follows

	// Submit has the browser that shows the page send a form of it with a button
	// pressed, nil is the first one, as the Enter key does. What is set replaces the
	// fields of that name; an empty list unticks a check box.
	Submit func(ctx context.Context, f *Form, button *Field, set url.Values) (*Page, error)

	refresh *url.URL // where the page sends the browser at once; nil is nowhere

	// Kept is what scripts of the page can read in addition to it, by name:
	// localStorage, sessionStorage and document.cookie. Only a real browser
	// knows: it is nil for the others.
	Kept map[string]string
}

// visit is a request still to be made.
type visit struct {
	method string
	url    *url.URL
	form   url.Values
	body   []byte      // in place of a form
	header http.Header // of the first request, in addition to the browser's own
	from   *url.URL    // the page it comes from
}

func (a *Agent) navigate(ctx context.Context, v visit) (*Page, error) {
	var hops []Navigation
	for {
		if a.Intercept != nil && a.Intercept(v.url) {
			return &Page{URL: v.url, Hops: hops, Intercepted: &Navigation{Method: v.method, URL: v.url, Form: v.form}}, nil
		}
		if len(hops) > cmp.Or(a.MaxRedirects, 20) {
			return nil, fmt.Errorf("agent: %d redirects and %w: %s", len(hops), ErrEndless, describeChain(hops))
		}
		resp, err := a.send(ctx, v)
		if err != nil {
			return nil, err
		}
		hop := Navigation{Method: v.method, URL: v.url, Form: v.form, Status: resp.StatusCode, Location: resp.Header.Get("Location")}
		hops = append(hops, hop)
		next, err := follow(v, resp)
		if err != nil {
			return nil, err
		}
		if next != nil {
			_ = resp.Body.Close()
			v = *next
			continue
		}
		page, err := a.readPage(v, resp, hops)
		if err != nil {
			return nil, err
		}
		auto := page.selfSubmittingForm()
		if auto == nil && page.refresh == nil {
			return page, nil
		}
		if auto == nil {
			v = visit{method: http.MethodGet, url: page.refresh, from: page.URL}
			continue
		}
		v = visit{method: auto.Method, url: auto.Action, form: auto.values(), from: page.URL}
	}
}

func (a *Agent) send(ctx context.Context, v visit) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(a.Timeout, 30*time.Second))
	var body io.Reader
	switch {
	case v.body != nil:
		body = bytes.NewReader(v.body)
	case v.method == http.MethodPost:
		body = strings.NewReader(v.form.Encode())
	}
	u := *v.url
	u.Fragment, u.RawFragment = "", ""
	req, err := http.NewRequestWithContext(ctx, v.method, u.String(), body)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("agent: %w", err)
	}
	h := req.Header
	h.Set("User-Agent", "authdrill-agent")
	h.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	h.Set("Sec-Fetch-Mode", "navigate")
	h.Set("Sec-Fetch-Dest", "document")
	h.Set("Sec-Fetch-Site", SiteRelation(v.from, v.url))
	if v.method == http.MethodPost {
		h.Set("Content-Type", "application/x-www-form-urlencoded")
		h.Set("Origin", "null") // pages here send no referrer, so browsers send no origin
	}
	for name, values := range v.header {
		if name == "Host" {
			req.Host = values[0]
			continue
		}
		h[name] = values
	}
	a.jar.attach(req, v.from, a.now())
	transport := a.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("agent: %s %s: %w", v.method, v.url.Host+v.url.Path, err) // the query may hold a code
	}
	a.jar.store(v.url, resp.Cookies(), a.now())
	resp.Body = &cancellingBody{resp.Body, cancel}
	return resp, nil
}

// cancellingBody ends a request's deadline with its body.
type cancellingBody struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (c *cancellingBody) Close() error {
	defer c.cancel()
	return c.ReadCloser.Close()
}

// follow returns the next request of a redirect (Fetch standard, HTTP-redirect
// fetch): 307 and 308 keep method and form, the others go on with GET. A
// fragment stays unless the new address has its own.
func follow(v visit, resp *http.Response) (*visit, error) {
	location := resp.Header.Get("Location")
	switch resp.StatusCode {
	case 301, 302, 303, 307, 308:
	default:
		return nil, nil
	}
	if location == "" {
		return nil, nil
	}
	to, err := resolve(v.url, location)
	if err != nil {
		return nil, fmt.Errorf("agent: %s redirects to an address that cannot be read: %w", v.url.Host+v.url.Path, err)
	}
	if to.Fragment == "" {
		to.Fragment, to.RawFragment = v.url.Fragment, v.url.RawFragment
	}
	next := &visit{method: http.MethodGet, url: to, from: v.from}
	if next.from == nil {
		next.from = v.url
	}
	if resp.StatusCode >= 307 {
		next.method, next.form, next.body = v.method, v.form, v.body
		if v.body != nil {
			next.header = v.header // it says what the body is
		}
	}
	return next, nil
}

// resolve reads an address as browsers do (URL standard): a backslash is a
// slash, more than two slashes before a host are two, and a host has no case.
// So /\evil.test leads to evil.test, which an open redirect lives by.
func resolve(base *url.URL, address string) (*url.URL, error) {
	head, tail := strings.TrimSpace(address), ""
	if i := strings.IndexAny(head, "?#"); i >= 0 {
		head, tail = head[:i], head[i:]
	}
	head = strings.ReplaceAll(head, `\`, "/")
	scheme, rest, absolute := strings.Cut(head, ":")
	if special := absolute && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")); special {
		head = scheme + "://" + strings.TrimLeft(rest, "/")
	} else if strings.HasPrefix(head, "//") {
		head = "//" + strings.TrimLeft(head, "/")
	}
	u, err := base.Parse(head + tail)
	if err != nil {
		return nil, err
	}
	u.Host = strings.ToLower(u.Host)
	return u, nil
}

func (a *Agent) readPage(v visit, resp *http.Response, hops []Navigation) (*Page, error) {
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, cmp.Or(a.MaxBody, 4<<20)))
	if err != nil {
		return nil, fmt.Errorf("agent: %s: the page broke off: %w", v.url.Host+v.url.Path, err)
	}
	p := NewPage(v.url, resp.StatusCode, resp.Header, body)
	p.Hops, p.Submit = hops, a.submit
	return p, nil
}

// NewPage reads a page: title, text and forms, where it is HTML.
func NewPage(u *url.URL, status int, header http.Header, body []byte) *Page {
	p := &Page{URL: u, Status: status, Header: header, Body: body}
	if strings.HasPrefix(header.Get("Content-Type"), "text/html") {
		p.parse()
	} else {
		p.Text = string(body)
	}
	return p
}

func describeChain(hops []Navigation) string {
	var out []string
	for _, h := range hops[max(0, len(hops)-5):] {
		out = append(out, h.URL.Host+h.URL.Path)
	}
	return "… " + strings.Join(out, " → ")
}

// errNoForm is why a button cannot be pressed.
var errNoForm = errors.New("the page has no such button")

// ErrEndless is a navigation that was given up because it was sent on and on.
var ErrEndless = errors.New("no end")
