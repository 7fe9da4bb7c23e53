package mutant

// request returns the mutants in the requests of the front and the back channel.
func request() []Mutant {
	return []Mutant{
		{
			Name: "state-not-sent", Check: "request", Spec: "RFC 6749 section 10.12",
			Doc: "sends no state",
		},
		{
			Name: "state-static", Check: "request", Spec: "RFC 6749 section 10.12",
			Doc: "sends the same state every time",
		},
		{
			Name: "nonce-not-sent", Check: "request", Spec: "OIDC Core 15.5.2",
			Doc: "sends no nonce",
		},
		{
			Name: "nonce-static", Check: "request", Spec: "OIDC Core 15.5.2",
			Doc: "sends the same nonce every time",
		},
		{
			Name: "pkce-not-sent", Check: "request", Spec: "RFC 9700 section 2.1.1",
			Doc: "sends no code challenge",
		},
		{
			Name: "pkce-plain", Check: "request", Spec: "RFC 7636 section 4.2",
			Doc: "sends the code verifier itself as its challenge",
		},
		{
			Name: "verifier-static", Check: "request", Spec: "RFC 7636 section 7.1",
			Doc: "uses the same code verifier every time",
		},
		{
			Name: "pkce-verifier-wrong", Check: "token request", Spec: "RFC 7636 section 4.5",
			Doc: "sends another code verifier than the one it made the challenge of",
		},
		{
			Name: "secret-in-query", Check: "token request", Spec: "RFC 6749 section 2.3.1",
			Doc: "sends its secret in the URL",
		},
		{
			Name: "auth-method-wrong", Check: "token request", Spec: "OIDC Core 9",
			Doc: "proves who it is by another method than the one it is registered for",
		},
		{
			Name: "assertion-audience-wrong", Check: "token request", Spec: "RFC 7523 section 3",
			Doc: "makes its assertions for somebody else",
		},
		{
			Name: "openid-not-asked", Check: "request", Spec: "OIDC Core 3.1.2.1",
			Doc: "does not ask for the scope openid",
		},
		{
			Name: "redirect-uri-differs", Check: "token request", Spec: "RFC 6749 section 4.1.3",
			Doc: "sends another redirect URI with the code than it asked with",
		},
		{
			Name: "basic-not-form-encoded", Check: "token request", Spec: "RFC 6749 section 2.3.1",
			Doc: "does not encode its credentials before it joins them",
		},
		{
			Name: "client-auth-retried", Check: "token request", Spec: "RFC 6749 section 5.2",
			Doc: "tries again and again when its credentials are refused",
		},
	}
}
