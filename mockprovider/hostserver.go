package mockprovider

import (
	"net/http"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/control"
	"github.com/authdrill/authdrill/mockprovider/internal/origin"
)

// ServeHTTP finds the issuer of a request. A request under a host name that is
// not ours is refused.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect {
		h.tunnel(w, r)
		return
	}
	boundBody(w, r)
	if h.names.isHealth(r) {
		h.log.watch(w, r, func(w http.ResponseWriter) { answerHealth(w, r) })
		return
	}
	if p := h.byRealHost(r.Host); p != nil {
		p.serveAs(w, r)
		return
	}
	base, refused := h.names.baseOf(r)
	if refused != nil {
		refused.write(w, "name it with --allow-host")
		h.log.refusal(r, clock.Machine(), refused.status, refused.Error(), refused.remedy())
		return
	}
	p, rest := h.find(r)
	controls := strings.HasPrefix(rest, "/_/") || p == nil && strings.Contains(r.URL.Path, "/_/")
	switch {
	case controls && h.opts.ControlURL != "":
		http.Error(w, "The control API has a port of its own: "+h.opts.ControlURL+".", http.StatusNotFound)
		h.log.refusal(r, clock.Machine(), http.StatusNotFound, "the control API has a port of its own", "use "+h.opts.ControlURL)
	case controls:
		h.log.watch(w, r, func(w http.ResponseWriter) {
			h.control().Serve(w, r, func() control.Target { return target(p, rest, base) }) // which answers in its own form where no issuer is found
		})
	case p == nil:
		w.Header().Set("Vary", "Origin, Referer, Sec-Fetch-Site")
		if from := r.Header.Get("Origin"); from != "" && h.crossSite(r) == "" {
			w.Header().Set("Access-Control-Allow-Origin", from) // a script with a wrong issuer is told so
		}
		why := h.whyNoIssuer(r)
		http.Error(w, why, http.StatusNotFound)
		h.log.refusal(r, clock.Machine(), http.StatusNotFound, why, "")
	default:
		p.serve(base, w, r)
	}
}

// Control returns the control API and the consoles of all issuers, to be served on
// a port of their own, at Options.ControlURL. It answers to the host names that
// the Host answers to.
func (h *Host) Control() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isOurs(origin.Hostname(r.Host), []string{hostnameOf(h.opts.ControlURL)}, h.names.allowed) {
			refused := &refusedName{http.StatusForbidden, r.Host, ""}
			refused.write(w, "name it with --allow-host")
			h.log.refusal(r, clock.Machine(), refused.status, refused.Error(), refused.remedy())
			return
		}
		boundBody(w, r)
		h.log.watch(w, r, func(w http.ResponseWriter) {
			h.control().Serve(w, r, func() control.Target {
				p, rest := h.find(r)
				return target(p, rest, "")
			})
		})
	})
}

// byRealHost returns the issuer whose persona's provider has that host name, nil
// for any other.
func (h *Host) byRealHost(host string) *Provider {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if len(h.hosts) == 0 {
		return nil
	}
	return h.hosts[origin.Hostname(host)]
}
