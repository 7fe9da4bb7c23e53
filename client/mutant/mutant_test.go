package mutant_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/client/mutant"
)

func config() client.Config {
	return client.Config{Issuer: "https://op.example", ClientID: "app", ClientSecret: "secret", RedirectURL: "https://app.example/callback"}
}

func TestEveryMutantIsDocumented(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, m := range mutant.All() {
		if seen[m.Name] || m.Check == "" || m.Spec == "" || m.Doc == "" {
			t.Errorf("%s is not documented once and whole", m.Name)
		}
		seen[m.Name] = true
	}
}

func TestEveryMutantBuilds(t *testing.T) {
	t.Parallel()
	for _, name := range mutant.Names() {
		if _, err := mutant.New(config(), name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := mutant.NewApp(app.Config{Config: config()}, name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnknownNameHasNearMiss(t *testing.T) {
	t.Parallel()
	_, err := mutant.New(config(), "state-unchecked", "nonce-uncheked")
	if err == nil || !strings.Contains(err.Error(), "did you mean nonce-unchecked?") {
		t.Error(err)
	}
	if _, err := mutant.New(config()); err != nil {
		t.Error(err)
	}
	if !slices.Contains(mutant.Names(), "nonce-unchecked") {
		t.Error("nonce-unchecked is not listed")
	}
}

func TestTwoFailurePagesConflict(t *testing.T) {
	t.Parallel()
	_, err := mutant.NewApp(app.Config{Config: config()}, "failure-crashes", "failure-page-blank")
	if err == nil || !strings.Contains(err.Error(), "mutant failure-page-blank: operation failure page was replaced by failure-crashes already") {
		t.Error(err)
	}
}

func TestMutantsOfOnePartConflict(t *testing.T) {
	t.Parallel()
	for want, names := range map[string][]string{
		`mutant aud-list-refused: row "aud" of table id token was changed by aud-unchecked already`:       {"aud-list-refused", "aud-unchecked"},
		"mutant retry-unbounded: MaxRetries was changed by retry-none already":                            {"retry-none", "retry-unbounded"},
		"mutant refresh-rotation-ignored: operation rotate was replaced by refresh-token-dropped already": {"refresh-rotation-ignored", "refresh-token-dropped"},
	} {
		if _, err := mutant.New(config(), names...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	if _, err := mutant.New(config(), "any-alg", "alg-none-accepted", "alg-from-header", "published-secret-accepted", "advertised-algs-trusted"); err != nil {
		t.Error(err)
	}
}
