//go:build unix

package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/readyfile"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/secret/secrettest"
)

// TestServeShowsNoSecret: by whatever reference a secret is configured, it is on
// no page and not in what is printed. Each reference has a canary of its own.
func TestServeShowsNoSecret(t *testing.T) {
	t.Parallel()
	aws := httptest.NewServer(&secrettest.Manager{T: t, Secrets: map[string]map[string]any{"prod": {"Name": "prod", "SecretString": "c4nary-of-aws"}}})
	t.Cleanup(aws.Close)
	for canary, reference := range map[string]string{
		"c4nary-of-env": "env:APPS_SECRET", "c4nary-of-file": "file:secret.txt", "c4nary-of-aws": "awssecretsmanager:prod", "c4nary-itself": "c4nary-itself",
		"literal:c4nary": "literal:literal:c4nary",
	} {
		t.Run(canary, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			for name, text := range map[string]string{
				"secret.txt":     "c4nary-of-file\n",
				"authdrill.yaml": "clients: {1234.apps: {client_secret: \"" + reference + "\"}}\nusers: {dora: {password: \"" + reference + "\"}}\n",
			} {
				if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			file := filepath.Join(folder, "ready.json")
			cmd := exec.Command("authdrill", "--port", "0", "--client-port", "0", "--ready-file", file)
			cmd.Dir = folder
			cmd.Env = append(os.Environ(), "APPS_SECRET=c4nary-of-env")
			for name, value := range secrettest.Env(aws.URL) {
				cmd.Env = append(cmd.Env, name+"="+value)
			}
			var said bytes.Buffer
			cmd.Stdout, cmd.Stderr = &said, &said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cmd.Process.Kill() })
			var r readyfile.File
			if !commandtest.Eventually(func() bool { return commandtest.ReadJSON(file, &r) == nil }) {
				t.Fatal("not ready in time: " + said.String())
			}
			if status := basicGrant(t, r.Issuer, canary); status != http.StatusOK {
				t.Fatalf("the client does not authenticate with the secret: %d", status)
			}
			basicGrant(t, r.Issuer, canary+" and more")
			resp, err := http.PostForm(r.Issuer+"/token", url.Values{"clientSecret": {canary}, "Passwd": {canary}})
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			for _, path := range []string{"/", "/t/other/", "/x/idt-nonce-wrong/", "/_/", "/_/api/journal", "/_/api/clients", "/_/api/users", "/t/other/_/"} {
				page := get(t, r.Issuer+path)
				if strings.Contains(page, canary) {
					t.Errorf("%s shows it", path)
				}
				if strings.HasSuffix(path, "clients") && !strings.Contains(page, "1234.apps") {
					t.Errorf("%s does not know the client", path)
				}
			}
			if page := get(t, r.ClientApp); strings.Contains(page, canary) {
				t.Error("the client app shows it")
			}
			_ = cmd.Process.Signal(os.Interrupt)
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
			if strings.Contains(said.String(), canary) || !strings.Contains(said.String(), "app / app-secret") {
				t.Errorf("it says %s", said.String())
			}
		})
	}
}

// basicGrant asks for a token as the configured client, and returns the status.
func basicGrant(t *testing.T, issuer, secret string) int {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, issuer+"/token", strings.NewReader("grant_type=client_credentials"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("1234.apps", url.QueryEscape(secret))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}
