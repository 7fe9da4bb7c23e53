package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// A secret may be named in place of being written: env:NAME, file:PATH or
// awssecretsmanager:NAME#MEMBER. literal: stands before one that begins so
// itself.
const (
	fromEnvironment = "env:"
	fromFile        = "file:"
	fromAWS         = "awssecretsmanager:"
	asItIs          = "literal:"
)

// secretSize is how many bytes are read of a file with a secret.
const secretSize = 64 << 10

// vault is where references to secrets are looked up.
type vault struct {
	env   func(string) (string, bool)
	below string // the folder of the settings file that has them; "" where the user named them
	local bool   // references to a store on the network stay as they are
}

// open replaces the references in a setup by what they stand for. The error is
// refusedSecrets, each of which says where the reference is, and what to do.
func (v vault) open(s *setup.Setup) error {
	var refused refusedSecrets
	look := func(member, text string) string {
		secret, err := v.secret(text)
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

// refusedSecret is a reference that stands for nothing.
type refusedSecret struct {
	member string // its place in the setup
	err    error
}

type refusedSecrets []refusedSecret

// Error tells the first one.
func (r refusedSecrets) Error() string { return r.Unwrap().Error() }

// Unwrap returns the first one.
func (r refusedSecrets) Unwrap() error { return within(r[0].member, r[0].err) }

// problems are those of settings that are wrong, each at the place that at returns. A
// store of secrets that cannot be asked is no problem of the settings: then there are none.
func (r refusedSecrets) problems(at func(member string) strict.Problem) strict.Problems {
	var out strict.Problems
	for _, one := range r {
		var f *failure
		if !errors.As(one.err, &f) || f.code != exitUsage {
			return nil
		}
		p := at(one.member)
		p.Rule, p.Message, p.Hint = strict.Value, f.err.Error(), f.hint
		out = append(out, p)
	}
	return out
}

// within says where a reference stands.
func within(place string, err error) error {
	var f *failure
	if errors.As(err, &f) {
		return &failure{f.code, fmt.Errorf("%s: %w", place, f.err), f.hint}
	}
	return err
}

// secret is what a text stands for: itself, if it is no reference.
func (v vault) secret(text string) (string, error) {
	switch {
	case strings.HasPrefix(text, asItIs):
		return strings.TrimPrefix(text, asItIs), nil
	case strings.HasPrefix(text, fromEnvironment):
		name := strings.TrimPrefix(text, fromEnvironment)
		secret, ok := v.env(name)
		if !ok || secret == "" {
			return "", usage("export "+name+"=..., or write the secret in a file and "+fromFile+"PATH", "the variable %s is not set", name)
		}
		return secret, nil
	case strings.HasPrefix(text, fromFile):
		return secretInFile(place{v.below, strings.TrimPrefix(text, fromFile)})
	case strings.HasPrefix(text, fromAWS) && !v.local:
		return v.secretAtAWS(strings.TrimPrefix(text, fromAWS))
	}
	return text, nil
}

// secretInFile is the only line of a small regular file.
func secretInFile(file place) (string, error) {
	text, err := file.read(secretSize)
	if err != nil {
		return "", usage(file.remedy(err, "name a file with the secret and nothing else"), "%s", reason(err))
	}
	return onlyLine(file.path(), text)
}

func onlyLine(file string, text []byte) (string, error) {
	secret := strings.TrimRight(string(text), "\r\n")
	if secret == "" || strings.ContainsAny(secret, "\r\n") {
		return "", usage("it holds the secret and nothing else", "%s does not hold one line", file)
	}
	return secret, nil
}

// opened is the part of a setup whose secrets were named in place of being
// written. What is written in the file is none of the words that are printed,
// and may be a word that is: "secret".
func opened(written, s setup.Setup) setup.Setup {
	out := setup.Setup{Clients: maps.Clone(s.Clients), Users: maps.Clone(s.Users)}
	maps.DeleteFunc(out.Clients, func(id string, c *store.Client) bool { return c == nil || c.Secret == written.Clients[id].Secret })
	maps.DeleteFunc(out.Users, func(login string, u *store.User) bool { return u == nil || u.Password == written.Users[login].Password })
	return out
}
