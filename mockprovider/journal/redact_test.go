package journal

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/parameter"
	"github.com/authdrill/authdrill/mockprovider/internal/tag"
)

// canary is a secret that nothing knows by its value.
const canary = "tr0ub4dor"

const (
	hexadecimal = "abcdef0123456789abcdef0123456789"

	opaque = "3wKf0zQ8mJt5yB1xR7vLhN2pCsGdEaUo9iTqWkXjYb4"
	jwt    = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"
)

func exchanged(t *testing.T, r *http.Request, params url.Values, response string, header http.Header) *Entry {
	t.Helper()
	j := New(clock.Frozen(clock.Epoch()), 0)
	e := j.volume().Begin()
	e.Endpoint, e.Path, e.Params, e.Headers, e.ResponseHeaders = "resource", r.URL.Path, parameter.Record(params), kept(r.Header), kept(header)
	if a, ok := e.Headers["Authorization"]; ok {
		e.Headers["Authorization"] = tag.Authorization(a)
	}
	if response != "" {
		if err := json.Unmarshal([]byte(response), &e.Response); err != nil {
			t.Fatal(err)
		}
	}
	j.volume().Append(e)
	return j.Entries()[0]
}

func request(t *testing.T, path string) *http.Request {
	t.Helper()
	r, err := http.NewRequest("GET", "http://127.0.0.1:9400"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A credential is not even kept, whatever the spelling of its name.
func TestCredentialsAreNotKept(t *testing.T) {
	for _, name := range []string{"client_secret", "Client_Secret", "clientSecret", "client-secret", "passwd", "pwd", "Password", "apiKey"} {
		params := url.Values{name: {canary}, "grant_type": {"password"}}
		e := exchanged(t, request(t, "/token"), params, "", nil)
		if text, _ := json.Marshal(e); strings.Contains(string(text), canary) {
			t.Errorf("%s: %s", name, text)
		}
		if params.Get(name) != canary || e.Params.Get("grant_type") != "password" {
			t.Errorf("%s: the request itself was changed", name)
		}
	}
}

// Whatever stands under a secret name is a tag, however deep it stands, and so is
// a token where no name says so.
func TestRedactedShowsNoSecret(t *testing.T) {
	for name, e := range map[string]*Entry{
		"path":              exchanged(t, request(t, "/resource/"+opaque), nil, "", nil),
		"hexadecimal":       exchanged(t, request(t, "/resource/"+hexadecimal), nil, "", nil),
		"words of a path":   exchanged(t, request(t, "/resource/ghp_"+strings.Repeat(canary, 4)), nil, "", nil),
		"JWT in a path":     exchanged(t, request(t, "/resource/"+jwt+"/x"), nil, "", nil),
		"unnamed parameter": exchanged(t, request(t, "/resource/me"), url.Values{"x": {opaque}}, "", nil),
		"JWT parameter":     exchanged(t, request(t, "/resource/me"), url.Values{"state": {jwt}}, "", nil),
		"in a redirect URI": exchanged(t, request(t, "/authorize"), url.Values{"redirect_uri": {"http://127.0.0.1/cb?accessToken=" + canary}}, "", nil),
		"JSON parameter":    exchanged(t, request(t, "/authorize"), url.Values{"user": {`{"a": [{"passwd": "` + canary + `"}]}`}}, "", nil),
		"member":            exchanged(t, request(t, "/"), nil, `{"clientSecret": "`+canary+`"}`, nil),
		"nested":            exchanged(t, request(t, "/"), nil, `{"a": [{"b": {"Client_Secret": "`+canary+`"}}]}`, nil),
		"below a name":      exchanged(t, request(t, "/"), nil, `{"credentials": {"user": "x", "value": ["`+canary+`"]}}`, nil),
		"private key":       exchanged(t, request(t, "/register"), nil, `{"jwks": {"keys": [{"kty": "EC", "d": "`+canary+`"}, {"kty": "oct", "k": "`+canary+`"}]}}`, nil),
		"URL in a list":     exchanged(t, request(t, "/register"), nil, `{"redirect_uris": ["http://me:`+canary+`@127.0.0.1/cb", "http://127.0.0.1/cb?x=1&Client%5FSecret=`+canary+`"]}`, nil),
		"form member":       exchanged(t, request(t, "/"), nil, `{"body": "a=1&passwd=`+canary+`;clientSecret[]=`+canary+`"}`, nil),
		"JSON member":       exchanged(t, request(t, "/"), nil, `{"body": "{\"api_key\": \"`+canary+`\"}"}`, nil),
		"JWT member":        exchanged(t, request(t, "/"), nil, `{"payload": "`+jwt+`"}`, nil),
		"Location":          exchanged(t, request(t, "/"), nil, "", http.Header{"Location": {"http://127.0.0.1/cb?clientSecret=" + canary}}),
		"Location path":     exchanged(t, request(t, "/"), nil, "", http.Header{"Location": {"http://127.0.0.1/" + opaque + "?x=1"}}),
		"fragment":          exchanged(t, request(t, "/"), nil, "", http.Header{"Location": {"http://127.0.0.1/cb#x=" + opaque}}),
		"user of a URL":     exchanged(t, request(t, "/"), nil, "", http.Header{"Location": {"http://me:" + canary + "@127.0.0.1/cb"}}),
		"challenge":         exchanged(t, request(t, "/"), nil, "", http.Header{"Www-Authenticate": {`Bearer error_description="no ` + opaque + `"`}}),
	} {
		text, err := json.Marshal(e.Redacted())
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{canary, opaque, jwt, hexadecimal} {
			if strings.Contains(string(text), secret) || strings.Contains(e.Redacted().Line(), secret) {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
	shown := (&Entry{Headers: map[string]string{"Cookie": "sid=" + canary, "X-Api-Key": canary, "Authorization": "Bearer " + canary}, ResponseHeaders: map[string]string{"Set-Cookie": canary}}).Redacted()
	if text, _ := json.Marshal(shown); strings.Contains(string(text), canary) || !strings.HasPrefix(shown.Headers["Authorization"], "Bearer …") {
		t.Errorf("%s", text)
	}
	r := request(t, "/resource/me")
	r.Header.Set("Authorization", "Bearer "+opaque)
	r.Header.Set("User-Agent", "curl/8 "+jwt)
	text, _ := json.Marshal(exchanged(t, r, nil, "", nil).Redacted())
	if strings.Contains(string(text), opaque) || strings.Contains(string(text), jwt) {
		t.Errorf("headers: %s", text)
	}
}

// What everybody is to see stays readable.
func TestRedactedKeepsWhatIsPublic(t *testing.T) {
	params := url.Values{
		"code_challenge": {opaque}, "state": {opaque}, "nonce": {opaque}, "scope": {"openid email"}, "token_type_hint": {"access_token"},
		"redirect_uri": {"http://127.0.0.1:9401/callback?x=1"}, "error_code": {"190"}, "login_hint": {"a.very.long.name@mail.example.com"},
	}
	e := exchanged(t, request(t, "/t/a-token-signed-with-rs256-es256-or-ps256/9188040d-6c67-4c5b-b112-36a304b66dad/oauth2/v2.0/token"), params,
		`{"token_type": "Bearer", "token_endpoint": "http://127.0.0.1/token", "expires_in": 3600, "error": {"code": 401, "message": "no"}}`, nil)
	before, _ := json.Marshal(e)
	after, _ := json.Marshal(e.Redacted())
	if string(before) != string(after) {
		t.Errorf("before %s\nafter  %s", before, after)
	}
}
