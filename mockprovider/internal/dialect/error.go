package dialect

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Error is an error as the specifications have it.
type Error struct {
	Code, Description, URI string
	Status                 int

	Cause  protocol.Cause
	Bearer bool   // of a protected resource (RFC 6750 section 3)
	Scope  string // what the request would need there
}

// Refusal is the answer to a request that is refused.
type Refusal struct {
	Code    string
	Status  int
	Header  map[string]string
	Members map[string]any // nil: the body is Text
	Text    string
}

// AuthorizationRefusal is the answer to an authorization request that is
// refused: parameters for the client, or a page.
type AuthorizationRefusal struct {
	Error
	Page   bool // the user is shown a page, wherever the client is
	Params url.Values
}

// Errors is how a provider refuses, in words that may speak of what is known of the request.
type Errors interface {
	Refuse(e Error, s Source, random io.Reader) Refusal
	RefuseAuthorization(e Error, s Source, random io.Reader) AuthorizationRefusal
}

// Printable puts another character in the place of each that neither an error's
// description nor a quoted string of WWW-Authenticate may have (RFC 6749 section
// 5.2, RFC 6750 section 3). What is left needs no escape (RFC 9110 section 5.6.4).
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r == '\\':
			return '/'
		case r < 0x20 || r > 0x7e:
			return '?'
		}
		return r
	}, text)
}

// members are the parameters of an error (RFC 6749 section 5.2).
func (e Error) members() map[string]any {
	out := map[string]any{}
	for name, value := range map[string]string{"error": e.Code, "error_description": Printable(e.Description), "error_uri": e.URI} {
		if value != "" {
			out[name] = value
		}
	}
	return out
}

func (e Error) params() url.Values {
	out := url.Values{}
	for name, value := range e.members() {
		out.Set(name, match.Text(value))
	}
	return out
}

// Refuse answers as RFC 6749 section 5.2 and RFC 6750 section 3 have it.
func (specification) Refuse(e Error, _ Source, _ io.Reader) Refusal {
	out := Refusal{Code: e.Code, Status: e.Status, Members: e.members()}
	switch {
	case e.Bearer:
		out.Header = map[string]string{"WWW-Authenticate": bearerChallenge(e)}
	case e.Status == http.StatusUnauthorized:
		out.Header = map[string]string{"WWW-Authenticate": `Basic realm="authdrill", charset="UTF-8"`}
	}
	return out
}

// bearerChallenge is a WWW-Authenticate header (RFC 6750 section 3).
func bearerChallenge(e Error) string {
	challenge := `Bearer realm="authdrill"`
	if e.Code == "" {
		return challenge
	}
	for _, p := range [][2]string{{"error", e.Code}, {"error_description", e.Description}, {"scope", e.Scope}} {
		if p[1] != "" {
			challenge += ", " + p[0] + `="` + Printable(p[1]) + `"`
		}
	}
	return challenge
}

func (specification) RefuseAuthorization(e Error, _ Source, _ io.Reader) AuthorizationRefusal {
	return AuthorizationRefusal{Error: e, Params: e.params()}
}

// word returns an error as the persona puts it, and adds its names to the values.
func (m *imitation) word(e Error, v template.Values, random io.Reader) dialectfile.Refusal {
	own := m.ownRefusal(e)
	v["error"] = own.Code
	values := map[string]any{}
	v["values"] = values
	for _, trees := range []map[string]template.Tree{m.Shapes.OAuth.Values, m.Shapes.API.Values, own.Values} {
		for _, name := range slices.Sorted(maps.Keys(trees)) { // random values follow the seed
			if value, ok := trees[name].Fill(v, random); ok {
				values[name] = value
			}
		}
	}
	if own.Description.Removes() {
		own.Description = template.Tree{}
	} else if text := own.Description.Text(v); text != "" {
		v["error_description"] = text
	}
	if own.URI != "" {
		v["error_uri"] = own.URI
	}
	return own
}

// ownRefusal returns the persona's words for the cause of an error, else the error
// as it is.
func (m *imitation) ownRefusal(e Error) dialectfile.Refusal {
	own := m.Dialect.Errors[e.Cause]
	if own.Code == "" {
		own.Code = e.Code
	}
	if own.Description.IsZero() && e.Description != "" {
		own.Description = template.TreeOf(Printable(e.Description))
	}
	if own.URI == "" {
		own.URI = e.URI
	}
	return own
}

// Refuse answers in the persona's shape: that of its OAuth endpoints, or that of
// its API.
func (m *imitation) Refuse(e Error, s Source, random io.Reader) Refusal {
	shape, v := m.Shapes.OAuth, s.Values()
	if e.Bearer {
		shape = m.Shapes.API
	}
	own := m.word(e, v, random)
	out := Refusal{Code: own.Code, Status: e.Status, Header: map[string]string{}}
	for _, status := range []int{shape.Status, own.Status} {
		if status != 0 {
			out.Status = status
		}
	}
	v["status"] = int64(out.Status)
	for _, headers := range []map[string]template.Tree{shape.Headers, own.Headers} {
		for name, tree := range headers {
			if tree.Removes() {
				delete(out.Header, name)
			} else if text, ok := tree.Fill(headerValues(v), random); ok {
				out.Header[name] = match.Text(text)
			}
		}
	}
	tree, _ := bodyOf(shape, own).Fill(v, random)
	members, ok := tree.(map[string]any)
	if !ok {
		out.Text = match.Text(tree)
	}
	out.Members = members
	return out
}

// bodyOf returns the body of a refusal, of its shape, or that of RFC 6749.
func bodyOf(shape dialectfile.Shape, own dialectfile.Refusal) template.Tree {
	switch {
	case !own.Body.IsZero():
		return own.Body
	case !shape.Body.IsZero():
		return shape.Body
	}
	return template.TreeOf(map[string]any{"error": "${error}", "error_description": "${error_description}", "error_uri": "${error_uri}"})
}

// headerValues are values of which no text can end a quoted string of a header, or
// the header (RFC 9110 section 5.6.4): they may come from the request.
func headerValues(v template.Values) template.Values {
	out := template.Values{}
	for name, value := range v {
		switch value := value.(type) {
		case string:
			out[name] = Printable(value)
		case map[string]any:
			out[name] = map[string]any(headerValues(value))
		default:
			out[name] = value
		}
	}
	return out
}

// RefuseAuthorization has the persona's code and description, and parameters of
// its own.
func (m *imitation) RefuseAuthorization(e Error, s Source, random io.Reader) AuthorizationRefusal {
	v := s.Values()
	own := m.word(e, v, random)
	e.Code, e.Description, e.URI = own.Code, own.Description.Text(v), own.URI
	out := AuthorizationRefusal{Error: e, Page: own.Deliver == "page", Params: e.params()}
	for name, tree := range own.Values {
		if tree.Removes() {
			out.Params.Del(name)
		} else if value, ok := tree.Fill(v, random); ok {
			out.Params.Set(name, match.Text(value))
		}
	}
	return out
}
