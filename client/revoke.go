package client

import (
	"context"
	"net/http"
	"net/url"
)

// Introspect asks the provider about a token (RFC 7662 section 2).
func (c *Client) Introspect(ctx context.Context, token, hint string) (map[string]any, error) {
	const spec = "RFC 7662 section 2.2"
	resp, err := c.postToken(ctx, "introspection_endpoint", token, hint)
	if err != nil {
		return nil, err
	}
	if e := resp.oauthError(); e != nil && resp.Status != http.StatusOK {
		return nil, rejectOAuth("introspection", "RFC 7662 section 2.3", e, resp)
	}
	doc, err := c.document(resp, "introspection", spec)
	if err != nil {
		return nil, err
	}
	if _, ok := doc["active"].(bool); !ok {
		return nil, &Rejection{Check: "introspection", Spec: spec, Want: "active, true or false", Got: showValue(doc["active"]), Response: resp}
	}
	return doc, nil
}

// Revoke takes a token back (RFC 7009 section 2). A token the provider does not know is
// revoked already.
func (c *Client) Revoke(ctx context.Context, token, hint string) error {
	return c.op.revoke(ctx, token, hint)
}

func (c *Client) revoke(ctx context.Context, token, hint string) error {
	resp, err := c.postToken(ctx, "revocation_endpoint", token, hint)
	if err != nil {
		return err
	}
	if resp.Status == http.StatusOK {
		return nil
	}
	if e := resp.oauthError(); e != nil {
		return rejectOAuth("revocation", "RFC 7009 section 2.2.1", e, resp)
	}
	return &Rejection{Check: "revocation", Spec: "RFC 7009 section 2.2", Want: "status 200", Got: resp.describe(), Response: resp}
}

func (c *Client) postToken(ctx context.Context, endpoint, token, hint string) (*Response, error) {
	_, address, err := c.endpoint(ctx, endpoint)
	if err != nil {
		return nil, err
	}
	form := url.Values{"token": {token}}
	if hint != "" {
		form.Set("token_type_hint", hint)
	}
	return c.post(ctx, address, form)
}
