package fault

// OAuthError is an error of RFC 6749 section 5.2 or 4.1.2.1. A plain string is
// short for its code.
type OAuthError struct {
	Code        string `json:"error" short:"true" required:"true" doc:"error code"`
	Description string `json:"error_description,omitempty" doc:"text for the developer"`
	URI         string `json:"error_uri,omitempty" doc:"page about the error"`
	Status      int    `json:"status,omitempty" min:"200" max:"599" doc:"HTTP status; default what the specification asks for the code"`
}

func (e *OAuthError) describe() string   { return "error " + e.Code }
func (e *OAuthError) check(*Fault) error { return nil }
