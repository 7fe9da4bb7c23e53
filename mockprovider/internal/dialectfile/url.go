package dialectfile

import (
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// CheckPaths finds URLs that are none, and two that are the same path: below an
// issuer's own address nothing else tells them apart.
func (d *Dialect) CheckPaths() error {
	mux := http.NewServeMux()
	add := func(member, method, address string) error {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			return strict.Member(member, fmt.Errorf("%q is not a URL of a real provider: write https://host/path", address))
		}
		if err := handle(mux, method+" "+MuxPath(u.Path)); err != nil {
			return strict.Member(member, fmt.Errorf("duplicate or conflicting path %s: %w", u.Path, err))
		}
		return nil
	}
	for _, e := range d.Endpoints.All() {
		for _, address := range e.URLs {
			if err := add("endpoints", "", address); err != nil {
				return err
			}
		}
	}
	for _, r := range d.Resources {
		for _, address := range r.URLs {
			for _, method := range r.Speaks() {
				if err := add("resources", method, address); err != nil {
					return err
				}
			}
		}
	}
	return d.checkCalls(add)
}

// checkCalls finds a URL of calls that is none, or that something else has. Calls
// share theirs: their conditions tell them apart.
func (d *Dialect) checkCalls(add func(member, method, address string) error) error {
	var seen []string
	for _, c := range d.Calls {
		for _, address := range c.URLs {
			if slices.Contains(seen, address) {
				continue
			}
			seen = append(seen, address)
			if err := add("calls", http.MethodPost, address); err != nil {
				return err
			}
		}
	}
	return nil
}

// handle turns the panic of a pattern that conflicts into an error.
func handle(mux *http.ServeMux, pattern string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	mux.Handle(strings.TrimSpace(pattern), http.NotFoundHandler())
	return nil
}

// MuxPath returns the path of a URL as a pattern of http.ServeMux. A path that ends
// in a slash matches only itself.
func MuxPath(path string) string {
	if path == "" {
		path = "/"
	}
	if strings.HasSuffix(path, "/") {
		path += "{$}"
	}
	return path
}

// Hosts are the host names of the real provider.
func (d *Dialect) Hosts() []string {
	if d == nil {
		return nil
	}
	out := slices.Concat(d.FurtherHosts, d.Aliases)
	for u := range d.urls() {
		if !slices.Contains(out, u.Hostname()) {
			out = append(out, u.Hostname())
		}
	}
	return out
}

// HasPort reports whether the real provider is at a port: that of https, or one
// that a URL of it names.
func (d *Dialect) HasPort(port string) bool {
	if d == nil {
		return false
	}
	if port == "443" {
		return true
	}
	for u := range d.urls() {
		if u.Port() == port && port != "" {
			return true
		}
	}
	return false
}

// urls are those of the real provider's endpoints and resources.
func (d *Dialect) urls() iter.Seq[*url.URL] {
	return func(yield func(*url.URL) bool) {
		var lists [][]string
		for _, e := range d.Endpoints.All() {
			lists = append(lists, e.URLs)
		}
		for _, r := range d.Resources {
			lists = append(lists, r.URLs)
		}
		for _, c := range d.Calls {
			lists = append(lists, c.URLs)
		}
		for _, address := range slices.Concat(lists...) {
			if u, err := url.Parse(address); err == nil && u.Host != "" && !yield(u) {
				return
			}
		}
	}
}
