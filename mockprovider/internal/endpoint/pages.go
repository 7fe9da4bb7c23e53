package endpoint

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/ui"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// usersOfPage is how many users a page shows at once.
const usersOfPage = 20

// signInView is what the sign-in page shows besides the users.
type signInView struct {
	why     string // the user is asked
	failure signInFailure
	search  string // shows the users who have this text in their names
	page    int    // of those, from 0
	hint    string // login to suggest
	claims  string // that were typed in for somebody else
}

// searchView is what a GET request wants to see of the sign-in page.
func searchView(form url.Values) signInView {
	page, _ := strconv.Atoi(form.Get("page")) // 0 for the first one
	return signInView{search: strings.TrimSpace(form.Get("search")), page: max(0, page-1)}
}

// retryView shows the sign-in page to whoever has just tried, with what was typed in.
func retryView(posted url.Values, failure signInFailure) signInView {
	return signInView{failure: failure, hint: loginOf(posted), claims: posted.Get("new_claims")}
}

// signInPage asks the user to sign in.
func (i *Issuer) signInPage(a *authorization, p *record.Pending, view signInView) pipeline.Answer {
	v := ui.SignIn{
		Form: i.form(p), Issuer: i.URL, Client: clientName(a.client), Why: view.why, Error: view.failure.text, Status: view.failure.status,
		Hint: view.hint, New: ui.NewUser{Offered: i.takesNewUsers(), Claims: view.claims},
	}
	if v.Hint == "" {
		v.Hint = a.form.Get("login_hint")
	}
	i.addUsers(&v, view)
	if _, known := i.Store.User(view.hint); !known {
		v.New.Login = view.hint
	}
	return pipeline.Written(func(w http.ResponseWriter) { i.Pages.SignIn(w, v) })
}

// addUsers adds a page of the users to the sign-in page: those who are searched for,
// the suggested one first.
func (i *Issuer) addUsers(v *ui.SignIn, view signInView) {
	all := i.Store.Users()
	found := all
	if view.search != "" {
		found = matchingUsers(all, view.search)
	}
	if n := slices.IndexFunc(found, func(u *store.User) bool { return v.Hint != "" && (u.Login == v.Hint || u.Email == v.Hint) }); n > 0 {
		found = slices.Concat(found[n:n+1], found[:n], found[n+1:])
	}
	last := max(0, len(found)-1) / usersOfPage
	page := min(view.page, last)
	from, to := page*usersOfPage, min(len(found), (page+1)*usersOfPage)
	v.Users = people(found[from:to])
	v.Search = ui.Search{Offered: len(all) > usersOfPage, Text: view.search, From: min(from+1, len(found)), To: to, Found: len(found), All: len(all)}
	address := func(page int) string {
		return v.Action + "?" + url.Values{"search": {view.search}, "page": {strconv.Itoa(page + 1)}}.Encode()
	}
	if page > 0 {
		v.Search.Previous = address(page - 1)
	}
	if page < last {
		v.Search.Next = address(page + 1)
	}
}

// matchingUsers are the users with a text in login, name, e-mail address or subject
// identifier, in any case. A user of that very name comes first.
func matchingUsers(all []*store.User, text string) []*store.User {
	text = strings.ToLower(text)
	var exact, out []*store.User
	for _, u := range all {
		names := [...]string{u.Login, u.Email, u.Name, u.Subject}
		switch {
		case strings.EqualFold(u.Login, text) || strings.EqualFold(u.Email, text):
			exact = append(exact, u)
		case slices.ContainsFunc(names[:], func(name string) bool { return strings.Contains(strings.ToLower(name), text) }):
			out = append(out, u)
		}
	}
	return slices.Concat(exact, out)
}

// consentPage asks the user what the client may do.
func (i *Issuer) consentPage(a *authorization, p *record.Pending, s *record.Session) pipeline.Answer {
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
	return pipeline.Written(func(w http.ResponseWriter) { i.Pages.Consent(w, v) })
}

// signOutPage asks whether to sign out; its answer comes back to the same
// endpoint with the same parameters.
func (i *Issuer) signOutPage(r *pipeline.Request, out signOut) pipeline.Answer {
	v := ui.SignOut{Form: ui.Form{Action: i.path() + r.URL.Path, Hidden: map[string]string{"csrf": i.browser(r)}}, Issuer: i.URL}
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
	return pipeline.Written(func(w http.ResponseWriter) { i.Pages.SignOut(w, v) })
}

func (i *Issuer) signedOutPage(out signOut, done bool) pipeline.Answer {
	v := ui.Message{Issuer: i.URL, Title: "You are still signed in", Text: "Nothing was changed."}
	if done {
		v.Title, v.Text, v.Good = "You are signed out", "You can close this page.", true
	}
	if out.client != nil {
		v.Text += " The application is " + clientName(out.client) + "."
	}
	return pipeline.Written(func(w http.ResponseWriter) { i.Pages.Message(w, v) })
}

// userCodePage asks for the code of a device.
func (i *Issuer) userCodePage(r *pipeline.Request, status int, code, failure string) pipeline.Answer {
	v := ui.Device{
		Form:   ui.Form{Action: i.path() + protocol.DeviceVerification.Path(), Hidden: map[string]string{"csrf": i.browser(r)}},
		Issuer: i.URL, Code: code, Error: failure,
	}
	return pipeline.Written(func(w http.ResponseWriter) { i.Pages.Device(w, status, v) })
}

func (i *Issuer) deviceDonePage(allowed bool) pipeline.Answer {
	v := ui.Message{Issuer: i.URL, Title: "The device was refused", Text: "It gets no access."}
	if allowed {
		v.Title, v.Text, v.Good = "The device is connected", "Go back to it; you can close this page.", true
	}
	return pipeline.Written(func(w http.ResponseWriter) { i.Pages.Message(w, v) })
}

// frontPage is the front page: it says loudly that this is a test server.
func (i *Issuer) frontPage(r *pipeline.Request) pipeline.Answer {
	now, frozen := i.Clock.State()
	v := ui.Home{
		Issuer: i.URL, Discovery: i.URL + protocol.Discovery.Path(), Console: i.Console,
		Now: now.Format(time.RFC1123), Frozen: frozen,
	}
	clients := i.Store.Clients()
	for _, c := range clients[:min(len(clients), mostClients)] {
		v.Clients = append(v.Clients, ui.Credentials{ID: c.ID, Secret: exampleSecret(c), Public: c.Secret == ""})
	}
	v.More = len(clients) - len(v.Clients)
	users := i.Store.Users()
	v.Users = people(users[:min(len(users), usersOfPage)])
	v.MoreUsers = len(users) - len(v.Users)
	for _, rt := range i.routes() {
		if rt.Clause != "" && rt.Endpoint != protocol.SignIn {
			path, _, _ := strings.Cut(rt.Path, "{")
			v.Endpoints = append(v.Endpoints, ui.Endpoint{Name: string(rt.Endpoint), URL: i.URL + path, Spec: rt.Clause})
		}
	}
	return pipeline.Written(func(w http.ResponseWriter) { i.Pages.Home(w, v) })
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
func (i *Issuer) browser(r *pipeline.Request) string {
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

func people(users []*store.User) []ui.User {
	var out []ui.User
	for _, u := range users {
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
