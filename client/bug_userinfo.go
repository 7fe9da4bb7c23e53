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
