package webapp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/scenarios/internal/witness"
	"github.com/authdrill/authdrill/scenarios/result"
)

// giveUsersOwnIdentities gives the users identities that no other entry uses, where the
// app's accounts are judged: an app keeps accounts, and one that an earlier entry made
// would change the result.
func (d *subject) giveUsersOwnIdentities() {
	for _, p := range d.site.Providers {
		if p == nil {
			continue
		}
		for _, u := range p.Users() {
			u.Subject = u.Sub() + "." + d.scenario.Key
			if name, domain, ok := strings.Cut(u.Email, "@"); ok {
				u.Email = name + "." + d.scenario.Key + "@" + domain
			}
			if u.PreferredUsername != "" {
				u.PreferredUsername += "." + d.scenario.Key
			}
			_ = p.SetUser(*u) // it was accepted with another name
		}
	}
}

// Document is one that identifies a user to an app.
type Document string

// The documents, by what entries call the need for one.
const (
	IDToken  Document = "id_token"
	Userinfo Document = "userinfo"
)

// Use is what an app makes of a document, as far as its sign-ins tell.
type Use int

const (
	// Needed is a document without which no user is signed in, or a wrong one of which is
	// refused.
	Needed Use = iota
	// Preferred is a document that the app takes the user from, and does without.
	Preferred
	// Unseen is a document that the app does without: what it makes of one cannot be seen.
	Unseen
	// Ignored is a document that may say what it likes.
	Ignored
)

// markOf returns the user whom a document names in place of the true one, where an app
// does without the document: what the app shows tells where it looked. sub is that of
// the true user (OIDC Core section 5.3.2).
func markOf(what Document) *store.User {
	name := "named-by-the-" + strings.ReplaceAll(string(what), "_", "-") // reports show it
	return &store.User{Login: name, Email: name + "@example.com", Name: "Somebody " + name, PreferredUsername: name}
}

// Mark makes the documents name the marked user, until the provider is reset.
func (s *Site) Mark(what Document) error {
	u := markOf(what)
	if err := s.Provider().SetUser(*u); err != nil {
		return err
	}
	claims := persona.Claims{"email": u.Email, "name": u.Name, "preferred_username": u.PreferredUsername}
	if what == IDToken {
		return s.Provider().Set(persona.Persona{IDToken: persona.IDToken{Claims: claims}})
	}
	return s.Provider().Set(persona.Persona{Userinfo: persona.Userinfo{Claims: claims}})
}

// strikes returns the document that a drill makes wrong, "" for none: it asks that
// no user is signed in by one.
func (d *subject) strikes() Document {
	want := d.scenario.Outcome.App.SignedIn
	switch needs := d.scenario.Needs; {
	case want == nil || match.OK(want, true):
		return ""
	case slices.Contains(needs, string(Userinfo)): // such a drill may need an ID token to compare with
		return Userinfo
	case slices.Contains(needs, string(IDToken)):
		return IDToken
	}
	return ""
}

// marks reports whether a drill marks the documents that it strikes.
func (d *subject) marks() bool {
	what := d.strikes()
	return what != "" && d.site.Uses[what] == Preferred
}

// unaffected says why what the drill struck did not sign the user in, nil where that is not known.
func (d *subject) unaffected(who *witness.Answer) *witness.Unaffected {
	what := d.strikes()
	if what == "" || !slices.Equal(who.As, []string{"alice"}) {
		return nil
	}
	use, known := d.site.Uses[what]
	switch {
	case what == Userinfo && known && d.site.Uses[IDToken] != Ignored:
		// What an attack changes of userinfo leaves no name of alice's in it: an app that
		// shows her has her from the ID token, even where it does not sign in without userinfo.
		return &witness.Unaffected{Verdict: result.Tolerated, Why: "it takes the user from the ID token (OIDC Core section 5.3)"}
	case use == Needed:
		return nil
	case what == Userinfo:
		return &witness.Unaffected{Verdict: result.Tolerated, Why: "it takes the user from the ID token, and does without userinfo (OIDC Core section 5.3)"}
	case use == Preferred:
		return &witness.Unaffected{Verdict: result.Tolerated, Why: "it does not accept the ID token, and takes the user from userinfo"}
	}
	return &witness.Unaffected{Verdict: result.NotExercised, Why: "the app signs in by userinfo, with or without an ID token: what it makes of a wrong one cannot be seen"}
}

// ownEndpoint says why a drill that takes an endpoint out of the metadata, or changes it
// there, says nothing of an app that has its address from elsewhere: it made a request at
// the true one.
func (d *subject) ownEndpoint(exchanges []*journal.Entry) *witness.Unaffected {
	if d.scenario.Stimulus == nil || d.scenario.Outcome.App.SignedIn == nil || match.OK(d.scenario.Outcome.App.SignedIn, true) {
		return nil
	}
	for _, f := range d.scenario.Stimulus.Faults {
		if f.On != protocol.Metadata || f.Tamper == nil {
			continue
		}
		for _, x := range exchanges {
			if _, changed := f.Tamper.Set[string(x.Endpoint)]; changed && x.Endpoint != "" {
				return &witness.Unaffected{Verdict: result.NotExercised, Why: fmt.Sprintf("the app has its %s from elsewhere than the metadata, such as its own configuration: what it makes of that of the metadata cannot be seen", x.Endpoint)}
			}
		}
	}
	return nil
}
