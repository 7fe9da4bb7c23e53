package app

import (
	"fmt"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/client"
)

// accounts are the app's own records of who has signed in: one for each iss and
// sub, which is all that tells users apart (OIDC Core 5.7). An e-mail address
// and a user name are for people to read.
type accounts struct {
	mu    sync.Mutex
	byKey map[string]string
}

// of is the account of a session, a new one at its first sign-in.
func (a *App) account(s *client.Session) string {
	key := a.accountKey(s)
	a.accounts.mu.Lock()
	defer a.accounts.mu.Unlock()
	if a.accounts.byKey == nil {
		a.accounts.byKey = map[string]string{}
	}
	if id := a.joined(s); id != "" {
		return id
	}
	link, trusted := a.linkedBy(s)
	if id := a.accounts.byKey[link]; trusted && id != "" && a.accounts.byKey[key] == "" {
		a.accounts.byKey[key] = id
	}
	id := a.accounts.byKey[key]
	if id == "" {
		id = fmt.Sprintf("account-%d", len(a.accounts.byKey)+1)
		a.accounts.byKey[key] = id
	}
	if link != "" {
		if a.accounts.byKey[link] == "" {
			a.accounts.byKey[link] = id
		}
	}
	return id
}

// accountKey is what tells an account from others.
func (a *App) accountKey(s *client.Session) string {
	issuer, sub := a.cfg.Issuer, s.Subject()
	if s.IDToken != nil {
		issuer = text(s.IDToken.Claims["iss"])
	}
	claims := claimsOf(s)
	switch {
	case a.client.HasBug(client.AccountByEmail) && text(claims["email"]) != "":
		return "email " + text(claims["email"])
	case a.client.HasBug(client.AccountByUsername):
		return "name " + text(claims["preferred_username"])
	case a.client.HasBug(client.EmailFolded):
		name, domain, _ := strings.Cut(strings.ToLower(text(claims["email"])), "@")
		name, _, _ = strings.Cut(name, "+")
		return "email " + name + "@" + domain
	case a.client.HasBug(client.AccountBySubOnly):
		issuer = ""
	}
	if a.client.HasBug(client.SubFolded) {
		sub = strings.ToLower(sub)
	}
	if a.client.HasBug(client.SubTruncated) && len(sub) > 255 {
		sub = sub[:255]
	}
	return issuer + " " + sub
}

// linkedBy is what an account that is new may be joined to an old one by: only
// a client with a bug does that.
func (a *App) linkedBy(s *client.Session) (key string, trusted bool) {
	claims := claimsOf(s)
	verified, isText := claims["email_verified"].(string)
	switch {
	case text(claims["email"]) == "":
	case a.client.HasBug(client.EmailUnverifiedLinked):
		return "link " + text(claims["email"]), true
	case a.client.HasBug(client.EmailVerifiedString):
		return "link " + text(claims["email"]), isText && verified != "" || claims["email_verified"] == true
	}
	return "", false
}

// claims are those of the ID token, and of userinfo where it has more.
func claimsOf(s *client.Session) map[string]any {
	now := s.Snapshot()
	out := map[string]any{}
	for name, value := range now.UserInfo {
		out[name] = value
	}
	if now.IDToken != nil {
		for name, value := range now.IDToken.Claims {
			if _, there := out[name]; !there || name == "sub" {
				out[name] = value
			}
		}
	}
	return out
}

// text is a claim that is text, "" for any other.
func text(claim any) string {
	s, _ := claim.(string)
	return s
}
