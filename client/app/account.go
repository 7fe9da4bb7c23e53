package app

import (
	"fmt"
	"sync"

	"github.com/authdrill/authdrill/client"
)

// accounts are the App's own records of the users that have signed in: one for
// each iss and sub, the only claims that identify a user (OIDC Core 5.7). An e-mail
// address and a user name are for people to read.
type accounts struct {
	issuer string // of sessions without an ID token

	mu     sync.Mutex
	byUser map[user]string
}

type user struct{ issuer, subject string }

// accountOf returns the account of a session, a new one at the user's first sign-in.
func (a *accounts) accountOf(s *client.Session) string {
	now := s.Snapshot()
	key := user{a.issuer, now.Subject}
	if now.IDToken != nil {
		key.issuer = text(now.IDToken.Claims["iss"])
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.byUser == nil {
		a.byUser = map[user]string{}
	}
	if a.byUser[key] == "" {
		a.byUser[key] = fmt.Sprintf("account-%d", len(a.byUser)+1)
	}
	return a.byUser[key]
}

// text returns a claim that is text, "" for any other.
func text(claim any) string {
	s, _ := claim.(string)
	return s
}
