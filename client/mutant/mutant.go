// Package mutant builds clients with known bugs, which prove that a test finds them.
//
// A Mutant is the strict client with one named bug, such as nonce-unchecked: a list
// of edits to the tables of checks and to the operations of package client, whose
// names are in client/checks.go. New builds a client with some of them, All lists
// them. Each file has one family of mutants, in the order of a sign-in: add a mutant
// as a row of its family, with the smallest edit that makes it.
package mutant

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/client/internal/check"
)

// Mutant is one way to be wrong: a check that is left out, or a duty that is
// neglected.
type Mutant struct {
	Name  string
	Check string // the check it leaves out, as a Rejection names it, or what it does wrongly
	Spec  string // the clause it violates
	Doc   string // what such a client does

	// config changes a setting of the client.
	config *setting
	// transport wraps the client's connection to the provider.
	transport func(client.Config, http.RoundTripper) http.RoundTripper
	// edits change the tables and operations of a client. They are made anew for
	// each client, so that what they remember is of that client only.
	edits edit
	// app has the edits to the bundled app, made anew for each app.
	app func(site) []check.Edit
}

// All returns all mutants, in the order of a sign-in.
func All() []Mutant {
	return slices.Concat(
		discovery(), request(), response(), token(), idtoken(), keys(),
		userinfo(), refresh(), logout(), transport(), ofApp(),
	)
}

// Names returns the names of all mutants, in the order of All.
func Names() []string {
	var out []string
	for _, m := range All() {
		out = append(out, m.Name)
	}
	return out
}

// New makes a client that has every bug named; without names it is the strict
// one. The edits are applied in the order of All, whatever the order of names.
func New(cfg client.Config, names ...string) (*client.Client, error) {
	chosen, err := choose(names)
	if err != nil {
		return nil, err
	}
	return build(cfg, chosen)
}

// NewApp makes the bundled app on a client that has every bug named.
func NewApp(cfg app.Config, names ...string) (*app.App, error) {
	chosen, err := choose(names)
	if err != nil {
		return nil, err
	}
	newClient := func(cfg client.Config) (*client.Client, error) { return build(cfg, chosen) }
	return app.NewWith(cfg, newClient, func(c, second *client.Client) []check.Edit {
		return collect(chosen, func(m Mutant) []check.Edit {
			if m.app == nil {
				return nil
			}
			return m.app(site{cfg, c, second})
		})
	})
}

// choose returns the mutants of these names, in the order of All.
func choose(names []string) ([]Mutant, error) {
	if len(names) == 0 {
		return nil, nil
	}
	known := Names()
	for _, name := range names {
		if !slices.Contains(known, name) {
			hint := ""
			if near := check.Nearest(name, known); near != "" {
				hint = fmt.Sprintf(": did you mean %s?", near)
			}
			return nil, fmt.Errorf("client: unknown bug %q%s", name, hint)
		}
	}
	return slices.DeleteFunc(All(), func(m Mutant) bool { return !slices.Contains(names, m.Name) }), nil
}

// build makes a client of these mutants.
func build(cfg client.Config, chosen []Mutant) (*client.Client, error) {
	if err := configure(&cfg, chosen); err != nil {
		return nil, err
	}
	for _, m := range chosen {
		if m.transport != nil {
			cfg.HTTPClient = &http.Client{Transport: m.transport(cfg, transportOf(cfg))}
		}
	}
	cfg.Edits = func(c *client.Client) []check.Edit {
		return collect(chosen, func(m Mutant) []check.Edit {
			if m.edits == nil {
				return nil
			}
			return m.edits(c)
		})
	}
	return client.New(cfg)
}

// configure changes the settings. No two mutants may change the same.
func configure(cfg *client.Config, chosen []Mutant) error {
	changed := map[string]string{}
	for _, m := range chosen {
		if m.config == nil {
			continue
		}
		if other, twice := changed[m.config.name]; twice {
			return fmt.Errorf("mutant %s: %s was changed by %s already", m.Name, m.config.name, other)
		}
		changed[m.config.name] = m.Name
		m.config.change(cfg)
	}
	return nil
}

// collect returns the edits of the mutants, each with the name of its mutant.
func collect(chosen []Mutant, of func(Mutant) []check.Edit) []check.Edit {
	var out []check.Edit
	for _, m := range chosen {
		for _, e := range of(m) {
			e.Mutant = m.Name
			out = append(out, e)
		}
	}
	return out
}

// transportOf returns the transport that a configuration uses.
func transportOf(cfg client.Config) http.RoundTripper {
	if cfg.HTTPClient == nil || cfg.HTTPClient.Transport == nil {
		return http.DefaultTransport
	}
	return cfg.HTTPClient.Transport
}
