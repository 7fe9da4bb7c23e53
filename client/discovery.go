package client

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/client/internal/check"
)

// Discover returns the provider's metadata: that of Config.Metadata, or the
// document at the issuer, which is kept as long as Cache-Control allows, between
// a minute and a day. When it is time to read it again and the provider cannot
// be reached, the old one serves on. A failure is never kept.
//
// The issuer in the document must be Config.Issuer, byte for byte (OIDC
// Discovery 4.3, RFC 8414 section 3.3): whoever answers could otherwise name somebody
// else's endpoints.
func (c *Client) Discover(ctx context.Context) (*Metadata, error) {
	if c.cfg.Metadata != nil {
		return c.cfg.Metadata, nil
	}
	held := c.meta.Get()
	if held.IsFresh(c.cfg.Now()) {
		return held.Value, nil
	}
	fresh, err := c.meta.Renew(held.Generation, func() (*Metadata, time.Time, error) { return c.op.fetchMetadata(ctx) })
	if err != nil && held.Generation > 0 && isTransientError(err) {
		return held.Value, nil
	}
	return fresh.Value, err
}

// fetchMetadata reads the metadata document, and returns until when it may be kept.
func (c *Client) fetchMetadata(ctx context.Context) (*Metadata, time.Time, error) {
	const spec = "OIDC Discovery 4.2"
	asked := c.cfg.Now()
	resp, err := c.get(ctx, wellKnown(c.cfg.Issuer, c.cfg.WellKnown), "application/json")
	if err != nil {
		return nil, asked, err
	}
	doc, err := c.document(resp, "discovery", spec)
	if err != nil {
		return nil, asked, err
	}
	m := &Metadata{Raw: doc}
	if err := json.Unmarshal(resp.Body, m); err != nil {
		return nil, asked, &Rejection{Check: "discovery", Spec: spec, Want: "members of the right types", Got: err.Error(), Response: resp}
	}
	if err := judge(c.tables.metadata, m, resp); err != nil {
		return nil, asked, err
	}
	return m, asked.Add(resp.freshFor()), nil
}

// metadataTable has the checks of metadata.
func (c *Client) metadataTable() []check.Row[*Metadata] {
	return []check.Row[*Metadata]{
		row("discovery_issuer", "OIDC Discovery 4.3", c.checkMetadataIssuer),
		row("endpoint", "OIDC Discovery 3", c.checkEndpoints),
	}
}

// checkMetadataIssuer refuses metadata of another issuer: whoever answers could
// otherwise name somebody else's endpoints.
func (c *Client) checkMetadataIssuer(m *Metadata) check.Finding {
	if m.Issuer != c.cfg.Issuer {
		return check.Fail(c.cfg.Issuer, quote(m.Issuer))
	}
	return check.Pass(m.Issuer)
}

// checkEndpoints refuses an endpoint that is not a URL, or less safe than the
// issuer (RFC 9700 section 2.6).
func (c *Client) checkEndpoints(m *Metadata) check.Finding {
	endpoints := m.endpoints()
	for _, name := range slices.Sorted(maps.Keys(endpoints)) {
		address := endpoints[name]
		if address == "" {
			continue
		}
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return check.Fail(name+" to be a URL", quote(address))
		}
		if u.Scheme == "http" && strings.HasPrefix(c.cfg.Issuer, "https:") {
			f := check.Fail(name+" with https", quote(address))
			f.Spec = "RFC 9700 section 2.6"
			return f
		}
	}
	return check.Pass("")
}

func (m *Metadata) endpoints() map[string]string {
	return map[string]string{
		"authorization_endpoint": m.AuthorizationEndpoint, "token_endpoint": m.TokenEndpoint,
		"userinfo_endpoint": m.UserInfoEndpoint, "jwks_uri": m.JWKSURI,
		"introspection_endpoint": m.IntrospectionEndpoint, "revocation_endpoint": m.RevocationEndpoint,
		"end_session_endpoint": m.EndSessionEndpoint, "device_authorization_endpoint": m.DeviceAuthorizationEndpoint,
		"pushed_authorization_request_endpoint": m.PushedAuthorizationRequestEndpoint,
	}
}

// endpoint is the metadata, and an endpoint of it that must be there.
func (c *Client) endpoint(ctx context.Context, name string) (*Metadata, string, error) {
	m, err := c.Discover(ctx)
	if err != nil {
		return nil, "", err
	}
	address := m.endpoints()[name]
	if address == "" {
		return nil, "", reject("endpoint", "OIDC Discovery 3", "metadata with "+name, "none")
	}
	return m, address, nil
}

// wellKnown is where an issuer's metadata is. OIDC appends (OIDC Discovery
// 4.1), RFC 8414 section 3.1 inserts before the path.
func wellKnown(issuer, name string) string {
	issuer = strings.TrimSuffix(issuer, "/")
	if name == "openid-configuration" {
		return issuer + "/.well-known/" + name
	}
	u, err := url.Parse(issuer)
	if err != nil {
		return issuer
	}
	u.Path = "/.well-known/" + name + u.Path
	return u.String()
}

// isTransientError reports whether what was refused, or did not come, may be good
// the next time.
func isTransientError(err error) bool {
	r := rejection(err)
	if r == nil || r.Response == nil {
		return isTransient(nil, err)
	}
	return isTransient(r.Response, nil)
}

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
