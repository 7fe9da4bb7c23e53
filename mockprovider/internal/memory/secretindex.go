package memory

import (
	"strconv"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/store"
)

// secretIndex finds the secrets of clients and the passwords of users in a text, in a
// time that does not depend on how many there are: it counts their holders by length
// and text. It is not made before the first text is searched.
type secretIndex map[int]map[string]int

// shortestHidden is how long a secret is at least that is looked for in a text. A
// shorter one would tear words apart, and is not a secret.
const shortestHidden = 4

// HideSecrets puts … in the place of each secret of a client and each password of a
// user that a text has, as it is or as %q writes it.
func (d *Directory) HideSecrets(text string) string {
	d.mu.RLock()
	if d.secrets != nil {
		defer d.mu.RUnlock()
		return d.secrets.maskSecrets(text)
	}
	d.mu.RUnlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.secrets == nil {
		d.indexSecrets()
	}
	return d.secrets.maskSecrets(text)
}

func (d *Directory) indexSecrets() {
	d.secrets = secretIndex{}
	for _, c := range d.clients {
		d.secrets.add(secretOf(c), 1)
	}
	for _, u := range d.users {
		d.secrets.add(passwordOf(u), 1)
	}
}

func secretOf(c *store.Client) string {
	if c == nil {
		return ""
	}
	return c.Secret
}

func passwordOf(u *store.User) string {
	if u == nil {
		return ""
	}
	return u.Password
}

// replace follows a change of one client or user.
func (x secretIndex) replace(old, secret string) {
	if x != nil && old != secret {
		x.add(old, -1)
		x.add(secret, 1)
	}
}

// add counts holders of a secret.
func (x secretIndex) add(secret string, holders int) {
	if len(secret) < shortestHidden {
		return
	}
	x.count(secret, holders)
	if quoted := strconv.Quote(secret); quoted[1:len(quoted)-1] != secret {
		x.count(quoted[1:len(quoted)-1], holders)
	}
}

func (x secretIndex) count(text string, holders int) {
	same := x[len(text)]
	if same == nil {
		same = map[string]int{}
		x[len(text)] = same
	}
	if same[text] += holders; same[text] == 0 {
		delete(same, text)
	}
	if len(same) == 0 {
		delete(x, len(text))
	}
}

// maskSecrets looks at each part of a text that is as long as some secret. Secrets may
// overlap.
func (x secretIndex) maskSecrets(text string) string {
	var hidden []bool // by byte
	for length, secrets := range x {
		for from := 0; from+length <= len(text); from++ {
			if secrets[text[from:from+length]] == 0 {
				continue
			}
			if hidden == nil {
				hidden = make([]bool, len(text))
			}
			for n := range length {
				hidden[from+n] = true
			}
		}
	}
	if hidden == nil {
		return text
	}
	var out strings.Builder
	for n := range len(text) {
		switch {
		case !hidden[n]:
			out.WriteByte(text[n])
		case n == 0 || !hidden[n-1]:
			out.WriteString("…")
		}
	}
	return out.String()
}
