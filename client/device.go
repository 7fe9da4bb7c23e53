package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// DeviceAuthorization is the answer of the device authorization endpoint
// (RFC 8628 section 3.2).
type DeviceAuthorization struct {
	DeviceCode              string
	UserCode                string
	VerificationURI         string
	VerificationURIComplete string
	Expiry                  time.Time
	Interval                time.Duration // between polls; default 5 s
	Requested               []string      // scopes that were asked for
	Raw                     map[string]any
}

// Device signs a user in on a device without a browser (RFC 8628 section 3). It calls
// show, which is to show the user UserCode and VerificationURI, and waits until the
// user has answered: it asks every interval, 5 s less often after each slow_down,
// twice as seldom after no answer, and not longer than the device code lives.
func (c *Client) Device(ctx context.Context, scopes []string, show func(*DeviceAuthorization) error) (*Session, error) {
	d, err := c.authorizeDevice(ctx, scopes)
	if err != nil {
		return nil, err
	}
	if err := show(d); err != nil {
		return nil, err
	}
	return c.pollForTokens(ctx, d)
}

// authorizeDevice gets a device code (RFC 8628 section 3.1).
func (c *Client) authorizeDevice(ctx context.Context, scopes []string) (*DeviceAuthorization, error) {
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
		return nil, rejectOAuth("device_authorization", spec, e, resp)
	}
	doc, err := c.document(resp, "device_authorization", spec)
	if err != nil {
		return nil, err
	}
	d, ok := readDeviceAuthorization(doc, asked)
	if !ok {
		return nil, &Rejection{Check: "device_authorization", Spec: spec, Want: "device_code, user_code, verification_uri and expires_in", Got: "not all of them", Response: resp}
	}
	d.Requested = scopes
	return d, nil
}

// readDeviceAuthorization reads an answer, and reports whether it has all that is
// required. It was asked for at that time.
func readDeviceAuthorization(doc map[string]any, asked time.Time) (d *DeviceAuthorization, ok bool) {
	d = &DeviceAuthorization{
		DeviceCode: text(doc["device_code"]), UserCode: text(doc["user_code"]), VerificationURI: text(doc["verification_uri"]),
		VerificationURIComplete: text(doc["verification_uri_complete"]), Interval: 5 * time.Second, Raw: doc,
	}
	life, ok := seconds(doc["expires_in"])
	d.Expiry = asked.Add(time.Duration(life) * time.Second)
	if n, isNumber := doc["interval"].(json.Number); isNumber {
		if s, valid := seconds(n); valid && s > 0 {
			d.Interval = time.Duration(s) * time.Second
		}
	}
	return d, ok && d.DeviceCode != "" && d.UserCode != "" && d.VerificationURI != ""
}

// pollForTokens waits until the user has answered (RFC 8628 section 3.4, 3.5).
func (c *Client) pollForTokens(ctx context.Context, d *DeviceAuthorization) (*Session, error) {
	_, address, err := c.endpoint(ctx, "token_endpoint")
	if err != nil {
		return nil, err
	}
	form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {d.DeviceCode}}
	interval := d.Interval
	for {
		if err := c.op.waitToPoll(ctx, interval); err != nil {
			return nil, err
		}
		if !c.cfg.Now().Before(d.Expiry) {
			return nil, reject("device_expiry", "RFC 8628 section 3.5", "an answer before "+writeTime(d.Expiry), "none")
		}
		resp, err := c.postOnce(ctx, address, form)
		if err != nil && !isTransient(nil, err) {
			return nil, err
		}
		if next, again := c.nextPoll(resp, err, interval); again {
			interval = next
			continue
		}
		s := &Session{Requested: d.Requested}
		if err := c.startSession(ctx, s, resp, &Authorization{Scopes: d.Requested}); err != nil {
			return nil, err
		}
		return s, nil
	}
}

// nextPoll reports whether an answer, or none, is a reason to ask again, and
// after how long.
func (c *Client) nextPoll(resp *Response, err error, interval time.Duration) (next time.Duration, again bool) {
	slower := max(interval, min(2*interval, time.Minute))
	if err != nil {
		return slower, true
	}
	switch e := resp.oauthError(); {
	case e != nil && e.Code == "authorization_pending":
		return interval, true
	case e != nil && e.Code == "slow_down":
		return c.op.slowDown(interval), true
	case e == nil && resp.Status >= http.StatusInternalServerError:
		return slower, true
	}
	return interval, false
}

// waitToPoll waits before a poll, the first too.
func (c *Client) waitToPoll(ctx context.Context, interval time.Duration) error {
	return c.cfg.Sleep(ctx, interval)
}

// slowDown is the interval after a slow_down (RFC 8628 section 3.5).
func slowDown(interval time.Duration) time.Duration { return interval + 5*time.Second }
