package webapp

import (
	"context"
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
	// Copy returns another browser with the present cookies.
	Copy(ctx context.Context) userAgent
	Close()
}

// scripted is the browser of package agent. It cannot be used twice at the same
// time, so its twin has cookies of its own.
type scripted struct{ *agent.Agent }

func (s scripted) Intercept(match func(*url.URL) bool) { s.Agent.Intercept = match }
func (s scripted) Twin() userAgent                     { return scripted{s.Clone()} }
func (s scripted) Copy(context.Context) userAgent      { return scripted{s.Clone()} }
func (s scripted) Close()                              {}

// realBrowser is Chromium. Its twin is another tab.
type realBrowser struct{ *chromium.Profile }

func (r realBrowser) Intercept(match func(*url.URL) bool) { r.Profile.Intercept = match }
func (r realBrowser) Twin() userAgent                     { return realBrowser{r.Profile.Twin()} }
func (r realBrowser) Copy(ctx context.Context) userAgent  { return realBrowser{r.Profile.Copy(ctx)} }
