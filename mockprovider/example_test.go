package mockprovider_test

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// start makes a provider for an example, reached without a port.
func start(opts ...mockprovider.Option) *mockprovider.Provider {
	op, err := mockprovider.New(append(opts, mockprovider.WithClock(clock.Frozen(clock.Epoch())))...)
	if err != nil {
		panic(err)
	}
	return op
}

// machineToken asks for a token with the client credentials grant.
func machineToken(op *mockprovider.Provider) int {
	resp, err := op.HTTPClient().PostForm(op.Issuer()+"/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {op.Client().ID}, "client_secret": {op.Client().Secret},
	})
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

func Example() {
	op := start()
	defer op.Close()
	fmt.Println(op.Issuer(), op.Client().ID, op.Client().Secret)
	fmt.Println(machineToken(op))
	// Output:
	// http://op.authdrill.test app app-secret
	// 200
}

func ExampleProvider_Fault() {
	op := start()
	defer op.Close()
	twice := 2
	if _, err := op.Fault(fault.Fault{At: "token_endpoint", Times: &twice, Respond: &fault.Respond{Status: http.StatusServiceUnavailable}}); err != nil {
		panic(err)
	}
	fmt.Println(machineToken(op), machineToken(op), machineToken(op))
	// Output: 503 503 200
}

func ExampleProvider_Mint() {
	op := start(mockprovider.WithProvider(persona.Persona{AccessToken: persona.AccessToken{Lifetime: clock.Duration(5 * time.Minute)}}))
	defer op.Close()
	tokens, err := op.Mint(mockprovider.MintRequest{User: "alice", Scopes: []string{"openid", "email"}})
	if err != nil {
		panic(err)
	}
	fmt.Println(tokens.TokenType, tokens.ExpiresIn, op.Accepts(tokens.AccessToken))
	op.Clock().Advance(5 * time.Minute)
	fmt.Println(op.Accepts(tokens.AccessToken))
	// Output:
	// Bearer 300 true
	// false
}

func ExampleProvider_Journal() {
	op := start()
	defer op.Close()
	machineToken(op)
	for _, e := range op.Journal().Find(journal.Query{Endpoint: "token_endpoint", Params: map[string]any{"grant_type": "client_credentials"}}) {
		fmt.Println(e.Line())
	}
	// Output: #1 POST /token → 200  client app
}

func ExampleWithSetup() {
	op := start(mockprovider.WithSetup(setup.Setup{
		Clients: map[string]*store.Client{"web": {RedirectURIs: []string{"http://127.0.0.1:3000/callback"}}},
		Users:   map[string]*store.User{"dora": {Email: "dora@example.com"}},
	}))
	defer op.Close()
	for _, u := range op.Users() {
		fmt.Println(u.Login, u.Email)
	}
	// Output:
	// alice alice@example.com
	// bob bob@example.com
	// carol carol@example.com
	// dora dora@example.com
}

func ExampleHost() {
	host, err := mockprovider.NewHost(mockprovider.Options{BaseURL: "http://127.0.0.1:9400", OnDemand: true})
	if err != nil {
		panic(err)
	}
	defer host.Close()
	resp, err := host.HTTPClient().Get("http://127.0.0.1:9400/t/realms/acme/.well-known/openid-configuration")
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	acme, _ := host.Issuer("realms/acme")
	fmt.Println(resp.StatusCode, acme.Issuer())
	// Output: 200 http://127.0.0.1:9400/t/realms/acme
}
