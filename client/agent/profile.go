package agent

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
)

// Clone returns a browser with the same cookies, for what happens at the same
// time: an Agent is used by one goroutine at a time.
func (a *Agent) Clone() *Agent {
	twin := *a
	twin.jar = make(jar, 0, len(a.jar))
	for _, k := range a.jar {
		same := *k
		twin.jar = append(twin.jar, &same)
	}
	return &twin
}

// Forget drops the cookies of that name.
func (a *Agent) Forget(name string) {
	a.jar = slices.DeleteFunc(a.jar, func(k *cookie) bool { return k.name == name })
}

// Request is a navigation of any kind.
type Request struct {
	Method string // default GET
	URL    string
	Sent   *Form       // the form that is sent; nil is none, or one of another site
	Form   url.Values  // fields of a POST; in a form that is sent they replace those of that name
	Body   []byte      // sent in place of a form, with its type in Header: as a script sends it
	Header http.Header // in addition to the browser's own
	From   *url.URL    // the page it comes from; nil is the address bar
}

// Visit makes a navigation: to an address, or by a form that another site sends.
func (a *Agent) Visit(ctx context.Context, r Request) (*Page, error) {
	u, err := resolve(&url.URL{}, r.URL)
	if err != nil {
		return nil, fmt.Errorf("agent: %w", err)
	}
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	if r.Sent != nil {
		fields := r.Sent.values()
		maps.Copy(fields, r.Form)
		r.Form = fields
	}
	return a.navigate(ctx, visit{method: r.Method, url: u, form: r.Form, body: r.Body, header: r.Header, from: r.From})
}
