package record

import (
	"encoding/json"
	"net/url"
	"time"

	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// GrantKey names a grant at its store. It is 0 while the grant is not stored.
type GrantKey uint64

// Grant is what a user (or a client for itself) has allowed a client: the root
// of a family of codes and tokens, which name it by its key. It does not change
// once it is stored, and may be shared. Whether it has ended the store knows:
// ending it ends all codes and tokens that name it, also those that are just
// being made.
type Grant struct {
	Key       GrantKey       //
	ClientID  string         //
	Subject   string         // sub
	GrantType protocol.Grant // the grant type it began with
	Scopes    []string       // granted, in the order they were asked
	Issued    Instant

	*Authorization // never nil
}

// Authorization is what a user's grant knows beyond a client's own: the request
// it answers and the sign-in it rests on.
type Authorization struct {
	Realm       string    // the issuer it is of, where the provider has several
	Address     string    // the provider's, where tokens of it are in an authorization response
	Login       string    // the sign-in it came from, as the journal numbers them
	UserLogin   string    // empty for client credentials
	SessionID   string    // sid of the user's session at the provider
	Requested   []string  // scopes asked
	Audience    []string  // protected resources that tokens may be for (RFC 8707)
	RedirectURI string    // of the token request: as sent with the authorization request, empty if it was not
	Nonce       string    //
	ACR         string    //
	AMR         []string  //
	AuthTime    time.Time // when the user authenticated, on the issuer's clock

	Challenge       string // code_challenge (RFC 7636)
	ChallengeMethod string //
	MaxAgeAsked     bool   // max_age or require_auth_time: auth_time is due in the ID token

	Request    url.Values // the request's other parameters, where a persona speaks of them
	RefreshDue bool       // a persona issues a refresh token for this request

	ClaimsParameter json.RawMessage // the claims request parameter (OIDC Core section 5.5)
}

// noUser is the authorization of all grants without a user. It is never written.
var noUser = &Authorization{}

// ByClient returns a grant of a client to itself (RFC 6749 section 4.4). There
// may be very many: they share what they do not have.
func ByClient(clientID string) *Grant {
	return &Grant{ClientID: clientID, GrantType: protocol.ClientCredentialsGrant, Subject: clientID, Authorization: noUser}
}
