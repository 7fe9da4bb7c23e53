package strict_test

import (
	"fmt"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

func ExampleRead() {
	type provider struct {
		PKCE  string `json:"pkce" enum:"optional,required" doc:"whether a code challenge is needed"`
		Times int    `json:"times" min:"0"`
	}
	text := []byte("pkce: requierd\ntiems: 2\n")
	var p provider
	fmt.Println(strict.Read("authdrill.yaml", text, &p, strict.Options{}).Err())
	// Output:
	// authdrill.yaml:1:7: pkce: unknown value "requierd"
	//   1 | pkce: requierd
	//     |       ^ did you mean "required"?
	// authdrill.yaml:2:1: unknown key "tiems"
	//   2 | tiems: 2
	//     | ^ did you mean "times"?
}
