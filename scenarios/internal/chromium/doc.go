// Package chromium replaces the scripted browser of package agent by a headless
// Chromium, which runs the scripts of a page. It returns the same kind of pages, once
// their scripts are idle. Begin with Start, and with Profile, a browser window with
// cookies of its own.
//
// Chromium itself never reaches a network: each request is held (the Fetch domain of
// the DevTools protocol) and sent by an http.RoundTripper, so the owner of the
// transport sees every request. Web sockets and endless streams are not opened.
package chromium
