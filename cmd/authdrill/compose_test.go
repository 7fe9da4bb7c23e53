package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// composition is testdata/compose.yaml.
type composition struct {
	Services map[string]composedService `json:"services"`
	Networks map[string]any             `json:"networks"`
}

type composedService struct {
	Image       string                     `json:"image"`
	ReadOnly    bool                       `json:"read_only"`
	Environment map[string]string          `json:"environment"`
	Ports       []string                   `json:"ports"`
	Networks    map[string]composedNetwork `json:"networks"`
	Healthcheck map[string]any             `json:"healthcheck"`
	DependsOn   map[string]any             `json:"depends_on"`
}

type composedNetwork struct {
	Aliases []string `json:"aliases"`
}

func readComposition(t *testing.T) composition {
	t.Helper()
	const file = "../../testdata/compose.yaml"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var c composition
	if problems := strict.Read(file, text, &c, strict.Options{}); len(problems) > 0 {
		t.Fatal(problems)
	}
	return c
}

// played is a network: where the names and ports of its members really are.
type played map[string]string

// transport reaches the members of a network, and nobody else: other names are unknown
// there, as in a container.
func (p played) transport() *http.Transport {
	return &http.Transport{DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
		real, ok := p[address]
		if !ok {
			return nil, fmt.Errorf("no such host: %s", address)
		}
		return (&net.Dialer{}).DialContext(ctx, "tcp", real)
	}}
}

// networks returns that of the browser, which has the published ports, and that of a
// service, which has the names of its networks. at says where the services really are.
func (c *composition) networks(of string, at map[string]string) (browser, inside played) {
	browser, inside = played{}, played{}
	for name, service := range c.Services {
		for _, published := range service.Ports {
			parts := strings.Split(published, ":") // address, port of the machine, port of the container
			browser["localhost:"+parts[1]] = at[name]
			for network, member := range service.Networks {
				if _, shared := c.Services[of].Networks[network]; !shared {
					continue
				}
				for _, alias := range append(member.Aliases, name) {
					inside[alias+":"+parts[2]] = at[name]
				}
			}
		}
	}
	return browser, inside
}

// startComposed runs the provider as the file says, on a free port of loopback.
func startComposed(t *testing.T, env map[string]string) (address string) {
	t.Helper()
	ready := filepath.Join(t.TempDir(), "ready.json")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Args = []string{"authdrill", "serve", "--host", "127.0.0.1", "--port", "0", "--ready-file", ready}
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), "HOME="+t.TempDir())
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	var where struct{ Address string }
	if !commandtest.Eventually(func() bool { return commandtest.ReadJSON(ready, &where) == nil && where.Address != "" }) {
		t.Fatal("the provider is not ready")
	}
	return where.Address
}

// signInComposed has a browser sign in at the app, and returns the page that it ends at.
func signInComposed(t *testing.T, c composition) (*agent.Page, error) {
	t.Helper()
	at := map[string]string{"authdrill": startComposed(t, c.Services["authdrill"].Environment)}
	env := c.Services["app"].Environment
	server := httptest.NewUnstartedServer(nil)
	at["app"] = server.Listener.Addr().String()
	browser, inside := c.networks("app", at)
	if inside["localhost:9400"] != "" || browser["authdrill.test:9400"] != "" {
		t.Fatal("the networks are one")
	}
	web, err := app.New(app.Config{Config: client.Config{
		Issuer: env["OIDC_ISSUER"], ClientID: env["OIDC_CLIENT_ID"], ClientSecret: env["OIDC_CLIENT_SECRET"], RedirectURL: env["APP_URL"] + "/callback",
		Scopes: []string{"openid", "email"}, HTTPClient: &http.Client{Transport: inside.transport()},
	}})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = web
	server.Start()
	t.Cleanup(server.Close)
	user := &agent.Agent{Transport: browser.transport()}
	page, err := user.Visit(t.Context(), agent.Request{URL: env["APP_URL"] + "/login"})
	if err != nil {
		return nil, err
	}
	if page, err = page.Login(t.Context(), "alice", ""); err != nil {
		return page, err
	}
	if page.Offers("consent") {
		page, err = page.Consent(t.Context(), true, nil)
	}
	return page, err
}

// TestCompose plays what testdata/compose.yaml describes: app, provider and browser know
// each other by the names and ports of that file only.
func TestCompose(t *testing.T) {
	c := readComposition(t)
	page, err := signInComposed(t, c)
	if err != nil || !strings.Contains(string(page.Body), "alice") || !strings.HasPrefix(page.URL.String(), "http://localhost:3000/") {
		t.Errorf("%v: %v", err, page)
	}
	env := c.Services["authdrill"].Environment
	for _, line := range []string{"issuer_from_host: true ", "base_url: ", "allow_host: "} {
		changed := c
		changed.Services = map[string]composedService{"app": c.Services["app"], "authdrill": c.Services["authdrill"]}
		service := changed.Services["authdrill"]
		service.Environment = map[string]string{"AUTHDRILL_CONFIG_TEXT": strings.Replace(env["AUTHDRILL_CONFIG_TEXT"], line, "# "+line, 1)}
		changed.Services["authdrill"] = service
		if page, err := signInComposed(t, changed); err == nil && strings.Contains(string(page.Body), "alice@example.com") {
			t.Errorf("it works without %s", line)
		}
	}
}
