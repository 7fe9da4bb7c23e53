// Package ui has the provider's pages: sign-in, consent, device, sign-out, errors, the
// front page and the console. Each page is an embedded html/template with a typed view
// model. They share one stylesheet, fetch nothing, and work without JavaScript. Begin
// with Pages.
package ui

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
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
	cspPost   string // what a form_post page allows, which submits itself by script, in a frame too
	cspFramed string // what a page with a message allows, whose script posts it, before who may have it in a frame
}

// All scripts. Their hashes are in the policies of the pages that
// have them. A message goes to the page that opened the window, else to the one that
// has it in a frame, and to no other origin than that of the redirect URI.
const (
	submitScript  = "document.forms[0].submit()"
	messageScript = "const to = window.opener || window.parent, of = document.body.dataset; if (to !== window) to.postMessage(JSON.parse(of.message), of.origin)"
)

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
		base := "default-src 'none'; base-uri 'none'; style-src " + hash(string(style))
		return &set{
			templates: t, style: template.CSS(style), csp: base + "; frame-ancestors 'none'", //nolint:gosec // our own file
			cspPost:   base + "; script-src " + hash(submitScript),
			cspFramed: base + "; script-src " + hash(messageScript) + "; frame-ancestors ",
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
	script := template.JS(submitScript)
	if name == "web_message.tmpl" {
		script = messageScript
	}
	if err := s.templates.ExecuteTemplate(&body, name, page{Style: s.style, Script: script, View: view}); err != nil {
		http.Error(w, "the page cannot be shown: "+err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	switch view := view.(type) {
	case formPost:
		// It asks nothing, and goes to the redirect URI: a silent renewal has it in a frame.
		h.Set("Content-Security-Policy", s.cspPost)
	case webMessage:
		h.Set("Content-Security-Policy", s.cspFramed+view.Origin)
	default:
		h.Set("Content-Security-Policy", s.csp)
		h.Set("X-Frame-Options", "DENY")
	}
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // the browser is gone: nothing can be told
}

// FormPost answers with a form that submits itself, or with a button if the browser runs
// no scripts (OAuth 2.0 Form Post Response Mode section 2).
func (p *Pages) FormPost(w http.ResponseWriter, action string, params url.Values) {
	if scheme, _, _ := strings.Cut(action, ":"); slices.Contains([]string{"javascript", "data", "vbscript"}, strings.ToLower(strings.TrimSpace(scheme))) {
		p.Error(w, http.StatusBadRequest, Error{Code: "invalid_request", Description: "A form cannot be sent to a redirect URI that is a script."})
		return
	}
	// html/template blanks an action of an unusual scheme, and a native client
	// may have one; the redirect URI was checked against the registration.
	p.render(w, http.StatusOK, "form_post.tmpl", formPost{template.URL(action), params}) //nolint:gosec // see above
}

type formPost struct {
	Action template.URL
	Params url.Values
}

// WebMessage answers by a message to a page of an origin, which opened the window or
// has it in a frame (draft-sakimura-oauth-wmrm). No page of another origin gets it,
// or has the page in a frame.
func (p *Pages) WebMessage(w http.ResponseWriter, origin string, message any) {
	text, err := json.Marshal(message)
	if err != nil || origin == "" {
		p.Error(w, http.StatusBadRequest, Error{Code: "invalid_request", Description: "A message cannot be posted to a redirect URI without an origin."})
		return
	}
	p.render(w, http.StatusOK, "web_message.tmpl", webMessage{origin, string(text)})
}

type webMessage struct{ Origin, Message string }
