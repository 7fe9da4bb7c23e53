package bundled

import (
	"errors"
	"fmt"

	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/witness"
)

// Can says why the bundled client cannot do a step, nil if it can. Steps that need an
// app's pages or more than one browser are for an app.
func Can(s *drill.Step) error {
	switch {
	case s.Popup != nil, s.CopyBrowser != "", s.Crowd != nil, s.LocalRegister != nil, s.LocalLogin != nil, s.LogoutToken != nil:
		return fmt.Errorf("%s is for an app: the bundled client has no pages", s.Verb())
	case s.Expire != "":
		return fmt.Errorf("expire is for an app: move the clock with advance")
	}
	for _, a := range appArguments(s) {
		if a.given {
			return fmt.Errorf("%s of %s is for an app: the bundled client has one browser and one issuer", a.name, s.Verb())
		}
	}
	return nil
}

// argument is one that only an app can use.
type argument struct {
	name  string
	given bool
}

func appArguments(s *drill.Step) []argument {
	switch {
	case s.SignIn != nil:
		x := s.SignIn
		return []argument{{"browser", x.Browser != ""}, {"issuer", x.Issuer != ""}, {"times", x.Times > 0}, {"until", x.Until != ""}, {"as", x.As != ""}, {"must", x.Must}, {"withhold", x.Consent != nil && x.Consent.Withhold != ""}}
	case s.Authorize != nil:
		return []argument{{"browser", s.Authorize.Browser != ""}}
	case s.Consent != nil:
		return []argument{{"withhold", s.Consent.Withhold != ""}}
	case s.Callback != nil:
		x := s.Callback
		return []argument{{"response", x.Response != ""}, {"browser", x.Browser != ""}, {"method", x.Method != ""}, {"parallel", x.Parallel > 0}, {"discard", x.Discard}}
	case s.Call != nil:
		return []argument{{"browser", s.Call.Browser != ""}, {"times", s.Call.Times > 0}}
	case s.Logout != nil:
		return []argument{{"browser", s.Logout.Browser != ""}}
	case s.Open != nil:
		x := s.Open
		return []argument{{"page", x.Page != ""}, {"params", x.Params != nil}, {"headers", x.Headers != nil}, {"browser", x.Browser != ""}, {"times", x.Times > 0}, {"sign_in", x.SignIn}}
	case s.Set != nil:
		return []argument{{"issuer", s.Set.Issuer != ""}}
	}
	return nil
}

// Can says why the bundled client cannot do a step, nil if it can.
func (b *Subject) Can(s *drill.Step) error { return Can(s) }

// Shows says which key of an outcome the bundled client cannot show, and why; ""
// if it can show all of it.
func Shows(o *witness.Outcome) (key string, _ error) {
	if o.Browser != (witness.Browser{}) {
		return "browser", errors.New("browser is for an app: the bundled client has no pages")
	}
	for _, k := range []argument{
		{"browsers", o.App.Browsers != nil}, {"accounts", o.App.Accounts != ""}, {"admin", o.App.Admin != nil}, {"logout_token", o.App.LogoutToken != nil}, {"may_refuse_start", o.App.MayRefuseStart},
	} {
		if k.given {
			return "app." + k.name, fmt.Errorf("%s is for an app: the bundled client has no pages and no accounts", k.name)
		}
	}
	switch {
	case !o.Provider.Second.IsZero():
		return "provider.second", errors.New("second is for an app: the bundled client knows one issuer")
	case o.Recovery != nil:
		return "recovery", errors.New("recovery is for an entry of a failure catalogue: a plain sign-in follows its last step")
	}
	return "", nil
}
