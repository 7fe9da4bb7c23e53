package client

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
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
	held := c.meta.get()
	if held.generation == 0 && c.metaFailed.Load() && c.has(DiscoveryFailureKept) {
		return nil, reject("discovery", "OIDC Discovery 4.2", "metadata", "none, and none will be asked for")
	}
	if held.generation > 0 && c.has(DiscoveryKept) {
		return held.value, nil
	}
	if held.generation > 0 && c.cfg.Now().Before(held.till) {
		return held.value, nil
	}
	fresh, err := c.meta.renew(held.generation, func() (*Metadata, time.Time, error) { return c.discover(ctx) })
	if err != nil {
		c.metaFailed.Store(true)
	}
	if err != nil && held.generation > 0 && transientErr(err) {
		return held.value, nil
	}
	return fresh.value, err
}

// Metadata returns the metadata that the client has, nil before the first
// Discover. It sends nothing.
func (c *Client) Metadata() *Metadata {
	if c.cfg.Metadata != nil {
		return c.cfg.Metadata
	}
	return c.meta.get().value
}

func (c *Client) discover(ctx context.Context) (*Metadata, time.Time, error) {
	const spec = "OIDC Discovery 4.2"
	asked := c.cfg.Now()
	if iss := c.cfg.Issuer; c.has(MetadataGuessed) {
		return &Metadata{
			Issuer: iss, AuthorizationEndpoint: iss + "/authorize", TokenEndpoint: iss + "/token", JWKSURI: iss + "/jwks", UserInfoEndpoint: iss + "/userinfo",
		}, asked.Add(time.Hour), nil
	}
	resp, err := c.get(ctx, wellKnown(c.cfg.Issuer, c.cfg.WellKnown), "application/json")
	if err != nil {
		return nil, asked, err
	}
	doc, err := c.document(resp, "discovery", spec)
	if err != nil {
		return nil, asked, err
	}
	if _, odd := doc["authdrill_unknown"]; odd && c.has(DiscoveryMembersRefused) {
		return nil, asked, &Rejection{Check: "discovery", Spec: spec, Want: "members of OIDC Discovery 3", Got: "another", Response: resp}
	}
	m := &Metadata{Raw: doc}
	if err := json.Unmarshal(resp.Body, m); err != nil {
		return nil, asked, &Rejection{Check: "discovery", Spec: spec, Want: "members of the right types", Got: err.Error(), Response: resp}
	}
	if m.Issuer != c.cfg.Issuer && !c.has(DiscoveryIssuerUnchecked) {
		return nil, asked, &Rejection{Check: "discovery_issuer", Spec: "OIDC Discovery 4.3", Want: c.cfg.Issuer, Got: shown(m.Issuer), Response: resp}
	}
	if err := c.checkEndpoints(m); err != nil {
		return nil, asked, err
	}
	return m, asked.Add(resp.freshFor()), nil
}

// checkEndpoints refuses an endpoint that is no URL, or less safe than the
// issuer (RFC 9700 section 2.6).
func (c *Client) checkEndpoints(m *Metadata) error {
	if c.has(PlainEndpoints) {
		return nil
	}
	endpoints := m.endpoints()
	for _, name := range slices.Sorted(maps.Keys(endpoints)) {
		address := endpoints[name]
		if address == "" {
			continue
		}
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return reject("endpoint", "OIDC Discovery 3", name+" to be a URL", shown(address))
		}
		if u.Scheme == "http" && strings.HasPrefix(c.cfg.Issuer, "https:") {
			return reject("endpoint", "RFC 9700 section 2.6", name+" with https", shown(address))
		}
	}
	return nil
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

// transientErr reports whether what was refused, or did not come, may be good
// the next time.
func transientErr(err error) bool {
	r := rejection(err)
	if r == nil || r.Response == nil {
		return transient(nil, err)
	}
	return transient(r.Response, nil)
}
