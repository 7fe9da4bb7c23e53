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

func tokenBugs() []BugInfo {
	return []BugInfo{
		{CodeRetried, "token request", "RFC 6749 section 4.1.2", "redeems a code again after it was refused"},
		{ErrorStatusIgnored, "status", "RFC 6749 section 5.2", "reads an error of the token endpoint as if it were tokens"},
		{ErrorMemberIgnored, "token_response", "RFC 6749 section 5.2", "overlooks an error that comes with status 200"},
		{HTMLAccepted, "content_type", "RFC 6749 section 5.1", "reads an answer as JSON though it says that it is none"},
		{DuplicateMembers, "duplicates", "RFC 8259 section 4", "takes the last of two members of the same name"},
		{MemberTypesUnchecked, "token_response", "RFC 6749 section 5.1", "overlooks members of the wrong type"},
		{ExpiresInUnchecked, "expires_in", "RFC 6749 section 5.1", "overlooks a lifetime that is no number"},
		{AccessTokenUnchecked, "access_token", "RFC 6749 section 5.1", "signs in without an access token"},
		{TokenTypeUnchecked, "token_type", "RFC 6749 section 7.1", "uses a token of a type it does not know"},
		{ScopeUnchecked, "scope", "RFC 6749 section 5.1", "does not notice that fewer scopes were granted"},
		{ScopeWideningAccepted, "scope", "RFC 6749 section 3.3", "relies on scopes it never asked for"},
		{IDTokenMissingAccepted, "id_token", "OIDC Core 3.1.3.3", "signs in without an ID token"},
		{TokenTypeCaseSensitive, "token_type", "RFC 6749 section 5.1", "knows Bearer in one spelling only"},
		{ExpiresInRequired, "expires_in", "RFC 6749 section 5.1", "refuses tokens without a lifetime"},
		{ExpiresInOverflows, "expires_in", "RFC 6749 section 5.1", "lets a huge lifetime become a time in the past"},
		{ScopeChangeRefused, "scope", "RFC 6749 section 5.1", "refuses any scope but the one it asked for, written the same way"},
		{UnknownMembersRefused, "token_response", "RFC 6749 section 5.1", "refuses tokens that come with members it does not know"},
		{MemberStringsRefused, "expires_in", "RFC 6749 section 5.1", "refuses a lifetime that is written as a text"},
	}
}
