package memory

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/store"
)

func TestHiddenSecretsFollowEveryChange(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	secrets := []string{"", "abc", "grape", "grapefruit", "fruit salad", `sa"lad`, "pässword", "abcd", "bcde"}
	for range 300 {
		s := NewStore(nil)
		if rnd.IntN(2) == 0 {
			s.HideSecrets("") // the index is there from the beginning
		}
		for range 20 {
			changeDirectory(s, rnd, secrets)
			checkLists(t, s)
		}
		held := map[string]bool{}
		for _, c := range s.Clients() {
			held[c.Secret] = true
		}
		for _, u := range s.Users() {
			held[u.Password] = true
		}
		for _, secret := range secrets[2:] {
			for _, form := range []string{"x" + secret + "y", fmt.Sprintf("%q", secret)} {
				hidden := s.HideSecrets(form)
				for other := range held {
					if len(other) >= shortestHidden && strings.Contains(hidden, other) {
						t.Fatalf("%s: %s has %s", form, hidden, other)
					}
				}
				if held[secret] == (hidden == form) && (held[secret] || !strings.Contains(hidden, "…")) {
					t.Fatalf("%s: %s", form, hidden)
				}
			}
		}
	}
}

// checkLists holds the lists of clients and users, which are kept, to what there is.
func checkLists(t *testing.T, s *Store) {
	t.Helper()
	clients, users := s.Clients(), s.Users()
	if len(clients) != len(s.clients) || len(users) != len(s.users) {
		t.Fatalf("%d clients, %d users; want %d, %d", len(clients), len(users), len(s.clients), len(s.users))
	}
	for _, c := range clients {
		if s.clients[c.ID] != c {
			t.Fatalf("the client %s is not the current one", c.ID)
		}
	}
	for _, u := range users {
		if s.users[u.Login] != u {
			t.Fatalf("the user %s is not the current one", u.Login)
		}
	}
}

// changeDirectory makes one change of a client or a user, in any of the ways there are.
func changeDirectory(s *Store, rnd *rand.Rand, secrets []string) {
	name, secret := string(rune('a'+rnd.IntN(4))), secrets[rnd.IntN(len(secrets))]
	c, u := &store.Client{ID: name, Secret: secret}, &store.User{Login: name, Password: secret}
	for n, change := range []func(){
		func() { s.SetClient(c) },
		func() { s.EditClient(name, func(*store.Client) *store.Client { return c }) },
		func() { s.RemoveClient(name) },
		func() { s.Register(c, name, 2) },
		func() { _, _ = s.Admit(c, 2) },
		func() { s.EndRegistration(name) },
		func() { s.SetUser(u) },
		func() { s.EditUser(name, func(*store.User) *store.User { return u }) },
		func() { s.AddUser(u, 2) },
		func() { s.RemoveUser(name) },
		func() { s.Shed(1) },
	} {
		if n == rnd.IntN(11) {
			change()
		}
	}
}

func TestOverlappingSecretsAreHiddenWhole(t *testing.T) {
	s := NewStore(nil)
	s.SetClient(&store.Client{ID: "a", Secret: "abcdef"})
	s.SetClient(&store.Client{ID: "b", Secret: "defghi"})
	if got := s.HideSecrets("-abcdefghi-abcdef."); got != "-…-…." {
		t.Error(got)
	}
}

func TestHidingSecretsOfManyUsersAllocatesNothing(t *testing.T) {
	s := manyUsers(100_000)
	s.HideSecrets("")
	if n := testing.AllocsPerRun(10, func() { s.HideSecrets("The client has no redirect URI http://localhost/.") }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func manyUsers(n int) *Store {
	s := NewStore(nil)
	for n := range n {
		s.SetUser(&store.User{Login: fmt.Sprint("user", n), Password: fmt.Sprintf("%c-password-%06d", 'a'+n%26, n)})
	}
	return s
}

// BenchmarkHideSecrets takes as long for 10 as for 100,000 users. What counts is how
// many lengths their passwords have, here one.
func BenchmarkHideSecrets(b *testing.B) {
	for _, n := range []int{10, 1000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := manyUsers(n)
			s.HideSecrets("")
			b.ReportAllocs()
			for b.Loop() {
				s.HideSecrets("redirect_uri: http://localhost:9999/callback is not registered for the client app.")
			}
		})
	}
}
