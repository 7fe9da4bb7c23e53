// Package control is the HTTP control API: what a test in any language does to
// an issuer, in the same words as scenario files and Go. It lives below /_/api
// of every issuer, so /_/api/clock is the default issuer's clock and
// /t/acme/_/api/clock that of acme; openapi.yaml is its contract.
package control

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/ui"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Issuer is what the API drives.
type Issuer interface {
	Name() string
	Issuer() string
	ControlURL() string
	Clock() *clock.Clock
	Journal() *journal.Journal
	Persona() persona.Persona
	Set(persona.Persona)
	Users() []*store.User
	SetUser(store.User)
	RemoveUser(login string) bool
	DisableUser(login string, disabled bool) bool
	Clients() []*store.Client
	SetClient(store.Client)
	RemoveClient(id string) bool
	Faults() []fault.Status
	Fault(fault.Fault) (string, error)
	RemoveFault(id string) bool
	ClearFaults()
	Keys() []Key
	RotateKeys(alg, plan string) ([]string, error)
	RevokeGrant(login, clientID string) int
	Mint(Mint) (any, error)
	Reset() error
	CSRF() string
}

// Host is where issuers are made.
type Host interface {
	Find(r *http.Request) (issuer Issuer, rest string)
	Create(name string, s setup.Setup) (Issuer, error)
	Delete(name string) bool
	Names() []string
	Issuer(name string) Issuer
	Attack(i Issuer, entry string) error
}

// Key is a published signing key.
type Key struct {
	Kid string `json:"kid"`
	Alg string `json:"alg"`
}

// Mint asks for tokens without a flow.
type Mint struct {
	ClientID string         `json:"client_id,omitempty" doc:"client the tokens are for; default the first registered"`
	User     string         `json:"user,omitempty" doc:"login of the user; none: a token of the client itself"`
	Scope    string         `json:"scope,omitempty" doc:"scopes granted, separated by spaces; default openid profile email for a user"`
	Audience []string       `json:"audience,omitempty" doc:"audience of a JWT access token"`
	Nonce    string         `json:"nonce,omitempty" doc:"nonce of the ID token"`
	Claims   map[string]any `json:"claims,omitempty" vocab:"claim" match:"absent" doc:"ID token claims to set or, with $absent, remove"`
}

//go:embed openapi.yaml
var contract []byte

// ErrExists is what Host.Create's error is when the issuer is there already.
var ErrExists = errors.New("an issuer of that name exists already")

// maxBody is how much of a body is read.
const maxBody = 1 << 20

type api struct {
	host    Host
	pages   *ui.Pages
	token   Token
	mux     *http.ServeMux
	waiting atomic.Int32 // callers that wait for exchanges
}

// New returns the handler of everything below /_/ of every issuer.
func New(h Host, pages *ui.Pages, token Token) http.Handler {
	a := &api{host: h, pages: pages, token: token, mux: http.NewServeMux()}
	for _, r := range routes() {
		a.mux.Handle(r.method+" "+r.path, a.guard(r))
	}
	a.mux.HandleFunc(nothing, a.nothing)
	return a
}

// nothing is the pattern of what is no operation.
const nothing = "/_/"

// nothing says that there is nothing, or which methods there are (RFC 9110
// section 15.5.6).
func (a *api) nothing(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := a.mux.Handler(other); pattern != nothing {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		problem(w, http.StatusNotFound, "There is nothing at "+r.URL.Path+": see /_/api/openapi.yaml.", nil)
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	problem(w, http.StatusMethodNotAllowed, r.URL.Path+" takes "+strings.Join(allowed, ", ")+", not "+r.Method+".", nil)
}

// call is a request to an operation.
type call struct {
	*http.Request
	w      http.ResponseWriter
	issuer Issuer
}

type route struct {
	method, path string
	serve        func(*api, *call)
}

// routes is the table of contents; openapi.yaml says more of each line.
func routes() []route {
	return []route{
		{"GET", "/_/{$}", (*api).console},
		{"POST", "/_/{$}", (*api).press},
		{"GET", "/_/api/openapi.yaml", (*api).openapi},
		{"GET", "/_/api/health", (*api).health},
		{"GET", "/_/api/issuers", (*api).issuers},
		{"POST", "/_/api/issuers", (*api).createIssuer},
		{"DELETE", "/_/api/issuers/{name...}", (*api).deleteIssuer},
		{"GET", "/_/api/clock", (*api).clock},
		{"POST", "/_/api/clock/advance", (*api).advance},
		{"POST", "/_/api/clock/set", (*api).setClock},
		{"POST", "/_/api/clock/freeze", (*api).freeze},
		{"POST", "/_/api/clock/resume", (*api).resume},
		{"GET", "/_/api/provider", (*api).provider},
		{"PATCH", "/_/api/provider", (*api).patchProvider},
		{"GET", "/_/api/users", (*api).users},
		{"GET", "/_/api/users/{login}", (*api).user},
		{"PUT", "/_/api/users/{login}", (*api).putUser},
		{"DELETE", "/_/api/users/{login}", (*api).deleteUser},
		{"POST", "/_/api/users/{login}/disable", (*api).disableUser},
		{"POST", "/_/api/users/{login}/enable", (*api).enableUser},
		{"GET", "/_/api/clients", (*api).clients},
		{"GET", "/_/api/clients/{client_id}", (*api).client},
		{"PUT", "/_/api/clients/{client_id}", (*api).putClient},
		{"DELETE", "/_/api/clients/{client_id}", (*api).deleteClient},
		{"GET", "/_/api/faults", (*api).faults},
		{"POST", "/_/api/faults", (*api).addFault},
		{"POST", "/_/api/attack", (*api).attack},
		{"DELETE", "/_/api/faults", (*api).clearFaults},
		{"DELETE", "/_/api/faults/{id}", (*api).removeFault},
		{"GET", "/_/api/keys", (*api).keys},
		{"POST", "/_/api/keys/rotate", (*api).rotate},
		{"POST", "/_/api/grants/revoke", (*api).revoke},
		{"POST", "/_/api/tokens", (*api).mint},
		{"GET", "/_/api/journal", (*api).journal},
		{"POST", "/_/api/journal/query", (*api).queryJournal},
		{"POST", "/_/api/journal/wait", (*api).waitJournal},
		{"GET", "/_/api/journal/events", (*api).followJournal},
		{"POST", "/_/api/reset", (*api).reset},
	}
}

// parameters names the query parameters of an operation.
func (r route) parameters() []string {
	switch r.path {
	case "/_/{$}":
		return []string{"done"}
	case "/_/api/clients", "/_/api/clients/{client_id}":
		if r.method == http.MethodGet {
			return []string{"secrets"}
		}
	case "/_/api/journal":
		return []string{"client_id", "endpoint", "error", "event", "login", "method", "secrets", "since", "status", "sub"}
	case "/_/api/journal/query", "/_/api/journal/wait", "/_/api/journal/events":
		return []string{"secrets"}
	}
	return nil
}

// stray says which query parameter would be ignored, or "".
func (r route) stray(query url.Values) string {
	known := r.parameters()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if !slices.Contains(known, name) {
			return strings.TrimSuffix(fmt.Sprintf("There is no parameter %q here; %s", name, strict.Suggest(name, known)), "; ")
		}
	}
	if v := query.Get("secrets"); v != "" && v != "show" {
		return fmt.Sprintf("secrets: %q means nothing; write secrets=show, or leave it out", v)
	}
	return ""
}

// foundKey carries the issuer that a request belongs to.
type foundKey struct{}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !a.admit(w, r) {
		return
	}
	issuer, rest := a.host.Find(r)
	if issuer == nil {
		problem(w, http.StatusNotFound, "There is no issuer here: create it with POST /_/api/issuers.", nil)
		return
	}
	inner := r.Clone(context.WithValue(r.Context(), foundKey{}, issuer))
	inner.URL.Path, inner.URL.RawPath = rest, ""
	// No name of an issuer has the segment _, so the first one begins the rest.
	// Its escapes are kept: an identifier may contain a slash (%2F), as a URL does.
	if escaped := r.URL.EscapedPath(); strings.Contains(escaped, "%") {
		inner.URL.RawPath = escaped[max(0, strings.Index(escaped, "/_/")):]
	}
	inner.Header.Set("X-Authdrill-Path", r.URL.Path)
	a.mux.ServeHTTP(w, inner)
}

// guard keeps web pages of other origins out: they can neither send JSON without
// asking first, nor pretend to come from here.
func (a *api) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		issuer, _ := r.Context().Value(foundKey{}).(Issuer)
		if why := foreign(r, r.URL.Path == "/_/"); why != "" && !isNavigation(r) {
			problem(w, http.StatusForbidden, why, nil)
			return
		}
		if why := rt.stray(r.URL.Query()); why != "" {
			problem(w, http.StatusBadRequest, why, nil)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		rt.serve(a, &call{Request: r, w: w, issuer: issuer})
	})
}

// problemDocument is RFC 9457.
type problemDocument struct {
	Type   string           `json:"type"`
	Title  string           `json:"title"`
	Status int              `json:"status"`
	Detail string           `json:"detail"`
	Errors []strict.Problem `json:"errors,omitempty"`
}

func problem(w http.ResponseWriter, status int, detail string, errs strict.Problems) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problemDocument{"about:blank", http.StatusText(status), status, detail, errs}) // the caller is gone
}

func (c *call) fail(status int, detail string) { problem(c.w, status, detail, nil) }

// answer writes a value as JSON.
func (c *call) answer(status int, v any) {
	c.w.Header().Set("Content-Type", "application/json")
	c.w.Header().Set("Cache-Control", "no-store")
	c.w.WriteHeader(status)
	_ = json.NewEncoder(c.w).Encode(v) // the caller is gone
}

func (c *call) done() { c.w.WriteHeader(http.StatusNoContent) }

// read decodes the body strictly. An empty body is an empty object.
func (c *call) read(into any) bool {
	body, err := io.ReadAll(c.Body)
	if err != nil {
		c.fail(http.StatusRequestEntityTooLarge, "The body cannot be read: "+err.Error())
		return false
	}
	if len(strings.TrimSpace(string(body))) == 0 {
		body = []byte("{}")
	}
	if problems := strict.JSON("body", body, into); len(problems) > 0 {
		problem(c.w, http.StatusBadRequest, problems[0].Error(), problems)
		return false
	}
	return true
}

func (a *api) openapi(c *call) {
	c.w.Header().Set("Content-Type", "application/yaml")
	_, _ = c.w.Write(contract)
}

func (a *api) health(c *call) {
	c.answer(http.StatusOK, map[string]any{"status": "ready", "issuer": c.issuer.Issuer()})
}

func (a *api) issuers(c *call) {
	out := []map[string]string{}
	for _, name := range a.host.Names() {
		if i := a.host.Issuer(name); i != nil {
			out = append(out, map[string]string{"name": name, "issuer": i.Issuer()})
		}
	}
	c.answer(http.StatusOK, map[string]any{"issuers": out})
}

// newIssuer is the body that creates an issuer.
type newIssuer struct {
	Name string `json:"name" required:"true" doc:"its path below /t/"`
	setup.Setup
}

func (a *api) createIssuer(c *call) {
	var n newIssuer
	if !c.read(&n) {
		return
	}
	i, err := a.host.Create(n.Name, n.Setup)
	switch {
	case errors.Is(err, ErrExists):
		c.fail(http.StatusConflict, fmt.Sprintf("name: there is an issuer %q already: delete it first, or choose another name.", n.Name))
	case err != nil:
		c.fail(http.StatusBadRequest, err.Error())
	default:
		c.answer(http.StatusCreated, map[string]any{"name": i.Name(), "issuer": i.Issuer(), "control": i.ControlURL()})
	}
}

func (a *api) deleteIssuer(c *call) {
	if !a.host.Delete(c.PathValue("name")) {
		c.fail(http.StatusNotFound, fmt.Sprintf("There is no issuer %q; the default one cannot be deleted, only reset.", c.PathValue("name")))
		return
	}
	c.done()
}
