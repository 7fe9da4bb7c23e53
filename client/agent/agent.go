// Package agent is a scripted browser: the third party of a sign-in, that knows
// neither the provider nor the client. It follows redirects, keeps cookies by
// the rules of RFC 6265bis, reads the forms of a page, and presses their
// buttons; it runs no script, but sends a form that would submit itself, and goes
// where a page sends it at once with a meta refresh.
//
//	a := agent.New(agent.Options{})
//	a.Intercept(func(u *url.URL) bool { return u.Path == "/callback" })
//	page, err := a.Open(ctx, authorizationURL)
//	page, err = a.Login(ctx, page, "alice", "")
//	page, err = a.Consent(ctx, page, agent.Decision{Allow: true})
//	page.Intercepted.Params() // code, state, iss
//
// It is not an API to build on.
package agent

import (
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

// Options make an Agent. All may be left out.
type Options struct {
	Transport    http.RoundTripper // default http.DefaultTransport
	Now          func() time.Time  // judges the age of cookies; default time.Now
	Timeout      time.Duration     // of one request; default 30 s
	MaxRedirects int               // of one navigation; default 20
	MaxBody      int64             // bytes read of a page; default 4 MiB
}

// Agent is one browser profile. It is used by one goroutine at a time.
type Agent struct {
	opts      Options
	jar       *jar
	intercept func(*url.URL) bool
}

// New returns a browser without cookies.
func New(o Options) *Agent {
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.MaxRedirects == 0 {
		o.MaxRedirects = 20
	}
	if o.MaxBody == 0 {
		o.MaxBody = 4 << 20
	}
	return &Agent{opts: o, jar: &jar{now: o.Now}, intercept: func(*url.URL) bool { return false }}
}

// Intercept names the addresses that are not called but returned, as
// Page.Intercepted: the client's redirect URI.
func (a *Agent) Intercept(match func(*url.URL) bool) { a.intercept = match }

// ClearCookies makes the browser a new one.
func (a *Agent) ClearCookies() { a.jar = &jar{now: a.opts.Now} }

// Navigation is a request that was intercepted.
type Navigation struct {
	Method string
	URL    *url.URL
	Form   url.Values // of a POST
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

// Hop is one request of a navigation.
type Hop struct {
	Method, URL string
	Status      int
	Location    string
}

// Page is where a navigation ended.
type Page struct {
	URL         *url.URL
	Status      int
	Header      http.Header
	Body        []byte
	Title, Text string
	Forms       []*Form
	Hops        []Hop
	Intercepted *Navigation // then no page follows

	refresh *url.URL // where the page sends the browser at once; nil is nowhere

	// Kept is what scripts of the page can read in addition to it, by name:
	// localStorage, sessionStorage and document.cookie. Only a real browser
	// knows: it is nil for the others.
	Kept map[string]string
}

// Open goes to an address.
func (a *Agent) Open(ctx context.Context, address string) (*Page, error) {
	u, err := resolve(&url.URL{}, address)
	if err != nil {
		return nil, fmt.Errorf("agent: %w", err)
	}
	return a.navigate(ctx, visit{method: http.MethodGet, url: u})
}

// visit is a request still to be made.
type visit struct {
	method string
	url    *url.URL
	form   url.Values
	header http.Header // of the first request, in addition to the browser's own
	from   *url.URL    // the page it comes from
}

func (a *Agent) navigate(ctx context.Context, v visit) (*Page, error) {
	var hops []Hop
	for {
		if a.intercept(v.url) {
			return &Page{URL: v.url, Hops: hops, Intercepted: &Navigation{Method: v.method, URL: v.url, Form: v.form}}, nil
		}
		if len(hops) > a.opts.MaxRedirects {
			return nil, fmt.Errorf("agent: %d redirects and %w: %s", len(hops), ErrEndless, chain(hops))
		}
		resp, err := a.send(ctx, v)
		if err != nil {
			return nil, err
		}
		hop := Hop{Method: v.method, URL: v.url.String(), Status: resp.StatusCode, Location: resp.Header.Get("Location")}
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
		page, err := a.page(v, resp, hops)
		if err != nil {
			return nil, err
		}
		auto := page.selfSubmitting()
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
	ctx, cancel := context.WithTimeout(ctx, a.opts.Timeout)
	var body io.Reader
	if v.method == http.MethodPost {
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
	h.Set("Sec-Fetch-Site", Relation(v.from, v.url))
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
	a.jar.attach(req, v.from)
	resp, err := a.opts.Transport.RoundTrip(req)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("agent: %s %s: %w", v.method, v.url.Host+v.url.Path, err) // the query may hold a code
	}
	a.jar.keep(v.url, resp.Cookies())
	resp.Body = &cancelling{resp.Body, cancel}
	return resp, nil
}

// cancelling ends a request's deadline with its body.
type cancelling struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (c *cancelling) Close() error {
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
		next.method, next.form = v.method, v.form
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

func (a *Agent) page(v visit, resp *http.Response, hops []Hop) (*Page, error) {
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, a.opts.MaxBody))
	if err != nil {
		return nil, fmt.Errorf("agent: %s: the page broke off: %w", v.url.Host+v.url.Path, err)
	}
	p := NewPage(v.url, resp.StatusCode, resp.Header, body)
	p.Hops = hops
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

func chain(hops []Hop) string {
	var out []string
	for _, h := range hops[max(0, len(hops)-5):] {
		u, err := url.Parse(h.URL)
		if err != nil {
			continue
		}
		out = append(out, u.Host+u.Path)
	}
	return "… " + strings.Join(out, " → ")
}

// errNoForm is why a button cannot be pressed.
var errNoForm = errors.New("the page has no such button")

// ErrEndless is a navigation that was given up because it was sent on and on.
var ErrEndless = errors.New("no end")

// Endless reports whether a navigation was given up because it was sent on and
// on.
func Endless(err error) bool { return errors.Is(err, ErrEndless) }
