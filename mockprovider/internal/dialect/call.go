package dialect

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/match"
)

// ErrNoCall is the error of a request that is none of the calls at its URL.
var ErrNoCall = errors.New("it is none of the operations here")

// ReadCall finds out which of the calls at a URL a request is, and returns the form
// that its endpoint reads.
func ReadCall(calls []*dialectfile.Call, r *http.Request) (n int, form *http.Request, err error) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return 0, nil, err
	}
	members := map[string]any{}
	if err := json.Unmarshal(data, &members); err != nil {
		return 0, nil, errors.New("the body is not a JSON object")
	}
	header := map[string]any{}
	for name := range r.Header {
		header[strings.ToLower(name)] = r.Header.Get(name)
	}
	v := template.Values{"header": header, "body": members}
	n = slices.IndexFunc(calls, func(c *dialectfile.Call) bool { return v.Holds(c.When) })
	if n < 0 {
		return 0, nil, ErrNoCall
	}
	posted := url.Values{}
	for name, tree := range calls[n].Form {
		if value, ok := tree.Fill(v, nil); ok {
			posted.Set(name, match.Text(value))
		}
	}
	form = r.Clone(r.Context())
	text := posted.Encode()
	form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	form.Body, form.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	return n, form, nil
}

// ArrangeCall writes the members of an answer as a call has them, nothing where it
// has no body.
func ArrangeCall(c *dialectfile.Call, members map[string]any, random io.Reader) ([]byte, error) {
	tree, there := c.Answer.Fill(template.Values(members), random)
	if c.Answer.IsZero() || !there {
		return nil, nil
	}
	return json.Marshal(tree)
}
