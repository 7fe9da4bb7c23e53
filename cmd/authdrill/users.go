package main

import (
	"errors"
	"maps"
	"os"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// addUsers adds the users of files to a setup. A user whom the settings have too is
// refused, with both places.
func (p *providerFlags) addUsers(f *flags, s *setup.Setup) error {
	if len(p.usersFiles) == 0 {
		return nil
	}
	var files setup.UserFiles
	var problems strict.Problems
	var wrong refusals
	for n, name := range p.usersFiles {
		at := f.place("users-file", name)
		data, err := at.readDocument(setup.MaxUserFile)
		if err != nil {
			wrong.add(f.placed("users-file", n, usage(at.remedy(err, "name a YAML or JSON file of at most 32 MiB"), "%s", reason(err))))
			continue
		}
		if ps := files.Read(at.path(), data); len(ps) > 0 {
			f.secrets.LearnLines(string(data))
			problems = append(problems, ps...)
		}
	}
	for login, u := range s.Users {
		if place := files.Place(login); u != nil && !place.IsZero() {
			problems = append(problems, strict.Problem{
				File: place.File, Line: place.Line, Column: place.Column, Path: login, Rule: strict.Duplicate,
				Message: "the settings have a user " + login + " too, below users", Hint: "keep one",
			})
		}
	}
	wrong.add(f.secrets.HideIn(problems.Sorted().First()).Err())
	if !wrong.isEmpty() {
		return wrong.err()
	}
	read := setup.Setup{Users: files.Users}
	written := setup.Setup{Users: maps.Clone(files.Users)}
	if err := (vault{env: os.LookupEnv, below: f.below["users-file"]}).open(&read); err != nil {
		return unopenedUsers(err, &files)
	}
	f.secrets.LearnSetup(opened(written, read))
	all := make(map[string]*store.User, len(read.Users)+len(s.Users))
	maps.Copy(all, read.Users)
	maps.Copy(all, s.Users)
	s.Users = all
	return nil
}

// unopenedUsers reports references that cannot be resolved at the users that have them.
func unopenedUsers(err error, files *setup.UserFiles) error {
	var refused refusedSecrets
	if !errors.As(err, &refused) {
		return err
	}
	problems := refused.problems(func(member string) strict.Problem {
		path := strings.TrimPrefix(member, "users.")
		at := files.Place(strings.TrimSuffix(path, ".password"))
		return strict.Problem{File: at.File, Line: at.Line, Column: at.Column, Path: path}
	})
	if len(problems) == 0 {
		return err
	}
	return problems.Sorted().First().Err()
}
