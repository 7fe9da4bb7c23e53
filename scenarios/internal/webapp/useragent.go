package webapp

import (
	"context"
	"net/http"
	"net/url"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/scenarios/internal/chromium"
)

// userAgent is what a drill does with a browser: the scripted one, which runs no
// scripts, or Chromium.
type userAgent interface {
	Visit(ctx context.Context, r agent.Request) (*agent.Page, error)
	Intercept(match func(*url.URL) bool)
	Forget(cookie string)
	// Twin returns the same browser, to be used at the same time.
	Twin() userAgent
	// Copy returns another browser with the present cookies, which sends its requests
	// through another transport.
	Copy(ctx context.Context, through http.RoundTripper) userAgent
	Close()
}

// scripted is the browser of package agent. It cannot be used twice at the same
// time, so its twin has cookies of its own.
type scripted struct{ *agent.Agent }

func (s scripted) Intercept(match func(*url.URL) bool) { s.Agent.Intercept = match }
func (s scripted) Twin() userAgent                     { return scripted{s.Clone()} }
func (s scripted) Close()                              {}

// realBrowser is Chromium. Its twin is another tab.
type realBrowser struct{ *chromium.Profile }

func (r realBrowser) Intercept(match func(*url.URL) bool) { r.Profile.Intercept = match }
func (r realBrowser) Twin() userAgent                     { return realBrowser{r.Profile.Twin()} }

// Copy implements userAgent.
func (s scripted) Copy(_ context.Context, through http.RoundTripper) userAgent {
	other := s.Clone()
	other.Transport, other.Intercept = through, nil
	return scripted{other}
}

// Copy implements userAgent.
func (r realBrowser) Copy(ctx context.Context, through http.RoundTripper) userAgent {
	other := r.Profile.Copy(ctx)
	other.Transport = through
	return realBrowser{other}
}
