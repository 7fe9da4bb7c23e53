package protocol

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestWordsAreUnique(t *testing.T) {
	for name, words := range map[string][]string{
		"Endpoint": Values[Endpoint](""), "Artifact": Values[Artifact](""), "Event": Values[Event](""),
		"Cause": Values[Cause](""), "Grant": Values[Grant](""), "Algorithm": Values[Algorithm](""),
		"ResponseType": Values[ResponseType](""), "ResponseMode": Values[ResponseMode](""), "AuthMethod": Values[AuthMethod](""), "KeyPlan": Values[KeyPlan](""),
	} {
		sorted := slices.Sorted(slices.Values(words))
		if len(words) == 0 || len(slices.Compact(sorted)) != len(words) {
			t.Errorf("%s: %q", name, words)
		}
	}
}

func TestGroupsArePartsOfTheirTable(t *testing.T) {
	for _, c := range []struct {
		of    func(group string) []string
		group string
		left  []string
	}{
		{Values[Endpoint], "fault", []string{"canary", "sign_in", "device_verification", "home"}},
		{Values[Algorithm], "signing", []string{"HS256"}},
		{Values[AuthMethod], "confidential", []string{"none"}},
	} {
		part := c.of(c.group)
		left := slices.DeleteFunc(c.of(""), func(word string) bool { return slices.Contains(part, word) })
		if !slices.Equal(left, c.left) {
			t.Errorf("%s leaves out %q, want %q", c.group, left, c.left)
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
	for _, r := range artifacts() {
		cited[string(r.artifact)] = r.clause
	}
	for _, r := range events() {
		cited[string(r.event)] = r.clause
	}
	for _, r := range grants() {
		cited["grant "+string(r.grant)] = r.clause
	}
	for _, r := range algorithms() {
		cited[string(r.algorithm)] = r.clause
	}
	for word, text := range cited {
		if !clause.MatchString(text) {
			t.Errorf("%s cites no clause: %q", word, text)
		}
	}
}

func TestCausesNameTheirPlace(t *testing.T) {
	places := []string{"authorize", "token", "refresh", "device", "api"}
	for _, name := range Values[Cause]("") {
		place, _, _ := strings.Cut(name, ".")
		if code := Cause(name).Code(); !slices.Contains(places, place) || code == "" {
			t.Errorf("%s: place %q, code %q", name, place, code)
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
}
