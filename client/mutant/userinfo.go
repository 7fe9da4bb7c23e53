package mutant

// userinfo returns the mutants about userinfo and other resources.
func userinfo() []Mutant {
	return []Mutant{
		{
			Name: "userinfo-sub-unchecked", Check: "userinfo_sub", Spec: "OIDC Core 5.3.2",
			Doc: "takes the userinfo of somebody else",
		},
		{
			Name: "userinfo-unsigned-accepted", Check: "userinfo", Spec: "OIDC Core 5.3.4",
			Doc: "does not verify signed userinfo",
		},
		{
			Name: "userinfo-plain-accepted", Check: "userinfo", Spec: "OIDC Core 5.3.2",
			Doc: "takes userinfo as JSON though it is registered for signed ones",
		},
		{
			Name: "userinfo-aud-unchecked", Check: "userinfo_aud", Spec: "OIDC Core 5.3.2",
			Doc: "takes signed userinfo for another client or of another issuer",
		},
		{
			Name: "token-in-query", Check: "resource request", Spec: "RFC 6750 section 2.3",
			Doc: "sends the access token in the URL",
		},
		{
			Name: "signed-userinfo-refused", Check: "userinfo", Spec: "OIDC Core 5.3.2",
			Doc: "cannot read userinfo that is signed",
		},
	}
}
