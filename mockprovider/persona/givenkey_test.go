package persona_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// published is the JWK Set of a provider.
func published(t *testing.T, op *mockprovider.Provider) (set jose.JSONWebKeySet, raw string) {
	t.Helper()
	p := &player{t: t, op: op, http: op.HTTPClient()}
	r, _ := http.NewRequest("GET", op.Issuer()+"/jwks", nil)
	_, raw = p.do(r)
	if err := json.Unmarshal([]byte(raw), &set); err != nil {
		t.Fatal(err)
	}
	return set, raw
}

// wantSignedBy verifies an ID token with the key of that kid in a JWK Set.
func wantSignedBy(t *testing.T, op *mockprovider.Provider, kid string, alg protocol.Algorithm, key *ecdsa.PublicKey) {
	t.Helper()
	minted, err := op.Mint(mockprovider.MintRequest{User: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	jws, err := jose.ParseSignedCompact(minted.IDToken, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
	if err != nil {
		t.Fatal(err)
	}
	if got := jws.Signatures[0].Header.KeyID; got != kid {
		t.Errorf("signed by %s, want %s", got, kid)
	}
	if _, err := jws.Verify(key); err != nil {
		t.Error(err)
	}
}

func TestTokensAreSignedWithAKeyFromGo(t *testing.T) {
	key, _ := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	op := mockprovider.Start(t, mockprovider.WithProvider(persona.Persona{Keys: []persona.SigningKey{persona.NewSigningKey(key, "mine", "")}}))
	wantSignedBy(t, op, "mine", protocol.ES512, &key.PublicKey)
	set, raw := published(t, op)
	if len(set.Keys) != 1 || set.Keys[0].KeyID != "mine" || strings.Contains(raw, `"d":`) {
		t.Errorf("published: %s", raw)
	}

	kids, err := op.RotateKeys("", "")
	if err != nil || len(kids) != 1 || kids[0] == "mine" {
		t.Fatal(kids, err)
	}
	set, _ = published(t, op)
	if len(set.Keys) != 2 || set.Keys[0].KeyID != kids[0] || set.Keys[1].KeyID != "mine" {
		t.Errorf("after a rotation: %v", set.Keys)
	}
}

func TestKeysFromFilesAreSecret(t *testing.T) {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	der, _ := x509.MarshalECPrivateKey(key)
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	op := mockprovider.Start(t, mockprovider.WithProvider(persona.Persona{Keys: []persona.SigningKey{{File: file}}}))
	set, _ := published(t, op)
	wantSignedBy(t, op, set.Keys[0].KeyID, protocol.ES256, &key.PublicKey)

	scalar, err := key.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	secret := base64.RawURLEncoding.EncodeToString(scalar)
	settings, err := json.Marshal(op.Persona())
	if err != nil || strings.Contains(string(settings), secret) || !strings.Contains(string(settings), "key.pem") {
		t.Errorf("settings: %s %v", settings, err)
	}
	if text := op.Journal().Text(); strings.Contains(text, secret) {
		t.Error("the journal has the key")
	}
	if err := op.Set(persona.Persona{Keys: []persona.SigningKey{{File: file + ".missing"}}}); err == nil || !strings.Contains(err.Error(), "provider.keys[0].file") {
		t.Errorf("a missing file: %v", err)
	}
}

func TestControlAPIReadsNoKeys(t *testing.T) {
	op := mockprovider.Start(t)
	p := &player{t: t, op: op, http: op.HTTPClient()}
	r, _ := http.NewRequest("PATCH", op.ControlURL()+"/provider", strings.NewReader(`{"keys": [{"file": "/etc/hostname"}]}`))
	r.Header.Set("Content-Type", "application/json")
	if resp, body := p.do(r); resp.StatusCode != 400 || !strings.Contains(body, "reads no files") {
		t.Errorf("%s %s", resp.Status, body)
	}
}
