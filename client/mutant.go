package client

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// What is in this file only runs in a client with a bug: go-jose, rightly, will
// not do it.

// verifyCarelessly verifies a signature without a look at the rest of the
// header. With HS256 the public key serves as the secret (RFC 8725 section 2.1).
func verifyCarelessly(t *jwt, alg string, k any) bool {
	i := strings.LastIndexByte(t.raw, '.')
	sig, err := decodePart(t.raw[i+1:])
	if err != nil {
		return false
	}
	input := []byte(t.raw[:i])
	if secret, ok := k.([]byte); ok {
		mac := hmac.New(sha256.New, secret)
		mac.Write(input)
		return hmac.Equal(sig, mac.Sum(nil))
	}
	if alg == "HS256" {
		der, err := x509.MarshalPKIXPublicKey(k)
		mac := hmac.New(sha256.New, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
		mac.Write(input)
		return err == nil && hmac.Equal(sig, mac.Sum(nil))
	}
	h := hashOf(alg)
	sum := h.New()
	sum.Write(input)
	digest := sum.Sum(nil)
	switch k := k.(type) {
	case *rsa.PublicKey:
		if alg[:2] == "PS" {
			return rsa.VerifyPSS(k, h, digest, sig, nil) == nil
		}
		return rsa.VerifyPKCS1v15(k, h, digest, sig) == nil
	case *ecdsa.PublicKey:
		n := len(sig) / 2
		return ecdsa.Verify(k, digest, new(big.Int).SetBytes(sig[:n]), new(big.Int).SetBytes(sig[n:]))
	case ed25519.PublicKey:
		return ed25519.Verify(k, input, sig)
	}
	return false
}

// embeddedKey is the key that a token's own header offers (RFC 7515 section 4.1.3).
func embeddedKey(header map[string]any) *key {
	raw, err := json.Marshal(header["jwk"])
	if err != nil {
		return nil
	}
	var k jose.JSONWebKey
	if k.UnmarshalJSON(raw) != nil || !k.Valid() {
		return nil
	}
	return &key{JSONWebKey: k.Public()}
}

// foreignKeys are the keys that a token itself points to or brings along. Only a
// client with a bug looks at them (RFC 8725 section 3.10).
func (c *Client) foreignKeys(ctx context.Context, t *jwt) []key {
	var address string
	switch {
	case c.has(JKUFollowed):
		address = text(t.header["jku"])
	case c.has(X5UFollowed):
		address = text(t.header["x5u"])
	case c.has(KidURLFollowed):
		address = text(t.header["kid"])
	case c.has(X5CTrusted):
		return certified(t.header["x5c"])
	}
	if !strings.HasPrefix(address, "http") {
		return nil
	}
	resp, err := c.get(ctx, address, "application/json")
	if err != nil {
		return nil
	}
	return parseKeys(resp.Body)
}

// certified is the key of a certificate chain.
func certified(chain any) []key {
	list, _ := chain.([]any)
	if len(list) == 0 {
		return nil
	}
	der, err := base64.StdEncoding.DecodeString(text(list[0]))
	if err != nil {
		return nil
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil
	}
	return []key{{JSONWebKey: jose.JSONWebKey{Key: cert.PublicKey}}}
}

// careless is a transport that does not mind who answers, for clients with a bug;
// it is the one it was given for all others.
func (c *Client) careless(t http.RoundTripper) http.RoundTripper {
	unverified, old, refused := c.has(TLSUnverified), c.has(TLSOldAccepted), c.has(TLSRequestRefused)
	if !unverified && !old && !refused {
		return t
	}
	if t == nil {
		t = http.DefaultTransport
	}
	real, ok := t.(*http.Transport)
	if !ok {
		return t
	}
	out := real.Clone()
	if out.TLSClientConfig == nil {
		out.TLSClientConfig = &tls.Config{}
	}
	out.TLSClientConfig.InsecureSkipVerify = unverified
	if old {
		out.TLSClientConfig.MinVersion = tls.VersionTLS10
	}
	if refused {
		out.TLSClientConfig.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return nil, errors.New("no certificate is shown to anybody")
		}
	}
	return out
}

// startled is ctx, but for a client that takes an informational answer for the
// last one.
func (c *Client) startled(ctx context.Context) context.Context {
	if !c.has(InformationalEnds) {
		return ctx
	}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{Got1xxResponse: func(code int, _ textproto.MIMEHeader) error {
		return fmt.Errorf("status %d", code)
	}})
}

// picky refuses answers that are legal, in a client with a bug, and closes them.
func (c *Client) picky(req *http.Request, resp *http.Response) error {
	size := func() (n int) {
		for name, values := range resp.Header {
			n += len(name) + len(strings.Join(values, ""))
		}
		return n
	}
	var err error
	switch {
	case resp.ContentLength < 0 && req.Method == http.MethodPost && c.has(LengthRequired):
		err = errors.New("no length is announced")
	case resp.ProtoMajor == 2 && resp.ContentLength < 0 && req.Method == http.MethodPost && c.has(GoAwayFails): // the length was not known when it began
		err = errors.New("the connection goes away")
	case c.has(HeadersLimited) && size() > 8<<10:
		err = errors.New("the header is too long")
	}
	if err != nil {
		_ = resp.Body.Close()
	}
	return err
}
