package witness

import (
	"net/url"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// TestStateMayBeStaticWithAnotherDefence: a new code_challenge or nonce ties an answer to
// the browser, and state may then say where to go afterwards (RFC 9700 section 4.7.1).
func TestStateMayBeStaticWithAnotherDefence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		requests []url.Values
		ok       bool
	}{
		"new state":         {[]url.Values{{"state": {"state-one"}}, {"state": {"state-two"}}}, true},
		"static":            {[]url.Values{{"state": {"a-state"}}, {"state": {"a-state"}}}, false},
		"short":             {[]url.Values{{"state": {"1"}}, {"state": {"2"}}}, false},
		"new challenge":     {[]url.Values{{"state": {"a-state"}, "code_challenge": {"challenge-1"}}, {"state": {"a-state"}, "code_challenge": {"challenge-2"}}}, true},
		"new nonce":         {[]url.Values{{"state": {"a-state"}, "nonce": {"a-nonce-1"}}, {"state": {"a-state"}, "nonce": {"a-nonce-2"}}}, true},
		"static everything": {[]url.Values{{"state": {"a-state"}, "nonce": {"a-nonce-1"}}, {"state": {"a-state"}, "nonce": {"a-nonce-1"}}}, false},
		"nonce in one":      {[]url.Values{{"state": {"a-state"}, "nonce": {"a-nonce-1"}}, {"state": {"a-state"}}}, false},
	} {
		var entries []*journal.Entry
		for _, params := range c.requests {
			entries = append(entries, &journal.Entry{Endpoint: protocol.AuthorizationEndpoint, Params: params})
		}
		if ok, saw := requireFreshState(entries); ok != c.ok {
			t.Errorf("%s: %v, want %v: %s", name, ok, c.ok, saw)
		}
	}
}
