package persona_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// pools is a player that calls Cognito's user pools API, as a client without a
// secret that somebody has signed in with.
type pools struct {
	*player
	first map[string]any // its token response
}

func callingPools(t *testing.T, p *player) pools {
	t.Helper()
	if err := p.op.SetClient(store.Client{ID: "spa", AuthMethod: "none", RedirectURIs: []string{playerCallback}}); err != nil {
		t.Fatal(err)
	}
	params := challenge(url.Values{"client_id": {"spa"}, "scope": {"openid email"}})
	code := p.authorize("/oauth2/authorize", params).Get("code")
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {playerCallback}, "client_id": {"spa"}, "code_verifier": {verifier}}
	return pools{p, object(t, p.status(http.StatusOK)(p.post("/oauth2/token", form)))}
}

func (p pools) call(operation string, members map[string]any) (int, map[string]any, *http.Response) {
	p.t.Helper()
	resp, body := p.sendJSON("POST", "/", members, "X-Amz-Target", "AWSCognitoIdentityProviderService."+operation, "Content-Type", "application/x-amz-json-1.1")
	if body == "" {
		return resp.StatusCode, nil, resp
	}
	return resp.StatusCode, object(p.t, body), resp
}

func (p pools) refreshes(clientID string, token any) (int, map[string]any, *http.Response) {
	p.t.Helper()
	return p.call("GetTokensFromRefreshToken", map[string]any{"ClientId": clientID, "RefreshToken": token})
}

// refused fails unless an answer is an exception, with its kind in a header too.
func (p pools) refused(kind, message string) func(int, map[string]any, *http.Response) {
	return func(status int, answer map[string]any, resp *http.Response) {
		p.t.Helper()
		if status != http.StatusBadRequest || answer["__type"] != kind || answer["message"] != message || resp.Header.Get("X-Amzn-Errortype") != kind+":" {
			p.t.Errorf("%d %v, want %s: %s", status, answer, kind, message)
		}
	}
}

func cognitoPools() map[string]func(*testing.T, *player) {
	return map[string]func(*testing.T, *player){
		"GetTokensFromRefreshToken, InitiateAuth and RevokeToken of the user pools API are posted to cognito-idp.REGION.amazonaws.com, named by x-amz-target": func(t *testing.T, p *player) {
			for _, operation := range []string{"SignUp", "InitiateAuth"} {
				resp, body := p.sendJSON("POST", "/", map[string]any{"AuthFlow": "USER_SRP_AUTH"}, "X-Amz-Target", "AWSCognitoIdentityProviderService."+operation)
				if resp.StatusCode != http.StatusBadRequest {
					t.Errorf("%s: %d", operation, resp.StatusCode)
				}
				shows(t, body, "Amazon Cognito", "none of the operations")
			}
			if resp, body := p.get("/"); resp.StatusCode != http.StatusOK {
				t.Errorf("the home page: %d %s", resp.StatusCode, body)
			}
			c := callingPools(t, p)
			if _, err := p.op.Fault(fault.Fault{At: "token_endpoint", Refuse: "refresh.token_expired"}); err != nil {
				t.Fatal(err)
			}
			c.refused("NotAuthorizedException", "Refresh Token has expired")(c.refreshes("spa", c.first["refresh_token"]))
		},
		"a refresh over the user pools API answers with AuthenticationResult, and with a refresh token only where it rotates; a revocation has no body": func(t *testing.T, p *player) {
			c := callingPools(t, p)
			for operation, members := range map[string]map[string]any{
				"GetTokensFromRefreshToken": {"ClientId": "spa", "RefreshToken": c.first["refresh_token"]},
				"InitiateAuth":              {"ClientId": "spa", "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": map[string]any{"REFRESH_TOKEN": c.first["refresh_token"]}},
			} {
				status, answer, resp := c.call(operation, members)
				result, _ := answer["AuthenticationResult"].(map[string]any)
				if status != http.StatusOK || result["IdToken"] == nil || result["ExpiresIn"] != 3600.0 || result["TokenType"] != "Bearer" || result["RefreshToken"] != nil {
					t.Errorf("%s: %d %v", operation, status, answer)
				}
				if got := resp.Header.Get("Content-Type"); got != "application/x-amz-json-1.1" {
					t.Errorf("%s: Content-Type %s", operation, got)
				}
				p.status(http.StatusOK)(p.get("/oauth2/userInfo", "Authorization", "Bearer "+text(result["AccessToken"])))
			}
			if n := len(p.op.Journal().Find(journal.Query{Endpoint: "token_endpoint", Status: 200})); n != 3 {
				t.Errorf("the journal has %d token requests", n)
			}
			if status, answer, _ := c.call("RevokeToken", map[string]any{"ClientId": "spa", "Token": c.first["refresh_token"]}); status != http.StatusOK || answer != nil {
				t.Errorf("%d %v", status, answer)
			}
		},
		"an access token that has origin_jti can be revoked": func(t *testing.T, p *player) {
			c := callingPools(t, p)
			_, answer, _ := c.refreshes("spa", c.first["refresh_token"])
			result, _ := answer["AuthenticationResult"].(map[string]any)
			first, second := claimsOf(t, c.first["access_token"]), claimsOf(t, result["AccessToken"])
			if first["origin_jti"] == nil || first["origin_jti"] != second["origin_jti"] {
				t.Errorf("origin_jti: %v, then %v", first["origin_jti"], second["origin_jti"])
			}
		},
		"the texts of NotAuthorizedException and ResourceNotFoundException, and that a client without its secret is told of SECRET_HASH": func(t *testing.T, p *player) {
			c := callingPools(t, p)
			token := c.first["refresh_token"]
			c.refused("NotAuthorizedException", "Invalid Refresh Token")(c.refreshes("spa", "not-a-token"))
			c.refused("ResourceNotFoundException", "User pool client nobody does not exist.")(c.refreshes("nobody", token))
			c.refused("NotAuthorizedException", "Client app is configured with secret but SECRET_HASH was not received")(c.refreshes("app", token))
			c.call("RevokeToken", map[string]any{"ClientId": "spa", "Token": token})
			c.refused("NotAuthorizedException", "Refresh Token has been revoked")(c.refreshes("spa", token))
		},
	}
}
