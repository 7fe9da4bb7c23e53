package webapp

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/scenarios/drill"
)

// postLogoutTokens posts a logout token to the app, from the provider and without a
// browser (OIDC Back-Channel Logout 2.5).
func (d *subject) postLogoutTokens(ctx context.Context, m *drill.LogoutToken) error {
	token, err := d.makeLogoutToken(m)
	if err != nil {
		return err
	}
	for range max(m.Times, 1) {
		form := url.Values{"logout_token": {token}}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.site.resolve(d.site.App.LogoutTokenEndpoint), strings.NewReader(form.Encode()))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := d.site.Transport.RoundTrip(req)
		if err != nil {
			d.appFailures = append(d.appFailures, "the app did not answer a logout token: "+err.Error())
			continue
		}
		_ = resp.Body.Close()
		d.logoutStatuses = append(d.logoutStatuses, resp.StatusCode)
		if resp.StatusCode >= 500 {
			d.appFailures = append(d.appFailures, "the app answered a logout token with "+resp.Status)
		}
	}
	return nil
}

func (d *subject) makeLogoutToken(m *drill.LogoutToken) (string, error) {
	p := d.site.Provider()
	if m.IDToken {
		for _, e := range p.Journal().Entries() {
			if token, ok := e.Response["id_token"].(string); ok {
				return token, nil
			}
		}
	}
	if m.Signature != "" || len(m.Header) > 0 {
		once := 1
		id, err := p.Fault(fault.Fault{On: protocol.LogoutToken, Times: &once, Tamper: &fault.Tamper{Signature: m.Signature, Header: m.Header}})
		if err != nil {
			return "", err
		}
		defer p.ClearFaults(id)
	}
	return p.LogoutToken("alice", d.site.ClientID, "", m.Claims)
}
