package protocol

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

type enumerated interface{ Values(group string) []string }

func TestWordsAreUnique(t *testing.T) {
	for name, words := range map[string][]string{
		"Endpoint": Endpoint("").Values(""), "Artifact": Artifact("").Values(""), "Event": Event("").Values(""),
		"Cause": Cause("").Values(""), "Grant": Grant("").Values(""), "Algorithm": Algorithm("").Values(""),
		"ResponseType": ResponseType("").Values(""), "ResponseMode": ResponseMode("").Values(""), "AuthMethod": AuthMethod("").Values(""), "KeyPlan": KeyPlan("").Values(""),
	} {
		sorted := slices.Sorted(slices.Values(words))
		if len(words) == 0 || len(slices.Compact(sorted)) != len(words) {
			t.Errorf("%s: %q", name, words)
		}
	}
}

func TestGroupsArePartsOfTheirTable(t *testing.T) {
	for _, c := range []struct {
		of    enumerated
		group string
		left  []string
	}{
		{Endpoint(""), "fault", []string{"canary", "sign_in", "device_verification", "home"}},
		{Algorithm(""), "signing", []string{"HS256"}},
		{AuthMethod(""), "confidential", []string{"none"}},
	} {
		part := c.of.Values(c.group)
		left := slices.DeleteFunc(c.of.Values(""), func(word string) bool { return slices.Contains(part, word) })
		if !slices.Equal(left, c.left) {
			t.Errorf("%T %s leaves out %q, want %q", c.of, c.group, left, c.left)
		}
	}
}

func TestWordsCiteClauses(t *testing.T) {
	clause := regexp.MustCompile(`^(RFC \d+|OIDC Core|OpenID Connect [A-Za-z -]+ 1\.0) section [\d.]+$`)
	cited := map[string]string{}
	for _, r := range Routes() {
		for part := range strings.SplitSeq(r.Clause, ", ") {
			if r.Clause != "" || r.Endpoint != Canary && r.Endpoint != Home {
				cited[r.Path] = part
			}
		}
	}
	for _, a := range Artifact("").Values("") {
		cited[a] = Artifact(a).Clause()
	}
	for _, e := range Event("").Values("") {
		cited[e] = Event(e).Clause()
	}
	for _, g := range Grant("").Values("") {
		cited["grant "+g] = Grant(g).Clause()
	}
	for _, a := range Algorithm("").Values("") {
		cited[a] = Algorithm(a).Clause()
	}
	for word, text := range cited {
		if !clause.MatchString(text) {
			t.Errorf("%s cites no clause: %q", word, text)
		}
	}
}

func TestCausesNameTheirPlace(t *testing.T) {
	places := []string{"authorize", "token", "refresh", "device", "api"}
	for _, name := range Cause("").Values("") {
		c := Cause(name)
		if !slices.Contains(places, c.Place()) || c.IsOwn() || c.Code() == "" {
			t.Errorf("%s: place %q, code %q", c, c.Place(), c.Code())
		}
	}
	for cause, code := range map[Cause]string{
		"app.client_not_in_tenant": "invalid_client", "app.suspended": "invalid_request", "api.scope_insufficient": "insufficient_scope",
		"device.code_expired": "expired_token", "refresh.scope_widened": "invalid_scope", "authorize.user_denied": "access_denied",
	} {
		if got := cause.Code(); got != code {
			t.Errorf("%s: code %q, want %q", cause, got, code)
		}
	}
}

func TestEndpointPaths(t *testing.T) {
	for e, path := range map[Endpoint]string{
		TokenEndpoint: "/token", RegistrationEndpoint: "/register", Resource: "/resource/", Home: "/", "nothing": "",
	} {
		if got := e.Path(); got != path {
			t.Errorf("%s: path %q, want %q", e, got, path)
		}
	}
	if n := len(RegistrationEndpoint.Routes()); n != 2 {
		t.Errorf("registration has %d paths", n)
	}
	published := slices.DeleteFunc(Endpoint("").Values(""), func(name string) bool { return !Endpoint(name).Published() })
	if len(published) != 11 {
		t.Errorf("published: %q", published)
	}
}
