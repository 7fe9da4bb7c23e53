package dialect

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Specification speaks as the specifications have it.
var Specification Dialect = specification{}

type specification struct{}

// defaults are its rules. They are never written.
var defaults = &Rules{}

func (specification) Rules() *Rules { return defaults }

func (specification) Receive(ctx context.Context, _ Request, _ *http.Request, _ int) context.Context {
	return ctx
}

func (specification) Default(own Request) Request { return own }

func (specification) Issuer(at Request, _ map[string]any) string { return at.Address }

func (specification) Realm(Request) string { return "" }

func (specification) Names(at Request, iss string) bool { return iss == at.Address }

func (specification) URLs(at Request, endpoint protocol.Endpoint) []string {
	return []string{at.URL + endpoint.Path()}
}

func (specification) Metadata(_ Request, doc map[string]any, _ io.Reader) map[string]any { return doc }

func (specification) Translate(protocol.Endpoint, *http.Request, Clients, io.Reader) {}

func (specification) Refuses(url.Values, []string) string { return "" }

func (specification) Prompt(sent []string, _ Source) []string { return sent }

func (specification) ClientAuth(protocol.Endpoint, protocol.AuthMethod, bool) (accepted, withoutSecret bool) {
	return true, false
}

func (specification) MustAsk(before, requested []string, _ Source) bool {
	return before == nil || slices.ContainsFunc(requested, func(s string) bool { return !slices.Contains(before, s) })
}

func (specification) Granted(_, allowed []string, _ Source) []string {
	return allowed
}

func (specification) Remembered(before, allowed, _ []string) []string {
	return appendWords(append([]string{}, before...), allowed...)
}

func (specification) RefreshDue(Source) bool { return false }

func (specification) Changes(protocol.Artifact) template.Changes { return nil }

func (specification) Parameters(url.Values, Source, io.Reader) {}

func (specification) JoinScopes(scopes []string) string { return strings.Join(scopes, " ") }

func (specification) Encode(map[string]any, string) (body []byte, contentType string) {
	return nil, ""
}

// appendWords returns words with further ones, each once.
func appendWords(words []string, further ...string) []string {
	for _, word := range further {
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}
