package mutant

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/check"
)

// transport returns the mutants about the network.
func transport() []Mutant {
	return []Mutant{
		{
			Name: "retry-none", Check: "retry", Spec: "RFC 9110 section 9.2.2",
			Doc:    "gives up at once, whatever it is configured to",
			config: set("MaxRetries", func(cfg *client.Config) { cfg.MaxRetries = 0 }),
		},
		{
			Name: "retry-unbounded", Check: "retry", Spec: "RFC 9110 section 9.2.2",
			Doc:    "repeats a failed request 50 times",
			config: set("MaxRetries", func(cfg *client.Config) { cfg.MaxRetries = 50 }),
		},
		{
			Name: "retry-after-ignored", Check: "retry", Spec: "RFC 9110 section 10.2.3",
			Doc:    "repeats a request sooner than Retry-After allows",
			config: set("HonorRetryAfter", func(cfg *client.Config) { cfg.HonorRetryAfter = false }),
		},
		{
			Name: "timeout-none", Check: "timeout", Spec: "RFC 9110 section 9.2.2",
			Doc:       "waits for an answer for ever",
			transport: waitForEver,
		},
		{
			Name: "body-unbounded", Check: "body_size", Spec: "RFC 9110 section 8.6",
			Doc:    "reads answers of up to a gigabyte",
			config: set("MaxBody", func(cfg *client.Config) { cfg.MaxBody = 1 << 30 }),
		},
		{
			Name: "redirect-followed-with-credentials", Check: "redirect", Spec: "RFC 9700 section 4.12",
			Doc:   "follows a redirect with its secrets",
			edits: wrapRow("redirect", "redirect", followRedirects),
		},
		{
			Name: "impatient", Check: "timeout", Spec: "RFC 9110 section 9.2.2",
			Doc:   "gives up after two seconds",
			edits: wrapWith("send", giveUpSoon),
		},
		{
			Name: "tls-unverified", Check: "tls", Spec: "RFC 9700 section 2.6",
			Doc:    "does not verify the certificate of the provider",
			config: set("TLS certificates", secureLess(func(t *tls.Config) { t.InsecureSkipVerify = true })),
		},
		{
			Name: "tls-old-version-accepted", Check: "tls", Spec: "RFC 8996 section 4",
			Doc:    "speaks TLS 1.0",
			config: set("TLS versions", secureLess(func(t *tls.Config) { t.MinVersion = tls.VersionTLS10 })),
		},
		{
			Name: "tls-request-refused", Check: "tls", Spec: "RFC 8446 section 4.3.2",
			Doc:    "breaks off when it is asked for a certificate",
			config: set("TLS requests", secureLess(refuseCertificateRequest)),
		},
		{
			Name: "length-required", Check: "body_size", Spec: "RFC 9112 section 6.3",
			Doc:       "refuses answers to forms that do not announce their length",
			transport: refuseAnswers(lacksLength),
		},
		{
			Name: "headers-limited", Check: "headers", Spec: "RFC 9110 section 5.4",
			Doc:       "refuses answers with more than 8 kB of header",
			transport: refuseAnswers(isLong),
		},
		{
			Name: "informational-ends", Check: "informational", Spec: "RFC 9110 section 15.2",
			Doc:       "takes an informational answer for the last one",
			transport: endAtInformational,
		},
		{
			Name: "goaway-fails", Check: "connection", Spec: "RFC 9113 section 6.8",
			Doc:       "gives an HTTP/2 answer up when its connection is to go away",
			transport: refuseAnswers(goesAway),
		},
		{
			Name: "one-at-a-time", Check: "timeout", Spec: "RFC 9110 section 9.2.2",
			Doc: "answers one request after the other, also while it waits for the provider",
			app: answerInTurn,
		},
	}
}

// waitForEver takes no notice that the time of a request is over.
func waitForEver(_ client.Config, next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		return next.RoundTrip(req.WithContext(context.WithoutCancel(req.Context())))
	})
}

// followRedirects follows a redirect with what the first request carried.
func followRedirects(strict func(check.Hop) check.Finding) func(check.Hop) check.Finding {
	return func(h check.Hop) check.Finding {
		if len(h.Via) >= 5 {
			return strict(h)
		}
		h.Request.Header = h.Via[0].Header.Clone()
		return check.Pass("followed")
	}
}

// giveUpSoon gives up after two seconds.
func giveUpSoon(c *client.Client, strict send) send {
	return func(ctx context.Context, req *http.Request) (*client.Response, error) {
		now := c.Config().Now
		asked := now()
		resp, err := strict(ctx, req)
		if err == nil && now().Sub(asked) > 2*time.Second {
			return nil, reject("timeout", "RFC 9110 section 9.2.2", "an answer within 2 s", "none")
		}
		return resp, err
	}
}

// secureLess changes the TLS settings of a client, where it has some.
func secureLess(change func(*tls.Config)) func(*client.Config) {
	return func(cfg *client.Config) {
		real, ok := transportOf(*cfg).(*http.Transport)
		if !ok {
			return
		}
		out := real.Clone()
		if out.TLSClientConfig == nil {
			out.TLSClientConfig = &tls.Config{}
		}
		change(out.TLSClientConfig)
		cfg.HTTPClient = &http.Client{Transport: out}
	}
}

func refuseCertificateRequest(t *tls.Config) {
	t.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		return nil, errors.New("no certificate is shown")
	}
}

// refuseAnswers refuses answers that are legal: those that why says something of.
func refuseAnswers(why func(*http.Request, *http.Response) string) func(client.Config, http.RoundTripper) http.RoundTripper {
	return func(_ client.Config, next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if err != nil {
				return nil, err
			}
			if reason := why(req, resp); reason != "" {
				_ = resp.Body.Close()
				return nil, errors.New(reason)
			}
			return resp, nil
		})
	}
}

func lacksLength(req *http.Request, resp *http.Response) string {
	if resp.ContentLength < 0 && req.Method == http.MethodPost {
		return "no length is announced"
	}
	return ""
}

// goesAway: the length of an answer was not known when it began.
func goesAway(req *http.Request, resp *http.Response) string {
	if resp.ProtoMajor == 2 && resp.ContentLength < 0 && req.Method == http.MethodPost {
		return "the connection goes away"
	}
	return ""
}

func isLong(_ *http.Request, resp *http.Response) string {
	n := 0
	for name, values := range resp.Header {
		n += len(name) + len(strings.Join(values, ""))
	}
	if n > 8<<10 {
		return "the header is too long"
	}
	return ""
}

// endAtInformational takes an informational answer for the last one.
func endAtInformational(_ client.Config, next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		trace := &httptrace.ClientTrace{Got1xxResponse: func(code int, _ textproto.MIMEHeader) error {
			return fmt.Errorf("status %d", code)
		}}
		return next.RoundTrip(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	})
}
