package protocol

import "slices"

// Artifact is a token or a document that a provider makes, and that a fault can
// falsify.
type Artifact string

// The artifacts.
const (
	IDToken               Artifact = "id_token"
	AccessToken           Artifact = "access_token"
	LogoutToken           Artifact = "logout_token"
	AuthorizationResponse Artifact = "authorization_response"
	TokenResponse         Artifact = "token_response"
	IntrospectionResponse Artifact = "introspection_response"
	Userinfo              Artifact = "userinfo"
	SignedUserinfo        Artifact = "signed_userinfo"
	KeySet                Artifact = "jwks"
	Metadata              Artifact = "metadata"
)

type artifactRow struct {
	artifact Artifact
	token    bool // it is signed
	clause   string
}

func artifacts() []artifactRow {
	return []artifactRow{
		{IDToken, true, "OIDC Core section 2"},
		{AccessToken, true, "RFC 9068 section 2"},
		{LogoutToken, true, "OpenID Connect Back-Channel Logout 1.0 section 2.4"},
		{AuthorizationResponse, false, "RFC 6749 section 4.1.2"},
		{TokenResponse, false, "RFC 6749 section 5.1"},
		{IntrospectionResponse, false, "RFC 7662 section 2.2"},
		{Userinfo, false, "OIDC Core section 5.3.2"},
		{SignedUserinfo, true, "OIDC Core section 5.3.2"},
		{KeySet, false, "RFC 7517 section 5"},
		{Metadata, false, "RFC 8414 section 2"},
	}
}

// artifactNames lists the artifacts; those of the group "token" are signed, and have
// claims and a header where a document has members.
func artifactNames(group string) []string {
	rows := slices.DeleteFunc(artifacts(), func(r artifactRow) bool { return group == "token" && !r.token })
	return names(rows, func(r artifactRow) string { return string(r.artifact) })
}
