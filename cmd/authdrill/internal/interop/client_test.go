package interop

import (
	"slices"
	"testing"
)

// client is a library and the program that lets it sign in.
type client struct {
	library  string // as its registry calls it
	language string
	folder   string   // below testdata/clients
	program  []string // command, started in the folder with a case as its last argument
	persona  string   // the provider it was written for; none: what the specifications say
	named    bool     // it meets the provider under the real host names
	tls      bool     // it speaks no plain http, or is not to
	system   bool     // its version is that of the system's packages
	long     bool     // it belongs to the long tier
	cases    []string // what it is tried at, of the words below

	issuer   string // what the program is told of; none: the provider's own
	id       string // default "app"
	public   bool   // the client has no secret
	redirect string // default http://localhost:8123/callback, where nothing listens
	denied   string // what its refusal of a denied sign-in says; default access_denied
	env      []string

	// set changes the provider before a case is played.
	set func(*testing.T, *provider)
	// begin starts what the cases share where there is no program, and returns what
	// plays one of them: that returns the library's version.
	begin func(t *testing.T) (play func(t *testing.T, word string) (version string))
}

// The cases, in the order in which the table has them. A refusal is what the
// library itself must say, and the program tells it.
const (
	signIn         = "sign-in"
	userinfo       = "userinfo"
	refresh        = "refresh"
	renewal        = "silent-renewal" // in a browser, without a page
	signOut        = "sign-out"
	clientToken    = "token"           // client credentials
	device         = "device"          // the program says where its user is to go
	verify         = "verify"          // an access token, as a resource server
	denial         = "denial"          // refused: the user declines
	tampered       = "tampered"        // refused: the signature of the ID token is wrong
	verifyTampered = "verify-tampered" // refused: that of the access token
	expired        = "expired"         // refused: the token has expired, and the user is to sign in again
	withdrawn      = "withdrawn"       // refused: the user took the permission back
	refreshRefused = "refresh-refused" // refused: the provider refreshes no more
	unasked        = "unasked"         // refused: an answer that the app did not ask for
)

func words() []string {
	return append([]string{signIn, userinfo, refresh, renewal, signOut, clientToken, device, verify}, refusals()...)
}

func refusals() []string {
	return []string{denial, tampered, verifyTampered, expired, withdrawn, refreshRefused, unasked}
}

// refuses reports whether the library is right when it refuses.
func refuses(word string) bool { return slices.Contains(refusals(), word) }

// with changes the provider of a client.
func with(set func(*testing.T, *provider), c client) client {
	c.set = set
	return c
}

// name tells a client from the others.
func (c client) name() string {
	name := c.language + "/" + c.library
	switch {
	case c.persona != "":
		return name + "@" + c.persona
	case c.begin != nil:
		return name + "@browser"
	default:
		return name
	}
}

// clients is every library that is tried, each file of this package with its own.
func clients() []client {
	return slices.Concat(specificationClients(), browserClients(), realmClients(), vendorClients(), appClients())
}
