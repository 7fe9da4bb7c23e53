package protocol

import "slices"

// AuthMethod is how a client authenticates (OIDC Core section 9).
type AuthMethod string

// The methods of client authentication.
const (
	ClientSecretBasic AuthMethod = "client_secret_basic"
	ClientSecretPost  AuthMethod = "client_secret_post"
	ClientSecretQuery AuthMethod = "client_secret_query"
	ClientSecretJWT   AuthMethod = "client_secret_jwt"
	PrivateKeyJWT     AuthMethod = "private_key_jwt"
	NoAuthentication  AuthMethod = "none"
)

// authMethodNames lists the methods of OIDC Core section 9. The group "persona" has
// client_secret_query too, which a few providers accept; the group
// "confidential" has the methods of clients with credentials.
func authMethodNames(group string) []string {
	all := []AuthMethod{ClientSecretBasic, ClientSecretPost, ClientSecretQuery, ClientSecretJWT, PrivateKeyJWT, NoAuthentication}
	all = slices.DeleteFunc(all, func(m AuthMethod) bool {
		return m == ClientSecretQuery && group != "persona" || m == NoAuthentication && group == "confidential"
	})
	return Strings(all)
}
