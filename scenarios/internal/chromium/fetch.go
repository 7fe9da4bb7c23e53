package chromium

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/client/agent"
)

// heldRequest is a request that Chromium would send.
type heldRequest struct {
	RequestID           string
	FrameID             string
	ResourceType        string
	RedirectedRequestID string
	Request             struct {
		URL, URLFragment, Method string
		Headers                  map[string]string
		PostDataEntries          []struct{ Bytes string }
	}
}

// answer is what a page was made of.
type answer struct {
	url    *url.URL
	status int
	header http.Header
	body   []byte
}

// visit is one navigation, with all that it leads to until the page rests.
type visit struct {
	ctx       context.Context
	intercept func(*url.URL) bool
	method    string      // of the first request, where it is not Chromium's
	header    http.Header // of the first request, in addition to Chromium's
	from      *url.URL    // the page it comes from, nil is the address bar
	emptyAt   *url.URL    // address at which an empty page of ours is shown

	// The tab's lock guards these.
	hops        []agent.Navigation
	answer      *answer // of the last hop
	intercepted *agent.Navigation
	err         error
	requested   bool // a page was
}

// showsNoPage reports whether Chromium shows nothing of a navigation; the tab's lock
// is held.
func (v *visit) showsNoPage() bool {
	return v.err != nil || v.intercepted != nil || v.answer != nil && v.answer.showsNoPage()
}

// showsNoPage reports whether Chromium shows nothing of an answer: it stays where it
// was, keeps a file, or has a page of its own for an error without a body.
func (a *answer) showsNoPage() bool {
	return a.status == http.StatusNoContent || a.status == http.StatusResetContent ||
		strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") || a.status >= 400 && len(a.body) == 0
}

// answerRequest sends a request by the transport and hands the answer to Chromium.
func (t *tab) answerRequest(session string, h heldRequest) {
	t.mu.Lock()
	v, p := t.visit, t.profile
	t.mu.Unlock()
	reply := func(method string, params map[string]any) error {
		params["requestId"] = h.RequestID
		return t.chromium.pipe.call(context.Background(), session, method, params, nil)
	}
	refuse := func(why string) { _ = reply("Fetch.failRequest", map[string]any{"errorReason": why}) } // it may be gone
	u, err := url.Parse(h.Request.URL + h.Request.URLFragment)
	switch {
	case err == nil && (u.Scheme == "data" || u.Scheme == "blob" || u.Scheme == "about"):
		_ = reply("Fetch.continueRequest", map[string]any{})
		return
	case err != nil, p == nil, u.Scheme != "http" && u.Scheme != "https":
		refuse("BlockedByClient")
		return
	}
	ctx := context.Background()
	if v != nil {
		ctx = v.ctx
	}
	body := h.body()
	if h.ResourceType != "Document" || h.FrameID != t.target || v == nil {
		v = nil // no page of ours
	} else if a, why := t.answerWithoutSending(v, p, h, u, body); a != nil {
		_ = reply("Fetch.fulfillRequest", a.fulfilment())
		return
	} else if why != "" {
		refuse(why)
		return
	}
	if v != nil && v.method != "" && len(v.hops) == 0 {
		h.Request.Method = v.method
	}
	a, err := t.send(ctx, p, v, h, u, body)
	if v != nil {
		t.mu.Lock()
		if err != nil && v.err == nil {
			v.err = err
		} else if err == nil {
			v.answer, t.shown = a, a
			v.hops = append(v.hops, agent.Navigation{Method: h.Request.Method, URL: u, Status: a.status, Location: a.header.Get("Location")})
		}
		t.mu.Unlock()
	}
	if err != nil {
		refuse("ConnectionFailed")
	} else if reply("Fetch.fulfillRequest", a.fulfilment()) != nil {
		refuse("Failed") // an answer that Chromium does not take
	}
}

// answerWithoutSending answers a page's request without sending it: the empty page that a
// navigation begins at, an address that is intercepted, and the end of patience.
func (t *tab) answerWithoutSending(v *visit, p *Profile, h heldRequest, u *url.URL, body []byte) (*answer, string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	v.requested = true
	t.signalChange()
	switch {
	case v.emptyAt != nil:
		// As the provider's own pages, it does not say where one comes from.
		return &answer{status: http.StatusOK, header: http.Header{"Content-Type": {"text/html"}, "Referrer-Policy": {"no-referrer"}}, body: []byte("<!DOCTYPE html>")}, ""
	case v.intercepted != nil:
		return &answer{status: http.StatusNoContent}, ""
	case v.intercept != nil && v.intercept(u):
		v.intercepted = &agent.Navigation{Method: h.Request.Method, URL: u}
		if h.Request.Method == http.MethodPost {
			v.intercepted.Form, _ = url.ParseQuery(string(body)) // what cannot be read is not there
		}
		return &answer{status: http.StatusNoContent}, ""
	case len(v.hops) > cmp.Or(p.MaxRedirects, 20):
		v.err = fmt.Errorf("agent: %d pages and %w: %s", len(v.hops), agent.ErrEndless, u.Host+u.Path)
		return nil, "Aborted"
	}
	if n := len(v.hops); n > 0 && (h.RedirectedRequestID == "" || v.from == nil) {
		v.from = v.hops[n-1].URL
	}
	return nil, ""
}

// body is what a request carries.
func (h *heldRequest) body() []byte {
	var out []byte
	for _, e := range h.Request.PostDataEntries {
		if part, err := base64.StdEncoding.DecodeString(e.Bytes); err == nil {
			out = append(out, part...)
		}
	}
	return out
}

// send sends a request as Chromium would, and reads the answer.
func (t *tab) send(ctx context.Context, p *Profile, v *visit, h heldRequest, u *url.URL, body []byte) (*answer, error) {
	ctx, cancel := p.withTimeout(ctx)
	defer cancel()
	at := *u
	at.Fragment, at.RawFragment = "", ""
	method := h.Request.Method
	r, err := http.NewRequestWithContext(ctx, method, at.String(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("agent: %w", err)
	}
	if len(body) == 0 {
		r.Body = http.NoBody
	}
	for name, value := range h.Request.Headers {
		r.Header.Set(name, value)
	}
	t.addFetchMetadata(r, v, h)
	if v != nil && len(v.hops) == 0 {
		for name, values := range v.header {
			if name == "Host" {
				r.Host = values[0]
				continue
			}
			r.Header[name] = values
		}
	}
	transport := p.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	resp, err := transport.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("agent: %s %s: %w", method, u.Host+u.Path, err) // the query may hold a code
	}
	defer resp.Body.Close()
	a := &answer{url: u, status: resp.StatusCode, header: resp.Header}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return &answer{url: u, status: http.StatusNoContent, header: http.Header{}}, nil // it has no end, and is not asked again
	}
	if a.body, err = io.ReadAll(io.LimitReader(resp.Body, cmp.Or(p.MaxBody, 4<<20))); err != nil {
		return nil, fmt.Errorf("agent: %s: the page broke off: %w", u.Host+u.Path, err)
	}
	return a, nil
}

// addFetchMetadata adds what Chromium adds where requests leave it (Fetch Metadata
// Request Headers, section 2).
func (t *tab) addFetchMetadata(r *http.Request, v *visit, h heldRequest) {
	mode, dest := "no-cors", "empty"
	t.mu.Lock()
	from := t.at
	if v != nil {
		from = v.from
	}
	t.mu.Unlock()
	switch h.ResourceType {
	case "Document":
		mode, dest = "navigate", "document"
	case "XHR", "Fetch", "Preflight":
		mode = "cors"
	case "Stylesheet":
		dest = "style"
	case "Script", "Image", "Font":
		dest = strings.ToLower(h.ResourceType)
	}
	r.Header.Set("Sec-Fetch-Mode", mode)
	r.Header.Set("Sec-Fetch-Dest", dest)
	r.Header.Set("Sec-Fetch-Site", agent.SiteRelation(from, r.URL))
}

// fulfilment is an answer in the words of the protocol.
func (a *answer) fulfilment() map[string]any {
	headers := []any{}
	for name, values := range a.header {
		if name == "Content-Length" || name == "Transfer-Encoding" || name == "Connection" {
			continue // the body is whole
		}
		for _, value := range values {
			headers = append(headers, map[string]any{"name": name, "value": value})
		}
	}
	return map[string]any{"responseCode": a.status, "responseHeaders": headers, "body": base64.StdEncoding.EncodeToString(a.body)}
}
