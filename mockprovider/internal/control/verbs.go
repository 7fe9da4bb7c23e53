package control

import (
	"fmt"
	"net/http"
	"time"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/tag"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// authority answers with the certificate that clients have to trust. It is not a secret.
func (a *API) authority(c *call) {
	text := a.host.AuthorityPEM()
	if text == nil {
		c.fail(http.StatusNotFound, "This server has no certificate authority: it is served without --tls, or with a certificate of its own.")
		return
	}
	c.w.Header().Set("Content-Type", "application/x-pem-file")
	_, _ = c.w.Write(text) // the caller is gone
}

func (a *API) clock(c *call) {
	var answer struct {
		Now    time.Time `json:"now"`
		Frozen bool      `json:"frozen"`
	}
	answer.Now, answer.Frozen = c.issuer.Clock().State()
	c.answer(http.StatusOK, answer)
}

func (a *API) advance(c *call) {
	var body advanceBody
	if c.read(&body) {
		a.answerMove(c, "by", c.issuer.Clock().Advance(body.By.D()))
	}
}

func (a *API) setClock(c *call) {
	var body setClockBody
	if c.read(&body) {
		a.answerMove(c, "to", c.issuer.Clock().Set(body.To))
	}
}

// answerMove answers a move of the clock, which may have been refused.
func (a *API) answerMove(c *call, field string, err error) {
	if err != nil {
		c.fail(http.StatusBadRequest, field+": "+err.Error())
		return
	}
	a.clock(c)
}

func (a *API) freeze(c *call) {
	c.issuer.Clock().Freeze(true)
	a.clock(c)
}

func (a *API) resumeClock(c *call) {
	c.issuer.Clock().Freeze(false)
	a.clock(c)
}

func (a *API) provider(c *call) { c.answer(http.StatusOK, c.issuer.Persona()) }

func (a *API) patchProvider(c *call) {
	var p persona.Persona
	if c.read(&p) {
		if err := c.issuer.Set(p); err != nil {
			c.fail(http.StatusBadRequest, err.Error())
			return
		}
		a.provider(c)
	}
}

func (a *API) users(c *call) {
	out := []store.User{}
	for _, u := range c.issuer.Users() {
		out = append(out, shownUser(u))
	}
	c.answer(http.StatusOK, map[string]any{"users": out})
}

func (a *API) user(c *call) {
	for _, u := range c.issuer.Users() {
		if u.Login == c.PathValue("login") {
			c.answer(http.StatusOK, shownUser(u))
			return
		}
	}
	c.found(false, "user "+c.PathValue("login"))
}

// shownUser is a user with the password shortened.
func shownUser(u *store.User) store.User {
	shown := *u
	shown.Password = tag.Digest(u.Password)
	return shown
}

// checkName reports whether a name in the body, where there is one, is that of the
// path, and refuses the request if not.
func (c *call) checkName(member, name string) bool {
	if want := c.PathValue(member); name != "" && name != want {
		c.fail(http.StatusBadRequest, fmt.Sprintf("%s: %q is not the %q of the path; leave it out", member, name, want))
		return false
	}
	return true
}

func (a *API) putUser(c *call) {
	var u store.User
	if !c.read(&u) || !c.checkName("login", u.Login) {
		return
	}
	u.Login = c.PathValue("login")
	c.doneUnless(c.issuer.SetUser(u))
}

func (a *API) deleteUser(c *call) {
	c.found(c.issuer.RemoveUser(c.PathValue("login")), "user "+c.PathValue("login"))
}

func (a *API) disableUser(c *call) {
	c.found(c.issuer.DisableUser(c.PathValue("login"), true), "user "+c.PathValue("login"))
}

func (a *API) enableUser(c *call) {
	c.found(c.issuer.DisableUser(c.PathValue("login"), false), "user "+c.PathValue("login"))
}

// found answers 204, or 404 with what is not there.
func (c *call) found(ok bool, what string) {
	if !ok {
		c.fail(http.StatusNotFound, "Unknown "+what+".")
		return
	}
	c.noContent()
}

func (a *API) clients(c *call) {
	out := []store.Client{}
	for _, cl := range c.issuer.Clients() {
		out = append(out, c.shownClient(cl))
	}
	c.answer(http.StatusOK, map[string]any{"clients": out})
}

func (a *API) client(c *call) {
	for _, cl := range c.issuer.Clients() {
		if cl.ID == c.PathValue("client_id") {
			c.answer(http.StatusOK, c.shownClient(cl))
			return
		}
	}
	c.found(false, "client "+c.PathValue("client_id"))
}

// shownClient is a client with the secret shortened, unless the caller wants it
// whole.
func (c *call) shownClient(cl *store.Client) store.Client {
	shown := *cl
	if c.URL.Query().Get("secrets") != "show" {
		shown.Secret = tag.Digest(cl.Secret)
	}
	return shown
}

func (a *API) putClient(c *call) {
	var cl store.Client
	if !c.read(&cl) || !c.checkName("client_id", cl.ID) {
		return
	}
	cl.ID = c.PathValue("client_id")
	c.doneUnless(c.issuer.SetClient(cl))
}

func (a *API) deleteClient(c *call) {
	c.found(c.issuer.RemoveClient(c.PathValue("client_id")), "client "+c.PathValue("client_id"))
}

func (a *API) faults(c *call) {
	c.answer(http.StatusOK, map[string]any{"faults": append([]fault.Status{}, c.issuer.Faults()...)})
}

// attack lays an entry of the failure catalogue over the issuer. Its faults are
// then in the list, under the entry's id.
func (a *API) attack(c *call) {
	var body attackBody
	if !c.read(&body) {
		return
	}
	if err := a.host.Attack(c.issuer, body.Entry); err != nil {
		c.fail(http.StatusUnprocessableEntity, err.Error())
		return
	}
	a.faults(c)
}

func (a *API) addFault(c *call) {
	var f fault.Fault
	if !c.read(&f) {
		return
	}
	id, err := c.issuer.Fault(f)
	if err != nil {
		c.fail(http.StatusConflict, err.Error())
		return
	}
	c.answer(http.StatusCreated, map[string]string{"id": id})
}

func (a *API) clearFaults(c *call) {
	c.issuer.ClearFaults()
	c.noContent()
}

func (a *API) removeFault(c *call) {
	c.found(c.issuer.RemoveFault(c.PathValue("id")), "fault "+c.PathValue("id"))
}

func (a *API) keys(c *call) {
	c.answer(http.StatusOK, map[string]any{"keys": append([]Key{}, c.issuer.Keys()...)})
}

func (a *API) rotate(c *call) {
	var body rotateBody
	if !c.read(&body) {
		return
	}
	kids, err := c.issuer.RotateKeys(body.Alg, body.Plan)
	if err != nil {
		c.fail(http.StatusBadRequest, err.Error())
		return
	}
	c.answer(http.StatusOK, map[string]any{"kids": append([]string{}, kids...)})
}

func (a *API) revoke(c *call) {
	var body revokeBody
	if c.read(&body) {
		c.answer(http.StatusOK, map[string]int{"revoked": c.issuer.RevokeGrant(body.User, body.ClientID)})
	}
}

func (a *API) mint(c *call) {
	var m Mint
	if !c.read(&m) {
		return
	}
	tokens, err := c.issuer.Mint(m)
	if err != nil {
		c.fail(http.StatusBadRequest, err.Error())
		return
	}
	c.answer(http.StatusCreated, tokens)
}

func (a *API) reset(c *call) {
	if err := c.issuer.Reset(); err != nil {
		c.fail(http.StatusInternalServerError, err.Error())
		return
	}
	c.noContent()
}
