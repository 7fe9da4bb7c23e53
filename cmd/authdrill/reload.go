package main

import (
	"flag"
	"slices"
	"strings"
)

// reloaded are the flags whose new value counts at once, for they are about the provider.
var reloaded = []string{"sign-in", "allow-origin"}

// reload reads the settings again, and the certificate, and lets the provider go on with
// them. What is wrong is said, and everything stays as it was.
func (c *call) reload(s *site, fresh *serveFlags) {
	if err := c.tryReload(s, fresh); err != nil {
		c.ending(err)
		c.note("the settings stay as they were")
	}
}

func (c *call) tryReload(s *site, fresh *serveFlags) error {
	if s.pair != nil {
		if err := s.pair.Reload(); err != nil {
			return environmental("", "%s", err)
		}
	}
	f, err := c.flags.again(fresh.define)
	if err != nil {
		return err
	}
	if fresh.provider.config == standardInput {
		return usage("name a file with --config to read it again", "settings from standard input are read once")
	}
	next, err := fresh.provider.read(f)
	if err != nil {
		return err
	}
	if len(next.several) != len(s.several) || !slices.EqualFunc(next.played, s.played, samePersona) {
		return usage("start it again", "other personas than before need another start")
	}
	if err := s.host.Reload(next.defaults); err != nil {
		return f.located(err)
	}
	for _, one := range next.several {
		if err := s.host.ReloadIssuer(string(one.Name), shared(one)); err != nil {
			return f.located(err)
		}
	}
	c.note("the settings were read again: %s, %s, %s", count(len(next.defaults.Clients), "client"), count(len(next.defaults.Users), "user"), count(len(next.defaults.Faults), "fault"))
	if changed := f.differences(c.flags); len(changed) > 0 {
		c.note("another start is needed for %s", strings.Join(changed, ", "))
	}
	return nil
}

// differences lists the flags that have another value than in others, and count only at
// the start.
func (f *flags) differences(others *flags) []string {
	var out []string
	f.set.VisitAll(func(fl *flag.Flag) {
		if before := others.set.Lookup(fl.Name); before != nil && before.Value.String() != fl.Value.String() && !slices.Contains(reloaded, fl.Name) {
			out = append(out, dashed(fl.Name))
		}
	})
	return out
}
