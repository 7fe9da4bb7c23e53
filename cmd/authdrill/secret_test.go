package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// manager stands in for AWS Secrets Manager: it speaks AWS JSON 1.1, and takes
// no request whose signature (version 4) it does not compute itself.
type manager struct {
	t       *testing.T
	secrets map[string]map[string]any // members of the answer
	asked   int
}

var awsKeys = aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "an-example-key", SessionToken: "a-session"}

func (m *manager) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.asked++
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err != nil {
		m.t.Error(err)
	}
	refuse := func(status int, kind, message string) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.Header().Set("X-Amzn-ErrorType", kind)
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"__type": kind, "message": message})
	}
	var in struct{ SecretId string }
	switch {
	case !m.signed(r, body):
		refuse(400, "InvalidSignatureException", "The request signature we calculated does not match the signature you provided.")
		return
	case r.Method != "POST" || r.Header.Get("X-Amz-Target") != "secretsmanager.GetSecretValue" || r.Header.Get("Content-Type") != "application/x-amz-json-1.1":
		refuse(400, "UnknownOperationException", "")
		return
	case json.Unmarshal(body, &in) != nil || m.secrets[in.SecretId] == nil:
		refuse(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(m.secrets[in.SecretId])
}

// signed computes the signature anew, from the same request and the same key.
func (m *manager) signed(r *http.Request, body []byte) bool {
	got := r.Header.Get("Authorization")
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil {
		return false
	}
	again, err := http.NewRequest(r.Method, "http://"+r.Host+r.URL.Path, bytes.NewReader(body))
	if err != nil {
		return false
	}
	_, list, _ := strings.Cut(got, "SignedHeaders=")
	list, _, _ = strings.Cut(list, ",")
	for _, name := range strings.Split(list, ";") {
		if v := r.Header.Get(name); v != "" {
			again.Header.Set(name, v)
		}
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(context.Background(), awsKeys, again, hex.EncodeToString(sum[:]), "secretsmanager", "eu-west-1", at); err != nil {
		return false
	}
	return again.Header.Get("Authorization") == got
}

func awsEnv(endpoint string) map[string]string {
	return map[string]string{
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": awsKeys.AccessKeyID, "AWS_SECRET_ACCESS_KEY": awsKeys.SecretAccessKey,
		"AWS_SESSION_TOKEN": awsKeys.SessionToken, "AWS_ENDPOINT_URL_SECRETS_MANAGER": endpoint, "GOOGLE_CLIENT_SECRET": "of-the-environment",
	}
}

func vaultOf(env map[string]string) vault {
	return vault{env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
}

func TestSecrets(t *testing.T) {
	op := httptest.NewServer(&manager{t: t, secrets: map[string]map[string]any{
		"prod/google": {"Name": "prod/google", "SecretString": `{"client_id":"an-id","client_secret":"of-aws"}`},
		"plain":       {"Name": "plain", "SecretString": "whole"},
		"binary":      {"Name": "binary", "SecretBinary": "AAEC"},
	}})
	t.Cleanup(op.Close)
	folder := t.TempDir()
	file := filepath.Join(folder, "secret")
	for name, text := range map[string]string{file: "of-a-file\n", file + "2": "two\nlines\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	without := func(name string) map[string]string { e := awsEnv(op.URL); delete(e, name); return e }
	wrong := awsEnv(op.URL)
	wrong["AWS_SECRET_ACCESS_KEY"] = "another-key"
	for _, c := range []struct {
		reference string
		env       map[string]string
		want      string // secret
		problem   string // part of the error or its remedy
	}{
		{"plain-text", nil, "plain-text", ""},
		{"literal:env:X", nil, "env:X", ""},
		{"env:GOOGLE_CLIENT_SECRET", awsEnv(op.URL), "of-the-environment", ""},
		{"env:GOOGLE_CLIENT_SECRT", awsEnv(op.URL), "", "the variable GOOGLE_CLIENT_SECRT is not set"},
		{"file:" + file, nil, "of-a-file", ""},
		{"file:" + file + "2", nil, "", "does not hold one line"},
		{"file:" + file + "3", nil, "", "no such file"},
		{"awssecretsmanager:prod/google#client_secret", awsEnv(op.URL), "of-aws", ""},
		{"awssecretsmanager:plain", awsEnv(op.URL), "whole", ""},
		{"awssecretsmanager:plain#x", awsEnv(op.URL), "", "is no JSON object"},
		{"awssecretsmanager:prod/google#secret", awsEnv(op.URL), "", `has no text under "secret"`},
		{"awssecretsmanager:binary", awsEnv(op.URL), "", "is binary"},
		{"awssecretsmanager:prod/gogle", awsEnv(op.URL), "", `has no secret "prod/gogle" in eu-west-1`},
		{"awssecretsmanager:plain", without("AWS_REGION"), "", "needs AWS_REGION"},
		{"awssecretsmanager:plain", without("AWS_ACCESS_KEY_ID"), "", "aws configure export-credentials"},
		{"awssecretsmanager:plain", wrong, "", "signature"},
	} {
		got, err := vaultOf(c.env).secret(c.reference)
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.reference, got, c.want)
		}
		var f *failure
		switch {
		case c.problem == "" && err != nil:
			t.Errorf("%s: %v", c.reference, err)
		case c.problem == "":
		case !errors.As(err, &f):
			t.Errorf("%s: error %v, want one with a remedy", c.reference, err)
		case !strings.Contains(f.err.Error()+f.hint, c.problem):
			t.Errorf("%s: %v (%s), want %s", c.reference, f.err, f.hint, c.problem)
		}
	}
}

// Every place where a secret may be configured takes a reference, and the error
// names the place.
func TestSecretsOfASetup(t *testing.T) {
	s := setup.Setup{
		Clients: map[string]*store.Client{"web": {Secret: "env:GOOGLE_CLIENT_SECRET"}, "none": nil},
		Users:   map[string]*store.User{"alice": {Password: "env:GOOGLE_CLIENT_SECRET"}, "bob": nil},
	}
	if err := vaultOf(awsEnv("")).open(&s); err != nil {
		t.Fatal(err)
	}
	if s.Clients["web"].Secret != "of-the-environment" || s.Users["alice"].Password != "of-the-environment" {
		t.Errorf("%+v %+v", s.Clients["web"], s.Users["alice"])
	}
	s.Clients["web"].Secret = "env:NOTHING"
	if err := vaultOf(nil).open(&s); err == nil || !strings.Contains(err.Error(), "clients.web.client_secret: the variable NOTHING is not set") {
		t.Error(err)
	}
}

// TestSecretOfFlag: what a flag names may be a pipe, and is bounded.
func TestSecretOfFlag(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() { _, _ = io.WriteString(w, "of-a-pipe\n"); _ = w.Close() }()
	pipe := fmt.Sprintf("/dev/fd/%d", r.Fd())
	if _, err := os.Stat(pipe); err != nil {
		t.Skip("pipes have no names here")
	}
	if got, err := clientSecret(pipe, nil); got != "of-a-pipe" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := clientSecret("/dev/zero", nil); err == nil || !strings.Contains(err.Error(), "/dev/zero: too large") {
		t.Errorf("an endless one: %v", err)
	}
}
