package endpoint

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/effect"
	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
	"github.com/authdrill/authdrill/mockprovider/internal/resource"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Metadata returns the provider's metadata (RFC 8414 section 2, OpenID Connect
// Discovery 1.0 section 3) with the persona's overrides.
func (i *Issuer) Metadata(ctx context.Context) map[string]any {
	p := i.Persona()
	scopes := p.ScopesSupported
	if len(scopes) == 0 {
		scopes = []string{"openid", "profile", "email", "address", "phone", "groups", "offline_access"}
		usual := len(scopes)
		for name := range p.Scopes {
			if !slices.Contains(scopes[:usual], name) {
				scopes = append(scopes, name)
			}
		}
		slices.Sort(scopes[usual:])
	}
	challenges := []string{"S256", "plain"}
	if slices.Contains(p.Strict, "pkce-s256-only") {
		challenges = challenges[:1]
	}
	confidential, methods := protocol.Values[protocol.AuthMethod]("confidential"), protocol.Values[protocol.AuthMethod]("")
	assertions, signing := protocol.Values[protocol.Algorithm](""), protocol.Values[protocol.Algorithm]("signing")
	doc := make(map[string]any, 40)
	doc["issuer"] = i.Grants.Issuer(ctx, nil)

	doc["scopes_supported"] = scopes
	doc["response_types_supported"] = protocol.Values[protocol.ResponseType]("")
	doc["response_modes_supported"] = protocol.Values[protocol.ResponseMode]("")
	doc["grant_types_supported"] = protocol.Strings(i.Grants.GrantTypes())
	doc["subject_types_supported"] = []string{"public"}
	doc["claim_types_supported"] = []string{"normal"}
	doc["claims_supported"] = claimsSupported()
	doc["prompt_values_supported"] = []string{"none", "login", "consent", "select_account"}
	doc["code_challenge_methods_supported"] = challenges

	doc["id_token_signing_alg_values_supported"] = signing
	doc["userinfo_signing_alg_values_supported"] = signing
	doc["token_endpoint_auth_methods_supported"] = methods
	doc["token_endpoint_auth_signing_alg_values_supported"] = assertions
	doc["introspection_endpoint_auth_methods_supported"] = confidential
	doc["introspection_endpoint_auth_signing_alg_values_supported"] = assertions
	doc["revocation_endpoint_auth_methods_supported"] = methods
	doc["revocation_endpoint_auth_signing_alg_values_supported"] = assertions

	doc[issParameter] = true // RFC 9207 section 3
	doc["claims_parameter_supported"] = true
	doc["request_parameter_supported"] = false
	doc["request_uri_parameter_supported"] = false
	doc["require_request_uri_registration"] = false
	doc["service_documentation"] = "https://github.com/authdrill/authdrill"
	if len(p.ProtectedResources) > 0 {
		doc["protected_resources"] = resource.Known(p.ProtectedResources) // RFC 9728 section 4
	}
	for _, r := range published() {
		doc[string(r.Endpoint)] = i.URL + r.Path
	}
	doc = i.Grants.Dialect().Metadata(i.Grants.At(ctx), doc, i.Random)
	if i.Browser != i.URL {
		for _, e := range []protocol.Endpoint{protocol.AuthorizationEndpoint, protocol.EndSessionEndpoint, protocol.CheckSessionIframe} {
			if address, ok := doc[string(e)].(string); ok {
				doc[string(e)] = i.forBrowser(address)
			}
		}
	}
	effect.Apply(doc, p.Metadata, i.Clock.Now())
	if doc[issParameter] == true && !i.sendsIssuer() {
		doc[issParameter] = false
	}
	return doc
}

// forBrowser returns a URL of the provider as a browser is to open it.
func (i *Issuer) forBrowser(address string) string {
	if rest, ok := strings.CutPrefix(address, i.URL); ok && i.Browser != "" {
		return i.Browser + rest
	}
	return address
}

// published has the first path of each endpoint that the metadata names.
var published = sync.OnceValue(func() []protocol.Route {
	all := slices.DeleteFunc(protocol.Routes(), func(r protocol.Route) bool { return !dialectfile.IsPublished(r.Endpoint) })
	return slices.CompactFunc(all, func(a, b protocol.Route) bool { return a.Endpoint == b.Endpoint })
})

func claimsSupported() []string {
	return []string{
		"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "at_hash", "c_hash", "sid",
		"name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website",
		"email", "email_verified", "gender", "birthdate", "zoneinfo", "locale", "phone_number", "phone_number_verified", "address", "groups",
	}
}

// discovery answers with the metadata.
func (i *Issuer) discovery(r *pipeline.Request) pipeline.Answer {
	return pipeline.NewDocument(protocol.Metadata, i.Metadata(r.Context()))
}
