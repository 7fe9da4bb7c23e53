package protocol

// Event is something that happened beyond the exchange in which it happened.
type Event string

// The events.
const (
	EventAccessTokenRevoked        Event = "access_token.revoked"
	EventAuthorizationCodeReplayed Event = "authorization_code.replayed"
	EventClientRegistered          Event = "client.registered"
	EventRefreshTokenReuseDetected Event = "refresh_token.reuse_detected"
	EventRefreshTokenRevoked       Event = "refresh_token.revoked"
	EventGrantRevoked              Event = "grant.revoked"
	EventSessionEnded              Event = "session.ended"
	EventUserAdded                 Event = "user.added"
)

type eventRow struct {
	event  Event
	clause string
}

func events() []eventRow {
	return []eventRow{
		{EventAccessTokenRevoked, "RFC 7009 section 2.1"},
		{EventAuthorizationCodeReplayed, "RFC 6749 section 4.1.2"},
		{EventClientRegistered, "RFC 7591 section 3.2.1"},
		{EventRefreshTokenReuseDetected, "RFC 9700 section 4.14.2"},
		{EventRefreshTokenRevoked, "RFC 7009 section 2.1"},
		{EventGrantRevoked, "RFC 7009 section 2.1"},
		{EventSessionEnded, "OpenID Connect RP-Initiated Logout 1.0 section 2"},
		{EventUserAdded, "OIDC Core section 3.1.2.3"},
	}
}

func eventNames(string) []string {
	return names(events(), func(r eventRow) string { return string(r.event) })
}
