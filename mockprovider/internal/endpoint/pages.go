package endpoint

import (
	"net/http"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/ui"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// signInPage asks the user to sign in.
func (i *Issuer) signInPage(a *authorization, p *record.Pending, why, failure string) answer {
	v := ui.SignIn{
		Form: i.form(p), Issuer: i.URL, Client: clientName(a.client), Users: i.people(),
		Hint: a.form.Get("login_hint"), Why: why, Error: failure,
	}
	return written(func(w http.ResponseWriter) { i.Pages.SignIn(w, v) })
}

// consentPage asks the user what the client may do.
func (i *Issuer) consentPage(a *authorization, p *record.Pending, s *record.Session) answer {
	v := ui.Consent{Form: i.form(p), Issuer: i.URL, Client: clientName(a.client), User: s.Login}
	if u, ok := i.Store.User(s.Login); ok {
		v.User = u.DisplayName()
	}
	scopes := p.Params.Get("scope")
	if p.Device != nil {
		scopes = a.form.Get("scope")
	}
	for _, scope := range strings.Fields(scopes) {
		v.Scopes = append(v.Scopes, ui.Scope{Name: scope, Meaning: ui.Meaning(scope), Fixed: scope == "openid"})
	}
	return written(func(w http.ResponseWriter) { i.Pages.Consent(w, v) })
}

// errorPage shows an error to the user, where the client cannot be told.
func (i *Issuer) errorPage(e *oauthError) answer {
	status := http.StatusBadRequest
	if e.Code == "access_denied" {
		status = http.StatusForbidden
	} else if e.Status >= 500 {
		status = e.Status
	}
	return written(func(w http.ResponseWriter) {
		i.Pages.Error(w, status, ui.Error{Issuer: i.URL, Code: e.Code, Description: e.Description})
	})
}

// signOutPage asks whether to sign out; its answer comes back to the same
// endpoint with the same parameters.
func (i *Issuer) signOutPage(r *request, out signOut) answer {
	v := ui.SignOut{Form: ui.Form{Action: i.path() + protocol.EndSessionEndpoint.Path(), Hidden: map[string]string{"csrf": i.browser(r)}}, Issuer: i.URL}
	for _, name := range []string{"post_logout_redirect_uri", "state", "client_id", "id_token_hint"} {
		if value := r.Form.Get(name); value != "" {
			v.Hidden[name] = value
		}
	}
	if out.client != nil {
		v.Client = clientName(out.client)
	}
	if s := i.session(r.Request); s != nil {
		v.User = s.Login
	}
	return written(func(w http.ResponseWriter) { i.Pages.SignOut(w, v) })
}

func (i *Issuer) signedOutPage(out signOut, done bool) answer {
	v := ui.Message{Issuer: i.URL, Title: "You are still signed in", Text: "Nothing was changed."}
	if done {
		v.Title, v.Text, v.Good = "You are signed out", "You can close this page.", true
	}
	if out.client != nil {
		v.Text += " The application is " + clientName(out.client) + "."
	}
	return written(func(w http.ResponseWriter) { i.Pages.Message(w, v) })
}

// userCodePage asks for the code of a device.
func (i *Issuer) userCodePage(r *request, status int, code, failure string) answer {
	v := ui.Device{
		Form:   ui.Form{Action: i.path() + protocol.DeviceVerification.Path(), Hidden: map[string]string{"csrf": i.browser(r)}},
		Issuer: i.URL, Code: code, Error: failure,
	}
	return written(func(w http.ResponseWriter) { i.Pages.Device(w, status, v) })
}

func (i *Issuer) deviceDonePage(allowed bool) answer {
	v := ui.Message{Issuer: i.URL, Title: "The device was refused", Text: "It gets no access."}
	if allowed {
		v.Title, v.Text, v.Good = "The device is connected", "Go back to it; you can close this page.", true
	}
	return written(func(w http.ResponseWriter) { i.Pages.Message(w, v) })
}

// home is the front page: it says loudly that this is a test server.
func (i *Issuer) home(r *request) answer {
	state := i.Clock.State()
	v := ui.Home{
		Issuer: i.URL, Discovery: i.URL + protocol.Discovery.Path(), Console: i.Console,
		Users: i.people(), Now: state.Now.Format(time.RFC1123), Frozen: state.Frozen,
	}
	clients := i.Store.Clients()
	for _, c := range clients[:min(len(clients), mostClients)] {
		v.Clients = append(v.Clients, ui.Credentials{ID: c.ID, Secret: exampleSecret(c), Public: c.Secret == ""})
	}
	v.More = len(clients) - len(v.Clients)
	for _, rt := range routes() {
		if rt.Clause != "" && rt.Endpoint != protocol.SignIn {
			path, _, _ := strings.Cut(rt.Path, "{")
			v.Endpoints = append(v.Endpoints, ui.Endpoint{Name: string(rt.Endpoint), URL: i.URL + path, Spec: rt.Clause})
		}
	}
	return written(func(w http.ResponseWriter) { i.Pages.Home(w, v) })
}

// mostClients is how many clients the front page names: anybody may register more.
const mostClients = 20

// exampleSecret is the secret of the example client, which the source publishes,
// and empty for every other client: a page may be seen by anybody.
func exampleSecret(c *store.Client) string {
	if c.ID == setup.ClientID && c.Secret == setup.ClientSecret {
		return c.Secret
	}
	return ""
}

// browser returns the secret of the request's browser, making one if it has
// none: what the forms of a page carry to prove that they come from it.
func (i *Issuer) browser(r *request) string {
	if c, err := r.Cookie(browserCookie); err == nil && c.Value != "" {
		return c.Value
	}
	secret := i.Random.Token(16)
	i.setCookie(r, browserCookie, secret)
	return secret
}

func (i *Issuer) form(p *record.Pending) ui.Form {
	return ui.Form{Action: i.path() + "/interaction/" + p.Ticket, Hidden: map[string]string{"csrf": p.CSRF}}
}

func (i *Issuer) people() []ui.User {
	var out []ui.User
	for _, u := range i.Store.Users() {
		out = append(out, ui.User{Login: u.Login, Name: u.DisplayName(), Email: u.Email, Password: u.Password != "", Disabled: u.Disabled})
	}
	return out
}

func clientName(c *store.Client) string {
	if c.Name != "" {
		return c.Name
	}
	return c.ID
}
