package scenarios

// Open is a page the user opens.
type Open struct {
	URL string `json:"url" short:"true" required:"true" doc:"a URL, or a path at the issuer"`
}

// Login is the user's answer to the sign-in page.
type Login struct {
	User     string `json:"user" short:"true" required:"true" doc:"login of the user"`
	Password string `json:"password,omitempty" doc:"what the user types; default the user's password"`
}

// Consent is the user's answer to the consent page.
type Consent struct {
	Decision string `json:"decision,omitempty" short:"true" enum:"allow,deny" doc:"allow everything that is asked, or nothing"`
	Scope    string `json:"scope,omitempty" doc:"the scopes that stay checked, separated by spaces"`
}

// Allows reports whether the user allows anything at all.
func (c *Consent) Allows() bool { return c == nil || c.Decision != "deny" }
