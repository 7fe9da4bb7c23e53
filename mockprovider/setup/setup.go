// Package setup has the settings of an issuer: the provider, its clients and users, its
// faults and its clock. They have the same form in a scenario file, in a configuration
// file, in the body that creates an issuer over the control API, and as Go options.
// Begin with Setup.
package setup

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/internal/contradiction"
	"github.com/authdrill/authdrill/mockprovider/internal/deepcopy"
	"github.com/authdrill/authdrill/mockprovider/internal/overlay"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Setup is everything that makes an issuer. Absent members have the defaults of
// Default.
type Setup struct {
	Clock    string                   `json:"clock,omitempty" doc:"issuer's time: an RFC 3339 instant at which it is frozen, or real; scenarios start frozen at 2030-01-01T00:00:00Z"`
	Provider persona.Persona          `json:"provider,omitzero" doc:"what the provider is like"`
	Clients  map[string]*store.Client `json:"clients,omitempty" empty:"true" doc:"clients by client_id, in RFC 7591 metadata; app is there unless redefined, or removed by null"`
	Users    map[string]*store.User   `json:"users,omitempty" empty:"true" doc:"users by login, in OIDC standard claims; alice, bob and carol are there unless redefined, or removed by null"`
	Faults   []fault.Fault            `json:"faults,omitempty" doc:"what goes wrong from the start"`

	// Shared settings are for several providers: a setting that one of them cannot
	// have is allowed. The caller refuses settings that none can have.
	Shared bool `json:"-"`
}

// Check reports unknown names of faults, and clients that cannot authenticate. s is
// a complete setup, merged over Default.
func (s *Setup) Check() error {
	return errors.Join(s.checkFaults(), contradiction.Signing(&s.Provider), s.checkClients(func(member string) bool { return member == "jwks" })) // of the bundled client, which brings a key
}

// CheckAll finds what Check finds, and clients that lack a key.
func (s *Setup) CheckAll() error {
	return errors.Join(s.checkFaults(), contradiction.Signing(&s.Provider), s.checkClients(func(string) bool { return false }))
}

func (s *Setup) checkClients(mayLack func(member string) bool) error {
	if len(s.Clients) == 0 {
		return nil // those of Default can
	}
	whole := completed(merged(Default().Clients, s.Clients, (*store.Client).Clone), completeClient)
	var wrong []error
	for _, id := range slices.Sorted(maps.Keys(whole)) {
		if member, err := contradiction.Lacking(whole[id]); err != nil && !mayLack(member) {
			wrong = append(wrong, strict.Member("clients."+id+"."+member, err))
		}
	}
	return errors.Join(wrong...)
}

// Overlay is a setup that lies over another one, which may have what it lacks.
type Overlay struct{ Setup }

// Check reports unknown names of faults.
func (o *Overlay) Check() error { return o.checkFaults() }

func (s *Setup) checkFaults() error {
	var wrong []error
	for n, f := range s.Faults {
		if _, err := capability.Expand(f); err != nil {
			wrong = append(wrong, strict.Member(fmt.Sprintf("faults.%d", n), err))
		}
	}
	return errors.Join(wrong...)
}

// Validate reports every problem that a file with the content of s would have,
// with the path of the member.
func (s Setup) Validate() error {
	s.Provider = contradiction.AsWritten(s.Provider)
	return strict.CheckValue("", Overlay{s})
}

// ClientID and ClientSecret are the credentials of the default client.
const (
	ClientID     = "app"
	ClientSecret = "app-secret"
)

// Default returns what a newcomer meets: one confidential client that may be
// sent to any loopback address, and three users without a password.
func Default() Setup {
	return Setup{
		Provider: persona.Spec(),
		Clients:  map[string]*store.Client{ClientID: {ID: ClientID, Secret: ClientSecret, Name: "Example App"}},
		Users:    map[string]*store.User{"alice": defaultUser("alice"), "bob": defaultUser("bob"), "carol": defaultUser("carol")},
	}
}

// defaultUser returns a user with the usual claims made from a login.
func defaultUser(login string) *store.User {
	verified := true
	first, email := login, login+"@example.com"
	if local, _, ok := strings.Cut(login, "@"); ok && local != "" {
		first, email = local, login // the login is an address itself
	}
	if letter, size := utf8.DecodeRuneInString(first); size > 0 {
		first = string(unicode.ToUpper(letter)) + first[size:]
	}
	return &store.User{
		Login: login, Subject: login, Name: first + " Example", GivenName: first, FamilyName: "Example",
		PreferredUsername: login, Email: email, EmailVerified: &verified,
		Locale: "en", Zoneinfo: "Etc/UTC",
	}
}

// With returns s with over laid over it: the provider, and each client and user
// that s knows by that name, are overlaid member by member; new ones are added; nil
// ones are removed, also from what the result is laid over; faults are appended. The
// result shares nothing with either that can change.
func (s Setup) With(over Setup) Setup {
	s.Provider = s.Provider.With(over.Provider).Clone()
	s.Clients = merged(s.Clients, over.Clients, (*store.Client).Clone)
	s.Users = merged(s.Users, over.Users, (*store.User).Clone)
	s.Faults = deepcopy.Of(slices.Concat(s.Faults, over.Faults))
	if over.Clock != "" {
		s.Clock = over.Clock
	}
	s.Shared = s.Shared || over.Shared
	return s
}

// Complete returns a deep copy of s without what is removed, in which what the
// mapping's keys say is filled in: identifiers and a user's usual claims.
func (s Setup) Complete() Setup {
	s.Provider, s.Faults = s.Provider.Clone(), deepcopy.Of(s.Faults)
	s.Clients, s.Users = completed(s.Clients, completeClient), completed(s.Users, completeUser)
	return s
}

func completed[V any](all map[string]*V, complete func(string, *V) *V) map[string]*V {
	out := make(map[string]*V, len(all))
	for name, v := range all {
		if v != nil {
			out[name] = complete(name, v)
		}
	}
	return out
}

// CheckRemoved reports the clients and users that over removes and base does not
// have, with the path of the member.
func CheckRemoved(base, over Setup) error {
	return errors.Join(checkRemoved("clients", "client", base.Clients, over.Clients), checkRemoved("users", "user", base.Users, over.Users))
}

func checkRemoved[V any](section, what string, base, over map[string]*V) error {
	known := slices.Sorted(maps.Keys(base))
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(over)) {
		if name != "" && over[name] == nil && base[name] == nil {
			hint := ""
			if near, ok := strict.Nearest(name, known); ok {
				hint = fmt.Sprintf("; did you mean %q?", near)
			}
			wrong = append(wrong, strict.Member(section+"."+name, fmt.Errorf("no %s %q to remove%s", what, name, hint)))
		}
	}
	return errors.Join(wrong...)
}

// completeClient returns a deep copy of c (which may be nil) named id. The default
// client has no secret once it is made public.
func completeClient(id string, c *store.Client) *store.Client {
	out := &store.Client{}
	if c != nil {
		out = c.Clone()
	}
	out.ID = id
	if id == ClientID && out.AuthMethod == protocol.NoAuthentication && out.Secret == ClientSecret {
		out.Secret = ""
	}
	return out
}

// completeUser returns a deep copy of u (which may be nil) named login, with the
// subject set and, where nothing at all is given, the usual claims.
func completeUser(login string, u *store.User) *store.User {
	if u == nil || reflect.DeepEqual(*u, store.User{}) {
		return defaultUser(login)
	}
	out := u.Clone()
	out.Login = login
	if out.Subject == "" {
		out.Subject = login
	}
	return out
}

func merged[V any](base, over map[string]*V, clone func(*V) *V) map[string]*V {
	out := make(map[string]*V, len(base)+len(over))
	maps.Copy(out, base)
	for name, v := range over {
		if old := out[name]; old != nil && v != nil {
			laid := overlay.Of(*old, *v)
			v = &laid
		}
		out[name] = v
	}
	for name, v := range out {
		if v != nil {
			out[name] = clone(v)
		}
	}
	return out
}
