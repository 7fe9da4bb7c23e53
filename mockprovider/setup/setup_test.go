package setup

import (
	"testing"

	"github.com/authdrill/authdrill/mockprovider/store"
)

func TestARedefinedClientKeepsWhatIsNotSaid(t *testing.T) {
	s := Default().With(Setup{
		Clients: map[string]*store.Client{"app": {AuthMethod: "client_secret_post"}, "spa": {AuthMethod: "none"}, "web": {}, "gone": nil},
		Users:   map[string]*store.User{"alice": {Email: "a@example.com"}, "dave": {Name: "Dave"}, "erin": {}, "bob": nil},
	}).Complete()
	if c := s.Clients["app"]; c.Secret != ClientSecret || c.AuthMethod != "client_secret_post" {
		t.Errorf("app: %+v", c)
	}
	if c := s.Clients["spa"]; !c.Public() || c.Secret != "" || c.ID != "spa" {
		t.Errorf("spa: %+v", c)
	}
	if c := s.Clients["web"]; !c.Public() || c.Secret != "" {
		t.Errorf("web: %+v", c)
	}
	if u := s.Users["alice"]; u.Email != "a@example.com" || u.Name != "Alice Example" {
		t.Errorf("alice: %+v", u)
	}
	if u := s.Users["dave"]; u.Sub() != "dave" || u.Email != "" {
		t.Errorf("dave: %+v", u)
	}
	if u := s.Users["erin"]; u.Email != "erin@example.com" {
		t.Errorf("erin: %+v", u)
	}
	if s.Users["bob"] != nil || len(s.Users) != 4 || len(s.Clients) != 3 {
		t.Errorf("removed ones are there: %v %v", s.Users, s.Clients)
	}
	if d := Default(); d.Clients["app"].AuthMethod != "" || d.Users["alice"].Email != "alice@example.com" {
		t.Error("Default changed")
	}
}

func TestANameBeginsWithAWholeLetter(t *testing.T) {
	for login, want := range map[string]string{"dave": "Dave Example", "émile": "Émile Example", "7": "7 Example", "": " Example"} {
		if got := defaultUser(login).Name; got != want {
			t.Errorf("%q: %q, want %q", login, got, want)
		}
	}
}
