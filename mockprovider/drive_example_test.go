package mockprovider_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// clientCredentials asks for a token of the client itself (RFC 6749 section 4.4).
func clientCredentials(op *mockprovider.Provider) map[string]any {
	resp, err := op.HTTPClient().PostForm(op.Issuer()+"/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {op.Client().ID}, "client_secret": {op.Client().Secret},
	})
	if err != nil {
		return map[string]any{"error": "no answer"}
	}
	defer resp.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return map[string]any{"error": "no JSON"}
	}
	return answer
}

// In a test, Start is all there is to do.
func ExampleStart() {
	test := func(t *testing.T) {
		op := mockprovider.Start(t, mockprovider.WithUser(store.User{Login: "dave", Email: "dave@example.com"}))
		op.AutoSignIn("dave")
		// app := myapp.New(op.Issuer(), op.Client().ID, op.Client().Secret)
	}
	_ = test
}

// Start, point, drive, look: without a port.
func ExampleNew() {
	op, err := mockprovider.New(
		func(o *mockprovider.Options) { o.BaseURL = "https://accounts.example.test" },
		mockprovider.WithClient(store.Client{ID: "web", RedirectURIs: []string{"https://web.example.test/callback"}}),
		mockprovider.WithSeed(7),
	)
	if err != nil {
		panic(err)
	}
	defer op.Close()
	fmt.Println(op.Issuer(), op.Metadata()["token_endpoint"])

	_, err = mockprovider.New(mockprovider.WithFault(fault.Fault{At: "token_endpoint"}))
	fmt.Println(err)
	// Output:
	// https://accounts.example.test https://accounts.example.test/token
	// faults[0]: missing effect: want one of documented, respond, error, refuse, delay, connection, wire, tamper
}

// Time is the issuer's own: nobody waits for a token to expire.
func ExampleProvider_Clock() {
	op, err := mockprovider.New(mockprovider.WithClock(clock.Frozen(clock.Epoch())))
	if err != nil {
		panic(err)
	}
	defer op.Close()
	token, _ := clientCredentials(op)["access_token"].(string)
	fmt.Println(op.Accepts(token))
	op.Clock().Advance(time.Hour)
	fmt.Println(op.Clock().Now().Format(time.TimeOnly), op.Accepts(token))
	// Output:
	// true
	// 01:00:00 false
}

func ExampleProvider_AutoSignIn() {
	op, err := mockprovider.New()
	if err != nil {
		panic(err)
	}
	defer op.Close()
	op.AutoSignIn("bob")

	browser := op.HTTPClient()
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := browser.Get(op.Issuer() + "/authorize?" + url.Values{
		"response_type": {"code"}, "client_id": {"app"}, "redirect_uri": {"http://127.0.0.1:8080/callback"}, "scope": {"openid"}, "state": {"a-state"},
	}.Encode())
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		panic(err)
	}
	fmt.Println(resp.StatusCode, back.Path, back.Query().Get("state"), back.Query().Has("code"))
	// Output: 302 /callback a-state true
}

// An answer that is lost after the work was done: the client never hears of
// the token it was given.
func ExampleProvider_Set() {
	op, err := mockprovider.New()
	if err != nil {
		panic(err)
	}
	defer op.Close()
	op.Set(persona.Persona{AccessToken: persona.AccessToken{Lifetime: clock.Duration(5 * time.Minute)}})
	fmt.Println(clientCredentials(op)["expires_in"])
	if err := op.Reset(); err != nil {
		panic(err)
	}
	fmt.Println(clientCredentials(op)["expires_in"])
	// Output:
	// 300
	// 3600
}

func ExampleProvider_RotateKeys() {
	op, err := mockprovider.New(mockprovider.WithSeed(7))
	if err != nil {
		panic(err)
	}
	defer op.Close()
	kids, err := op.RotateKeys("ES256", "overlap")
	if err != nil {
		panic(err)
	}
	fmt.Println(len(kids))
	// Output: 1
}

func ExampleProvider_SetUser_disabled() {
	op, err := mockprovider.New()
	if err != nil {
		panic(err)
	}
	defer op.Close()
	tokens, err := op.Mint(mockprovider.MintRequest{User: "carol"})
	if err != nil {
		panic(err)
	}
	carol := *op.Users()[2]
	for _, disabled := range []bool{true, false} {
		carol.Disabled = disabled
		fmt.Println(op.SetUser(carol), op.Accepts(tokens.AccessToken))
	}
	// Output:
	// <nil> false
	// <nil> true
}

func ExampleProvider_SetUser() {
	op, err := mockprovider.New()
	if err != nil {
		panic(err)
	}
	defer op.Close()
	op.SetUser(store.User{Login: "dave", Name: "Dave Example"})
	op.SetClient(store.Client{ID: "spa", AuthMethod: "none"})
	for _, u := range op.Users() {
		fmt.Print(u.Login, " ")
	}
	for _, c := range op.Clients() {
		fmt.Print(c.ID, " ")
	}
	err = op.Overlay(setup.Setup{Users: map[string]*store.User{"dave": nil}, Clients: map[string]*store.Client{"spa": nil}})
	fmt.Println(err, len(op.Users()), len(op.Clients()))
	// Output: alice bob carol dave app spa <nil> 3 1
}

func ExampleProvider_Overlay() {
	op, err := mockprovider.New()
	if err != nil {
		panic(err)
	}
	defer op.Close()
	err = op.Overlay(setup.Setup{Users: map[string]*store.User{"alice": {Email: "a@example.com"}}})
	if err != nil {
		panic(err)
	}
	fmt.Println(op.Users()[0].Name, op.Users()[0].Email)
	// Output: Alice Example a@example.com
}

// What the journal says, for a person.
// A host keeps many issuers, and they share nothing.
