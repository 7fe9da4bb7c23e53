package mockprovider

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// TestLogHasNoSecretThatWasSentAsSomethingElse sends words as client_id, scope and
// path that are secrets only because a client and a user have them: no rule about
// names and forms hides those.
func TestLogHasNoSecretThatWasSentAsSomethingElse(t *testing.T) {
	for secret, hidden := range map[string]bool{"grape": true, "plum tree": true, `fi"gs`: true, "lemon": false} {
		var logged []Logged
		h, err := NewHost(Options{Log: func(l Logged) { logged = append(logged, l) }, Defaults: setup.Setup{
			Clients: map[string]*store.Client{"cook": {ID: "cook", Secret: "grape"}},
			Users:   map[string]*store.User{"ann": {Login: "ann", Password: "plum tree"}, "bob": {Login: "bob", Password: `fi"gs`}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = h.Close() })
		ask := func(path, query string) {
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://op.authdrill.test/"+path+query, nil))
		}
		q := url.QueryEscape(secret)
		ask("authorize", "?client_id="+q)
		ask("authorize", "?client_id=cook&response_type=code&redirect_uri=http://localhost/&prompt="+q)
		ask("authorize", "?client_id=cook&response_type=code&redirect_uri="+q)
		ask(url.PathEscape(secret), "")
		if len(logged) != 4 {
			t.Fatalf("%+v", logged)
		}
		for _, l := range logged {
			line := strings.ReplaceAll(l.Path+" "+l.ClientID+" "+l.Reason, `\"`, `"`)
			if strings.Contains(line, secret) == hidden {
				t.Errorf("%s: %s", secret, line)
			}
		}
	}
}
