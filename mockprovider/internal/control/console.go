package control

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/ui"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/mask"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// The console shows the latest exchanges, and the first users.
const (
	mostShown      = 100
	mostUsersShown = 20
)

// console shows the inspector of an issuer.
func (a *API) console(c *call) { a.inspector(c, "") }

// inspector shows the console, with what is wrong with the form that was posted
// where there is one.
func (a *API) inspector(c *call, alert string) {
	i := c.issuer
	now, frozen := i.Clock().State()
	v := ui.Console{
		Form:  ui.Form{Action: c.path, Hidden: map[string]string{"csrf": i.CSRF()}},
		Alert: alert, Issuer: i.Issuer(), Now: now.Format(time.RFC1123), Frozen: frozen, Notice: notice(c.URL.Query().Get("done")),
	}
	entries := i.Journal().Entries()
	for _, e := range slices.Backward(entries[max(0, len(entries)-mostShown):]) {
		v.Entries = append(v.Entries, entryView(e.Redacted()))
	}
	users := i.Users()
	v.More = max(0, len(users)-mostUsersShown)
	for _, u := range users[:len(users)-v.More] {
		v.Users = append(v.Users, ui.User{Login: u.Login, Name: u.DisplayName(), Email: u.Email, Password: u.Password != "", Disabled: u.Disabled, Added: u.Added != 0})
	}
	for _, cl := range i.Clients() {
		v.Clients = append(v.Clients, clientView(cl))
	}
	for _, f := range i.Faults() {
		v.Faults = append(v.Faults, ui.Fault{ID: f.ID, What: f.String(), Seen: f.Seen, Struck: f.Struck})
	}
	for _, k := range i.Keys() {
		v.Keys = append(v.Keys, ui.Key{Kid: k.Kid, Alg: string(k.Alg)})
	}
	a.pages.Console(c.w, v)
}

func clientView(c *store.Client) ui.Client {
	v := ui.Client{ID: c.ID, Name: c.Name, Method: strings.Join(protocol.Strings(c.AuthMethods()), " or ")}
	v.Redirects, _ = mask.Value("", strings.Join(c.RedirectURIs, " ")).(string)
	switch {
	case c.Unregistered:
		v.Method, v.Redirects = "any, not registered (lax: any-client)", "any"
	case v.Redirects == "":
		v.Redirects = "any on this machine"
	}
	return v
}

func entryView(e *journal.Entry) ui.Entry {
	v := ui.Entry{
		Seq: e.Seq, Time: e.Time.Format("15:04:05"), Login: e.Login, Method: e.Method, Path: e.Path, Endpoint: string(e.Endpoint),
		Client: e.ClientID, Subject: e.Subject, Status: e.Status, Error: e.Error, Lax: e.Lax, Notes: e.Notes,
	}
	for name, values := range e.Params {
		v.Params = append(v.Params, ui.Pair{Name: name, Value: strings.Join(values, ", ")})
	}
	for name, value := range e.Response {
		v.Response = append(v.Response, ui.Pair{Name: name, Value: fmt.Sprint(value)})
	}
	for _, pairs := range [][]ui.Pair{v.Params, v.Response} {
		slices.SortFunc(pairs, func(a, b ui.Pair) int { return strings.Compare(a.Name, b.Name) })
	}
	for _, d := range e.Decisions {
		v.Decisions = append(v.Decisions, ui.Decision{Check: d.Check, Detail: d.Detail, Spec: d.Spec, Passed: d.Passed})
	}
	for _, f := range e.Faults {
		v.Faults = append(v.Faults, f.What)
	}
	for _, ev := range e.Events {
		v.Events = append(v.Events, string(ev.Name))
	}
	return v
}

// press does what a button of the console says.
func (a *API) press(c *call) {
	if err := c.ParseForm(); err != nil {
		c.fail(http.StatusBadRequest, err.Error())
		return
	}
	if subtle.ConstantTimeCompare([]byte(c.PostForm.Get("csrf")), []byte(c.issuer.CSRF())) != 1 {
		c.fail(http.StatusForbidden, "The form does not come from this console: open it again.")
		return
	}
	verb, argument, _ := strings.Cut(c.PostForm.Get("do"), " ")
	if err := c.doVerb(verb, argument); err != nil {
		a.inspector(c, err.Error())
		return
	}
	c.w.Header().Set("Location", c.path+"?done="+url.QueryEscape(verb))
	c.w.WriteHeader(http.StatusSeeOther)
}

// doVerb is a button of the console.
func (c *call) doVerb(verb, argument string) error {
	i := c.issuer
	switch verb {
	case "advance":
		d, err := time.ParseDuration(argument)
		if err != nil {
			return err
		}
		return i.Clock().Advance(d)
	case "freeze":
		i.Clock().Freeze(true)
	case "resume":
		i.Clock().Freeze(false)
	case "rotate":
		_, err := i.RotateKeys("", "")
		return err
	case "unfault":
		i.RemoveFault(argument)
	case "reset":
		return i.Reset()
	default:
		return fmt.Errorf("unknown button %q", verb)
	}
	return nil
}

// notice tells what a button has done. The address names only the button: a
// link cannot put words into the console.
func notice(verb string) string {
	switch verb {
	case "advance":
		return "The clock was moved."
	case "freeze":
		return "The clock is frozen."
	case "resume":
		return "The clock runs."
	case "rotate":
		return "There are new keys."
	case "unfault":
		return "The fault was removed."
	case "reset":
		return "The issuer is as it was made."
	}
	return ""
}
