package endpoint

import (
	"context"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Metadata returns the provider's metadata (RFC 8414 section 2, OpenID Connect
// Discovery 1.0 section 3) with the persona's overrides.
func (i *Issuer) Metadata(ctx context.Context) map[string]any {
	p := i.Persona()
	scopes := p.ScopesSupported
	if len(scopes) == 0 {
		scopes = []string{"openid", "profile", "email", "address", "phone", "groups", "offline_access"}
	}
	challenges := []string{"S256", "plain"}
	if slices.Contains(p.Strict, "pkce-s256-only") {
		challenges = challenges[:1]
	}
	confidential, methods := protocol.AuthMethod("").Values("confidential"), protocol.AuthMethod("").Values("")
	assertions, signing := protocol.Algorithm("").Values(""), protocol.Algorithm("").Values("signing")
	doc := map[string]any{
		"issuer": i.Grants.Issuer(ctx, nil),

		"scopes_supported":                 scopes,
		"response_types_supported":         protocol.ResponseType("").Values(""),
		"response_modes_supported":         protocol.ResponseMode("").Values(""),
		"grant_types_supported":            protocol.Strings(i.Grants.GrantTypes()),
		"subject_types_supported":          []string{"public"},
		"claim_types_supported":            []string{"normal"},
		"claims_supported":                 claimsSupported(),
		"prompt_values_supported":          []string{"none", "login", "consent", "select_account"},
		"code_challenge_methods_supported": challenges,

		"id_token_signing_alg_values_supported":                    signing,
		"userinfo_signing_alg_values_supported":                    signing,
		"token_endpoint_auth_methods_supported":                    methods,
		"token_endpoint_auth_signing_alg_values_supported":         assertions,
		"introspection_endpoint_auth_methods_supported":            confidential,
		"introspection_endpoint_auth_signing_alg_values_supported": assertions,
		"revocation_endpoint_auth_methods_supported":               methods,
		"revocation_endpoint_auth_signing_alg_values_supported":    assertions,

		"authorization_response_iss_parameter_supported": true, // RFC 9207 section 3
		"claims_parameter_supported":                     true,
		"request_parameter_supported":                    false,
		"request_uri_parameter_supported":                false,
		"require_request_uri_registration":               false,
		"service_documentation":                          "https://github.com/authdrill/authdrill",
	}
	for _, r := range protocol.Routes() {
		if name := string(r.Endpoint); r.Endpoint.Published() && doc[name] == nil {
			doc[name] = i.URL + r.Path
		}
	}
	doc = i.Grants.Dialect().Metadata(i.Grants.At(ctx), doc, i.Random)
	fault.Apply(doc, p.Metadata, i.Clock.Now())
	return doc
}

func claimsSupported() []string {
	return []string{
		"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "at_hash", "c_hash", "sid",
		"name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website",
		"email", "email_verified", "gender", "birthdate", "zoneinfo", "locale", "phone_number", "phone_number_verified", "address", "groups",
	}
}

// discovery answers with the metadata.
func (i *Issuer) discovery(r *request) answer {
	return newDocument(protocol.Metadata, i.Metadata(r.Context()))
}
