package app

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/client"
)

// locals are accounts that the App itself keeps, by e-mail address. Nobody has
// shown that an address is theirs: so a sign-in at the provider is never joined
// to one, whatever address it brings.
type locals struct {
	mu      sync.Mutex
	byEmail map[string]local
}

type local struct {
	account string
	salt    string
	hash    []byte
}

const (
	passwordLength = 8 // characters at least (NIST SP 800-63B section 5.1.1)
	passwordRounds = 600_000
)

func passwordHash(password, salt string) []byte {
	hash, err := pbkdf2.Key(sha256.New, password, []byte(salt), passwordRounds, sha256.Size)
	if err != nil {
		return nil // it fails for lengths that are none
	}
	return hash
}

// form is a page that asks for an e-mail address and a password.
func (a *App) form(heading, action string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := a.greet(w, r)
		if err != nil {
			a.failed(w, r, err)
			return
		}
		a.show(w, http.StatusOK, "local", page{Heading: heading, Text: action, CSRF: v.csrf})
	}
}

// register makes an account. That an address is taken is not told to who does not
// own it: the answer is the same.
func (a *App) register(w http.ResponseWriter, r *http.Request, _ *visitor) {
	email, password := strings.TrimSpace(r.PostFormValue("email")), r.PostFormValue("password")
	if !strings.Contains(email, "@") || len([]rune(password)) < passwordLength {
		a.problem(w, http.StatusBadRequest, "That will not do", "Give an e-mail address, and a password of eight characters or more.")
		return
	}
	salt, err := a.newToken()
	if err != nil {
		a.failed(w, r, err)
		return
	}
	made := local{account: "local " + email, salt: salt, hash: passwordHash(password, salt)}
	a.locals.mu.Lock()
	if a.locals.byEmail == nil {
		a.locals.byEmail = map[string]local{}
	}
	if _, taken := a.locals.byEmail[email]; !taken {
		a.locals.byEmail[email] = made
	}
	a.locals.mu.Unlock()
	a.problem(w, http.StatusOK, "Thank you", "If the address was free, it is registered, and you can sign in with the password.")
}

// passwordLogin signs in who knows the password of an account.
func (a *App) passwordLogin(w http.ResponseWriter, r *http.Request, _ *visitor) {
	email := strings.TrimSpace(r.PostFormValue("email"))
	a.locals.mu.Lock()
	known := a.locals.byEmail[email]
	a.locals.mu.Unlock()
	if hash := passwordHash(r.PostFormValue("password"), known.salt); known.account == "" || subtle.ConstantTimeCompare(hash, known.hash) != 1 {
		a.problem(w, http.StatusForbidden, "That is not right", "No account has this address and this password.")
		return
	}
	v, err := a.admit(w, r)
	if err != nil {
		a.failed(w, r, err)
		return
	}
	v.mu.Lock()
	v.local, v.account = email, known.account
	v.mu.Unlock()
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// joined is the local account that a sign-in is joined to: only a client with a
// bug has one.
func (a *App) joined(s *client.Session) string {
	if !a.client.HasBug(client.LocalAccountJoined) {
		return ""
	}
	a.locals.mu.Lock()
	defer a.locals.mu.Unlock()
	return a.locals.byEmail[text(claimsOf(s)["email"])].account
}
