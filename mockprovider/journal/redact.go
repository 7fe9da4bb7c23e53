package journal

import (
	"maps"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/parameter"
	"github.com/authdrill/authdrill/mockprovider/internal/tag"
	"github.com/authdrill/authdrill/mockprovider/mask"
)

// Redacted returns a copy of e in which tokens, codes and secrets are tags: by
// the names they have, and by their looks where they have none, as in a path.
func (e *Entry) Redacted() *Entry {
	out := *e
	out.Path = tag.Words(e.Path)
	out.Params = parameter.Redact(e.Params)
	out.Headers = redactHeaders(e.Headers)
	out.ResponseHeaders = redactHeaders(e.ResponseHeaders)
	out.Response, _ = mask.Value("", e.Response).(map[string]any)
	out.Decisions = slices.Clone(e.Decisions)
	for i := range out.Decisions {
		out.Decisions[i].Detail = tag.Words(e.Decisions[i].Detail)
	}
	out.Faults = slices.Clone(e.Faults)
	for i := range out.Faults {
		out.Faults[i].What = tag.Words(e.Faults[i].What)
	}
	out.Notes = redactAll(e.Notes)
	return &out
}

func redactHeaders(h map[string]string) map[string]string {
	if h == nil {
		return nil
	}
	out := maps.Clone(h)
	for name, s := range h {
		switch {
		case name == "Location":
			out[name] = parameter.RedactURL(s)
		case !mask.IsSecret(name):
			out[name] = tag.Words(s)
		case strings.Contains(s, "…"): // Authorization is a tag since it was recorded
		case name == "Authorization" || name == "Proxy-Authorization":
			out[name] = tag.Authorization(s)
		default:
			out[name] = tag.Digest(s)
		}
	}
	return out
}

func redactAll(texts []string) []string {
	if texts == nil {
		return nil
	}
	out := make([]string, len(texts))
	for i, s := range texts {
		out[i] = tag.Words(s)
	}
	return out
}
