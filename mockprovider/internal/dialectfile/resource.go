package dialectfile

import (
	"net/http"

	"github.com/authdrill/authdrill/mockprovider/internal/overlay"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Resource is something that access tokens are spent on.
type Resource struct {
	Endpoint protocol.Endpoint `json:"endpoint,omitempty" enum:"userinfo_endpoint,introspection_endpoint,revocation_endpoint,jwks_uri,resource" doc:"what faults and the journal call it; default resource"`
	URLs     []string          `json:"urls" required:"true" single:"true" doc:"its URLs at the real provider"`
	Methods  []string          `json:"methods,omitempty" single:"true" enum:"GET,POST,PATCH,DELETE" doc:"HTTP methods; default GET"`

	Bearer  []string            `json:"access_token,omitempty" single:"true" enum:"header,query,body,none" doc:"where the access token may be sent; default header; none: no token is needed"`
	Param   string              `json:"access_token_parameter,omitempty" doc:"parameter of the query or body that has the access token; default access_token"`
	Schemes []string            `json:"schemes,omitempty" single:"true" doc:"authorization schemes of the header; default Bearer; of Basic the password is the token"`
	Headers []string            `json:"required_headers,omitempty" single:"true" doc:"request headers that must be there"`
	Client  protocol.AuthMethod `json:"client_authentication,omitempty" enum:"client_secret_basic,client_secret_post" doc:"the client authenticates in place of a token"`
	About   []string            `json:"about,omitempty" single:"true" doc:"parameters, one of which has the token that the answer is about, or Authorization for that of the header; default the caller's own"`
	Scopes  []string            `json:"scope,omitempty" single:"true" doc:"one of these scopes is needed"`
	Proof   string              `json:"appsecret_proof,omitempty" doc:"parameter with the HMAC-SHA256 of the access token by the client secret, in hex; a wrong one is refused"`
	Does    string              `json:"does,omitempty" enum:"revoke_token,revoke_grant,reset_token,issue_token" doc:"what the request does in addition: reset_token ends the token and issues another one, which ${access_token} then is; issue_token does not end it"`

	User   template.Tree            `json:"user,omitzero" doc:"login or preferred_username of the user that ${user.name} is of; default the user of the token. Another one is api.not_found"`
	Find   *Find                    `json:"find,omitempty" doc:"an item that a list must have, which is ${item} of the answer; else the request is refused with api.not_found"`
	Paging *Paging                  `json:"paging,omitempty" doc:"the answer is a list of which a request gets a page, and a Link header names the others (RFC 8288)"`
	Fields *Fields                  `json:"fields,omitempty" doc:"the request chooses the members of the answer"`
	Status int                      `json:"status,omitempty" min:"200" max:"299" doc:"HTTP status; default 200"`
	Header map[string]template.Tree `json:"headers,omitempty" vocab:"header" doc:"response headers, also of an answer to a token without the scope"`
	Answer template.Tree            `json:"answer,omitzero" doc:"the answer; by default it has no body"`

	Errors map[protocol.Cause]Refusal `json:"errors,omitempty" doc:"what its failures are answered with, by their cause, where that is not what the others have"`
	Dead   map[protocol.Cause]Refusal `json:"about_errors,omitempty" doc:"the same where it is not the caller's token that fails, but the one of about"`
}

// Fields is how a request chooses the members of an answer.
type Fields struct {
	Parameter string   `json:"parameter" required:"true" doc:"the parameter, with names between commas"`
	Default   []string `json:"default" required:"true" doc:"members of an answer to a request without it"`
}

// At is the dialect as a resource speaks it, in its errors.
func (d *Dialect) At(r *Resource) *Dialect {
	if len(r.Errors) == 0 {
		return d
	}
	own := overlay.Of(*d, Dialect{Errors: r.Errors})
	return &own
}

// AtDead is the dialect as a resource speaks it about a token that is not live.
func (d *Dialect) AtDead(r *Resource) *Dialect {
	own := overlay.Of(*d.At(r), Dialect{Errors: r.Dead})
	return &own
}

// Speaks are the methods of a resource.
func (r *Resource) Speaks() []string {
	if len(r.Methods) == 0 {
		return []string{http.MethodGet}
	}
	return r.Methods
}

// Name is what faults and the journal call the resource.
func (r *Resource) Name() protocol.Endpoint {
	if r.Endpoint == "" {
		return protocol.Resource
	}
	return r.Endpoint
}
