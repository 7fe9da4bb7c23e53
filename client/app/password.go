package app

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
	"sync"
)

// localAccounts are accounts that the App itself keeps, by e-mail address. It verifies
// no address: so a sign-in at the provider is never joined to one, whatever address it
// brings.
type localAccounts struct {
	mu      sync.Mutex
	byEmail map[string]localAccount
}

type localAccount struct {
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
		return nil // it fails for lengths that are not allowed
	}
	return hash
}

// form is a page that asks for an e-mail address and a password.
func (a *App) form(heading, action string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := a.ensureVisitor(w, r)
		if err != nil {
			a.fail(w, r, err)
			return
		}
		a.show(w, http.StatusOK, "local", page{Heading: heading, Text: action, CSRF: v.csrf})
	}
}

// register makes an account. The answer does not tell whether the address is taken.
func (a *App) register(w http.ResponseWriter, r *http.Request, _ *visitor) {
	email, password := strings.TrimSpace(r.PostFormValue("email")), r.PostFormValue("password")
	if !strings.Contains(email, "@") || len([]rune(password)) < passwordLength {
		a.problem(w, http.StatusBadRequest, "That will not do", "Give an e-mail address, and a password of eight characters or more.")
		return
	}
	salt, err := a.newToken()
	if err != nil {
		a.fail(w, r, err)
		return
	}
	made := localAccount{account: "local " + email, salt: salt, hash: passwordHash(password, salt)}
	a.local.mu.Lock()
	if a.local.byEmail == nil {
		a.local.byEmail = map[string]localAccount{}
	}
	if _, taken := a.local.byEmail[email]; !taken {
		a.local.byEmail[email] = made
	}
	a.local.mu.Unlock()
	a.problem(w, http.StatusOK, "Thank you", "If the address was free, it is registered, and you can sign in with the password.")
}

// passwordLogin signs a user in with the password of an account.
func (a *App) passwordLogin(w http.ResponseWriter, r *http.Request, _ *visitor) {
	email := strings.TrimSpace(r.PostFormValue("email"))
	a.local.mu.Lock()
	known := a.local.byEmail[email]
	a.local.mu.Unlock()
	if hash := passwordHash(r.PostFormValue("password"), known.salt); known.account == "" || subtle.ConstantTimeCompare(hash, known.hash) != 1 {
		a.problem(w, http.StatusForbidden, "That is not right", "No account has this address and this password.")
		return
	}
	v, err := a.renew(w, r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	v.mu.Lock()
	v.local, v.account = email, known.account
	v.mu.Unlock()
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
