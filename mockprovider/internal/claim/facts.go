package claim

import (
	"net/url"

	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// Facts are what is known where the claims of an artifact are made. They are the
// function's own: a change of them changes nothing else.
type Facts struct {
	Artifact  protocol.Artifact // access_token, id_token or userinfo
	GrantType protocol.Grant    // of the request: refresh_token at a refresh
	Client    *store.Client     // whose token it is
	User      *store.User       // whom it is about, nil for a client's own
	Scopes    []string          // granted
	Audience  []string          // asked for
	Request   url.Values        // parameters of the authorization and the token request, without credentials
}

// Func returns claims to set, "$absent" to remove one. It may be called by several
// requests at a time.
type Func func(Facts) map[string]any

// set sets members as a function returns them.
func set(members, changes map[string]any) {
	for name, value := range changes {
		if value == match.Absent {
			delete(members, name)
		} else {
			members[name] = value
		}
	}
}
