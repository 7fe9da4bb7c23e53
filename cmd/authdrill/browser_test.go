package main

import (
	"net/url"
	"testing"

	"github.com/authdrill/authdrill/mockprovider"
)

// The provider's pages in a real browser, with JavaScript and without.
func TestBrowserProviderPages(t *testing.T) {
	for _, script := range []bool{true, false} {
		name := "with script"
		if !script {
			name = "without script"
		}
		t.Run(name, func(t *testing.T) {
			op := mockprovider.Start(t)
			c := startChromium(t)
			if !script {
				c.withoutScript()
			}
			c.open(op.Issuer() + "/authorize?" + url.Values{
				"client_id": {"app"}, "response_type": {"code"}, "scope": {"openid email"}, "state": {"a-long-state"},
				"redirect_uri": {op.Issuer() + "/nowhere"},
			}.Encode())
			c.press(`button[name=login][value=alice]`)
			c.press(`button[name=consent][value=allow]`)
			if !eventually(func() bool {
				u, err := url.Parse(c.address())
				return err == nil && u.Path == "/nowhere" && u.Query().Get("code") != "" && u.Query().Get("state") == "a-long-state"
			}) {
				t.Errorf("the browser ended at %s", c.address())
			}
		})
	}
}
