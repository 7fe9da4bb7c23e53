package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/budget"
	"github.com/authdrill/authdrill/mockprovider/internal/cors"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// MaxBody is how much of a request body is read: no form and no client metadata
// of this world is larger.
const MaxBody = 64 << 10

// unreadable refuses a malformed request (RFC 6749 sections 4.1.2.1 and 5.2). A
// browser gets a page: parameters that cannot be read name no client.
func (r *Request) unreadable(err error) *Error {
	e := UnreadableBody("invalid_request", "The parameters cannot be read: ", err)
	if r.Route.Shared == cors.Unshared {
		return e.InForm(OnPage)
	}
	return e.InForm(InJSON)
}

// UnreadableBody is the error of a request whose body is not what was announced, too
// large, or too late.
func UnreadableBody(code, what string, err error) *Error {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return Refuse(code, fmt.Sprintf("The body is larger than %d bytes.", large.Limit))
	case errors.Is(err, os.ErrDeadlineExceeded):
		return Refuse(code, "The body did not arrive in time.")
	}
	return Refuse(code, what+err.Error())
}

// readForm reads the parameters of a request. ParseForm goes first, since for a form
// that is not multipart ParseMultipartForm hides any other error.
func readForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	if err := r.ParseMultipartForm(MaxBody); err != nil && err != http.ErrNotMultipart {
		return err
	}
	values := 0
	for _, list := range r.Form {
		values += len(list)
	}
	if values > mostParameters {
		return fmt.Errorf("there are %d parameters, want at most %d", values, mostParameters)
	}
	return checkWords(r.Form)
}

// readJSONForm reads the parameters of a request from the members of a JSON object,
// as if they had been sent as a form. null is a parameter that is not there.
func readJSONForm(r *http.Request) error {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	members := map[string]any{}
	if err := json.Unmarshal(data, &members); err != nil {
		return errors.New("the body is not a JSON object")
	}
	r.PostForm = url.Values{}
	for name, value := range members {
		if value != nil {
			r.PostForm.Set(name, match.Text(value))
		}
	}
	r.Header = r.Header.Clone()
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return readForm(r)
}

// noteSecrets notes what must never be in a URL, where logs and histories keep
// it (RFC 6749 section 2.3.1, RFC 6750 section 2.3).
func noteSecrets(x *exchange.Exchange, endpoint protocol.Endpoint, u *url.URL) {
	if u.RawQuery == "" || endpoint == protocol.AuthorizationEndpoint {
		return
	}
	query := u.Query()
	for _, name := range []string{"client_secret", "client_assertion", "code", "code_verifier", "access_token", "refresh_token", "password"} {
		if query.Has(name) {
			x.Note(name + " is in the URL, where logs keep it (RFC 6749 section 2.3.1, RFC 6750 section 2.3)")
		}
	}
}

// IsJSON reports whether a request carries something else than a form. A GET
// request carries its parameters in the URL, whatever its Content-Type says.
func IsJSON(r *http.Request) bool {
	return r.Method != http.MethodGet && strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
}

// wellFormed refuses what is not a form, parameters that repeat, and a scope that is
// none.
func wellFormed(r *http.Request) *Error {
	if IsJSON(r) {
		return Refuse("invalid_request", "The parameters must be form-encoded: application/x-www-form-urlencoded, not JSON.")
	}
	if r.MultipartForm != nil {
		return Refuse("invalid_request", "The parameters must be form-encoded: application/x-www-form-urlencoded, not multipart/form-data.")
	}
	if e := CheckScope(r.PostForm.Get("scope")); e != nil {
		return e
	}
	if name := Repeated(r.PostForm); name != "" {
		return Refuse("invalid_request", "The parameter "+name+" is there more than once.")
	}
	if query := r.URL.Query(); query.Has("client_secret") || query.Has("code") {
		return Refuse("invalid_request", "Credentials belong into the body or the Authorization header, never into the URL.")
	}
	return nil
}

// CheckScope refuses a scope with a character that none may have (RFC 6749
// section 3.3).
func CheckScope(scope string) *Error {
	if n := strings.IndexFunc(scope, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }); n >= 0 {
		return Refuse("invalid_scope", "The scope "+strconv.Quote(scope)+" has a character that no scope may have.")
	}
	return nil
}

// Repeated returns a parameter that is there more than once, which no request
// may have (RFC 6749 sections 3.1 and 3.2). resource may repeat (RFC 8707).
// Of several it is the first in alphabetical order.
func Repeated(form url.Values) (first string) {
	for name, values := range form {
		if len(values) > 1 && name != "resource" && name != "audience" && (first == "" || name < first) {
			first = name
		}
	}
	return first
}

// mostParameters is how many values a form or a query may have: each costs many
// times its two bytes.
const mostParameters = 256

// MostWords is how many scopes, or other words of a list, a request or a client may
// name: each is kept several times as something of its own, at a multiple of its
// length.
const MostWords = 256

// checkWords refuses a list with more words than any client needs.
func checkWords(form url.Values) error {
	for name := range form {
		if n := wordsIn(form, name); n > MostWords {
			return fmt.Errorf("%s has %d words, want at most %d", name, n, MostWords)
		}
	}
	return nil
}

// wordsIn is how many words a parameter has that is a list, by the separators of
// OAuth and of the personas; 0 of any other.
func wordsIn(form url.Values, name string) int {
	if !strings.Contains(name, "scope") && !slices.Contains([]string{"audience", "acr_values", "prompt", "response_type", "ui_locales", "claims_locales"}, name) {
		return 0
	}
	n := 0
	for _, value := range form[name] {
		n += 1 + strings.Count(value, " ") + strings.Count(value, ",")
	}
	return n
}

const (
	leavings  = 512 // of any request: a token, a session
	wordCost  = 64  // of a scope, in the lists that it gets into
	listsCost = 32 << 10
)

// count tells the pool what a request may leave behind, at the most.
func (i *Pipeline) count(r *http.Request) {
	sent := len(r.URL.RawQuery)
	if r.ContentLength != 0 {
		sent += int(min(uint64(r.ContentLength), MaxBody)) //nolint:gosec // an unknown length, -1, counts as the longest
	}
	if sent > 0 {
		cost := leavings + sent + budget.ValuesBytes(r.Form)
		for name := range r.Form {
			cost += wordCost * wordsIn(r.Form, name)
		}
		if r.Form == nil && r.ContentLength != 0 {
			cost += min(8*sent, listsCost) // the lists of a client's metadata, MostWords of each
		}
		i.Records.Add(cost)
	}
}
