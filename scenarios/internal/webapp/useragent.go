package webapp

import (
	"context"
	"net/url"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/client/agent/chromium"
)

// userAgent is what a drill does with a browser. There are two: the scripted
// one, which runs no script of a page, and Chromium.
type userAgent interface {
	Visit(ctx context.Context, r agent.Request) (*agent.Page, error)
	Intercept(match func(*url.URL) bool)
	Forget(cookie string)
	// Twin is the same browser, for what happens at the same time.
	Twin() userAgent
	// Copy is another browser with the cookies of now.
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
