package load

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
)

// observations are the first words of what a step can show.
var observations = sync.OnceValue(func() []string { return keysOf(drill.Expect{}) })

// keysOf returns the keys of a struct that is read from a mapping.
func keysOf(of any) []string {
	var out []string
	for _, f := range reflect.VisibleFields(reflect.TypeOf(of)) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			out = append(out, name)
		}
	}
	return out
}

// checkPath says why the path of an observation, such as token_response.scope or
// id_token.claims.sub, is invalid, "" if it is valid. The words are those of Expect.
func checkPath(path string) (message, hint string) {
	first, rest, _ := strings.Cut(path, ".")
	if known := observations(); !slices.Contains(known, first) {
		return fmt.Sprintf("%q is nothing that a step shows", path), strict.Suggest(first, known)
	}
	second, third, _ := strings.Cut(rest, ".")
	switch first {
	case "authorization_request", "authorization_response":
		return suggestMember("oauth-param", rest)
	case "token_response", "json":
		return suggestMember("response", rest)
	case "headers":
		return suggestMember("header", rest)
	case "id_token", "access_token":
		if message, hint := checkMember(first, second, drill.Token{}); message != "" {
			return message, hint
		}
		if second == "header" {
			return suggestMember("jose-header", third)
		}
		return suggestMember("claim", third)
	case "www_authenticate":
		return checkMember(first, second, drill.Challenge{})
	case "client":
		return checkMember(first, second, drill.ClientExpect{})
	case "app":
		return checkMember(first, second, drill.AppExpect{})
	}
	if rest != "" {
		return fmt.Sprintf("%s has no members", first), "leave ." + rest + " out"
	}
	return "", ""
}

func checkMember(first, member string, of any) (message, hint string) {
	known := keysOf(of)
	if slices.Contains(known, member) {
		return "", ""
	}
	if member == "" {
		return first + " has several members: name one", "write " + first + "." + known[0]
	}
	return fmt.Sprintf("%s has no member %q", first, member), strict.Suggest(member, known)
}

// suggestMember says which member is probably misspelt.
func suggestMember(vocabulary, rest string) (message, hint string) {
	member, _, _ := strings.Cut(rest, ".")
	if near, ok := strict.Slip(vocabulary, member); ok {
		return fmt.Sprintf("%q is almost a registered name", member), fmt.Sprintf("did you mean %q?", near)
	}
	return "", ""
}
