package client

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// retry makes an attempt, and again as Config.Retry says while the answer is 429
// or 5xx or there is none at all. Each attempt is a request of its own, so that
// a client assertion is never sent twice (RFC 7523 section 3, jti).
func (c *Client) retry(ctx context.Context, attempt func() (*Response, error)) (*Response, error) {
	backoff := c.cfg.Retry.Backoff
	for n := 0; ; n++ {
		resp, err := attempt()
		if n >= c.cfg.Retry.Max || !transient(resp, err) || ctx.Err() != nil {
			return resp, err
		}
		wait := backoff
		if resp != nil && c.cfg.Retry.HonorRetryAfter {
			if after, ok := retryAfter(resp.Header, c.cfg.Now()); ok {
				wait = after
			}
		}
		if wait > c.cfg.Retry.MaxWait {
			return resp, err // to ask sooner would be to hammer
		}
		if c.cfg.Sleep(ctx, wait) != nil {
			return resp, err
		}
		backoff = min(2*backoff, c.cfg.Retry.MaxWait)
	}
}

// transient reports whether asking again may help.
func transient(resp *Response, err error) bool {
	if err != nil {
		var r *Rejection
		return errors.As(err, &r) && (r.Check == "connection" || r.Check == "timeout")
	}
	return resp.Status == http.StatusTooManyRequests || resp.Status >= 500
}

// retryAfter reads Retry-After: seconds or a date (RFC 9110 section 10.2.3).
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	v := h.Get("Retry-After")
	if n, err := strconv.ParseUint(v, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(n, century)) * time.Second, true
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(t.Sub(now), 0), true
	}
	return 0, false
}
