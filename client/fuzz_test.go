package client_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/clienttest"
)

// FuzzIDToken: no text is a panic; none that is not signed by the provider signs
// anybody in; and every refusal names its check.
func FuzzIDToken(f *testing.F) {
	p := clienttest.NewProvider(f)
	c := p.Client(f, nil)
	for _, seed := range []string{"", "a.b.c", "e30.e30.", "..", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.", "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsxIn0.e30.AAAA"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		p.T, p.Tokens = t, map[string]any{"id_token": raw}
		_, err := p.SignIn(c, client.AuthorizeOptions{}, nil)
		var r *client.Rejection
		if !errors.As(err, &r) || r.Check == "" || r.Spec == "" {
			t.Errorf("%q: %v", raw, err)
		}
	})
}

// FuzzTokenResponse: no body is a panic, and what is accepted has an access token.
func FuzzTokenResponse(f *testing.F) {
	p := clienttest.NewProvider(f)
	c := p.Client(f, nil)
	for _, seed := range []string{
		"", "{}", "[]", `{"access_token":"a","token_type":"Bearer"}`, `{"access_token":"a","token_type":"bearer","expires_in":1e400}`,
		`{"access_token":"a","access_token":"b"}`, `{"error":"invalid_grant"}`, "<html>", strings.Repeat("[", 200),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		p.On["/token"] = clienttest.Always(http.StatusOK, "application/json", body)
		got, err := c.Grant(t.Context(), url.Values{"grant_type": {"client_credentials"}})
		if err != nil {
			if clienttest.Rejected(err) == "" || strings.HasPrefix(clienttest.Rejected(err), "another") {
				t.Error(err)
			}
			return
		}
		if got.Tokens.AccessToken == "" || !json.Valid([]byte(body)) || got.Tokens.ExpiresIn != nil && *got.Tokens.ExpiresIn < 0 {
			t.Errorf("%q: %+v", body, got)
		}
	})
}

// FuzzChallenge: no header is a panic, or takes for ever.
func FuzzChallenge(f *testing.F) {
	f.Add(`Bearer realm="a", error=b`)
	f.Add(`a=b, c="\`)
	f.Fuzz(func(_ *testing.T, line string) {
		client.ParseChallenge(http.Header{"Www-Authenticate": {line}})
	})
}
