package protocol

// ResponseType is what an authorization request asks for (OAuth 2.0 Multiple
// Response Type Encoding Practices section 3). Its words may be in any order
// (RFC 6749 section 3.1.1); clients compare them in this one.
type ResponseType string

func responseTypeNames(string) []string {
	return []string{"code", "token", "id_token", "id_token token", "code id_token", "code token", "code id_token token", "none"}
}

// ResponseMode is how an authorization response reaches the client (OAuth 2.0
// Multiple Response Type Encoding Practices section 2.1, OAuth 2.0 Form Post
// Response Mode section 2, draft-sakimura-oauth-wmrm).
type ResponseMode string

// The response modes.
const (
	QueryMode      ResponseMode = "query"
	FragmentMode   ResponseMode = "fragment"
	FormPostMode   ResponseMode = "form_post"
	WebMessageMode ResponseMode = "web_message" // to the page that opened the window, or that has the frame
)

func responseModeNames(string) []string {
	return Strings([]ResponseMode{QueryMode, FragmentMode, FormPostMode, WebMessageMode})
}
