package effect

import "github.com/authdrill/authdrill/mockprovider/fault"

// oauthError answers with an OAuth error, in the form of the endpoint.
type oauthError fault.OAuthError

func (e *oauthError) needsHTTP1() string { return "" }
func (e *oauthError) needsAnswer() bool  { return false }
func (e *oauthError) answers() bool      { return true }
func (e *oauthError) strike(t Target)    { t.Refuse((*fault.OAuthError)(e)) }

// refusal refuses for a cause: CAUSE in the issuer's own words, or PERSONA/CAUSE in
// those of another.
type refusal string

func (r refusal) needsHTTP1() string { return "" }
func (r refusal) needsAnswer() bool  { return false }
func (r refusal) answers() bool      { return true }
func (r refusal) strike(t Target)    { t.RefuseFor(string(r)) }
