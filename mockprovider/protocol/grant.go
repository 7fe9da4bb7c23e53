package protocol

// Grant is a grant type of the token endpoint, or of the authorization endpoint
// for implicit.
type Grant string

// The grants.
const (
	AuthorizationCodeGrant Grant = "authorization_code"
	ImplicitGrant          Grant = "implicit"
	RefreshTokenGrant      Grant = "refresh_token"
	ClientCredentialsGrant Grant = "client_credentials"
	PasswordGrant          Grant = "password"
	DeviceCodeGrant        Grant = "urn:ietf:params:oauth:grant-type:device_code"
	JWTBearerGrant         Grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
)

type grantRow struct {
	grant  Grant
	usual  bool // a provider offers it unless its settings say otherwise
	clause string
}

func grants() []grantRow {
	return []grantRow{
		{AuthorizationCodeGrant, true, "RFC 6749 section 4.1"},
		{ImplicitGrant, true, "RFC 6749 section 4.2"},
		{RefreshTokenGrant, true, "RFC 6749 section 6"},
		{ClientCredentialsGrant, true, "RFC 6749 section 4.4"},
		{PasswordGrant, false, "RFC 6749 section 4.3"},
		{DeviceCodeGrant, true, "RFC 8628 section 3.4"},
		{JWTBearerGrant, false, "RFC 7523 section 2.1"},
	}
}

// UsualGrants returns the grants that a provider offers by default: all but
// password, which RFC 9700 section 2.4 forbids, and assertions of issuers that a
// provider trusts.
func UsualGrants() []Grant {
	var out []Grant
	for _, r := range grants() {
		if r.usual {
			out = append(out, r.grant)
		}
	}
	return out
}

func grantNames(string) []string {
	return names(grants(), func(r grantRow) string { return string(r.grant) })
}
