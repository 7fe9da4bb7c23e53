package mutant

// response returns the mutants about the authorization response.
func response() []Mutant {
	return []Mutant{
		{
			Name: "duplicate-params-accepted", Check: "duplicates", Spec: "RFC 6749 section 3.1",
			Doc: "takes the first of two parameters of the same name",
		},
		{
			Name: "state-unchecked", Check: "state", Spec: "RFC 6749 section 10.12",
			Doc: "takes a response with any state",
		},
		{
			Name: "state-missing-accepted", Check: "state", Spec: "RFC 6749 section 10.12",
			Doc: "takes a response without state",
		},
		{
			Name: "iss-unchecked", Check: "iss", Spec: "RFC 9207 section 2.4",
			Doc: "takes a response of another issuer",
		},
		{
			Name: "iss-missing-accepted", Check: "iss", Spec: "RFC 9207 section 2.4",
			Doc: "takes a response without iss though the provider promised one",
		},
		{
			Name: "login-never-expires", Check: "login_timeout", Spec: "RFC 6749 section 10.12",
			Doc: "takes a response however late it comes",
		},
		{
			Name: "response-replayed", Check: "replay", Spec: "RFC 9700 section 4.7",
			Doc: "takes a second response to the same request",
		},
		{
			Name: "error-ignored", Check: "authorization_response", Spec: "RFC 6749 section 4.1.2.1",
			Doc: "redeems the code that comes beside an error",
		},
		{
			Name: "denial-as-success", Check: "authorization_response", Spec: "RFC 6749 section 4.1.2.1",
			Doc: "takes access_denied for a sign-in",
		},
		{
			Name: "error-as-success", Check: "authorization_response", Spec: "RFC 6749 section 4.1.2.1",
			Doc: "takes any error for a sign-in",
		},
		{
			Name: "code-missing-sent", Check: "code", Spec: "RFC 6749 section 4.1.2",
			Doc: "redeems a code that is not there",
		},
		{
			Name: "unknown-params-refused", Check: "authorization_response", Spec: "RFC 6749 section 4.1.2",
			Doc: "refuses an answer with parameters that it does not know",
		},
		{
			Name: "response-token-accepted", Check: "authorization_response", Spec: "RFC 9700 section 2.1.2",
			Doc: "takes an access token out of the URL",
		},
	}
}
