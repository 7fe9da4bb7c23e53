package keys

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
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
		text, err := k.certificate(subject, r.since(k))
		if err != nil {
			return nil, fmt.Errorf("certificate of the key %s: %w", k.Kid, err)
		}
		out[k.Kid] = text
	}
	return out, nil
}

// since returns when a key began to sign.
func (r *Ring) since(k *Key) time.Time {
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
// follows from the kid, and the signature is RSASSA-PKCS1-v1_5.
func (k *Key) certificate(subject string, since time.Time) (string, error) {
	serial := sha256.Sum256([]byte(k.Kid))
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial[:8]), Subject: pkix.Name{CommonName: subject},
		NotBefore: since.Add(-24 * time.Hour), NotAfter: since.Add(certificateLifetime),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true, SignatureAlgorithm: x509.SHA256WithRSA,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Public(), k.private)
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), nil
}
