package mockprovider

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// update rewrites the golden conversations: go test ./mockprovider -run Wire -update
var update = flag.Bool("update", false, "rewrite testdata/wire")

// TestWire compares whole conversations, as the journal tells them, with golden
// files: what a version sends otherwise than the one before shows in review.
func TestWire(t *testing.T) {
	for name, play := range map[string]func(p *Provider, b *browser){
		"code-flow": func(p *Provider, b *browser) {
			b.signedIn(p, "scope", "openid email offline_access")
		},
		"refresh-reuse": func(p *Provider, b *browser) {
			refresh := b.signedIn(p, "scope", "openid offline_access")["refresh_token"].(string)
			form := values("grant_type", "refresh_token", "refresh_token", refresh)
			b.post(p, "/token", form, "app", "app-secret")
			b.post(p, "/token", form, "app", "app-secret")
		},
		"denial": func(p *Provider, b *browser) {
			resp, page, _ := b.authorize(p, request())
			resp, page = b.press(resp, page, "login", "bob")
			b.press(resp, page, "consent", "deny")
		},
		"outage": func(p *Provider, b *browser) {
			if _, err := p.Fault(fault.Fault{ID: "outage", At: "token_endpoint", Error: &fault.OAuthError{Code: "temporarily_unavailable"}}); err != nil {
				t.Fatal(err)
			}
			b.post(p, "/token", values("grant_type", "client_credentials"), "app", "app-secret")
			b.post(p, "/token", values("grant_type", "client_credentials"), "app", "app-secret")
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, b := op(t, WithProvider(persona.Persona{}))
			b.t = t
			play(p, b)
			got := p.Journal().Text()
			golden := filepath.Join("..", "testdata", "wire", name+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("the conversation has changed; if it should have, run with -update:\n%s", got)
			}
		})
	}
}

// TestEveryEndpointCitesItsClause reads the front page, whose lines come from
// the table of contents.
func TestEveryEndpointCitesItsClause(t *testing.T) {
	p, b := op(t)
	_, page := b.read(b.Get(p.Issuer() + "/"))
	for name := range p.Metadata() {
		if strings.HasSuffix(name, "_endpoint") && !strings.Contains(page, name) {
			t.Errorf("%s is not on the front page", name)
		}
	}
	for line := range strings.Lines(page) {
		for _, row := range strings.Split(line, "<tr>") {
			if strings.Contains(row, "_endpoint</th>") && !strings.Contains(row, "section") {
				t.Errorf("no clause: %s", row)
			}
		}
	}
}
