package memory

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
)

// Store is the record.Store of this process: make one with NewStore.
type Store struct {
	*Directory

	grants   grants
	codes    Secrets[code]
	access   Secrets[access]
	refresh  Secrets[refresh]
	sessions Table[string, record.Session]
	pushed   Table[string, record.Pushed]
	devices  devices
	guesses  guesses // of user codes

	pending Table[string, record.Pending]

	registrations Table[string, string] // client_id by registration access token

	logins   atomic.Int64                   // sign-ins so far
	response atomic.Pointer[map[string]any] // the latest token response

	consents  Table[consentKey, []string] // scopes allowed before
	used      Secrets[struct{}]           // values that count once
	swept     atomic.Int64                // as many of them call for the next sweep
	addresses latestText                  // of access and refresh tokens
	limiting  sync.Mutex                  // held while what has a limit is counted and kept
}

// NewStore returns a store with these clients and users and no other record. A nil
// directory is an empty one.
func NewStore(d *Directory) *Store {
	if d == nil {
		d = &Directory{}
	}
	return &Store{Directory: d}
}

// KeepSession keeps a user's sign-in until it expires.
func (s *Store) KeepSession(session record.Session) {
	s.sessions.Put(session.ID, session, session.Expires)
}

// Session returns a user's sign-in that lasts.
func (s *Store) Session(id string, now time.Time) (record.Session, bool) {
	return s.sessions.Get(id, now)
}

// EndSession ends a user's sign-in at the provider. It reports whether this call
// was the one that ended it.
func (s *Store) EndSession(id string, now time.Time) bool {
	_, ok := s.sessions.Take(id, now)
	return ok
}

// KeepPushed keeps a pushed authorization request until it expires.
func (s *Store) KeepPushed(requestURI string, p record.Pushed) {
	s.pushed.Put(requestURI, p, p.Expires)
}

// TakePushed takes a pushed authorization request, which counts once (RFC 9126
// section 7.3). One that another client pushed stays.
func (s *Store) TakePushed(requestURI, clientID string, now time.Time) (record.Pushed, bool) {
	return s.pushed.TakeIf(requestURI, now, func(p *record.Pushed) bool { return p.ClientID == clientID })
}

// KeepPending keeps a request that waits for the user until it expires.
func (s *Store) KeepPending(p record.Pending, expires time.Time) { s.pending.Put(p.Ticket, p, expires) }

// Pending returns a request that waits for the user.
func (s *Store) Pending(ticket string, now time.Time) (record.Pending, bool) {
	return s.pending.Get(ticket, now)
}

// TakePending takes a request that waits for its answer: of any number of answers
// one counts.
func (s *Store) TakePending(ticket string, now time.Time) bool {
	_, ok := s.pending.Take(ticket, now)
	return ok
}

// NextLogin returns the number of a new sign-in.
func (s *Store) NextLogin() int64 { return s.logins.Add(1) }

// SwapResponse remembers a token response, which must not be changed any more, and
// returns the one before it.
func (s *Store) SwapResponse(members map[string]any) (before map[string]any) {
	if old := s.response.Swap(&members); old != nil {
		return *old
	}
	return nil
}

// manyUsed is how many values are remembered before those that are over are
// looked for.
const manyUsed = 4096

// FirstUse remembers a value that counts once, such as the jti of an assertion,
// until an instant. It reports whether it was not remembered yet.
func (s *Store) FirstUse(value string, until, now time.Time) bool {
	if n := int64(s.used.Len()); n > max(manyUsed, s.swept.Load()) {
		s.used.Sweep(now)
		s.swept.Store(2 * int64(s.used.Len()))
	}
	return s.used.PutNew(value, struct{}{}, until, now)
}

// Consent returns what a user is remembered to have allowed a client, nil if
// nothing is.
func (s *Store) Consent(userLogin, clientID string, now time.Time) []string {
	scopes, _ := s.consents.Get(consentKey{userLogin, clientID}, now)
	return scopes
}

// EditConsent puts what edit makes of a consent in its place: no other change
// comes between. edit must not change what it gets, and may be called again.
func (s *Store) EditConsent(userLogin, clientID string, edit func([]string) []string, now time.Time) {
	s.consents.Edit(consentKey{userLogin, clientID}, edit, time.Time{}, now)
}

// CountGuess counts a guess of a user code against each counter, before it is known
// whether it is right: of guesses at the same time no more pass than may fail. While
// a counter is at its limit the guess must not be tried; CountGuess then returns how
// long to wait.
func (s *Store) CountGuess(counters []record.Counter, window time.Duration, now time.Time) (wait time.Duration) {
	return s.guesses.count(counters, window, now)
}

// UncountGuess takes back what CountGuess counted: the guess was right.
func (s *Store) UncountGuess(counters []record.Counter) { s.guesses.uncount(counters) }

// Sweep forgets what has expired.
func (s *Store) Sweep(now, used time.Time) int {
	n := s.codes.Sweep(now) + s.access.Sweep(now) + s.refresh.Sweep(now) + s.sessions.Sweep(now) + s.pushed.Sweep(now) +
		s.devices.byCode.Sweep(now) + s.devices.userCodes.Sweep(now) + s.consents.Sweep(now) + s.guesses.sweep(now) +
		s.pending.Sweep(now) + s.used.Sweep(used)
	s.grants.sweep(now) // last: a grant is known as long as its tokens
	return n
}
