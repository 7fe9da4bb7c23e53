package claim

import (
	"cmp"

	"github.com/authdrill/authdrill/mockprovider/persona"
)

// layAccessToken returns a with every member that over sets in its place. Claims are left as
// they are: those of each level are set one after the other.
func layAccessToken(a persona.AccessToken, over *persona.AccessToken) persona.AccessToken {
	a.Lifetime = cmp.Or(over.Lifetime, a.Lifetime)
	a.Format = cmp.Or(over.Format, a.Format)
	a.Typ = cmp.Or(over.Typ, a.Typ)
	a.SigningAlg = cmp.Or(over.SigningAlg, a.SigningAlg)
	a.Limit = cmp.Or(over.Limit, a.Limit)
	return a
}

// layIDToken returns t with every member that over sets in its place, Claims left as they
// are.
func layIDToken(t persona.IDToken, over *persona.IDToken) persona.IDToken {
	t.Lifetime = cmp.Or(over.Lifetime, t.Lifetime)
	t.Typ = cmp.Or(over.Typ, t.Typ)
	t.SigningAlg = cmp.Or(over.SigningAlg, t.SigningAlg)
	return t
}
