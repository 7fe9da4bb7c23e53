// Package chromium is a real browser in place of the scripted one of package
// agent: a headless Chromium that runs the scripts of a page. It gives the same
// pages, as they are when their scripts have come to rest.
//
// Chromium itself never reaches a network: each of its requests is held (the
// Fetch domain of the DevTools protocol), sent by an http.RoundTripper, and its
// answer handed back. So whoever owns the transport sees every request, and says
// where it goes. Web sockets and streams without an end are not opened.
//
//	c, err := chromium.Start(ctx)
//	defer c.Close()
//	p := &chromium.Profile{Chromium: c, Transport: transport}
//	defer p.Close()
//	page, err := p.Visit(ctx, agent.Request{URL: "http://localhost:3000/login"})
//	page, err = page.Login(ctx, "alice", "")
//
// It is not an API to build on.
package chromium
