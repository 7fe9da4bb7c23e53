// Package ui is the provider's pages: sign-in, consent, device, sign-out,
// errors, the front page and the console. Each page has a typed view model. They
// are html/template with one stylesheet, embedded; nothing is built, nothing is
// fetched, and every page works without JavaScript.
package ui

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

//go:embed html
var files embed.FS

// Pages renders the pages. It is shared by all issuers and safe for parallel
// use; the templates are parsed at the first page, off the start path.
type Pages struct{ parse func() (*set, error) }

type set struct {
	templates *template.Template
	style     template.CSS
	csp       string // what every page allows
	cspPost   string // and a form_post page, which submits itself by script
}

// submitScript is the one script there is. Its hash stands in the policy of the
// page that has it.
const submitScript = "document.forms[0].submit()"

// New returns the pages.
func New() *Pages {
	return &Pages{parse: sync.OnceValues(func() (*set, error) {
		t, err := template.New("").ParseFS(files, "html/*.tmpl")
		if err != nil {
			return nil, err
		}
		style, err := files.ReadFile("html/style.css")
		if err != nil {
			return nil, err
		}
		// No form-action here: after the form is sent, the browser is redirected
		// to the client, which such a directive would block.
		base := "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src " + hash(string(style))
		return &set{
			templates: t, style: template.CSS(style), csp: base, //nolint:gosec // our own file
			cspPost: base + "; script-src " + hash(submitScript),
		}, nil
	})}
}

func hash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// page is what every template is given.
type page struct {
	Style  template.CSS
	Script template.JS
	View   any
}

func (p *Pages) render(w http.ResponseWriter, status int, name string, view any) {
	s, err := p.parse()
	if err != nil {
		http.Error(w, "the page cannot be shown: "+err.Error(), http.StatusInternalServerError)
		return
	}
	var body bytes.Buffer
	if err := s.templates.ExecuteTemplate(&body, name, page{Style: s.style, Script: submitScript, View: view}); err != nil {
		http.Error(w, "the page cannot be shown: "+err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", s.csp)
	if name == "form_post.tmpl" {
		h.Set("Content-Security-Policy", s.cspPost)
	}
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // the browser is gone: there is nobody to tell
}

// FormPost answers by a form that submits itself, or by a button where there is
// no script (OAuth 2.0 Form Post Response Mode section 2).
func (p *Pages) FormPost(w http.ResponseWriter, action string, params url.Values) {
	if scheme, _, _ := strings.Cut(action, ":"); slices.Contains([]string{"javascript", "data", "vbscript"}, strings.ToLower(strings.TrimSpace(scheme))) {
		p.Error(w, http.StatusBadRequest, Error{Code: "invalid_request", Description: "A form cannot be sent to a redirect URI that is a script."})
		return
	}
	// html/template blanks an action of an unusual scheme, and a native client
	// may have one; the redirect URI was checked against the registration.
	p.render(w, http.StatusOK, "form_post.tmpl", struct {
		Action template.URL
		Params url.Values
	}{template.URL(action), params}) //nolint:gosec // see above
}
