package dialect

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// Request is what names depend on in the request that is answered.
type Request struct {
	URL     string         // the provider's own address
	Address string         // the address by which the client knows the provider: its own, or the real provider's
	Path    map[string]any // segments of the path that the persona names: a tenant, a realm
	N       int            // which of its endpoint's URLs it was sent to
	Hosted  bool           // it was sent to a host name of the real provider
}

// Under returns what names depend on for a client that knows the provider under
// another address.
func (at Request) Under(address string) Request {
	if at.URL == at.Address {
		at.URL = address
	}
	at.Address = address
	return at
}

type requestKey struct{}

// With returns ctx for the answer to a request.
func With(ctx context.Context, at Request) context.Context {
	return context.WithValue(ctx, requestKey{}, at)
}

// From returns the request that ctx is about, and whether it is about one.
func From(ctx context.Context) (Request, bool) {
	at, ok := ctx.Value(requestKey{}).(Request)
	return at, ok
}

// fill returns a path with its named segments in it. Those without a value stay
// as they are, and whole is false.
func (at Request) fill(path string) (filled string, whole bool) {
	for name, value := range at.Path {
		if text, ok := value.(string); ok {
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(text))
		}
	}
	return path, !strings.Contains(path, "{")
}

// segments returns those that the pattern of a request names.
func segments(r *http.Request) map[string]any {
	out := map[string]any{}
	for segment := range strings.SplitSeq(r.Pattern, "/") {
		if name, ok := segmentName(segment); ok {
			out[name] = r.PathValue(name)
		}
	}
	return out
}

// segmentName returns the name of a segment of a pattern, if it has one.
func segmentName(segment string) (string, bool) {
	name, ok := strings.CutPrefix(segment, "{")
	name, closed := strings.CutSuffix(name, "}")
	return name, ok && closed && name != "$"
}
