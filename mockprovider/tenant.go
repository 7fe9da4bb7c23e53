package mockprovider

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/internal/control"
	"github.com/authdrill/authdrill/mockprovider/internal/endpoint"
	"github.com/authdrill/authdrill/mockprovider/internal/origin"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

const (
	mostOnDemand  = 1000     // issuers made on demand that a host keeps,
	onDemandBytes = 36 << 20 // and what they may take before anything is sent to them
	issuerBytes   = 36 << 10 // of one, with all that its first requests make
	settingBytes  = 1 << 10  // of each user, client and fault that it begins with
	longestName   = 200      // bytes of an issuer's name
)

// issuersFor is how many issuers on demand a host keeps that begin with so many
// users, clients and faults.
func issuersFor(s setup.Setup) int {
	each := issuerBytes + settingBytes*(len(s.Users)+len(s.Clients)+len(s.Faults))
	return max(4, min(mostOnDemand, onDemandBytes/each))
}

// checkName holds the name of an issuer to what a URL has without escapes (RFC 3986
// section 2.3), in segments that no path of a provider begins with.
func checkName(name string) error {
	if len(name) > longestName {
		return fmt.Errorf("invalid issuer name of %d bytes: want at most %d", len(name), longestName)
	}
	for segment := range strings.SplitSeq(name, "/") {
		reserved := segment == "" || segment == "." || segment == ".." || segment == "_" || segment == ".well-known"
		if name != "" && (reserved || strings.ContainsFunc(segment, reservedInURL)) {
			return fmt.Errorf("invalid issuer name %q with the segment %q: want letters, digits and - . _ ~ between slashes", name, segment)
		}
	}
	return nil
}

func reservedInURL(r rune) bool {
	unreserved := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-._~", r)
	return !unreserved
}

// find returns the issuer that a request belongs to, and what follows its prefix
// in the path: the longest name that exists, else, on demand, everything up to the
// first path of a provider.
func (h *Host) find(r *http.Request) (*Provider, string) {
	p, rest := h.route(r)
	if p != nil {
		h.use(p)
	}
	return p, rest
}

func (h *Host) route(r *http.Request) (*Provider, string) {
	path := r.URL.Path
	if p, rest, ok := h.stimulusIssuer(r); ok {
		return p, rest
	}
	rest, ok := h.tenant(path)
	if !ok {
		p, _ := h.Issuer("")
		return p, strings.TrimPrefix(path, h.mount())
	}
	segments := strings.Split(strings.TrimPrefix(rest, "/"), "/") // a slash at the end counts: /_/ is the console
	known := len(segments)                                        // after a well-known path there is nothing but the name
	if strings.HasPrefix(path, h.mount()+"/t/") {
		known = endOfName(segments)
	}
	if p, n := h.longestNamed(segments, known); p != nil {
		return p, "/" + strings.Join(segments[n:], "/")
	}
	if !h.opts.OnDemand || known == 0 || r.URL.RawPath != "" || h.crossSite(r) != "" {
		return nil, "" // a name needs no escapes
	}
	name := strings.TrimSuffix(strings.Join(segments[:known], "/"), "/")
	p, err := h.createOnFirstUse(name)
	if errors.Is(err, control.ErrExists) {
		p, _ = h.Issuer(name)
	}
	return p, strings.TrimPrefix("/"+strings.Join(segments, "/"), "/"+name)
}

// longestNamed returns the issuer whose name is the most of the first segments of a
// path, and how many those are. known is how many are the name of one that may still
// be made.
func (h *Host) longestNamed(segments []string, known int) (*Provider, int) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for n := len(segments); n > 0; n-- {
		p := h.issuers[strings.Join(segments[:n], "/")]
		if p == nil || h.opts.OnDemand && n < known && p.persona().Dialect == nil {
			continue // of a longer name that is still to be made
		}
		return p, n
	}
	return nil, 0
}

// createOnFirstUse makes an issuer at its first use.
func (h *Host) createOnFirstUse(name string) (*Provider, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	o := h.options(name, h.currentDefaults())
	o.below = "/t/" + name
	o.onDemand = true
	return h.make(o)
}

// crossSite says which page of another web site a request comes from, or "": such
// a page makes no issuers.
func (h *Host) crossSite(r *http.Request) string {
	return origin.CrossSite(r, h.BaseURL(), h.currentDefaults().Provider.AllowOrigin)
}

// mount is the path of the base URL, with which the paths of requests begin.
func (h *Host) mount() string {
	_, mount := h.names.current()
	return mount
}

// use notes that an issuer was used, for those made on demand.
func (h *Host) use(p *Provider) {
	if p.onDemand {
		p.used.Store(h.turn.Add(1))
	}
}

// dropUnused makes room for an issuer on demand, by dropping the one that was not
// used for longest. The caller holds the lock.
func (h *Host) dropUnused() {
	if h.demanded < h.opts.MaxIssuers {
		return
	}
	oldest, name := (*Provider)(nil), ""
	for key, p := range h.issuers {
		if p.onDemand && (oldest == nil || p.used.Load() < oldest.used.Load()) {
			oldest, name = p, key
		}
	}
	h.drop(name, oldest)
	h.shared.notices.noticeOnce("issuers", fmt.Sprintf("%d issuers were made at their first use: the one that was not used for longest is dropped for each new one", h.opts.MaxIssuers))
}

// drop forgets an issuer. The caller holds the lock.
func (h *Host) drop(name string, p *Provider) {
	delete(h.issuers, name)
	maps.DeleteFunc(h.hosts, func(_ string, answers *Provider) bool { return answers == p })
	if p.onDemand {
		h.demanded--
	}
	h.shared.removeIssuer(p)
}

// tenant reports whether a path lies below /t/, also where a well-known path
// was inserted before it (RFC 8414 section 3.1).
func (h *Host) tenant(path string) (rest string, ok bool) {
	for _, well := range endpoint.WellKnown() {
		if rest, ok := strings.CutPrefix(path, well+h.mount()+"/t/"); ok && rest != "" {
			return rest, true
		}
	}
	return "", false
}

// endOfName is how many segments of a path are the name of a new issuer: all
// before the first that is a path of a provider. A name with nothing after it is one if it is a
// single segment; what is longer may be a slip in the path of an issuer, and is
// none, 0.
func endOfName(segments []string) int {
	for n, segment := range segments {
		if n > 0 && firstSegments()[segment] {
			return n
		}
	}
	if len(segments) == 1 || len(segments) == 2 && segments[1] == "" {
		return 1
	}
	return 0
}

// firstSegments are the segments that the paths of a provider begin with, and
// that of the control API.
var firstSegments = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{"_": true}
	for _, r := range protocol.Routes() {
		segment, _, _ := strings.Cut(strings.TrimPrefix(r.Path, "/"), "/")
		out[segment] = true
	}
	return out
})
