package figures

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

const (
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // RFC 7636 appendix B
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

func configFile(b *testing.B, provider string) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "authdrill.yaml")
	if err := os.WriteFile(name, []byte("provider: "+provider+"\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	return name
}

// codeFlow is a sign-in with PKCE: authorization, token and userinfo request.
func codeFlow(scope string) func(c *wireConn, n int) error {
	return func(c *wireConn, n int) error {
		tokens, err := signIn(c, n, scope)
		if err != nil {
			return err
		}
		a, err := c.get("/userinfo", "Authorization: Bearer "+tokens.AccessToken+"\r\n")
		if err == nil && a.status != http.StatusOK {
			err = fmt.Errorf("userinfo: %d %s", a.status, a.body)
		}
		return err
	}
}

type wireTokens struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	IDToken      string `json:"id_token"`
}

func authorize(c *wireConn, n int, scope string) (code string, err error) {
	a, err := c.get("/authorize?response_type=code&client_id=app&scope="+url.QueryEscape(scope)+"&state=s"+strconv.Itoa(n)+"&nonce=n"+strconv.Itoa(n)+
		"&redirect_uri="+url.QueryEscape("http://127.0.0.1:9401/callback")+"&code_challenge_method=S256&code_challenge="+challenge, "")
	if err != nil {
		return "", err
	}
	u, err := url.Parse(a.location)
	if code = u.Query().Get("code"); err == nil && code == "" {
		err = fmt.Errorf("authorize: %d %s %s", a.status, a.location, a.body)
	}
	return code, err
}

func redeem(c *wireConn, code string) (int, wireTokens, error) {
	a, err := c.post("/token", basicApp, "grant_type=authorization_code&redirect_uri="+url.QueryEscape("http://127.0.0.1:9401/callback")+
		"&code_verifier="+verifier+"&code="+url.QueryEscape(code))
	var t wireTokens
	if err == nil && a.status == http.StatusOK {
		err = json.Unmarshal(a.body, &t)
	}
	return a.status, t, err
}

func signIn(c *wireConn, n int, scope string) (wireTokens, error) {
	code, err := authorize(c, n, scope)
	if err != nil {
		return wireTokens{}, err
	}
	status, t, err := redeem(c, code)
	if err == nil && (t.IDToken == "" || t.AccessToken == "") {
		err = fmt.Errorf("token: status %d without tokens", status)
	}
	return t, err
}

func refresh(c *wireConn, token string) (int, wireTokens, error) {
	a, err := c.post("/token", basicApp, "grant_type=refresh_token&refresh_token="+url.QueryEscape(token))
	var t wireTokens
	if err == nil && a.status == http.StatusOK {
		err = json.Unmarshal(a.body, &t)
	}
	return a.status, t, err
}
