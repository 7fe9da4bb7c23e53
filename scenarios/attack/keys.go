package attack

import (
	"context"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/engine"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
	"github.com/authdrill/authdrill/scenarios/result"
)

// What is said of an app that verifies no signature. OIDC Core section 3.1.3.7 (6) lets
// TLS vouch for ID tokens that come from the token endpoint, and for no others.
const (
	unsignedOverHTTP = "the app does not verify the signature of ID tokens, and never asks for the provider's keys: OIDC Core 3.1.3.7 (6) allows that over TLS only; " +
		"with app.start in authdrill.yaml, authdrill attack starts the app with an issuer of https and judges it there"
	unsignedOverTLS = "the app does not verify the signature of ID tokens, allowed only because OIDC Core 3.1.3.7 (6) lets TLS vouch for what the token endpoint answers"
)

// learnKeys finds whether an app that did not ask for the provider's keys verifies
// signatures all the same, with keys that it had before. It returns what to say of it.
func (w *worker) learnKeys(ctx context.Context, entries []*journal.Entry) (traits []Trait) {
	if hasRequest(entries, protocol.JWKSURI) {
		return []Trait{{Name: "key set", Has: true}}
	}
	use := w.site.Uses[webapp.IDToken]
	switch {
	case w.traits["id_token"] != "" || use == webapp.Unseen:
		w.traits["jwks"] = "the app does not ask for the provider's keys, and what it makes of an ID token cannot be seen"
		return []Trait{{Name: "key set"}}
	case !w.acceptsForeignKey(ctx, use):
		return []Trait{{Name: "key set", Has: true, Saw: "from before"}}
	case frontChannel(entries):
		return []Trait{{Name: "key set"}} // in the front channel nothing vouches for an ID token but its signature
	}
	w.traits["jwks"] = unsignedOverHTTP
	return []Trait{{Name: "key set"}}
}

// acceptsForeignKey reports whether alice is signed in by an ID token that a key signed
// which the provider does not have.
func (w *worker) acceptsForeignKey(ctx context.Context, use webapp.Use) bool {
	if use == webapp.Needed {
		return w.signsInDespite(ctx, foreignKey)
	}
	if _, err := w.armAlways(foreignKey); err != nil {
		return false
	}
	return w.site.ShowsMark(ctx, webapp.IDToken) // it resets the provider
}

// frontChannel reports whether ID tokens come to the app through the browser.
func frontChannel(entries []*journal.Entry) bool {
	responseType := paramsOf(entries, protocol.AuthorizationEndpoint).Get("response_type")
	return slices.Contains(strings.Fields(responseType), string(protocol.IDToken))
}

// judgesKeysOverTLS reports whether an entry about keys is played over TLS: the app
// verifies no signature, which the specification allows only there.
func (w *worker) judgesKeysOverTLS(e *drill.Scenario) bool {
	return w.traits["jwks"] == unsignedOverHTTP && w.campaign.App.Start != nil && slices.Contains(e.Needs, "jwks")
}

// settleUnsigned settles what was seen of an app that verifies no signature, where that
// is allowed. An entry that expects a sign-in, or that records what is seen, is about
// the keys that the app would take, and shows nothing. A failure is a choice of the app.
func (w *worker) settleUnsigned(e *drill.Scenario, f *result.Result) {
	if !w.unsigned || !slices.Contains(e.Needs, "jwks") {
		return
	}
	causedBy := func(rule string) bool {
		return !slices.ContainsFunc(f.Causes, func(c result.Cause) bool { return c.Rule != rule })
	}
	expectsSignIn := e.Outcome.App.SignedIn != nil && match.OK(e.Outcome.App.SignedIn, true)
	switch {
	case (expectsSignIn || e.Record) && f.Verdict != result.Invalid && causedBy("provider.requests.jwks_uri"):
		*f = engine.Unexercised(*f, "the app does not verify the signature of ID tokens: which key it would take cannot be seen")
		f.Causes = nil
	case f.Verdict == result.FailSecurity && causedBy("app.signed_in"):
		f.Verdict, f.Reason, f.Causes = result.Tolerated, unsignedOverTLS, nil
	}
}
