// A command that signs in with GitHub through the device flow of cli/oauth, as gh
// does. Then it tells for each line of its input who has signed in.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/cli/oauth"
)

func main() {
	log.SetFlags(0)
	host, err := oauth.NewGitHubHost("https://github.com")
	if err != nil {
		log.Fatal(err)
	}
	flow := &oauth.Flow{
		Host: host, ClientID: os.Getenv("GITHUB_CLIENT_ID"), Scopes: []string{"read:user", "user:email"},
		DisplayCode: func(code, address string) error {
			_, err := fmt.Printf("Enter the code %s at %s\n", code, address)
			return err
		},
		BrowseURL: func(string) error { return nil }, // the user does
	}
	token, err := flow.DeviceFlow()
	if err != nil {
		fmt.Println("The sign-in failed:", err)
		os.Exit(1)
	}
	for lines := bufio.NewScanner(os.Stdin); ; {
		tell(token.Token)
		if !lines.Scan() {
			return
		}
	}
}

func tell(token string) {
	req, err := http.NewRequest(http.MethodGet, "https://api.github.com/user", nil)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", "token "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ Login, Message string }
	switch err := json.NewDecoder(resp.Body).Decode(&answer); {
	case err != nil:
		log.Fatal(err)
	case resp.StatusCode != http.StatusOK:
		fmt.Println("Please sign in again:", answer.Message)
	default:
		fmt.Println("Signed in as:", answer.Login)
	}
}
