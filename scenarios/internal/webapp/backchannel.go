package webapp

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
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
	latest := latestIDToken(p.Journal().Entries())
	if m.IDToken && latest != "" {
		return latest, nil
	}
	claims := maps.Clone(m.Claims)
	if sid := sidOf(latest); sid != "" && claims["sid"] == nil {
		if claims == nil {
			claims = map[string]any{}
		}
		claims["sid"] = sid
	}
	if claims["sid"] == nil && claims["sub"] == match.Absent {
		return "", engine.NotReached("the ID tokens of the provider have no sid that the logout token could name")
	}
	if m.Signature != "" || len(m.Header) > 0 {
		once := 1
		id, err := p.Fault(fault.Fault{On: protocol.LogoutToken, Times: &once, Tamper: &fault.Tamper{Signature: m.Signature, Header: m.Header}})
		if err != nil {
			return "", err
		}
		defer p.ClearFaults(id)
	}
	return p.LogoutToken("alice", d.site.ClientID, "", claims)
}

// latestIDToken returns the ID token that a provider issued last, "" for none.
func latestIDToken(entries []*journal.Entry) string {
	for _, e := range slices.Backward(entries) {
		if token, ok := e.Response["id_token"].(string); ok {
			return token
		}
	}
	return ""
}

// sidOf returns the session that an ID token names, "" for none (OIDC Back-Channel
// Logout 2.1).
func sidOf(token string) string {
	_, rest, _ := strings.Cut(token, ".")
	payload, _, _ := strings.Cut(rest, ".")
	raw, err := base64.RawURLEncoding.DecodeString(payload)
	var claims struct {
		SID string `json:"sid"`
	}
	if err != nil || json.Unmarshal(raw, &claims) != nil {
		return ""
	}
	return claims.SID
}
