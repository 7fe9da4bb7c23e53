package client

// Metadata is what a provider says of itself (OIDC Discovery 3, RFC 8414 section 2).
type Metadata struct {
	Issuer                             string   `json:"issuer"`
	AuthorizationEndpoint              string   `json:"authorization_endpoint"`
	TokenEndpoint                      string   `json:"token_endpoint"`
	UserInfoEndpoint                   string   `json:"userinfo_endpoint"`
	JWKSURI                            string   `json:"jwks_uri"`
	IntrospectionEndpoint              string   `json:"introspection_endpoint"`
	RevocationEndpoint                 string   `json:"revocation_endpoint"`
	EndSessionEndpoint                 string   `json:"end_session_endpoint"`
	DeviceAuthorizationEndpoint        string   `json:"device_authorization_endpoint"`
	PushedAuthorizationRequestEndpoint string   `json:"pushed_authorization_request_endpoint"`
	RequirePushedAuthorizationRequests bool     `json:"require_pushed_authorization_requests"`
	IssParameterSupported              bool     `json:"authorization_response_iss_parameter_supported"`
	CodeChallengeMethodsSupported      []string `json:"code_challenge_methods_supported"`
	ResponseTypesSupported             []string `json:"response_types_supported"`
	TokenEndpointAuthMethodsSupported  []string `json:"token_endpoint_auth_methods_supported"`

	Raw map[string]any `json:"-"` // the whole document; numbers are json.Number
}
