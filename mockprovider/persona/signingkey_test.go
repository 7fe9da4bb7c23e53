package persona

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

func pemOf(t *testing.T, kind string, der []byte, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func jwkOf(t *testing.T, keys ...jose.JSONWebKey) []byte {
	t.Helper()
	var value any = jose.JSONWebKeySet{Keys: keys}
	if len(keys) == 1 {
		value = keys[0]
	}
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// keyFiles are files with keys of every form.
func keyFiles(t *testing.T) map[string][]byte {
	t.Helper()
	rsaKey, _ := rsa.GenerateKey(rand.Reader, 2048)
	small, _ := rsa.GenerateKey(rand.Reader, 1024)
	ec, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	odd, _ := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	files := map[string][]byte{
		"pkcs1.pem":  pemOf(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey), nil),
		"small.pem":  pemOf(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(small), nil),
		"rsa.jwk":    jwkOf(t, jose.JSONWebKey{Key: rsaKey, KeyID: "from-jwk", Algorithm: "PS384"}),
		"set.json":   jwkOf(t, jose.JSONWebKey{Key: rsaKey, KeyID: "one"}, jose.JSONWebKey{Key: ec, KeyID: "two", Use: "sig"}),
		"twice.json": jwkOf(t, jose.JSONWebKey{Key: rsaKey, KeyID: "one"}, jose.JSONWebKey{Key: ec, KeyID: "one"}),
		"public.jwk": jwkOf(t, jose.JSONWebKey{Key: rsaKey.Public()}),
		"oct.jwk":    []byte(`{"kty":"oct","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"}`),
		"empty":      nil,
		"text":       []byte("not a key"),
		"broken.pem": pemOf(t, "PRIVATE KEY", []byte("nonsense"), nil),
		"locked.pem": pemOf(t, "ENCRYPTED PRIVATE KEY", []byte("nonsense"), nil),
		"ssh":        pemOf(t, "OPENSSH PRIVATE KEY", []byte("nonsense"), nil),
	}
	for name, private := range map[string]any{"pkcs8.pem": rsaKey, "ec8.pem": ec, "ed.pem": ed} {
		der, err := x509.MarshalPKCS8PrivateKey(private)
		files[name] = pemOf(t, "PRIVATE KEY", der, err)
	}
	der, err := x509.MarshalECPrivateKey(ec)
	files["sec1.pem"] = append(pemOf(t, "EC PARAMETERS", []byte{6, 5}, nil), pemOf(t, "EC PRIVATE KEY", der, err)...)
	der, err = x509.MarshalECPrivateKey(odd)
	files["odd.pem"] = pemOf(t, "EC PRIVATE KEY", der, err)
	der, err = x509.MarshalPKIXPublicKey(rsaKey.Public())
	files["public.pem"] = pemOf(t, "PUBLIC KEY", der, err)
	return files
}

func TestKeysOfEveryForm(t *testing.T) {
	files := keyFiles(t)
	read := func(file string) ([]byte, error) {
		if text, ok := files[file]; ok {
			return text, nil
		}
		return nil, &fs.PathError{Op: "open", Path: file, Err: fs.ErrNotExist}
	}
	for name, c := range map[string]struct {
		p    Persona
		want string // algorithms and kids, or the problem
	}{
		"pkcs1":               {Persona{Keys: []SigningKey{{File: "pkcs1.pem", Kid: "mine"}}}, "RS256/mine"},
		"pkcs8":               {Persona{Keys: []SigningKey{{File: "pkcs8.pem", Kid: "mine"}}}, "RS256/mine"},
		"pkcs8 of EC":         {Persona{Keys: []SigningKey{{File: "ec8.pem", Kid: "mine"}}}, "ES384/mine"},
		"sec1":                {Persona{Keys: []SigningKey{{File: "sec1.pem", Kid: "mine"}}}, "ES384/mine"},
		"Ed25519":             {Persona{Keys: []SigningKey{{File: "ed.pem", Kid: "mine"}}}, "EdDSA/mine"},
		"JWK":                 {Persona{Keys: []SigningKey{{File: "rsa.jwk"}}}, "PS384/from-jwk"},
		"JWK, with another":   {Persona{Keys: []SigningKey{{File: "rsa.jwk", Kid: "mine", Alg: "RS512"}}}, "RS512/mine"},
		"set":                 {Persona{Keys: []SigningKey{{File: "set.json"}}}, "RS256/one ES384/two"},
		"alg":                 {Persona{Keys: []SigningKey{{File: "pkcs1.pem", Kid: "a", Alg: "PS512"}}}, "PS512/a"},
		"alg of the ID token": {Persona{IDToken: IDToken{SigningAlg: "PS256"}, Keys: []SigningKey{{File: "pkcs1.pem", Kid: "a"}}}, "PS256/a"},
		"several":             {Persona{Keys: []SigningKey{{File: "pkcs1.pem", Kid: "a"}, {File: "ed.pem", Kid: "b"}}}, "RS256/a EdDSA/b"},

		"missing":            {Persona{Keys: []SigningKey{{File: "none.pem"}}}, "keys[0].file: open none.pem: file does not exist"},
		"too small":          {Persona{Keys: []SigningKey{{File: "small.pem"}}}, "keys[0].file: the RSA key has 1024 bits"},
		"public":             {Persona{Keys: []SigningKey{{File: "public.pem"}}}, "keys[0].file: the file has only a public key (PUBLIC KEY); name the file with the private key"},
		"public JWK":         {Persona{Keys: []SigningKey{{File: "public.jwk"}}}, "keys[0].file: JWK 1 of the file is a public key"},
		"symmetric":          {Persona{Keys: []SigningKey{{File: "oct.jwk"}}}, "keys[0].file: JWK 1 of the file is a symmetric key"},
		"empty":              {Persona{Keys: []SigningKey{{File: "empty"}}}, "keys[0].file: the file is empty"},
		"text":               {Persona{Keys: []SigningKey{{File: "text"}}}, "keys[0].file: the file has no private key"},
		"broken":             {Persona{Keys: []SigningKey{{File: "broken.pem"}}}, "keys[0].file: the block PRIVATE KEY cannot be read"},
		"encrypted":          {Persona{Keys: []SigningKey{{File: "locked.pem"}}}, "keys[0].file: the key is encrypted; decrypt it: openssl"},
		"OpenSSH":            {Persona{Keys: []SigningKey{{File: "ssh"}}}, "keys[0].file: the key is in the form of OpenSSH"},
		"another curve":      {Persona{Keys: []SigningKey{{File: "odd.pem"}}}, "keys[0].file: no algorithm of JWS has the curve P-224"},
		"two":                {Persona{Keys: []SigningKey{{File: "none.pem"}, {File: "pkcs1.pem"}, {File: "empty"}}}, "keys[0].file: open none.pem: file does not exist; name a file with a private key below the folder of the file that names it\nkeys[2].file: the file is empty"},
		"wrong alg":          {Persona{Keys: []SigningKey{{File: "pkcs1.pem"}, {File: "ec8.pem", Alg: "ES256"}}}, "keys[1].alg: ES256 is not an algorithm of an EC key on P-384; use ES384"},
		"kid twice":          {Persona{Keys: []SigningKey{{File: "pkcs1.pem", Kid: "a"}, {File: "ec8.pem", Kid: "a"}}}, `keys[1].kid: another key has the kid "a"`},
		"kid twice in a set": {Persona{Keys: []SigningKey{{File: "twice.json"}}}, `keys[0].kid: another key has the kid "one"`},
		"kid of a set":       {Persona{Keys: []SigningKey{{File: "set.json", Kid: "a"}}}, "keys[0].kid: the file has 2 keys"},
	} {
		err := c.p.ReadKeys(read)
		var problem *keyProblem
		if errors.As(err, &problem) {
			if !strings.HasPrefix(err.Error(), c.want) || problem.remedy == "" {
				t.Errorf("%s: %v, want %s", name, err, c.want)
			}
			continue
		}
		var got []string
		for _, k := range c.p.OwnKeys() {
			got = append(got, fmt.Sprintf("%s/%s", k.Alg, k.Kid))
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v %v, want %s", name, got, err, c.want)
		}
	}
}

func TestTokensAreSignedWithOneOfOnesOwn(t *testing.T) {
	files := keyFiles(t)
	p := Persona{Keys: []SigningKey{{File: "rsa.jwk", Use: "enc"}, {File: "ec8.pem"}, {File: "ed.pem"}}}
	if err := p.ReadKeys(func(file string) ([]byte, error) { return files[file], nil }); err != nil {
		t.Fatal(err)
	}
	if p.IDToken.SigningAlg != "ES384" || p.AccessToken.SigningAlg != "ES384" {
		t.Errorf("%s, %s", p.IDToken.SigningAlg, p.AccessToken.SigningAlg)
	}
}
