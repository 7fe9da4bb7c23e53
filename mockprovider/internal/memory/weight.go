package memory

import (
	"cmp"
	"maps"
	"slices"

	"github.com/authdrill/authdrill/mockprovider/internal/budget"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// What a record costs in addition to its texts: the row of a table, the record, and
// a grant with the authorization. They are what the heap grows by, rounded up.
const (
	rowCost           = 64
	recordCost        = 128
	grantCost         = 96
	authorizationCost = 320
	pendingCost       = 512
	valueCost         = 96 // a name and its value in a map
)

// Weight is how many bytes requests have left behind in the store.
func (s *Store) Weight() int {
	n := 0
	for _, shelf := range s.budgetMembers() {
		n += shelf.Weight()
	}
	return n
}

// Shed forgets the oldest of the heaviest kinds.
func (s *Store) Shed(bytes int) { budget.ShedHeaviest(s.budgetMembers(), bytes) }

// budgetMembers are the tables of a store, and the clients that registered themselves,
// each as something that can forget its oldest.
func (s *Store) budgetMembers() []budget.Member {
	return []budget.Member{
		&s.grants,
		secretShelf(&s.codes, func(*code) int { return recordCost }),
		secretShelf(&s.access, (*access).bytes),
		secretShelf(&s.refresh, func(*refresh) int { return recordCost }),
		newShelf(&s.sessions, func(_ string, v *record.Session) int {
			return recordCost + len(v.ID) + len(v.Login) + len(v.ACR) + budget.TextBytes(v.AMR)
		}),
		newShelf(&s.pushed, func(_ string, v *record.Pushed) int {
			return recordCost + len(v.ClientID) + budget.ValuesBytes(v.Params)
		}),
		newShelf(&s.devices.byCode, func(_ string, d *record.Device) int {
			return 2*recordCost + budget.TextBytes(d.Scopes) + budget.TextBytes(d.Audience) + budget.ValuesBytes(d.Form) + grantBytes(d.Answer)
		}),
		newShelf(&s.devices.userCodes, func(_ string, code *string) int { return len(*code) }),
		shelf[consentKey, []string]{&s.consents, func(k consentKey, v *[]string) int {
			return rowCost + len(k.user) + len(k.client) + budget.TextBytes(*v)
		}},
		secretShelf(&s.used, func(*struct{}) int { return 0 }),
		newShelf(&s.pending, func(_ string, p *record.Pending) int { return pendingCost + budget.ValuesBytes(p.Params) }),
		newShelf(&s.registrations, func(_ string, id *string) int { return len(*id) }),
		registered{s.Directory},
		added{s.Directory},
	}
}

// newShelf returns a table as a member of a pool. It forgets what would expire first,
// and what never does last.
func newShelf[K ~string, V any](t *Table[K, V], weigh func(K, *V) int) budget.Member {
	return shelf[K, V]{t, func(k K, v *V) int { return rowCost + len(k) + weigh(k, v) }}
}

func secretShelf[V any](s *Secrets[V], weigh func(*V) int) budget.Member {
	return shelf[digest, V]{&s.table, func(_ digest, v *V) int { return rowCost + weigh(v) }}
}

type shelf[K comparable, V any] struct {
	table *Table[K, V]
	weigh func(K, *V) int
}

func (s shelf[K, V]) Weight() int {
	s.table.mu.Lock()
	defer s.table.mu.Unlock()
	n := 0
	for k, r := range s.table.rows {
		n += s.weigh(k, &r.value)
	}
	return n
}

func (s shelf[K, V]) Shed(bytes int) {
	s.table.mu.Lock()
	defer s.table.mu.Unlock()
	keys := slices.SortedFunc(maps.Keys(s.table.rows), func(a, b K) int {
		return compareExpiry(s.table.rows[a].expires, s.table.rows[b].expires)
	})
	for _, k := range keys {
		if bytes <= 0 {
			break
		}
		bytes -= s.weigh(k, &s.table.rows[k].value)
		delete(s.table.rows, k)
	}
	s.table.shrink()
}

// compareExpiry orders what expires first first. What never expires, 0, comes last.
func compareExpiry(a, b record.Instant) int {
	if (a == 0) != (b == 0) {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}

// registered are the clients that registered themselves, oldest first.
type registered struct{ *Directory }

func (r registered) Weight() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	n := 0
	for _, c := range r.clients {
		if c.Registered != 0 {
			n += clientBytes(c)
		}
	}
	return n
}

func (r registered) Shed(bytes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := slices.SortedFunc(maps.Values(r.clients), func(a, b *store.Client) int { return cmp.Compare(a.Registered, b.Registered) })
	for _, c := range all {
		if c.Registered == 0 {
			continue
		}
		if bytes <= 0 {
			return
		}
		bytes -= clientBytes(c)
		r.removeClient(c.ID)
	}
}

// added are the users who were typed into the sign-in page, oldest first.
type added struct{ *Directory }

func (a added) Weight() int {
	a.mu.RLock()
	defer a.mu.RUnlock()
	n := 0
	for _, u := range a.users {
		if u.Added != 0 {
			n += userBytes(u)
		}
	}
	return n
}

func (a added) Shed(bytes int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := slices.SortedFunc(maps.Values(a.users), func(x, y *store.User) int { return cmp.Compare(x.Added, y.Added) })
	for _, u := range all {
		if u.Added == 0 {
			continue
		}
		if bytes <= 0 {
			return
		}
		bytes -= userBytes(u)
		a.removeUser(u.Login)
	}
}

// userBytes is what a user takes in memory.
func userBytes(u *store.User) int {
	n := 8*recordCost + 2*len(u.Login) + budget.TextBytes(u.Groups) + budget.TextBytes(u.AMR) + valueBytes(u.Claims)
	for _, text := range []string{
		u.Subject, u.Name, u.GivenName, u.FamilyName, u.MiddleName, u.Nickname, u.PreferredUsername, u.Profile, u.Picture, u.Website,
		u.Email, u.Gender, u.Birthdate, u.Zoneinfo, u.Locale, u.PhoneNumber, u.ACR,
	} {
		n += len(text)
	}
	if a := u.Address; a != nil {
		n += recordCost + len(a.Formatted) + len(a.StreetAddress) + len(a.Locality) + len(a.Region) + len(a.PostalCode) + len(a.Country)
	}
	return n
}

// valueBytes is what a JSON value takes.
func valueBytes(v any) int {
	n := valueCost
	switch v := v.(type) {
	case string:
		n += len(v)
	case []any:
		for _, item := range v {
			n += valueBytes(item)
		}
	case map[string]any:
		for name, item := range v {
			n += len(name) + valueBytes(item)
		}
	}
	return n
}

func clientBytes(c *store.Client) int {
	n := 8*recordCost + len(c.ID) + len(c.Secret) + len(c.Name) + len(c.URI) + len(c.LogoURI) + len(c.PolicyURI) + len(c.TermsURI) + len(c.Scope) + len(c.JWKS) + len(c.JWKSURI) + len(c.SoftwareID) + len(c.SoftwareVersion)
	for _, list := range [][]string{c.Contacts, c.RedirectURIs, c.PostLogoutRedirectURIs} {
		n += budget.TextBytes(list)
	}
	return n + budget.TextBytes(c.GrantTypes) + budget.TextBytes(c.ResponseTypes) + budget.TextBytes(c.Audience)
}

func (a *access) bytes() int {
	if a.own == nil {
		return recordCost
	}
	return recordCost + budget.TextBytes(a.own.scopes) + budget.TextBytes(a.own.audience) + len(a.own.claims)
}

func grantBytes(g *record.Grant) int {
	if g == nil {
		return 0
	}
	n := grantCost + len(g.ClientID) + len(g.Subject) + budget.TextBytes(g.Scopes)
	if a := g.Authorization; a != nil && (a.UserLogin != "" || len(a.Audience) > 0) {
		n += authorizationCost + len(a.RedirectURI) + len(a.Nonce) + len(a.Challenge) + len(a.ClaimsParameter) + budget.TextBytes(a.Requested) + budget.TextBytes(a.Audience) + budget.ValuesBytes(a.Request)
	}
	return n
}
