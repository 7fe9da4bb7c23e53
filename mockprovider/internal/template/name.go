package template

import (
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/vocabulary"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// CheckName says what is wrong with a ${name} where those in known may be used,
// and what may be meant. Both are empty where nothing is wrong. What users and requests
// have is open, so that of their members only a slip is refused.
func CheckName(name string, known []string) (problem, hint string) {
	if slices.Contains(known, name) {
		return "", ""
	}
	problem = "unknown variable ${" + name + "}"
	root, member, nested := strings.Cut(name, ".")
	switch group := slices.IndexFunc(known, func(k string) bool { return strings.HasPrefix(k, root+".<") }); {
	case !nested && group >= 0, nested && group >= 0 && member == "":
		return problem, "write ${" + known[group] + "}"
	case group < 0:
		return problem, suggestName(root, member, known)
	}
	first, _, _ := strings.Cut(member, ".")
	words := map[string]string{"user": "claim", "client": "client", "request": "oauth-param", "form": "oauth-param"}[root]
	if slices.Contains(furtherMembers(root), first) || words == "" {
		return "", ""
	}
	if near, isSlip := strict.Slip(words, first); isSlip && len(near) > 4 && vocabulary.Distance(near, first) == 1 {
		return problem, "did you mean ${" + root + "." + near + "}?"
	}
	registered := vocabulary.Of(words).Names
	switch {
	case root != "client" || slices.Contains(registered, first):
		return "", ""
	case slices.Contains(registered, "client_"+first):
		return problem, "did you mean ${client.client_" + first + "}?"
	}
	return problem, strict.Suggest(first, registered)
}

// furtherMembers are those of a user in a file that are not claims, and the origins of
// a client's redirect URIs.
func furtherMembers(root string) []string {
	switch root {
	case "user":
		return []string{"login", "claims", "disabled"}
	case "client":
		return []string{"origins"}
	}
	return nil
}

// suggestName returns the name that is nearest to root, or all there are.
func suggestName(root, member string, known []string) string {
	plain := make([]string, 0, len(known))
	for _, k := range known {
		group, _, _ := strings.Cut(k, ".<")
		plain = append(plain, group)
	}
	for _, group := range plain {
		if rest, ok := strings.CutPrefix(root, group+"_"); ok && member == "" && !slices.Contains(known, group) {
			return "did you mean ${" + group + "." + rest + "}?"
		}
	}
	near, ok := strict.Nearest(root, plain)
	switch {
	case !ok:
		return "known are " + strings.Join(known, ", ")
	case slices.Contains(known, near):
	case member != "":
		near += "." + member
	default:
		near = known[slices.Index(plain, near)]
	}
	return "did you mean ${" + near + "}?"
}
