package client

// The bugs about the token response.
const (
	CodeRetried            Bug = "code-retried"
	ErrorStatusIgnored     Bug = "error-status-ignored"
	ErrorMemberIgnored     Bug = "error-member-ignored"
	HTMLAccepted           Bug = "html-accepted"
	DuplicateMembers       Bug = "duplicate-members-accepted"
	MemberTypesUnchecked   Bug = "member-types-unchecked"
	ExpiresInUnchecked     Bug = "expires-in-unchecked"
	AccessTokenUnchecked   Bug = "access-token-unchecked"
	TokenTypeUnchecked     Bug = "token-type-unchecked"
	ScopeUnchecked         Bug = "scope-unchecked"
	ScopeWideningAccepted  Bug = "scope-widening-accepted"
	IDTokenMissingAccepted Bug = "id-token-missing-accepted"
	TokenTypeCaseSensitive Bug = "token-type-case-sensitive"
	ExpiresInRequired      Bug = "expires-in-required"
	ExpiresInOverflows     Bug = "expires-in-overflows"
	ScopeChangeRefused     Bug = "scope-change-refused"
	UnknownMembersRefused  Bug = "unknown-members-refused"
	MemberStringsRefused   Bug = "member-strings-refused"
)
