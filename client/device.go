package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// DeviceAuthorize begins a sign-in on a device without a browser (RFC 8628 section 3.1):
// show the user UserCode and VerificationURI.
func (c *Client) DeviceAuthorize(ctx context.Context, scopes []string) (*DeviceAuthorization, error) {
	const spec = "RFC 8628 section 3.2"
	_, address, err := c.endpoint(ctx, "device_authorization_endpoint")
	if err != nil {
		return nil, err
	}
	if scopes == nil {
		scopes = c.cfg.Scopes
	}
	asked := c.cfg.Now()
	resp, err := c.post(ctx, address, url.Values{"scope": {strings.Join(scopes, " ")}})
	if err != nil {
		return nil, err
	}
	if e := resp.oauthError(); e != nil {
		return nil, refused("device_authorization", spec, e, resp)
	}
	doc, err := c.document(resp, "device_authorization", spec)
	if err != nil {
		return nil, err
	}
	d := &DeviceAuthorization{
		DeviceCode: text(doc["device_code"]), UserCode: text(doc["user_code"]), VerificationURI: text(doc["verification_uri"]),
		VerificationURIComplete: text(doc["verification_uri_complete"]), Interval: 5 * time.Second, Requested: scopes, Raw: doc,
	}
	life, ok := seconds(doc["expires_in"])
	if d.DeviceCode == "" || d.UserCode == "" || d.VerificationURI == "" || !ok {
		return nil, &Rejection{Check: "device_authorization", Spec: spec, Want: "device_code, user_code, verification_uri and expires_in", Got: "not all of them", Response: resp}
	}
	d.Expiry = asked.Add(time.Duration(life) * time.Second)
	if n, ok := doc["interval"].(json.Number); ok {
		if s, ok := seconds(n); ok && s > 0 {
			d.Interval = time.Duration(s) * time.Second
		}
	}
	return d, nil
}

// DeviceToken waits until the user has answered (RFC 8628 section 3.4, 3.5): it asks
// every interval, 5 s less often after each slow_down, twice as seldom after no
// answer, and not longer than the device code lives.
func (c *Client) DeviceToken(ctx context.Context, d *DeviceAuthorization) (*Session, error) {
	_, address, err := c.endpoint(ctx, "token_endpoint")
	if err != nil {
		return nil, err
	}
	form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {d.DeviceCode}}
	interval := d.Interval
	for polls := 0; ; polls++ {
		if c.has(DeviceIntervalIgnored) {
			if polls > 50 { // the bound of the bug itself
				break
			}
		} else if err := c.cfg.Sleep(ctx, interval); err != nil {
			return nil, err
		}
		if !c.cfg.Now().Before(d.Expiry) {
			break
		}
		resp, err := c.postOnce(ctx, address, form)
		if err != nil {
			if !transient(nil, err) {
				return nil, err
			}
			interval = max(interval, min(2*interval, time.Minute))
			continue
		}
		switch e := resp.oauthError(); {
		case e != nil && e.Code == "authorization_pending":
			continue
		case e != nil && e.Code == "slow_down":
			if !c.has(SlowDownIgnored) {
				interval += 5 * time.Second
			}
			continue
		case e == nil && resp.Status >= http.StatusInternalServerError:
			interval = max(interval, min(2*interval, time.Minute))
			continue
		}
		s := &Session{Requested: d.Requested}
		if err := c.takeTokens(ctx, s, resp, &Authorization{Scopes: d.Requested}); err != nil {
			return nil, err
		}
		return s, nil
	}
	return nil, reject("device_expiry", "RFC 8628 section 3.5", "an answer before "+stamp(d.Expiry), "none")
}
