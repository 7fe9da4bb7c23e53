package site

import (
	"errors"
	"maps"
	"os"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/secret"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// addUsers adds the users of files to a setup. A user whom the settings have too is
// refused, with both places.
func (p *Flags) addUsers(f *setting.Flags, s *setup.Setup) error {
	if len(p.usersFiles) == 0 {
		return nil
	}
	var files setup.UserFiles
	var problems strict.Problems
	var wrong failure.List
	for n, name := range p.usersFiles {
		at := f.Place("users-file", name)
		data, err := at.ReadDocument(setup.MaxUserFile)
		if err != nil {
			wrong.Add(f.Placed("users-file", n, failure.Usage(at.Remedy(err, "name a YAML or JSON file of at most 32 MiB"), "%s", failure.Reason(err))))
			continue
		}
		if ps := files.Read(at.Path(), data); len(ps) > 0 {
			f.Secrets.LearnLines(string(data))
			problems = append(problems, ps...)
		}
	}
	for login, u := range s.Users {
		if place := files.Places[login]; u != nil && place != (strict.Place{}) {
			problems = append(problems, strict.Problem{
				File: place.File, Line: place.Line, Column: place.Column, Path: login, Rule: strict.Duplicate,
				Message: "the settings have a user " + login + " too, below users", Hint: "keep one",
			})
		}
	}
	wrong.Add(f.Secrets.HideIn(problems.Sorted()).Err())
	if !wrong.IsEmpty() {
		return wrong.Err()
	}
	read := setup.Setup{Users: files.Users}
	written := setup.Setup{Users: maps.Clone(files.Users)}
	if err := (secret.Vault{Env: os.LookupEnv, Below: f.Below["users-file"]}).Open(&read); err != nil {
		return unopenedUsers(err, &files)
	}
	f.Secrets.LearnSetup(secret.Opened(written, read))
	all := make(map[string]*store.User, len(read.Users)+len(s.Users))
	maps.Copy(all, read.Users)
	maps.Copy(all, s.Users)
	s.Users = all
	return nil
}

// unopenedUsers reports references that cannot be resolved at the users that have them.
func unopenedUsers(err error, files *setup.UserFiles) error {
	var refused secret.Unresolved
	if !errors.As(err, &refused) {
		return err
	}
	problems := refused.Problems(func(member string) strict.Problem {
		path := strings.TrimPrefix(member, "users.")
		at := files.Places[strings.TrimSuffix(path, ".password")]
		return strict.Problem{File: at.File, Line: at.Line, Column: at.Column, Path: path}
	})
	if len(problems) == 0 {
		return err
	}
	return problems.Sorted().Err()
}
