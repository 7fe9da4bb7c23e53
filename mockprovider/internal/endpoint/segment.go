package endpoint

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// segmentsKey carries the segments of a request's path that the persona names:
// a tenant, a version.
type segmentsKey struct{}

// named are the segments of the path of the request that ctx is about.
func named(ctx context.Context) map[string]any {
	names, _ := ctx.Value(segmentsKey{}).(map[string]any)
	return names
}

// segments finds those that the pattern of a request names.
func segments(r *http.Request) map[string]any {
	out := map[string]any{}
	for segment := range strings.SplitSeq(r.Pattern, "/") {
		if name, ok := segmentName(segment); ok {
			out[name] = r.PathValue(name)
		}
	}
	return out
}

// segmentName is the name that a segment of a pattern stands for.
func segmentName(segment string) (string, bool) {
	name, ok := strings.CutPrefix(segment, "{")
	name, closed := strings.CutSuffix(name, "}")
	return name, ok && closed && name != "$"
}

// asParameters adds the named segments of a path to the parameters, where no
// parameter has that name: a grant remembers its request, and so its tenant.
func asParameters(r *http.Request, form url.Values) {
	for name, value := range segments(r) {
		if text, ok := value.(string); ok && !form.Has(name) {
			form.Set(name, text)
		}
	}
}

// filled is a path with its named segments in it. One that nobody named stays
// as it is.
func filled(ctx context.Context, path string) string {
	for name, value := range named(ctx) {
		if text, ok := value.(string); ok {
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(text))
		}
	}
	return path
}
