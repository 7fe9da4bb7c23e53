package webapp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/client/agent"
)

// CheckSignedOut asks the app in a fresh browser whether a user is signed in. It
// says what the app answered and whether it did, and why that is not the answer for
// a browser without a session.
func (s *Site) CheckSignedOut(ctx context.Context) (saw string, answered bool, err error) {
	trail := newTrail(s)
	defer trail.close()
	who, err := newBrowser("fresh", s, trail).whoami(ctx)
	if err != nil {
		var ambiguous AmbiguousError
		return "", errors.As(err, &ambiguous), err
	}
	return who.answer() + " to a fresh browser", true, s.explainSignedIn(who)
}

// explainSignedIn says why an answer of the whoami page is not one for a browser
// without a session.
func (s *Site) explainSignedIn(who *standing) error {
	switch {
	case who.signedIn:
		return errors.New(who.answer())
	case s.App.WhoAmI.SignedOut != nil && !who.signedOut && who.left == nil:
		return fmt.Errorf("%s, which is not what whoami.signed_out says", who.answer())
	}
	return nil
}

// CheckSignIn signs a user in, in a fresh browser, and says why that did not work.
func (s *Site) CheckSignIn(ctx context.Context, user string) error {
	trail := newTrail(s)
	defer trail.close()
	before := len(s.Provider().Journal().Entries())
	b := newBrowser(user, s, trail)
	page, err := b.signIn(ctx, user, "first", false)
	if err != nil {
		return fmt.Errorf("%w%s", err, s.providerRefusal(before))
	}
	who, err := b.whoami(ctx)
	switch {
	case err != nil:
		return err
	case !who.signedIn:
		return fmt.Errorf("the sign-in ended at %s with status %d, and %s: %s%s", place(page), page.Status, who.answer(), clip(page.Text), s.providerRefusal(before))
	case len(who.as) == 0:
		return errors.New("somebody is signed in, and the whoami page does not say who: it has neither the e-mail address nor the name")
	case !slices.Contains(who.as, user):
		return errors.New("the whoami page shows " + strings.Join(who.as, " and "))
	}
	return nil
}

// providerRefusal is what the provider has to say of a sign-in that did not work: most
// often the app is registered otherwise, or signs in elsewhere.
func (s *Site) providerRefusal(before int) string {
	entries := s.Provider().Journal().Entries()
	if len(entries) <= before {
		return "; the provider was asked nothing"
	}
	for _, e := range slices.Backward(entries[before:]) {
		if e.Error == "" {
			continue
		}
		text := "; the provider refused " + e.Method + " " + e.Path + ": " + e.Error
		for _, d := range e.Decisions {
			if !d.Passed {
				return text + " (" + d.Check + ": " + d.Detail + ")"
			}
		}
		return text
	}
	return ""
}

// CheckSignOut signs in and out again.
func (s *Site) CheckSignOut(ctx context.Context) (saw string, err error) {
	trail := newTrail(s)
	defer trail.close()
	b := newBrowser("leaving", s, trail)
	if _, err := b.signIn(ctx, "alice", "first", false); err != nil {
		return "", err
	}
	if _, err := b.leave(ctx); err != nil {
		return "", err
	}
	who, err := b.whoami(ctx)
	if err != nil {
		return "", err
	}
	return who.answer() + " afterwards", s.explainSignedIn(who)
}

// CheckDenial refuses consent. Where the app says so on a page of its own, that is its
// failure page.
func (s *Site) CheckDenial(ctx context.Context) (saw string, err error) {
	trail := newTrail(s)
	defer trail.close()
	b := newBrowser("denying", s, trail)
	page, err := b.signIn(ctx, "carol", "first", true)
	if err != nil {
		return "", err
	}
	who, err := b.whoami(ctx)
	if err != nil {
		return "", err
	}
	saw = fmt.Sprintf("the app answers %d at %s", page.Status, place(page))
	if !s.own(page.URL) {
		saw = fmt.Sprintf("the app answers %d and leads to %s", s.status(page), place(page))
	}
	if err := s.explainSignedIn(who); err != nil {
		return "", fmt.Errorf("%s, and %w", saw, err)
	}
	if s.own(page.URL) {
		s.FailurePage = fingerprint(page)
	}
	return saw, nil
}

// fingerprint is what tells one page of an app from another.
func fingerprint(p *agent.Page) string {
	text := fmt.Sprintf("%d %s", p.Status, p.URL.Path)
	if p.Title != "" {
		text += " “" + clip(p.Title) + "”"
	}
	return text
}

func place(p *agent.Page) string { return p.URL.Host + p.URL.Path }

func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 160 {
		return string(r[:160]) + "…"
	}
	return s
}

// PlainSignIn signs alice in with nothing wrong, in a browser of its own, and says
// why that did not work.
func (s *Site) PlainSignIn(ctx context.Context, name string) string {
	trail := newTrail(s)
	defer trail.close()
	b := newBrowser(name, s, trail)
	page, err := b.signIn(ctx, "alice", "first", false)
	if err != nil {
		return err.Error()
	}
	who, err := b.whoami(ctx)
	switch {
	case err != nil:
		return err.Error()
	case !who.signedIn:
		return fmt.Sprintf("it ended at %s with status %d, and %s", place(page), page.Status, who.answer())
	}
	return ""
}

// Reset brings the providers back to how they were made.
func (s *Site) Reset() {
	if s.Disarm != nil {
		s.Disarm()
	}
	s.LearnSecrets() // what was issued may be in what the app wrote
	for _, p := range s.Providers {
		if p != nil {
			_ = p.Reset() // it cannot fail: what it fills in was good before
		}
	}
}
