package mockprovider

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/control"
	"github.com/authdrill/authdrill/mockprovider/internal/endpoint"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// attackPath is where the issuers are that do one thing wrong: an entry of the
// failure catalogue each, by its id.
const attackPath = "/x/"

// stimulusIssuer finds the issuer of an entry, made at its first use. ok tells that
// the path is below /x/, whether there is such an issuer or not.
func (h *Host) stimulusIssuer(r *http.Request) (p *Provider, rest string, ok bool) {
	if h.opts.Stimulus == nil {
		return nil, "", false
	}
	for _, well := range endpoint.WellKnown() {
		below, found := strings.CutPrefix(r.URL.Path, well+h.mount()+attackPath)
		if !found {
			continue
		}
		id, rest, _ := strings.Cut(below, "/")
		p, err := h.attacker(id, h.crossSite(r))
		if err != nil {
			return nil, "", true
		}
		return p, well + "/" + rest, true
	}
	return nil, "", false
}

// attacker is the issuer of an entry, made at its first use, but not for a page of
// another web site.
func (h *Host) attacker(id, crossSite string) (*Provider, error) {
	key := attackPath + id // no name begins with a slash
	if p, there := h.issuer(key); there {
		return p, nil
	}
	if crossSite != "" {
		return nil, errors.New("it was not made yet, and is not made for " + crossSite)
	}
	below := attackPath + id
	s, err := h.stimulus(id, h.BaseURL()+below)
	if err != nil {
		return nil, err
	}
	o := h.options(key, h.currentDefaults().With(s))
	o.apart = s
	o.below, o.onDemand = below, true
	p, err := h.make(o)
	if errors.Is(err, control.ErrExists) {
		p, _ = h.issuer(key)
		err = nil
	}
	return p, err
}

// stimulus is what an entry lays over an issuer, its names filled in.
func (h *Host) stimulus(id, issuer string) (setup.Setup, error) {
	s, err := h.opts.Stimulus(id)
	if err != nil {
		return s, err
	}
	return strict.Expand(s, func(name string) (any, error) {
		switch name {
		case "issuer":
			return issuer, nil
		case "canary":
			return Canary(issuer), nil
		}
		return nil, fmt.Errorf("unknown variable ${%s}: must be ${issuer} or ${canary}", name)
	})
}

// Canary is an address of another origin than an issuer's, at which no app has
// business: the same machine by its other name where it has one. The issuer's journal
// has each request to it, at the endpoint canary.
func Canary(issuer string) string {
	for _, address := range []string{"//127.0.0.1:", "//[::1]:"} {
		if other := strings.Replace(issuer, address, "//localhost:", 1); other != issuer {
			return other + "/canary/here"
		}
	}
	return strings.Replace(issuer, "//localhost:", "//127.0.0.1:", 1) + "/canary/here"
}

// whyNoIssuer says why no issuer is at a path.
func (h *Host) whyNoIssuer(r *http.Request) string {
	path := r.URL.Path
	if h.opts.Stimulus != nil && strings.Contains(path, attackPath) {
		_, below, _ := strings.Cut(path, attackPath)
		id, _, _ := strings.Cut(below, "/")
		if _, err := h.attacker(id, h.crossSite(r)); err != nil {
			return "No issuer exists here: " + err.Error() + "."
		}
	}
	if rest, below := h.tenant(path); below {
		if err := checkName(strings.Trim(rest, "/")); err != nil {
			return "No issuer exists here, and none can: " + err.Error() + "."
		}
		if from := h.crossSite(r); from != "" && h.opts.OnDemand {
			return "No issuer exists here, and none is made for " + from + ": name its origin in allow_origin of the provider, or use the issuer from a program once."
		}
	}
	return "No issuer exists here. Create it with POST /_/api/issuers."
}

// attack lays what an entry of the failure catalogue does over the issuer, from
// now on: see Options.Stimulus. ClearFaults ends its faults.
func (h *Host) attack(p *Provider, id string) error {
	if h.opts.Stimulus == nil {
		return errors.New("mockprovider: no failure catalogue: set Options.Stimulus")
	}
	s, err := h.stimulus(id, p.Issuer())
	if err != nil {
		return err
	}
	return p.now().overlay(s) // the catalogue was read strictly
}
