// Package secret looks up the secrets that settings name instead of containing them:
// env:NAME, file:PATH and awssecretsmanager:NAME#MEMBER. Its main type is Vault.
package secret

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/place"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// A setting may name a secret instead of containing it: env:NAME, file:PATH or
// awssecretsmanager:NAME#MEMBER. A secret that itself begins so is written after
// literal:.
const (
	fromEnvironment = "env:"
	fromFile        = "file:"
	fromAWS         = "awssecretsmanager:"
	asItIs          = "literal:"
)

// MaxSize is how many bytes are read of a file with a secret.
const MaxSize = 64 << 10

// Vault is where references to secrets are looked up.
type Vault struct {
	Env   func(string) (string, bool)
	Below string // the folder of the settings file that has them; "" where the user named them
	Local bool   // references to a store on the network stay as they are
}

// Open replaces the references in a setup by their secrets. The error is
// Unresolved, which says of each reference where it is, and what to do.
func (v Vault) Open(s *setup.Setup) error {
	var refused Unresolved
	look := func(member, text string) string {
		secret, err := v.Lookup(text)
		if err != nil {
			refused = append(refused, refusedSecret{member, err})
		}
		return secret
	}
	for _, id := range slices.Sorted(maps.Keys(s.Clients)) {
		if c := s.Clients[id]; c != nil {
			opened := *c
			opened.Secret = look("clients."+id+".client_secret", c.Secret)
			s.Clients[id] = &opened
		}
	}
	for _, login := range slices.Sorted(maps.Keys(s.Users)) {
		if u := s.Users[login]; u != nil {
			opened := *u
			opened.Password = look("users."+login+".password", u.Password)
			s.Users[login] = &opened
		}
	}
	if len(refused) == 0 {
		return nil
	}
	return refused
}

// refusedSecret is a reference whose secret is not available.
type refusedSecret struct {
	member string // its place in the setup
	err    error
}

// Unresolved is the error of references that cannot be resolved.
type Unresolved []refusedSecret

// Error tells the first one.
func (r Unresolved) Error() string { return r.Unwrap().Error() }

// Unwrap returns the first one.
func (r Unresolved) Unwrap() error { return Within(r[0].member, r[0].err) }

// Problems returns a problem for each wrong setting, at the place that at returns.
// It is empty if a store of secrets does not answer, since the settings may be
// right then.
func (r Unresolved) Problems(at func(member string) strict.Problem) strict.Problems {
	var out strict.Problems
	for _, one := range r {
		var f *failure.Error
		if !errors.As(one.err, &f) || f.Code != failure.ExitUsage {
			return nil
		}
		p := at(one.member)
		p.Rule, p.Message, p.Hint = strict.Value, f.Err.Error(), f.Hint
		out = append(out, p)
	}
	return out
}

// Within adds to an error the place of the reference that it is about.
func Within(place string, err error) error {
	var f *failure.Error
	if errors.As(err, &f) {
		return &failure.Error{Code: f.Code, Err: fmt.Errorf("%s: %w", place, f.Err), Hint: f.Hint}
	}
	return err
}

// Lookup returns the secret that a text refers to, or the text itself if it is not
// a reference.
func (v Vault) Lookup(text string) (string, error) {
	switch {
	case strings.HasPrefix(text, asItIs):
		return strings.TrimPrefix(text, asItIs), nil
	case strings.HasPrefix(text, fromEnvironment):
		name := strings.TrimPrefix(text, fromEnvironment)
		secret, ok := v.Env(name)
		if !ok || secret == "" {
			return "", failure.Usage("export "+name+"=..., or write the secret in a file and "+fromFile+"PATH", "the variable %s is not set", name)
		}
		return secret, nil
	case strings.HasPrefix(text, fromFile):
		return secretInFile(place.Place{Below: v.Below, Name: strings.TrimPrefix(text, fromFile)})
	case strings.HasPrefix(text, fromAWS) && !v.Local:
		return v.secretAtAWS(strings.TrimPrefix(text, fromAWS))
	}
	return text, nil
}

// secretInFile is the only line of a small regular file.
func secretInFile(file place.Place) (string, error) {
	text, err := file.Read(MaxSize)
	if err != nil {
		return "", failure.Usage(file.Remedy(err, "name a file with the secret and nothing else"), "%s", failure.Reason(err))
	}
	return OnlyLine(file.Path(), text)
}

// OnlyLine is the only line of a text, which is that of a file.
func OnlyLine(file string, text []byte) (string, error) {
	secret := strings.TrimRight(string(text), "\r\n")
	if secret == "" || strings.ContainsAny(secret, "\r\n") {
		return "", failure.Usage("it holds the secret and nothing else", "%s does not hold one line", file)
	}
	return secret, nil
}

// Opened is the part of a setup whose secrets were named in place of being
// written. What is written in the file is none of the words that are printed,
// and may be a word that is: "secret".
func Opened(written, s setup.Setup) setup.Setup {
	out := setup.Setup{Clients: maps.Clone(s.Clients), Users: maps.Clone(s.Users)}
	maps.DeleteFunc(out.Clients, func(id string, c *store.Client) bool { return c == nil || c.Secret == written.Clients[id].Secret })
	maps.DeleteFunc(out.Users, func(login string, u *store.User) bool { return u == nil || u.Password == written.Users[login].Password })
	return out
}
