package fault

import (
	"errors"
	"fmt"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Tamper falsifies a token (claims, header, signature) or a document (set).
// The value $absent removes a member.
type Tamper struct {
	Claims       map[string]any        `json:"claims,omitempty" vocab:"claim" match:"edit" doc:"claims to set, or to remove with $absent (RFC 7519 section 4)"`
	Header       map[string]any        `json:"header,omitempty" vocab:"jose-header" match:"edit" doc:"JOSE header members to set or remove (RFC 7515 section 4)"`
	Signature    Signature             `json:"signature,omitempty" doc:"what to do to the signature; previous_key: sign with the key before the last rotation (RFC 7515 section 5.2, RFC 8725 section 2)"`
	SigningKey   string                `json:"signing_key,omitempty" enum:"enc_use,encrypt_ops,other_alg,rsa_1024,rsa_e1,ec_off_curve,symmetric,reused_kid,duplicate_kid" doc:"sign with a key that is not to be accepted, or not without care, and publish it in the key set (RFC 7517 section 4, RFC 7518 section 3)"`
	ResponseMode protocol.ResponseMode `json:"response_mode,omitempty" doc:"send the authorization response this way, whatever was asked (OAuth 2.0 Multiple Response Types section 2.1)"`
	Raw          string                `json:"raw,omitempty" doc:"the token as a whole, in place of the true one (RFC 7519 section 7.2)"`
	Set          map[string]any        `json:"set,omitempty" vocab:"any" match:"edit" doc:"members of the document to set or remove (RFC 6749 section 5.1, OIDC Discovery section 3)"`
}

// Signature is what is done to the signature of a token.
type Signature string

// Values lists what may be done to a signature. There are no groups.
func (Signature) Values(string) []string {
	return []string{
		"corrupt", "stripped", "zero", "der", "foreign_key", "previous_key", "none", "hs256_public_key", "hs256_public_jwk", "hs256_wrong_secret",
		"embedded_jwk", "jku", "x5u", "x5c", "kid_url",
	}
}

func (t *Tamper) describe() string { return "tamper " + inJSON(t) }

func (t *Tamper) check(f *Fault) error {
	switch isToken := slices.Contains(protocol.Values[protocol.Artifact]("token"), string(f.On)); {
	case isToken && len(t.Set) > 0:
		return fmt.Errorf("set is for documents; a token such as %s has claims, header and signature", f.On)
	case !isToken && t.changesToken():
		return fmt.Errorf("claims, header and signature are for tokens; the document %s has set", f.On)
	case t.ResponseMode != "" && f.On != protocol.AuthorizationResponse:
		return errors.New("response_mode is how an authorization response is sent: write on: authorization_response")
	case !t.changesToken() && len(t.Set) == 0 && t.ResponseMode == "":
		return errors.New("tamper is empty: say claims, header, signature or set")
	}
	return nil
}

func (t *Tamper) changesToken() bool {
	return len(t.Claims) > 0 || len(t.Header) > 0 || t.Signature != "" || t.SigningKey != "" || t.Raw != ""
}
