package secret

import (
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/secret/secrettest"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

func vaultOf(env map[string]string) Vault {
	return Vault{Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
}

func TestSecrets(t *testing.T) {
	op := httptest.NewServer(&secrettest.Manager{T: t, Secrets: map[string]map[string]any{
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
	without := func(name string) map[string]string { e := secrettest.Env(op.URL); delete(e, name); return e }
	wrong := secrettest.Env(op.URL)
	wrong["AWS_SECRET_ACCESS_KEY"] = "another-key"
	for _, c := range []struct {
		reference string
		env       map[string]string
		want      string // secret
		problem   string // part of the error or its remedy
	}{
		{"plain-text", nil, "plain-text", ""},
		{"literal:env:X", nil, "env:X", ""},
		{"env:GOOGLE_CLIENT_SECRET", secrettest.Env(op.URL), "of-the-environment", ""},
		{"env:GOOGLE_CLIENT_SECRT", secrettest.Env(op.URL), "", "the variable GOOGLE_CLIENT_SECRT is not set"},
		{"file:" + file, nil, "of-a-file", ""},
		{"file:" + file + "2", nil, "", "does not hold one line"},
		{"file:" + file + "3", nil, "", "no such file"},
		{"awssecretsmanager:prod/google#client_secret", secrettest.Env(op.URL), "of-aws", ""},
		{"awssecretsmanager:plain", secrettest.Env(op.URL), "whole", ""},
		{"awssecretsmanager:plain#x", secrettest.Env(op.URL), "", "is not a JSON object"},
		{"awssecretsmanager:prod/google#secret", secrettest.Env(op.URL), "", `has no text under "secret"`},
		{"awssecretsmanager:binary", secrettest.Env(op.URL), "", "is binary"},
		{"awssecretsmanager:prod/gogle", secrettest.Env(op.URL), "", `has no secret "prod/gogle" in eu-west-1`},
		{"awssecretsmanager:plain", without("AWS_REGION"), "", "needs AWS_REGION"},
		{"awssecretsmanager:plain", without("AWS_ACCESS_KEY_ID"), "", "aws configure export-credentials"},
		{"awssecretsmanager:plain", wrong, "", "signature"},
	} {
		got, err := vaultOf(c.env).Lookup(c.reference)
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.reference, got, c.want)
		}
		var f *failure.Error
		switch {
		case c.problem == "" && err != nil:
			t.Errorf("%s: %v", c.reference, err)
		case c.problem == "":
		case !errors.As(err, &f):
			t.Errorf("%s: error %v, want one with a remedy", c.reference, err)
		case !strings.Contains(f.Err.Error()+f.Hint, c.problem):
			t.Errorf("%s: %v (%s), want %s", c.reference, f.Err, f.Hint, c.problem)
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
	if err := vaultOf(secrettest.Env("")).Open(&s); err != nil {
		t.Fatal(err)
	}
	if s.Clients["web"].Secret != "of-the-environment" || s.Users["alice"].Password != "of-the-environment" {
		t.Errorf("%+v %+v", s.Clients["web"], s.Users["alice"])
	}
	s.Clients["web"].Secret = "env:NOTHING"
	if err := vaultOf(nil).Open(&s); err == nil || !strings.Contains(err.Error(), "clients.web.client_secret: the variable NOTHING is not set") {
		t.Error(err)
	}
}
