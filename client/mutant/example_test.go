package mutant_test

import (
	"fmt"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/mutant"
)

// A client that is known to be wrong shows whether a test would notice.
func ExampleNew() {
	cfg := client.Config{Issuer: "https://op.example", ClientID: "app"}
	_, err := mutant.New(cfg, "nonce-uncheked")
	fmt.Println(err)
	for _, m := range mutant.All() {
		if m.Name == "nonce-unchecked" {
			fmt.Printf("%s: a client that %s (%s)\n", m.Name, m.Doc, m.Spec)
		}
	}
	// Output:
	// client: unknown bug "nonce-uncheked": did you mean nonce-unchecked?
	// nonce-unchecked: a client that takes an ID token of another sign-in (OIDC Core 3.1.3.7 (11))
}
