package webapp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
)

func (d *subject) signIn(ctx context.Context, s *drill.SignIn) error {
	for n := range max(s.Times, 1) {
		name := s.Browser
		if s.Times > 1 && n < s.Times-1 {
			name = fmt.Sprintf("%s-%d", cmp.Or(s.Browser, "fresh"), n+1)
		}
		b := d.browser(name)
		b.withheldScope = ""
		if s.Consent != nil && s.Consent.Withhold != "" {
			b.withheldScope = d.site.App.API.NeedsScope
		}
		page, err := b.signIn(ctx, cmp.Or(s.User, drill.DefaultUser), cmp.Or(s.Issuer, "first"), !engine.Allows(s.Consent))
		d.noteNavigation(b, page, err)
		if errors.Is(err, context.Canceled) {
			return err
		}
		if err := d.noteSignIn(ctx, b, s); err != nil {
			return err
		}
	}
	return nil
}

// noteSignIn notes the account that a sign-in led to, where that is judged, and whether
// the user is signed in where nothing can be concluded otherwise.
func (d *subject) noteSignIn(ctx context.Context, b *browser, s *drill.SignIn) error {
	judged := d.scenario.Outcome.App.Accounts != ""
	if !judged && !s.Must {
		return nil
	}
	who, err := b.whoami(ctx)
	if err != nil {
		return err
	}
	if s.Must {
		if who, err = d.insistOnSignIn(ctx, b, s, who); err != nil {
			return err
		}
	}
	if judged {
		d.accounts = append(d.accounts, who.account)
	}
	return nil
}

// insistOnSignIn returns the answer that shows the user of a sign-in. An app that begins
// no sign-in while somebody is signed in keeps the user before: then that one signs out
// first, as the next user of this browser would have to.
func (d *subject) insistOnSignIn(ctx context.Context, b *browser, s *drill.SignIn, who *whoamiAnswer) (*whoamiAnswer, error) {
	user := cmp.Or(s.User, drill.DefaultUser)
	shown := func() bool { return who.signedIn && slices.Contains(who.as, user) }
	if who.signedIn && !shown() && d.site.App.Logout != nil {
		if _, err := b.signOut(ctx); err != nil {
			return nil, err
		}
		page, err := b.signIn(ctx, user, cmp.Or(s.Issuer, "first"), !engine.Allows(s.Consent))
		d.noteNavigation(b, page, err)
		if who, err = b.whoami(ctx); err != nil {
			return nil, err
		}
	}
	if !shown() {
		saw := who.describe()
		if len(who.as) > 0 {
			saw = "the whoami page shows " + strings.Join(who.as, " and ")
		}
		return nil, engine.NotReached(fmt.Sprintf("%s cannot be signed in in this browser: %s", user, saw))
	}
	return who, nil
}

// signInUntilResponse signs in until the authorization response, and holds that back.
func (d *subject) signInUntilResponse(ctx context.Context, s *drill.SignIn) error {
	b := d.browser(s.Browser)
	answer, err := b.signInUntilResponse(ctx, cmp.Or(s.User, drill.DefaultUser), cmp.Or(s.Issuer, "first"))
	if err != nil {
		return err
	}
	d.latestResponse = cmp.Or(s.As, b.name)
	d.responses[d.latestResponse] = answer
	return nil
}
