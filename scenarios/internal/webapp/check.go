package webapp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// CheckSignedOut asks the app in a fresh browser whether a user is signed in. It
// says what the app answered and whether it did, and why that is not the answer for
// a browser without a session.
func (s *Site) CheckSignedOut(ctx context.Context) (saw string, answered bool, err error) {
	trail := newTrail(s)
	defer trail.close()
	s.SignedOut = ""
	who, err := newBrowser("fresh", s, trail).whoami(ctx)
	if err == nil && who.landed != "" {
		s.SignedOut = who.landed
		who, err = newBrowser("fresh-again", s, trail).whoami(ctx)
	}
	if err != nil {
		var ambiguous AmbiguousError
		return "", errors.As(err, &ambiguous), err
	}
	return who.describe() + " to a fresh browser", true, s.explainSignedIn(who)
}

// explainSignedIn says why an answer of the whoami page is not one for a browser
// without a session.
func (s *Site) explainSignedIn(who *whoamiAnswer) error {
	switch {
	case who.signedIn:
		return errors.New(who.describe())
	case s.App.WhoAmI.SignedOut != nil && !who.signedOut && who.ledTo == nil:
		return fmt.Errorf("%s, which is not what whoami.signed_out says", who.describe())
	}
	return nil
}

// CheckSignIn signs a user in, in a fresh browser. It returns the app's own name of the
// account, and why the sign-in did not work.
func (s *Site) CheckSignIn(ctx context.Context, user string) (account string, err error) {
	trail := newTrail(s)
	defer trail.close()
	before := len(s.Provider().Journal().Entries())
	b := newBrowser(user, s, trail)
	page, err := b.signIn(ctx, user, "first", false)
	if err != nil {
		return "", fmt.Errorf("%w%s", err, s.providerRefusal(before))
	}
	who, err := b.whoami(ctx)
	switch {
	case err != nil:
		return "", err
	case !who.signedIn:
		return "", fmt.Errorf("the sign-in ended at %s with status %d, and %s: %s%s", hostAndPath(page), page.Status, who.describe(), shorten(page.Text), s.providerRefusal(before))
	case len(who.as) == 0:
		why := "somebody is signed in, and the whoami page does not say who: it has neither the e-mail address nor the name, and no whoami.account that is the user name"
		if who.named != "" {
			why += "; it may be account: '" + strings.ReplaceAll(who.named, "'", "''") + "'"
		}
		return "", errors.New(why)
	case !slices.Contains(who.as, user):
		return "", errors.New("the whoami page shows " + strings.Join(who.as, " and "))
	}
	return who.account, nil
}

// BorrowedAccountError is an account name that the provider gave the user: two accounts
// of an app may have it, and one account may change it.
type BorrowedAccountError struct{ account, claim string }

func (e BorrowedAccountError) Error() string {
	return fmt.Sprintf("app.whoami.account finds %q, which is the user's %s: two accounts may have the same, and an account may get another", e.account, e.claim)
}

// CompareAccounts says what the app calls the accounts of alice and bob, and why that
// does not tell accounts apart.
func (s *Site) CompareAccounts(ctx context.Context, alice, bob string) (saw string, err error) {
	switch {
	case alice == "" || bob == "":
		return "", errors.New("app.whoami.account finds nothing on the whoami page of a signed-in user")
	case alice == bob:
		return "", fmt.Errorf("app.whoami.account finds %q for both", alice)
	case s.App.WhoAmI.AccountIsKey:
		return alice + " and " + bob, nil
	}
	u := findUser(s.Provider(), "alice")
	if u != nil && alice == u.Sub() && alice == u.PreferredUsername {
		renamed := *u
		renamed.PreferredUsername = "alice-by-another-name"
		if s.Provider().SetUser(renamed) == nil {
			defer s.Reset()
			if alice, err = s.CheckSignIn(ctx, "alice"); err != nil {
				return "", err
			}
			u = &renamed
		}
	}
	if claim := claimOf(u, alice); claim != "" {
		return "", BorrowedAccountError{alice, claim}
	}
	return alice + " and " + bob, nil
}

// claimOf returns the claim of a user that an account name is taken from, "" if it is the
// app's own.
func claimOf(u *store.User, account string) string {
	switch {
	case u == nil || account == u.Sub():
		return ""
	case u.Email != "" && strings.Contains(strings.ToLower(account), strings.ToLower(u.Email)):
		return "e-mail address"
	case strings.EqualFold(account, u.Name):
		return "name"
	case strings.EqualFold(account, u.PreferredUsername):
		return "preferred_username"
	}
	return ""
}

// ShowsMark signs alice in while a document names the marked user, and reports whether
// the app shows that one.
func (s *Site) ShowsMark(ctx context.Context, what Document) bool {
	if s.Mark(what) != nil {
		return false
	}
	defer s.Reset()
	trail := newTrail(s)
	defer trail.close()
	b := newBrowser("marked", s, trail)
	if _, err := b.signIn(ctx, "alice", "first", false); err != nil {
		return false
	}
	who, err := b.whoami(ctx)
	return err == nil && slices.Contains(who.as, markOf(what).Login)
}

// providerRefusal says what the provider refused of a sign-in that did not work: most
// often the app is registered otherwise, or signs in at another issuer.
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
	page, err := b.signOut(ctx)
	if err != nil {
		return "", err
	}
	who, err := b.whoami(ctx)
	if err != nil {
		return "", err
	}
	if err := s.explainSignedIn(who); err != nil {
		return "", fmt.Errorf("%w, after %s %s ended at %s with status %d", err, requestMethod(s.App.Logout), s.App.Logout.URL, hostAndPath(page), page.Status)
	}
	return who.describe() + " afterwards", nil
}

// SignedInError is a browser that the app takes for signed in, though it must not.
type SignedInError struct{ error }

// CheckDenial denies consent. Where the app says so on a page of its own, that is its
// failure page. An app that has the browser signed in gives a SignedInError.
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
	saw = fmt.Sprintf("the app answers %d at %s", page.Status, hostAndPath(page))
	if !s.isAppURL(page.URL) {
		saw = fmt.Sprintf("the app answers %d and leads to %s", s.ownStatus(page), hostAndPath(page))
	}
	if err := s.explainSignedIn(who); err != nil {
		return "", SignedInError{fmt.Errorf("%s, and %w", saw, err)}
	}
	if s.isAppURL(page.URL) {
		s.FailurePage = fingerprint(page)
	}
	return saw, nil
}

// fingerprint returns what distinguishes one page of an app from another.
func fingerprint(p *agent.Page) string {
	text := fmt.Sprintf("%d %s", p.Status, p.URL.Path)
	if p.Title != "" {
		text += " “" + shorten(p.Title) + "”"
	}
	return text
}

func hostAndPath(p *agent.Page) string { return p.URL.Host + p.URL.Path }

func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 160 {
		return string(r[:160]) + "…"
	}
	return s
}

// PlainSignIn signs alice in without a fault, in a browser of its own. It says why that
// did not work.
func (s *Site) PlainSignIn(ctx context.Context, name string) string {
	trail := newTrail(s)
	defer trail.close()
	b := newBrowser(name, s, trail)
	start := s.Now()
	page, err := b.signIn(ctx, "alice", "first", false)
	if err != nil {
		return err.Error()
	}
	if !s.Virtual {
		s.Latency = max(s.Latency, s.Now().Sub(start))
	}
	who, err := b.whoami(ctx)
	switch {
	case err != nil:
		return err.Error()
	case !who.signedIn:
		return fmt.Sprintf("it ended at %s with status %d, and %s", hostAndPath(page), page.Status, who.describe())
	}
	return ""
}

// Reset restores the settings that the providers were made with, and disarms.
func (s *Site) Reset() {
	if s.Disarm != nil {
		s.Disarm()
	}
	s.LearnSecrets() // the app may have written tokens that Reset forgets
	for _, p := range s.Providers {
		if p != nil {
			_ = p.Reset() // it cannot fail: the settings were valid before
		}
	}
}
