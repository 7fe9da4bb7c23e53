// Package control is the HTTP control API, with which a test in any language changes
// and reads an issuer, in the same words as scenario files and Go. It is below /_/api
// of every issuer: /_/api/clock is the default issuer's clock, /t/acme/_/api/clock
// that of acme. openapi.yaml describes it.
package control

import (
	"context"
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
	"github.com/authdrill/authdrill/mockprovider/protocol"
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
	Set(persona.Persona) error
	Users() []*store.User
	SetUser(store.User) error
	RemoveUser(login string) bool
	DisableUser(login string, disabled bool) bool
	Clients() []*store.Client
	SetClient(store.Client) error
	RemoveClient(id string) bool
	Faults() []fault.Status
	Fault(fault.Fault) (string, error)
	RemoveFault(id string) bool
	ClearFaults()
	Keys() []Key
	RotateKeys(alg protocol.Algorithm, plan protocol.KeyPlan) ([]string, error)
	RevokeGrant(login, clientID string) int
	Mint(Mint) (any, error)
	Reset() error
	CSRF() string
}

// Host is where issuers are made.
type Host interface {
	Create(name string, s setup.Setup) (Issuer, error)
	Delete(name string) bool
	Names() []string
	Issuer(name string) Issuer
	BaseURL() string
	SetBaseURL(string) error
	AuthorityPEM() []byte
	Attack(i Issuer, entry string) error
}

// Key is a published signing key.
type Key struct {
	Kid string             `json:"kid"`
	Alg protocol.Algorithm `json:"alg" enum:"@signing"`
}

// Mint asks for tokens without a flow.
type Mint struct {
	ClientID string   `json:"client_id,omitempty" doc:"client the tokens are for; default the first registered"`
	User     string   `json:"user,omitempty" doc:"login of the user; none: a token of the client itself"`
	Scope    string   `json:"scope,omitempty" doc:"scopes granted, separated by spaces; default openid profile email for a user"`
	Audience []string `json:"audience,omitempty" single:"true" doc:"audience of the access token, which is then a JWT"`
	Nonce    string   `json:"nonce,omitempty" doc:"nonce of the ID token"`
	Issuer   string   `json:"issuer,omitempty" doc:"which of the provider's issuers makes them, by its identifier or path: /realms/staff; default the one that clients are told"`

	Claims      persona.Claims      `json:"claims,omitempty" doc:"claims of the access token and the ID token to set, made of ${names}, or to remove with $absent: over all that is configured. The access token is then a JWT, unless access_token has a format"`
	AccessToken persona.AccessToken `json:"access_token,omitzero" doc:"what the access token is and contains: laid over what is configured"`
	IDToken     persona.IDToken     `json:"id_token,omitzero" doc:"what the ID token is and contains: laid over what is configured"`
}

// ErrExists is what Host.Create's error is when the issuer is there already.
var ErrExists = errors.New("an issuer of that name exists already")

// maxBody is how much of a body is read.
const maxBody = 1 << 20

// API answers below /_/ of every issuer of a host: make one with New.
type API struct {
	host    Host
	pages   *ui.Pages
	token   Token
	mux     *http.ServeMux
	waiting atomic.Int32 // callers that wait for exchanges
}

// New returns the control API of a host. It asks its callers for the token.
func New(h Host, pages *ui.Pages, token Token) *API {
	a := &API{host: h, pages: pages, token: token, mux: http.NewServeMux()}
	for _, r := range routes() {
		a.mux.Handle(r.method+" "+r.path, a.guard(r))
	}
	a.mux.HandleFunc(nothing, a.notFound)
	return a
}

// nothing is the pattern of what is not an operation.
const nothing = "/_/"

// notFound says that there is nothing, or which methods there are (RFC 9110
// section 15.5.6).
func (a *API) notFound(w http.ResponseWriter, r *http.Request) {
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
	path   string // of the request, with the path of the issuer
}

type route struct {
	method, path string
	serve        func(*API, *call)
}

// routes is the table of contents; openapi.yaml says more of each line.
func routes() []route {
	return []route{
		{"GET", "/_/{$}", (*API).console},
		{"POST", "/_/{$}", (*API).press},
		{"GET", "/_/api/openapi.yaml", (*API).openapi},
		{"GET", "/_/api/health", (*API).health},
		{"GET", "/_/api/issuers", (*API).issuers},
		{"POST", "/_/api/issuers", (*API).createIssuer},
		{"DELETE", "/_/api/issuers/{name...}", (*API).deleteIssuer},
		{"GET", "/_/api/base_url", (*API).baseURL},
		{"PUT", "/_/api/base_url", (*API).setBaseURL},
		{"GET", "/_/api/authority.pem", (*API).authority},
		{"GET", "/_/api/clock", (*API).clock},
		{"POST", "/_/api/clock/advance", (*API).advance},
		{"POST", "/_/api/clock/set", (*API).setClock},
		{"POST", "/_/api/clock/freeze", (*API).freeze},
		{"POST", "/_/api/clock/resume", (*API).resumeClock},
		{"GET", "/_/api/provider", (*API).provider},
		{"PATCH", "/_/api/provider", (*API).patchProvider},
		{"GET", "/_/api/users", (*API).users},
		{"GET", "/_/api/users/{login}", (*API).user},
		{"PUT", "/_/api/users/{login}", (*API).putUser},
		{"DELETE", "/_/api/users/{login}", (*API).deleteUser},
		{"POST", "/_/api/users/{login}/disable", (*API).disableUser},
		{"POST", "/_/api/users/{login}/enable", (*API).enableUser},
		{"GET", "/_/api/clients", (*API).clients},
		{"GET", "/_/api/clients/{client_id}", (*API).client},
		{"PUT", "/_/api/clients/{client_id}", (*API).putClient},
		{"DELETE", "/_/api/clients/{client_id}", (*API).deleteClient},
		{"GET", "/_/api/faults", (*API).faults},
		{"POST", "/_/api/faults", (*API).addFault},
		{"POST", "/_/api/attack", (*API).attack},
		{"DELETE", "/_/api/faults", (*API).clearFaults},
		{"DELETE", "/_/api/faults/{id}", (*API).removeFault},
		{"GET", "/_/api/keys", (*API).keys},
		{"POST", "/_/api/keys/rotate", (*API).rotate},
		{"POST", "/_/api/grants/revoke", (*API).revoke},
		{"POST", "/_/api/tokens", (*API).mint},
		{"GET", "/_/api/journal", (*API).journal},
		{"POST", "/_/api/journal/query", (*API).queryJournal},
		{"POST", "/_/api/journal/wait", (*API).waitJournal},
		{"GET", "/_/api/journal/events", (*API).followJournal},
		{"POST", "/_/api/reset", (*API).reset},
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

// unknownParameter says which query parameter would be ignored, or "".
func (r route) unknownParameter(query url.Values) string {
	known := r.parameters()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if !slices.Contains(known, name) {
			return strings.TrimSuffix(fmt.Sprintf("Unknown parameter %q; %s", name, strict.Suggest(name, known)), "; ")
		}
	}
	if v := query.Get("secrets"); v != "" && v != "show" {
		return fmt.Sprintf("secrets: %q means nothing; write secrets=show, or leave it out", v)
	}
	return ""
}

// Target is where a request goes.
type Target struct {
	Issuer Issuer // nil if there is none
	Rest   string // the path below the issuer's, which begins with /_/
}

// callKey carries the call of a request through the table of contents.
type callKey struct{}

// Serve answers a request. It asks for the target only of a caller who may pass:
// an issuer may be made when it is first asked for.
func (a *API) Serve(w http.ResponseWriter, r *http.Request, find func() Target) {
	if !a.admit(w, r) {
		return
	}
	t := find()
	if t.Issuer == nil {
		problem(w, http.StatusNotFound, "No issuer exists here: create it with POST /_/api/issuers.", nil)
		return
	}
	inner := r.Clone(context.WithValue(r.Context(), callKey{}, call{issuer: t.Issuer, path: r.URL.Path}))
	inner.URL.Path, inner.URL.RawPath = t.Rest, ""
	// No name of an issuer has the segment _, so the first one begins the rest.
	// Its escapes are kept: an identifier may contain a slash (%2F), as a URL does.
	if escaped := r.URL.EscapedPath(); strings.Contains(escaped, "%") {
		inner.URL.RawPath = escaped[max(0, strings.Index(escaped, "/_/")):]
	}
	a.mux.ServeHTTP(w, inner)
}

// guard keeps web pages of other origins out: they can neither send JSON without
// asking first, nor pretend to come from here.
func (a *API) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _ := r.Context().Value(callKey{}).(call)
		if why := whyForeign(r, r.URL.Path == "/_/", c.issuer.Issuer()); why != "" && !isNavigation(r) {
			problem(w, http.StatusForbidden, why, nil)
			return
		}
		if why := rt.unknownParameter(r.URL.Query()); why != "" {
			problem(w, http.StatusBadRequest, why, nil)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		c.Request, c.w = r, w
		rt.serve(a, &c)
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

func (c *call) noContent() { c.w.WriteHeader(http.StatusNoContent) }

// doneUnless answers 204, or 400 with the error that the request made.
func (c *call) doneUnless(err error) {
	if err != nil {
		c.fail(http.StatusBadRequest, err.Error())
		return
	}
	c.noContent()
}

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
	if problems := strict.Read("body", body, into, strict.Options{JSON: true}); len(problems) > 0 {
		problem(c.w, http.StatusBadRequest, problems[0].Error(), problems)
		return false
	}
	return true
}

func (a *API) openapi(c *call) {
	c.w.Header().Set("Content-Type", "application/yaml")
	_, _ = c.w.Write(contract())
}

func (a *API) health(c *call) {
	c.answer(http.StatusOK, map[string]any{"status": "ready", "issuer": c.issuer.Issuer()})
}

func (a *API) baseURL(c *call) {
	c.answer(http.StatusOK, baseURLBody{BaseURL: a.host.BaseURL()})
}

func (a *API) setBaseURL(c *call) {
	var body baseURLBody
	if !c.read(&body) {
		return
	}
	if err := a.host.SetBaseURL(body.BaseURL); err != nil {
		c.fail(http.StatusBadRequest, "base_url: "+err.Error())
		return
	}
	a.baseURL(c)
}

func (a *API) issuers(c *call) {
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
	setup.Overlay
}

func (a *API) createIssuer(c *call) {
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

func (a *API) deleteIssuer(c *call) {
	if !a.host.Delete(c.PathValue("name")) {
		c.fail(http.StatusNotFound, fmt.Sprintf("Unknown issuer %q; the default one cannot be deleted, only reset.", c.PathValue("name")))
		return
	}
	c.noContent()
}
