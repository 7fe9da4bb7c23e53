package ui

import (
	"net/http"
	"slices"
	"strings"
)

// Form is what the forms of a page carry besides the user's answer.
type Form struct {
	Action string            // where they are posted to
	Hidden map[string]string // such as the csrf token
}

// SignIn asks who the user is.
type SignIn struct {
	Form
	Issuer string
	Client string // name of the application
	Users  []User // of one page
	Search Search
	New    NewUser
	Hint   string // login to suggest
	Why    string // why the user is asked
	Error  string // what was wrong with the last answer
	Status int    // of the page, where there is an error
}

// Search finds users, where there are more than a page shows.
type Search struct {
	Offered              bool
	Text                 string // that is searched for
	From, To, Found, All int    // which of the users who were found are shown
	Previous, Next       string // where the pages before and after are, if there are any
}

// NewUser is somebody else, who can be typed in.
type NewUser struct {
	Offered       bool
	Login, Claims string // what was typed in and not taken
}

// User is somebody who can be chosen.
type User struct {
	Login, Name, Email string
	Password           bool // a password is asked for
	Disabled           bool
	Hinted             bool
	Added              bool // was typed into the sign-in page
}

// Detail tells a user from others of the same name: by the login, which no other has.
func (u User) Detail() string {
	var parts []string
	for _, text := range []string{u.Login, u.Email} {
		if text != u.Name && text != "" && !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	if u.Disabled {
		parts = append(parts, "disabled")
	}
	return strings.Join(parts, " · ")
}

// FocusElsewhere reports whether the user goes on somewhere else than at the search:
// with the suggested one, or with what was typed in.
func (v SignIn) FocusElsewhere() bool {
	return v.New.Login != "" || v.New.Claims != "" || slices.ContainsFunc(v.Users, func(u User) bool { return u.Hinted })
}

// SignIn shows the sign-in page.
func (p *Pages) SignIn(w http.ResponseWriter, v SignIn) {
	status := http.StatusOK
	if v.Error != "" {
		status = max(v.Status, http.StatusBadRequest)
	}
	for n := range v.Users {
		v.Users[n].Hinted = v.Users[n].Login == v.Hint || v.Hint != "" && v.Users[n].Email == v.Hint
	}
	p.render(w, status, "sign_in.tmpl", v)
}

// Consent asks what the client may do.
type Consent struct {
	Form
	Issuer string
	Client string
	User   string
	Scopes []Scope
}

// Scope is one thing to allow. Fixed ones cannot be unticked.
type Scope struct {
	Name, Meaning string
	Fixed         bool
}

// Consent shows the consent page.
func (p *Pages) Consent(w http.ResponseWriter, v Consent) {
	p.render(w, http.StatusOK, "consent.tmpl", v)
}

// Meaning puts a scope into words.
func Meaning(scope string) string {
	switch scope {
	case "openid":
		return "Sign you in"
	case "profile":
		return "See your name and profile"
	case "email":
		return "See your e-mail address"
	case "phone":
		return "See your telephone number"
	case "address":
		return "See your postal address"
	case "groups":
		return "See the groups you are in"
	case "offline_access":
		return "Keep access while you are away"
	}
	return "Use " + scope
}

// Error tells what went wrong where no client can be told.
type Error struct {
	Issuer      string
	Code        string
	Description string
}

// Error shows an error page.
func (p *Pages) Error(w http.ResponseWriter, status int, v Error) {
	p.render(w, status, "error.tmpl", v)
}

// Device asks for the code that a device shows.
type Device struct {
	Form
	Issuer string
	Code   string
	Error  string
}

// Device shows the page for the user code.
func (p *Pages) Device(w http.ResponseWriter, status int, v Device) {
	p.render(w, status, "device.tmpl", v)
}

// Message is a page that only says something.
type Message struct {
	Issuer, Title, Text string
	Good                bool
}

// Message shows a message.
func (p *Pages) Message(w http.ResponseWriter, v Message) {
	p.render(w, http.StatusOK, "message.tmpl", v)
}

// SignOut asks whether the user wants to sign out.
type SignOut struct {
	Form
	Issuer, Client, User string
}

// SignOut shows the sign-out page.
func (p *Pages) SignOut(w http.ResponseWriter, v SignOut) {
	p.render(w, http.StatusOK, "sign_out.tmpl", v)
}

// Home is the front page of an issuer.
type Home struct {
	Issuer    string
	Discovery string
	Console   string
	Clients   []Credentials
	More      int // clients that are not shown
	Users     []User
	MoreUsers int // users that are not shown
	Endpoints []Endpoint
	Now       string
	Frozen    bool
}

// Credentials are what a client signs in with. Only the example client's secret
// is there: everybody may see the page.
type Credentials struct {
	ID, Secret string
	Public     bool // it has no secret
}

// Endpoint is a line of the front page.
type Endpoint struct{ Name, URL, Spec string }

// Home shows the front page.
func (p *Pages) Home(w http.ResponseWriter, v Home) { p.render(w, http.StatusOK, "home.tmpl", v) }

// LogIn asks for the control token.
type LogIn struct {
	Form
	Error string // what was wrong with the last one
}

// LogIn shows the page for the control token.
func (p *Pages) LogIn(w http.ResponseWriter, v LogIn) {
	p.render(w, http.StatusUnauthorized, "log_in.tmpl", v)
}

// Console is the inspector of an issuer.
type Console struct {
	Form
	Issuer  string
	Now     string
	Frozen  bool
	Notice  string // what the last button did
	Alert   string // why it did nothing
	Entries []Entry
	Users   []User
	More    int // users that are not shown
	Clients []Client
	Faults  []Fault
	Keys    []Key
}

// Entry is one exchange of the journal.
type Entry struct {
	Seq                        int64
	Time, Login, Method, Path  string
	Endpoint, Client, Subject  string
	Status                     int
	Error                      string
	Params, Response           []Pair
	Decisions                  []Decision
	Faults, Lax, Notes, Events []string
}

// Good reports whether the exchange ended well.
func (e Entry) Good() bool { return e.Status > 0 && e.Status < 400 && e.Error == "" }

// Pair is a name and its value.
type Pair struct{ Name, Value string }

// Decision is a line of the decision trace.
type Decision struct {
	Check, Detail, Spec string
	Passed              bool
}

// Client is a registered client.
type Client struct{ ID, Name, Method, Redirects string }

// Fault is an armed fault.
type Fault struct {
	ID, What     string
	Seen, Struck int
}

// Key is a published key.
type Key struct{ Kid, Alg string }

// Console shows the inspector, with status 400 after a form that did nothing.
func (p *Pages) Console(w http.ResponseWriter, v Console) {
	status := http.StatusOK
	if v.Alert != "" {
		status = http.StatusBadRequest
	}
	p.render(w, status, "console.tmpl", v)
}
