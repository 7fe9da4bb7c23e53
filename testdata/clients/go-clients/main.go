// Go-clients signs in with a library, in one of the cases that a row of the table
// of clients has:
//
//	go-clients LIBRARY CASE
package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"runtime/debug"
	"strings"
)

var (
	issuer       = os.Getenv("ISSUER")
	clientID     = os.Getenv("CLIENT_ID")
	clientSecret = os.Getenv("CLIENT_SECRET")
	redirectURI  = os.Getenv("REDIRECT_URI")
	accessToken  = os.Getenv("ACCESS_TOKEN")
)

// cases are what a library does, by case; each returns what is to be said.
type cases map[string]func() (string, error)

func main() {
	libraries := map[string]cases{
		"golang.org/x/oauth2":              plain(),
		"github.com/coreos/go-oidc/v3":     verified(),
		"github.com/zitadel/oidc/v3":       relying(),
		"github.com/hashicorp/cap":         capable(),
		"github.com/MicahParks/keyfunc/v3": resource(),
	}
	fmt.Println("library", os.Args[1], version(os.Args[1]))
	said, err := libraries[os.Args[1]][os.Args[2]]()
	if err != nil {
		fmt.Println("refused:", strings.ReplaceAll(err.Error(), "\n", " "))
		os.Exit(1)
	}
	fmt.Println(said)
}

// version is what this program is built with.
func version(library string) string {
	info, _ := debug.ReadBuildInfo()
	for _, dep := range info.Deps {
		if dep.Path == library {
			return dep.Version
		}
	}
	return "unknown"
}

// visit opens an authorization URL as a browser does whose user is signed in
// already, and returns the parameters it is sent back with. An error is one: the
// libraries leave it to their app.
func visit(address string) (url.Values, error) {
	still := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := still.Get(address)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	at, err := response.Location()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", response.Status, err)
	}
	if code := at.Query().Get("error"); code != "" {
		return nil, fmt.Errorf("%s", code)
	}
	return at.Query(), nil
}
