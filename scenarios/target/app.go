// Package target is the application under test: how it is started, where it is
// signed in to, and how it tells which user is signed in.
//
// It is not an API to build on.
package target

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/internal/selector"
)

// App is a user's own application under test.
type App struct {
	Start   *Start `json:"start,omitempty" doc:"how to start it"`
	BaseURL string `json:"base_url,omitempty" doc:"where it runs; pages may then be paths"`

	Login       *Page  `json:"login,omitempty" doc:"page that starts a sign-in"`
	SecondLogin *Page  `json:"second_login,omitempty" doc:"page that starts a sign-in at a second issuer, where the app knows two"`
	WhoAmI      *Probe `json:"whoami,omitempty" doc:"page that shows the signed-in user"`
	Logout      *Page  `json:"logout,omitempty" doc:"page that signs out"`
	Callback    string `json:"callback,omitempty" doc:"path of its redirect URI; learned if absent"`
	Health      string `json:"health,omitempty" doc:"page that tells whether it is well"`
	API         *Page  `json:"api,omitempty" doc:"page that uses the access token"`
	Admin       *Page  `json:"admin,omitempty" doc:"page for the privileged"`

	ReturnToParam       string        `json:"return_to_param,omitempty" doc:"parameter of the login page that says where to go afterwards"`
	LocalAccount        *LocalAccount `json:"local_account,omitempty" doc:"accounts that the app itself keeps"`
	Logs                string        `json:"logs,omitempty" doc:"file the app logs to"`
	LogoutTokenEndpoint string        `json:"logout_token_endpoint,omitempty" doc:"path of its back-channel logout endpoint"`
}

// CheckMembers refuses a selector that cannot be read, a time that is none, and pages
// whose members contradict each other.
func (a *App) CheckMembers() error {
	wrong := a.checkPages()
	if a.Start != nil && a.Start.Timeout < 0 {
		wrong = append(wrong, strict.Member("start.timeout", fmt.Errorf("%s is not a time to wait: want a number and a unit, such as 2m", a.Start.Timeout)))
	}
	if a.WhoAmI != nil && a.WhoAmI.Account != "" && !strings.Contains(a.WhoAmI.Account, "${") {
		if _, err := selector.Parse(a.WhoAmI.Account); err != nil {
			wrong = append(wrong, strict.Member("whoami.account", err))
		}
	}
	return errors.Join(wrong...)
}

type namedPage struct {
	name string
	page *Page
}

func (a *App) checkPages() []error {
	var wrong []error
	pages := []namedPage{{"login", a.Login}, {"second_login", a.SecondLogin}, {"logout", a.Logout}, {"api", a.API}, {"admin", a.Admin}}
	report := func(page, member, why string) {
		if why != "" {
			wrong = append(wrong, strict.Member(page+"."+member, errors.New(why)))
		}
	}
	for _, p := range pages {
		if p.page != nil {
			member, why := p.page.contradiction()
			report(p.name, member, why)
		}
	}
	if a.LocalAccount == nil {
		return wrong
	}
	for _, p := range []namedPage{{"local_account.register", a.LocalAccount.Register}, {"local_account.login", a.LocalAccount.Login}} {
		if p.page != nil && (p.page.JSON != nil || p.page.Click != "" || p.page.Next != "") {
			report(p.name, "url", "the form of this page is filled in: leave out json, next and click")
		}
	}
	return wrong
}

// contradiction returns a member that the others contradict, and why; "" if none does.
func (p *Page) contradiction() (member, why string) {
	switch {
	case p.Click != "" && (p.hasForm() || p.JSON != nil || p.Method != "" || p.Next != "" || p.CSRF != "" || p.HeaderFrom != nil):
		return "click", "a click sends what the page sends: leave out method, csrf, form, form_from, json, header_from and next, or click"
	case p.hasForm() && p.JSON != nil:
		return "json", "a request has one body: leave out form and form_from, or json"
	case p.hasForm() && p.Method != "" && p.Method != http.MethodPost:
		return "form", "a form is sent by POST, not " + p.Method + ": leave method out, or write the fields into the query of url"
	case p.JSON != nil && p.Method == http.MethodGet:
		return "json", "a GET has no body: leave method out for POST, or leave out json"
	case p.HeaderFrom != nil && p.JSON == nil && (p.Method == "" || p.Method == http.MethodGet || p.Method == http.MethodPost):
		return "header_from", "only a script sends headers of its own: add json, or method PUT, PATCH or DELETE"
	}
	if p.Next != "" && !strings.Contains(p.Next, "${") {
		if _, err := selector.Parse(p.Next); err != nil {
			return "next", err.Error()
		}
	}
	for _, field := range slices.Sorted(maps.Keys(p.FormFrom)) {
		if _, err := selector.Parse(p.FormFrom[field]); err != nil {
			return "form_from." + field, err.Error()
		}
	}
	for _, header := range slices.Sorted(maps.Keys(p.HeaderFrom)) {
		if err := checkHeaderSource(p.HeaderFrom[header]); err != nil {
			return "header_from." + header, err.Error()
		}
	}
	return "", ""
}

// checkHeaderSource refuses where the value of a header is, if it cannot be read.
func checkHeaderSource(source string) error {
	if name, ok := strings.CutPrefix(source, "cookie:"); ok {
		if (&http.Cookie{Name: name}).Valid() != nil {
			return fmt.Errorf("%q is not the name of a cookie: want one such as cookie:XSRF-TOKEN", name)
		}
		return nil
	}
	_, err := selector.Parse(source)
	return err
}

// hasForm reports whether the page is opened by a form with fields of the configuration.
func (p *Page) hasForm() bool { return p.Form != nil || p.FormFrom != nil }

// Start is how an app is started.
type Start struct {
	Command []string          `json:"command" required:"true" single:"true" doc:"program and arguments"`
	Env     map[string]string `json:"env,omitempty" doc:"environment variables"`
	Ready   string            `json:"ready,omitempty" doc:"when it is ready" example:"GET http://127.0.0.1:8080/healthz -> 200"`

	Timeout clock.Duration `json:"timeout,omitempty" doc:"how long it may take to be ready; default 30s" example:"2m"`
}

// Page is a page of an app.
type Page struct {
	URL    string            `json:"url" short:"true" required:"true" doc:"URL, or path at base_url"`
	Method string            `json:"method,omitempty" enum:"GET,POST,PUT,PATCH,DELETE" doc:"default GET"`
	CSRF   string            `json:"csrf,omitempty" doc:"path of the page whose form or script leads here, where it is not /; by POST"`
	Form   map[string]string `json:"form,omitempty" doc:"fields that are sent as a form, in addition to those of the form on the csrf page that leads here; by POST"`

	FormFrom map[string]string `json:"form_from,omitempty" doc:"fields whose values are elsewhere on the csrf page than in a form, such as in a script; where, as account of whoami" example:"/\"csrfToken\": \"([^\"]+)\"/"`

	HeaderFrom map[string]string `json:"header_from,omitempty" doc:"headers against forged requests that go with json, or with PUT, PATCH or DELETE, and where their values are: cookie:NAME, or on the csrf page, as account of whoami" example:"cookie:XSRF-TOKEN"`

	JSON  any    `json:"json,omitempty" doc:"a body in JSON; by POST, if method does not say otherwise"`
	Next  string `json:"next,omitempty" doc:"where the answer names the address to go on to, as account of whoami; default, of an answer in JSON: url, redirect, redirect_to, redirect_url, redirectUrl, location or authorization_url" example:"data.url"`
	Click string `json:"click,omitempty" doc:"CSS selector of what the user clicks on this page; needs --browser" example:"#sign-in"`

	NeedsScope string `json:"needs_scope,omitempty" doc:"scope the page needs"`
}

// Probe is a page that tells whether somebody is signed in.
type Probe struct {
	URL       string  `json:"url" short:"true" required:"true" doc:"URL, or path at base_url"`
	SignedIn  *Answer `json:"signed_in,omitempty" doc:"how it answers a signed-in user"`
	SignedOut *Answer `json:"signed_out,omitempty" doc:"how it answers without a sign-in"`
	Account   string  `json:"account,omitempty" doc:"where it has the app's own name for the account: a member of its JSON, such as id or user.id; a CSS selector, such as \"#user\"; /a regular expression/, whose first group it is; or a header, such as X-User:. Without it nothing can be said about accounts that are mixed up"`

	AccountIsKey bool `json:"account_is_key,omitempty" doc:"account is what the app finds its accounts by, though it is an e-mail address or a name that the provider names: without this, such a one is not taken for the app's own name"`
}

// Answer describes an answer of an app.
type Answer struct {
	Status   any `json:"status,omitempty" match:"true" of:"integer|array" doc:"HTTP status, or a list of possible ones"`
	Contains any `json:"contains,omitempty" match:"true" of:"string" doc:"text on the page"`
}

// LocalAccount is how an app's own accounts are made and used.
type LocalAccount struct {
	Register *Page `json:"register,omitempty" doc:"page to register at"`
	Login    *Page `json:"login,omitempty" doc:"page to sign in at"`
}
