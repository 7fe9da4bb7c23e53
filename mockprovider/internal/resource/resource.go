// Package resource checks the protected resources that a request asks tokens for (RFC
// 8707): whether they are well formed, and which scopes belong to them. Begin with
// Named.
package resource

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/persona"
)

// The parameters that name resources: resource has absolute URIs and may repeat
// (RFC 8707 section 2), audience has names of any form, between spaces or
// repeated, as several providers have it.
const (
	Indicator = "resource"
	Audience  = "audience"
)

// Named returns the resources that a request names, each once, in their order, or
// says which of them no provider can know.
func Named(form url.Values, parameters []string) (out []string, refusal string) {
	for _, parameter := range parameters {
		for _, value := range form[parameter] {
			names := []string{value}
			if parameter != Indicator {
				names = strings.Fields(value)
			} else if refusal := check(value); refusal != "" {
				return nil, refusal
			}
			for _, name := range names {
				if name != "" && !slices.Contains(out, name) {
					out = append(out, strings.Clone(name)) // a grant keeps it longer than the request
				}
			}
		}
	}
	return out, ""
}

// check refuses what is not an absolute URI without a fragment (RFC 8707 section
// 2, RFC 3986 section 4.3). A parameter without a value counts as absent (RFC
// 6749 section 3.1).
func check(value string) (refusal string) {
	if value == "" {
		return ""
	}
	u, err := url.Parse(value)
	switch {
	case err != nil, u.Scheme == "", u.Opaque == "" && u.Host == "" && u.Path == "", (u.Scheme == "http" || u.Scheme == "https") && u.Host == "":
		return "The resource " + strconv.Quote(value) + " is not an absolute URI, such as https://api.example.com."
	case strings.Contains(value, "#"):
		return "The resource " + strconv.Quote(value) + " has a fragment, which no resource indicator may have."
	}
	return ""
}

// CheckName says why a text can be no resource, by its URI or another name, "" if it
// can.
func CheckName(text string) (refusal string) {
	switch {
	case strings.TrimSpace(text) == "":
		return "An empty text names no resource."
	case strings.Contains(text, ":"):
		return check(text)
	}
	return ""
}

// Missing returns the first of some resources that others do not contain.
func Missing(asked, among []string) (first string, ok bool) {
	n := slices.IndexFunc(asked, func(name string) bool { return !slices.Contains(among, name) })
	if n < 0 {
		return "", false
	}
	return asked[n], true
}

// Unknown returns the first of some resources that a provider does not protect.
// One that lists none knows all.
func Unknown(asked []string, known map[string]*persona.ProtectedResource) (first string, ok bool) {
	if len(known) == 0 {
		return "", false
	}
	n := slices.IndexFunc(asked, func(name string) bool { _, there := known[name]; return !there })
	if n < 0 {
		return "", false
	}
	return asked[n], true
}

// Known returns the resources that a provider protects, in alphabetical order.
func Known(known map[string]*persona.ProtectedResource) []string {
	return slices.Sorted(maps.Keys(known))
}

// Scopes returns those of some scopes that a token for some resources may have: a
// scope that belongs to resources is only for them (RFC 8707 section 2.2).
func Scopes(scopes, audience []string, known map[string]*persona.ProtectedResource) []string {
	if len(audience) == 0 || len(known) == 0 {
		return scopes
	}
	kept := make([]string, 0, len(scopes))
	for _, scope := range scopes {
		if isOf(scope, audience, known) {
			kept = append(kept, scope)
		}
	}
	return kept
}

// ScopesOf returns the scopes that belong to some resources.
func ScopesOf(audience []string, known map[string]*persona.ProtectedResource) []string {
	var out []string
	for _, name := range audience {
		if r := known[name]; r != nil {
			out = append(out, r.ScopesSupported...)
		}
	}
	return out
}

// isOf reports whether a scope belongs to one of some resources, or to none at
// all.
func isOf(scope string, audience []string, known map[string]*persona.ProtectedResource) bool {
	elsewhere := false
	for name, r := range known {
		if r == nil || !slices.Contains(r.ScopesSupported, scope) {
			continue
		}
		if slices.Contains(audience, name) {
			return true
		}
		elsewhere = true
	}
	return !elsewhere
}
