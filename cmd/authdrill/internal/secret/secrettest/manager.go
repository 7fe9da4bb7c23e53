// Package secrettest imitates stores of secrets, for tests.
package secrettest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Manager imitates AWS Secrets Manager: it speaks AWS JSON 1.1, and refuses a
// request unless it computes the same signature (version 4).
type Manager struct {
	T       *testing.T
	Secrets map[string]map[string]any // members of the answer
}

var awsKeys = aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "an-example-key", SessionToken: "a-session"}

// ServeHTTP answers one request.
func (m *Manager) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err != nil {
		m.T.Error(err)
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
	case json.Unmarshal(body, &in) != nil || m.Secrets[in.SecretId] == nil:
		refuse(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(m.Secrets[in.SecretId])
}

// signed computes the signature anew, from the same request and the same key.
func (m *Manager) signed(r *http.Request, body []byte) bool {
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

// Env returns the variables of a program whose secrets are at an endpoint.
func Env(endpoint string) map[string]string {
	return map[string]string{
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": awsKeys.AccessKeyID, "AWS_SECRET_ACCESS_KEY": awsKeys.SecretAccessKey,
		"AWS_SESSION_TOKEN": awsKeys.SessionToken, "AWS_ENDPOINT_URL_SECRETS_MANAGER": endpoint, "GOOGLE_CLIENT_SECRET": "of-the-environment",
	}
}
