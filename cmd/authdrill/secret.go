package main

import (
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
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
}

// open replaces the references in a setup by what they stand for. The error
// says where the reference stands, and what to do.
func (v vault) open(s *setup.Setup) error {
	for id, c := range s.Clients {
		if c == nil {
			continue
		}
		secret, err := v.secret(c.Secret)
		if err != nil {
			return within("clients."+id+".client_secret", err)
		}
		opened := *c
		opened.Secret = secret
		s.Clients[id] = &opened
	}
	for login, u := range s.Users {
		if u == nil {
			continue
		}
		password, err := v.secret(u.Password)
		if err != nil {
			return within("users."+login+".password", err)
		}
		opened := *u
		opened.Password = password
		s.Users[login] = &opened
	}
	return nil
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
	case strings.HasPrefix(text, fromAWS):
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
