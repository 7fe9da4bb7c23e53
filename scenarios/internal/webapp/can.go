package webapp

import (
	"errors"
	"fmt"

	"github.com/authdrill/authdrill/scenarios/drill"
)

// Can says why an app cannot do a step, nil if it can: an app makes its own requests
// to a provider, and has a clock of its own.
func (d *subject) Can(s *drill.Step) error { return Can(d.site.App != nil && d.site.Virtual, s) }

// Can says why an app cannot do a step, nil if it can. The clock of a virtual one is
// the provider's.
func Can(virtual bool, s *drill.Step) error {
	switch {
	case s.Refresh != nil, s.Introspect != nil, s.Revoke != nil, s.Device != nil, s.Request != nil:
		return fmt.Errorf("%s is for the bundled client: an app does it by itself, in sign_in or call", s.Verb())
	case s.Login != nil && s.Login.Claims != nil:
		return errors.New("an app signs in users of the provider: leave out claims of login, and declare the user in users")
	case s.Advance != nil && !virtual:
		return errors.New("the app has a clock of its own: use expire: access_token, or short lifetimes")
	case s.SignIn != nil && !isEmptyRequest(s.SignIn.AuthorizationRequest), s.Authorize != nil && !isEmptyRequest(s.Authorize.AuthorizationRequest):
		return fmt.Errorf("an app chooses its authorization request itself: give %s no parameters of one", s.Verb())
	case s.Callback != nil && s.Callback.URL != "":
		return errors.New("callback brings an app a response that sign_in held back: name it in response")
	case s.Call != nil && (s.Call.Endpoint != "" || s.Call.API != "" || s.Call.Token != ""):
		return errors.New("call opens the app's api page: leave out endpoint, api and token")
	}
	return nil
}

// isEmptyRequest reports whether a step asks for nothing in an authorization request.
func isEmptyRequest(r drill.AuthorizationRequest) bool {
	return r.Client == "" && r.Scope == "" && len(r.Resource) == 0 && r.ResponseType == "" && r.ResponseMode == "" && r.RedirectURI == "" &&
		r.Prompt == "" && r.MaxAge == nil && r.LoginHint == "" && r.IDTokenHint == "" && r.ACRValues == "" && r.Display == "" &&
		r.UILocales == "" && r.Claims == nil && r.Method == "" && len(r.Params) == 0
}
