package attack

import (
	"context"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
)

// learnUses finds what the app makes of ID tokens and userinfo: it leaves them out,
// makes them wrong and marks them, and looks which user is signed in. An app that prefers an
// ID token and does without is not one that ignores it.
func (w *worker) learnUses(ctx context.Context) (traits []Trait) {
	w.site.Uses = map[webapp.Document]webapp.Use{}
	if w.traits["id_token"] == "" {
		use := w.learnUse(ctx, webapp.IDToken, missingIDToken, wrongIDTokens())
		w.site.Uses[webapp.IDToken] = use
		if use == webapp.Ignored {
			w.traits["id_token"] = "the app signs in without an ID token, and makes nothing of a wrong one: it takes the user from userinfo"
			traits = append(traits, Trait{Name: "ID token"})
		}
	}
	if w.traits["userinfo"] == "" && w.traits["id_token"] == "" {
		w.site.Uses[webapp.Userinfo] = w.learnUse(ctx, webapp.Userinfo, missingUserinfo, nil)
	}
	for _, what := range []webapp.Document{webapp.IDToken, webapp.Userinfo} {
		if use, known := w.site.Uses[what]; known && use != webapp.Ignored {
			traits = append(traits, Trait{Name: string(what), Has: true, Saw: describeUse(use)})
		}
	}
	return traits
}

func describeUse(u webapp.Use) string {
	switch u {
	case webapp.Needed:
		return "needed to sign in"
	case webapp.Preferred:
		return "used, and not needed"
	}
	return "not needed"
}

// learnUse finds what the app makes of a document.
func (w *worker) learnUse(ctx context.Context, what webapp.Document, missing fault.Fault, wrong []fault.Fault) webapp.Use {
	if !w.signsInDespite(ctx, missing) {
		return webapp.Needed
	}
	if w.site.ShowsMark(ctx, what) {
		return webapp.Preferred
	}
	use := webapp.Ignored
	for i, f := range wrong {
		switch {
		case w.signsInDespite(ctx, f):
		case i == 0:
			return webapp.Needed // it does without, and refuses what cannot be read
		default:
			use = webapp.Unseen
		}
	}
	return use
}

// signsInDespite reports whether alice is signed in, and shown, while a fault strikes.
func (w *worker) signsInDespite(ctx context.Context, f fault.Fault) bool {
	id, err := w.armAlways(f)
	if err != nil {
		return false
	}
	defer w.site.Provider().ClearFaults(id)
	_, err = w.site.CheckSignIn(ctx, "alice")
	return err == nil
}

// armAlways arms a fault that strikes every time, and returns its id.
func (w *worker) armAlways(f fault.Fault) (string, error) {
	always := 0
	f.Times = &always
	return w.site.Provider().Fault(f)
}

// missingIDToken leaves the ID token out of token responses, missingUserinfo answers
// userinfo requests with an error, and foreignKey has ID tokens signed by a key that the
// provider does not have.
var (
	missingIDToken  = fault.Fault{On: protocol.TokenResponse, Tamper: &fault.Tamper{Set: map[string]any{"id_token": match.Absent}}}
	missingUserinfo = fault.Fault{At: protocol.UserinfoEndpoint, Respond: &fault.Respond{Status: 503}}
	foreignKey      = fault.Fault{On: protocol.IDToken, Tamper: &fault.Tamper{Signature: "foreign_key"}}
)

// wrongIDTokens are ID tokens that no app may sign a user in with: one that cannot be read,
// one of another user, and one that somebody else signed.
func wrongIDTokens() []fault.Fault {
	return []fault.Fault{
		{On: protocol.TokenResponse, Tamper: &fault.Tamper{Set: map[string]any{"id_token": "not-a-jwt"}}},
		{On: protocol.IDToken, Tamper: &fault.Tamper{Claims: map[string]any{"sub": "bob", "email": "bob@example.com", "name": "Bob Example"}}},
		foreignKey,
	}
}
