package mutant

import (
	"testing"

	"github.com/authdrill/authdrill/client"
)

func TestSessionBelongsToItsProvider(t *testing.T) {
	t.Parallel()
	at := site{}
	for issuer, c := range map[string]**client.Client{"https://op.example": &at.client, "https://second.example": &at.second} {
		made, err := client.New(client.Config{Issuer: issuer, ClientID: "app"})
		if err != nil {
			t.Fatal(err)
		}
		*c = made
	}
	for issuer, want := range map[string]*client.Client{"https://op.example": at.client, "https://second.example": at.second} {
		s := &client.Session{IDToken: &client.IDToken{Claims: map[string]any{"iss": issuer}}}
		if at.clientOf(s) != want {
			t.Errorf("a session of %s is of the other client", issuer)
		}
	}
	if at.clientOf(&client.Session{}) != at.client {
		t.Error("a session without an ID token is not of the first client")
	}
}
