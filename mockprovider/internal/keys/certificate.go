package keys

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// certificateLifetime is how long the certificates of keys are valid. A provider is
// moved ahead in time, and the certificate of a key that signs must not expire.
const certificateLifetime = 20 * 365 * 24 * time.Hour

// Certificates returns the published RSA keys by their kids, each as a self-signed
// X.509 certificate in PEM, which is how some providers publish their keys in
// addition to a JWK Set.
func (r *Ring) Certificates(subject string) (map[string]any, error) {
	_ = r.JWKS() // rotates what is due
	out := map[string]any{}
	for _, k := range r.Published() {
		if _, ok := k.Public().(*rsa.PublicKey); !ok {
			continue
		}
		c, err := k.certificate(subject, r.signsSince(k))
		if err != nil {
			return nil, err
		}
		out[k.Kid] = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return out, nil
}

// Certified returns the published keys as JWKs, those that are RSA keys and sign with
// members of a self-signed certificate (RFC 7517 sections 4.7 to 4.9).
func (r *Ring) Certified(subject string, members []string) ([]jose.JSONWebKey, error) {
	_ = r.JWKS() // rotates what is due
	var out []jose.JSONWebKey
	for _, k := range r.Published() {
		jwk := k.JWK()
		if _, ok := k.Public().(*rsa.PublicKey); ok && !k.enc {
			c, err := k.certificate(subject, r.signsSince(k))
			if err != nil {
				return nil, err
			}
			certify(&jwk, c, members)
		}
		out = append(out, jwk)
	}
	return out, nil
}

func certify(jwk *jose.JSONWebKey, c *x509.Certificate, members []string) {
	for _, member := range members {
		switch member {
		case "x5c":
			jwk.Certificates = []*x509.Certificate{c}
		case "x5t":
			sum := sha1.Sum(c.Raw) // RFC 7517 section 4.8
			jwk.CertificateThumbprintSHA1 = sum[:]
		case "x5t#S256":
			sum := sha256.Sum256(c.Raw)
			jwk.CertificateThumbprintSHA256 = sum[:]
		}
	}
}

// signsSince returns when a key began to sign.
func (r *Ring) signsSince(k *Key) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.byAlg[k.Alg].keys {
		if e.Key == k {
			return e.since
		}
	}
	return time.Time{}
}

// certificate is the same for the same key, subject and instant: the serial number
// follows from the kid, and the signature is RSASSA-PKCS1-v1_5. The latest one is kept
// only: a subject may be the name of a realm, of which a client may ask for any.
func (k *Key) certificate(subject string, since time.Time) (*x509.Certificate, error) {
	if last := k.latest.Load(); last != nil && last.Subject.CommonName == subject && last.NotBefore.Equal(validFrom(since)) {
		return last, nil
	}
	serial := sha256.Sum256([]byte(k.Kid))
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial[:8]), Subject: pkix.Name{CommonName: subject},
		NotBefore: validFrom(since), NotAfter: since.Add(certificateLifetime),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true, SignatureAlgorithm: x509.SHA256WithRSA,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Public(), k.private)
	if err != nil {
		return nil, fmt.Errorf("certificate of the key %s: %w", k.Kid, err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("certificate of the key %s: %w", k.Kid, err)
	}
	k.latest.Store(c)
	return c, nil
}

// validFrom is when the certificate of a key that began to sign becomes valid, to the
// second, as certificates have it.
func validFrom(since time.Time) time.Time { return since.Add(-24 * time.Hour).Truncate(time.Second) }
