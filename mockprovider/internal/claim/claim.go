// Package claim makes the claims of tokens, and of answers about tokens: those that
// the specifications require (a table), those about the user, and those that are
// configured, which override the others. Begin with Standard and Levels.
package claim

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/keys"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// Source is what the claims of an artifact are made of.
type Source struct {
	Grant           *record.Grant
	Issuer          string
	ClientID        string
	Scopes          []string
	Audience        []string // resources that the token is for
	Also            []string // what the provider adds to them
	Issued, Expires int64
	Nonce           string // that the artifact answers
	AccessTokenHash string
	CodeHash        string
	Random          *keys.Random
}

// row is a claim: its name, the artifacts that have it, the clause that defines it
// there and its value. Without a value it is left out.
type row struct {
	name   string
	in     []protocol.Artifact
	clause string
	value  func(s *Source) any
}

const (
	inID         = protocol.IDToken
	inAccess     = protocol.AccessToken
	inIntrospect = protocol.IntrospectionResponse
	inUserinfo   = protocol.Userinfo
	inSigned     = protocol.SignedUserinfo
	inLogout     = protocol.LogoutToken
)

// table has every claim that the specifications have a provider make of a grant.
func table() []row {
	type in = []protocol.Artifact
	return []row{
		{"active", in{inIntrospect}, "RFC 7662 section 2.2", func(*Source) any { return true }},
		{"iss", in{inID, inAccess, inIntrospect, inSigned, inLogout}, "OIDC Core section 2, RFC 9068 section 2.2", func(s *Source) any { return s.Issuer }},
		{"sub", in{inID, inAccess, inIntrospect, inUserinfo, inLogout}, "OIDC Core section 2, RFC 9068 section 2.2", func(s *Source) any { return s.Grant.Subject }},
		{"aud", in{inID, inSigned, inLogout}, "OIDC Core section 2", func(s *Source) any { return s.ClientID }},
		{"aud", in{inAccess}, "RFC 9068 section 3", audience},
		{"aud", in{inIntrospect}, "RFC 7662 section 2.2", func(s *Source) any { return oneOrAll(s) }},
		{"client_id", in{inAccess, inIntrospect}, "RFC 9068 section 2.2", func(s *Source) any { return s.ClientID }},
		{"iat", in{inID, inAccess, inIntrospect, inLogout}, "RFC 7519 section 4.1.6", func(s *Source) any { return s.Issued }},
		{"exp", in{inID, inAccess, inIntrospect, inLogout}, "RFC 7519 section 4.1.4", func(s *Source) any { return s.Expires }},
		{"jti", in{inAccess, inLogout}, "RFC 7519 section 4.1.7", func(s *Source) any { return s.Random.Token(16) }},
		{"scope", in{inAccess, inIntrospect}, "RFC 9068 section 2.2.3, RFC 7662 section 2.2", func(s *Source) any { return text(strings.Join(s.Scopes, " ")) }},
		{"username", in{inIntrospect}, "RFC 7662 section 2.2", func(s *Source) any { return text(s.Grant.UserLogin) }},
		{"nonce", in{inID}, "OIDC Core section 2", func(s *Source) any { return text(s.Nonce) }},
		{"at_hash", in{inID}, "OIDC Core section 3.1.3.6", func(s *Source) any { return text(s.AccessTokenHash) }},
		{"c_hash", in{inID}, "OIDC Core section 3.3.2.11", func(s *Source) any { return text(s.CodeHash) }},
		{"auth_time", in{inID, inAccess}, "OIDC Core section 2, RFC 9068 section 2.2.1", authTime},
		{"acr", in{inID, inAccess}, "OIDC Core section 2, RFC 9068 section 2.2.1", func(s *Source) any { return text(s.Grant.ACR) }},
		{"amr", in{inID, inAccess}, "OIDC Core section 2, RFC 9068 section 2.2.1", func(s *Source) any { return list(s.Grant.AMR) }},
		{"sid", in{inID}, "OpenID Connect Back-Channel Logout 1.0 section 2.1", func(s *Source) any { return text(s.Grant.SessionID) }},
		{"events", in{inLogout}, "OpenID Connect Back-Channel Logout 1.0 section 2.4", logoutEvent},
	}
}

// rows are those of each artifact. They are never written.
var rows = func() map[protocol.Artifact][]row {
	out := map[protocol.Artifact][]row{}
	for _, r := range table() {
		for _, artifact := range r.in {
			out[artifact] = append(out[artifact], r)
		}
	}
	return out
}()

// Size is how many claims of the table an artifact may have.
func Size(artifact protocol.Artifact) int { return len(rows[artifact]) }

// AddStandard adds the claims of the table, which take the place of those of the
// same name.
func AddStandard(to map[string]any, artifact protocol.Artifact, s *Source) {
	of := rows[artifact]
	for n := range of {
		if value := of[n].value(s); value != nil {
			to[of[n].name] = value
		}
	}
}

// text is a claim that is left out where it is empty.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func list(words []string) any {
	if len(words) == 0 {
		return nil
	}
	return words
}

// audience is the resources that a token is for, else the provider itself.
func audience(s *Source) any {
	if len(s.Audience) == 0 {
		return s.Issuer
	}
	return oneOrAll(s)
}

// oneOrAll is the resources as JWTs have them (RFC 7519 section 4.1.3).
func oneOrAll(s *Source) any {
	switch {
	case len(s.Audience) == 0:
		return nil
	case len(s.Audience)+len(s.Also) == 1:
		return s.Audience[0]
	}
	return slices.Concat(s.Audience, s.Also)
}

func authTime(s *Source) any {
	if s.Grant.AuthTime.IsZero() {
		return nil
	}
	return s.Grant.AuthTime.Unix()
}

func logoutEvent(*Source) any {
	return map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}
}

// AddUser adds the claims about the user: those of the granted scopes (OIDC Core
// section 5.4), and those asked one by one with the claims parameter (section 5.5),
// where the artifact has them. claimsIn is that of the persona.
func AddUser(to map[string]any, artifact protocol.Artifact, u *store.User, s *Source, claimsIn string) {
	if artifact == inUserinfo || claimsIn != "userinfo" {
		for _, scope := range s.Scopes {
			addScopeClaims(to, u, scope)
		}
	}
	if len(s.Grant.ClaimsParameter) == 0 {
		return
	}
	var asked map[string]map[string]json.RawMessage
	if json.Unmarshal(s.Grant.ClaimsParameter, &asked) != nil || len(asked[string(artifact)]) == 0 {
		return
	}
	all := allClaims(u)
	for _, name := range slices.Sorted(maps.Keys(asked[string(artifact)])) {
		if v, ok := all[name]; ok {
			to[name] = v
		}
	}
}
