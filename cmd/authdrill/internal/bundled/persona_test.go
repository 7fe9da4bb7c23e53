package bundled

import (
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/mockprovider/persona"
)

// Who presses Sign in beside a persona is signed in, and its API answers; where
// the bundled client app cannot do that, it is not there.
func TestClientAppBesidePersonas(t *testing.T) {
	t.Parallel()
	for _, name := range persona.Names()[1:] {
		t.Run(name, func(t *testing.T) {
			p, err := persona.Named(name)
			if err != nil {
				t.Fatal(err)
			}
			r := commandtest.Serve(t, "--persona", name, "--sign-in", "auto")
			if fit := len(p.Dialect.Endpoints.Discovery) > 0 && p.Dialect.OpenID.Unfit == ""; !fit {
				if r.ClientApp != "" {
					t.Errorf("the client app is at %s", r.ClientApp)
				}
				return
			}
			b := &agent.Agent{}
			for _, visit := range [][2]string{{"/login", "Alice Example"}, {"/api", `"status":200`}} {
				page, err := b.Visit(t.Context(), agent.Request{URL: r.ClientApp + visit[0]})
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(string(page.Body), visit[1]) {
					t.Errorf("%s: no %s in %s", visit[0], visit[1], page.Body)
				}
			}
		})
	}
}
