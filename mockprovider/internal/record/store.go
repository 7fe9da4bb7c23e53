package record

import (
	"time"

	"github.com/authdrill/authdrill/mockprovider/store"
)

// Store is the records of an issuer and the operations on them. Each operation is a
// single step: however many callers there are at the same moment, the outcome is as
// if they had come one after the other. Records are values: nothing that a caller
// does to one changes what is kept, and what is kept is changed by operations only.
// Expiry is judged by the instant that the caller passes; a record that is kept until
// an instant may be forgotten from then on, when Sweep is called.
type Store interface {
	Clients
	Users
	Grants
	Codes
	AccessTokens
	RefreshTokens
	Devices
	PushedRequests
	Sessions
	Consents
	PendingPages
	Registrations
	Guesses
	Once

	// HideSecrets returns a text with … in the place of each secret of a client and
	// each password of a user in it, but for those of fewer than 4 bytes. It takes no
	// longer where there are many.
	HideSecrets(text string) string

	// Sweep forgets what has expired at now and returns how many records that were.
	// The values of FirstUse are judged by used: it may be another clock's time.
	Sweep(now, used time.Time) int
	// Weight is how many bytes the store takes in this process.
	Weight() int
	// Shed forgets the oldest of the heaviest kinds of records in this process.
	Shed(bytes int)
}

// Clients are the registered clients. Those that it returns, and lists of them, are
// shared and must not be changed.
type Clients interface {
	Client(id string) (*store.Client, bool)
	// Clients returns the clients by identifier.
	Clients() []*store.Client
	// SetClient registers a client under its ID, replacing one of that name.
	SetClient(c *store.Client)
	// EditClient puts what edit makes of a client in its place: no other change
	// comes between. edit gets nil if the client is not registered, and returns nil
	// to leave everything as it is. It must not change what it gets, and may be
	// called again. EditClient reports whether it changed anything.
	EditClient(id string, edit func(*store.Client) *store.Client) bool
	// RemoveClient forgets a client and reports whether there was one.
	RemoveClient(id string) bool
}

// Users are the users who can sign in. Those that it returns, and lists of them, are
// shared and must not be changed.
type Users interface {
	User(login string) (*store.User, bool)
	// Users returns the users in the order they were added.
	Users() []*store.User
	// SetUser adds a user under its login, replacing one of that name.
	SetUser(u *store.User)
	// EditUser is to users what EditClient is to clients.
	EditUser(login string, edit func(*store.User) *store.User) bool
	// AddUser adds a user who was typed into the sign-in page, or replaces one who
	// was. A user of the configuration is never replaced: then it returns false. It
	// forgets the oldest who were added where they become more than most, and
	// reports whether it did.
	AddUser(u *store.User, most int) (added, forgotten bool)
	// RemoveUser forgets a user and reports whether there was one.
	RemoveUser(login string) bool
}

// Grants are what users have allowed clients.
type Grants interface {
	// PutGrant stores a grant until forgotten, or until the last code or token of
	// it is forgotten. It returns the key that it gave it.
	PutGrant(g Grant, forgotten time.Time) GrantKey
	// EndGrant revokes a grant with every code and token made from it: also one
	// that is kept later never lives. It reports whether this call was the one that
	// ended it.
	EndGrant(key GrantKey) bool
	// EndGrants revokes the grants of a user to a client, and forgets what the user
	// allowed it; an empty name means any. It returns how many it ended. A grant
	// that is only being made meanwhile counts as made later.
	EndGrants(userLogin, clientID string) int
	// EndSignIn revokes the grants that were made with a sign-in, but for those with
	// a scope. It returns how many it ended.
	EndSignIn(sessionID, exceptScope string) int
}

// Codes are the authorization codes.
type Codes interface {
	// KeepCode keeps a code of a grant that is stored.
	KeepCode(code string, c Code, forgotten time.Time)
	// Code returns a code that is not forgotten.
	Code(code string, now time.Time) (HeldCode, bool)
	// RedeemCode claims a code (RFC 6749 section 4.1.2): of any number of callers
	// one wins.
	RedeemCode(code string, now time.Time) (HeldCode, Claim)
}

// AccessTokens are the access tokens.
type AccessTokens interface {
	// KeepAccess keeps an access token of a grant that is stored, and ends those
	// that have to give way to it.
	KeepAccess(token string, a Access, forgotten time.Time, give GiveWay)
	// Access returns an access token that is not forgotten.
	Access(token string, now time.Time) (HeldAccess, bool)
	// RevokeAccess ends one access token (RFC 7009).
	RevokeAccess(token string, now time.Time)
	// ForgetAccess forgets an access token.
	ForgetAccess(token string)
}

// RefreshTokens are the refresh tokens.
type RefreshTokens interface {
	// KeepRefresh keeps a refresh token of a grant that is stored. It ends the
	// oldest grants that a user has for the client, so that no more than most have
	// one; 0 means no limit.
	KeepRefresh(token string, r Refresh, forgotten time.Time, most int)
	// Refresh returns a refresh token that is not forgotten.
	Refresh(token string, now time.Time) (HeldRefresh, bool)
	// RotateRefresh claims a refresh token for its successor: of any number of
	// callers one wins, and those who come within the grace window after it.
	RotateRefresh(token string, now time.Time, grace time.Duration) (HeldRefresh, Claim)
}

// Devices are the device authorization requests.
type Devices interface {
	// KeepDevice keeps a request until it is forgotten, later than it expires. It
	// reports false if its user code is that of another one: then nothing is kept.
	KeepDevice(d Device, forgotten, now time.Time) bool
	// Device returns the device of a device code.
	Device(code string, now time.Time) (Device, bool)
	// DeviceOfUser returns the device whose user code this is, if it waits for an
	// answer.
	DeviceOfUser(userCode string, now time.Time) (Device, bool)
	// AnswerDevice gives the user's answer to a device: a grant, or nil to refuse.
	// Of any number of answers the first counts; it reports whether this was it.
	AnswerDevice(userCode string, g *Grant, now time.Time) bool
	// PollDevice counts a poll of a device (RFC 8628 section 3.5). Of any number of
	// polls after the user's answer one takes it.
	PollDevice(code, clientID string, now time.Time) (Device, Poll)
}

// PushedRequests are the pushed authorization requests.
type PushedRequests interface {
	// KeepPushed keeps a request until it expires.
	KeepPushed(requestURI string, p Pushed)
	// TakePushed takes a request, which counts once (RFC 9126 section 7.3). One
	// that another client pushed stays.
	TakePushed(requestURI, clientID string, now time.Time) (Pushed, bool)
}

// Sessions are the sign-ins of users at the provider.
type Sessions interface {
	// NextLogin returns the number of a new sign-in.
	NextLogin() int64
	// KeepSession keeps a sign-in until it expires.
	KeepSession(s Session)
	// Session returns a sign-in that lasts.
	Session(id string, now time.Time) (Session, bool)
	// EndSession ends a sign-in. It reports whether this call was the one that
	// ended it.
	EndSession(id string, now time.Time) bool
}

// Consents are what users are remembered to have allowed clients.
type Consents interface {
	// Consent returns what a user has allowed a client, nil if nothing is
	// remembered.
	Consent(userLogin, clientID string, now time.Time) []string
	// EditConsent puts what edit makes of a consent in its place: no other change
	// comes between. edit must not change what it gets, and may be called again.
	EditConsent(userLogin, clientID string, edit func([]string) []string, now time.Time)
}

// PendingPages are the requests that wait for the user.
type PendingPages interface {
	// KeepPending keeps a request until it expires.
	KeepPending(p Pending, expires time.Time)
	// Pending returns a request that waits.
	Pending(ticket string, now time.Time) (Pending, bool)
	// TakePending takes a request for its answer: of any number of answers one
	// counts.
	TakePending(ticket string, now time.Time) bool
}

// Registrations are the clients that registered themselves.
type Registrations interface {
	// Register adds a client (RFC 7591 section 3.1), with the token that manages
	// it, and forgets the oldest of those where they become more than most. A client
	// of the configuration is never forgotten. It reports whether one was.
	Register(c *store.Client, token string, most int) (forgotten bool)
	// Admit adds an unregistered client, and returns it, or the one of its
	// name that is there already. It counts as one that registered itself, and Admit
	// reports whether another one was forgotten for it.
	Admit(c *store.Client, most int) (known *store.Client, forgotten bool)
	// Registration returns the client that a registration access token manages.
	Registration(token string) (*store.Client, bool)
	// EndRegistration forgets a client with the token that manages it. It reports
	// whether this call was the one that did.
	EndRegistration(token string) bool
}

// Guesses count the failed guesses of user codes.
type Guesses interface {
	// CountGuess counts a guess against each counter, before it is known whether it
	// is right: of guesses at the same time no more pass than may fail. While a
	// counter is at its limit the guess must not be tried; CountGuess then returns
	// how long to wait.
	CountGuess(counters []Counter, window time.Duration, now time.Time) (wait time.Duration)
	// UncountGuess takes back what CountGuess counted: the guess was right.
	UncountGuess(counters []Counter)
}

// Once is what is remembered of one request for the next.
type Once interface {
	// FirstUse remembers a value that counts once, such as the jti of an assertion,
	// until an instant. It reports whether it was not remembered yet.
	FirstUse(value string, until, now time.Time) bool
	// SwapResponse remembers a token response, which must not be changed any more,
	// and returns the one before it.
	SwapResponse(members map[string]any) (before map[string]any)
}
