package strict_test

import (
	"slices"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/internal/vocabulary"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

func TestSuggest(t *testing.T) {
	names := []string{"token_endpoint", "scope", "state"}
	for name, want := range map[string]string{
		"tokenEndpoint": `did you mean "token_endpoint"?`, "SCOPE": `did you mean "scope"?`, "stat": `did you mean "state"?`,
		"xyz": "known are token_endpoint, scope, state", "": "known are token_endpoint, scope, state",
	} {
		if got := strict.Suggest(name, names); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if strict.Suggest("x", nil) != "" {
		t.Error("nothing to suggest")
	}
}

func TestVocabularies(t *testing.T) {
	for name, member := range map[string]string{
		"claim": "at_hash", "oauth-param": "code_verifier", "response": "expires_in", "metadata": "jwks_uri", "header": "WWW-Authenticate",
		"jose-header": "kid", "any": "issuer", "request-body": "redirect_uris", "claims-request": "essential", "key-set": "kty",
	} {
		names := vocabulary.Of(name).Names
		if !slices.Contains(names, member) {
			t.Errorf("%s lacks %s", name, member)
		}
		if _, slip := strict.Slip(name, member); slip {
			t.Errorf("%s is a slip in %s", member, name)
		}
		if near, slip := strict.Slip(name, member[:1]+member[2:]); !slip && len(member) > 3 {
			t.Errorf("%s without a letter is no slip in %s: %s", member, name, near)
		}
	}
	if vocabulary.Of("nonsense") != nil {
		t.Error("a vocabulary from nowhere")
	}
	for _, custom := range []string{"department", "https://example.test/roles", "id", "x"} {
		if near, slip := strict.Slip("response", custom); slip {
			t.Errorf("%s is taken for %s", custom, near)
		}
	}
}
