package mutant

// token returns the mutants about the token response.
func token() []Mutant {
	return []Mutant{
		{
			Name: "code-retried", Check: "token request", Spec: "RFC 6749 section 4.1.2",
			Doc: "redeems a code again after it was refused",
		},
		{
			Name: "error-status-ignored", Check: "status", Spec: "RFC 6749 section 5.2",
			Doc: "reads an error of the token endpoint as if it were tokens",
		},
		{
			Name: "error-member-ignored", Check: "token_response", Spec: "RFC 6749 section 5.2",
			Doc: "overlooks an error that comes with status 200",
		},
		{
			Name: "html-accepted", Check: "content_type", Spec: "RFC 6749 section 5.1",
			Doc: "reads an answer as JSON though it says that it is none",
		},
		{
			Name: "duplicate-members-accepted", Check: "duplicates", Spec: "RFC 8259 section 4",
			Doc: "takes the last of two members of the same name",
		},
		{
			Name: "member-types-unchecked", Check: "token_response", Spec: "RFC 6749 section 5.1",
			Doc: "overlooks members of the wrong type",
		},
		{
			Name: "expires-in-unchecked", Check: "expires_in", Spec: "RFC 6749 section 5.1",
			Doc: "overlooks a lifetime that is no number",
		},
		{
			Name: "access-token-unchecked", Check: "access_token", Spec: "RFC 6749 section 5.1",
			Doc: "signs in without an access token",
		},
		{
			Name: "token-type-unchecked", Check: "token_type", Spec: "RFC 6749 section 7.1",
			Doc: "uses a token of a type it does not know",
		},
		{
			Name: "scope-unchecked", Check: "scope", Spec: "RFC 6749 section 5.1",
			Doc: "does not notice that fewer scopes were granted",
		},
		{
			Name: "scope-widening-accepted", Check: "scope", Spec: "RFC 6749 section 3.3",
			Doc: "relies on scopes it never asked for",
		},
		{
			Name: "id-token-missing-accepted", Check: "id_token", Spec: "OIDC Core 3.1.3.3",
			Doc: "signs in without an ID token",
		},
		{
			Name: "token-type-case-sensitive", Check: "token_type", Spec: "RFC 6749 section 5.1",
			Doc: "knows Bearer in one spelling only",
		},
		{
			Name: "expires-in-required", Check: "expires_in", Spec: "RFC 6749 section 5.1",
			Doc: "refuses tokens without a lifetime",
		},
		{
			Name: "expires-in-overflows", Check: "expires_in", Spec: "RFC 6749 section 5.1",
			Doc: "lets a huge lifetime become a time in the past",
		},
		{
			Name: "scope-change-refused", Check: "scope", Spec: "RFC 6749 section 5.1",
			Doc: "refuses any scope but the one it asked for, written the same way",
		},
		{
			Name: "unknown-members-refused", Check: "token_response", Spec: "RFC 6749 section 5.1",
			Doc: "refuses tokens that come with members it does not know",
		},
		{
			Name: "member-strings-refused", Check: "expires_in", Spec: "RFC 6749 section 5.1",
			Doc: "refuses a lifetime that is written as a text",
		},
	}
}
