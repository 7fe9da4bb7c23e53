package client

// The bugs about userinfo and other resources.
const (
	UserInfoSubUnchecked     Bug = "userinfo-sub-unchecked"
	UserInfoUnsignedAccepted Bug = "userinfo-unsigned-accepted"
	UserInfoPlainAccepted    Bug = "userinfo-plain-accepted"
	UserInfoAudUnchecked     Bug = "userinfo-aud-unchecked"
	TokenInQuery             Bug = "token-in-query"
	SignedUserInfoRefused    Bug = "signed-userinfo-refused"
)

func userinfoBugs() []BugInfo {
	return []BugInfo{
		{UserInfoSubUnchecked, "userinfo_sub", "OIDC Core 5.3.2", "takes the userinfo of somebody else"},
		{UserInfoUnsignedAccepted, "userinfo", "OIDC Core 5.3.4", "does not verify signed userinfo"},
		{UserInfoPlainAccepted, "userinfo", "OIDC Core 5.3.2", "takes userinfo as JSON though it is registered for signed ones"},
		{UserInfoAudUnchecked, "userinfo_aud", "OIDC Core 5.3.2", "takes signed userinfo for another client or of another issuer"},
		{TokenInQuery, "resource request", "RFC 6750 section 2.3", "sends the access token in the URL"},
		{SignedUserInfoRefused, "userinfo", "OIDC Core 5.3.2", "cannot read userinfo that is signed"},
	}
}
