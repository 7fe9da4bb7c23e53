package engine

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// judge compares what a step has shown with what it expects. A step must succeed
// unless a failure is expected.
func (p *playing) judge(step *drill.Step, expect *drill.Expect, o *Observation, err error) []result.Failure {
	want := expectedTree(expect)
	var failures []result.Failure
	if m := (Misuse{}); errors.As(err, &m) {
		return []result.Failure{stepFailure(step, err.Error())}
	}
	if expect == nil && p.scenario.ID != "" {
		return nil // an entry is judged by its outcome
	}
	if !expectsFailure(expect, o) {
		if why := o.explainFailure(step, err); why != "" {
			failures = append(failures, stepFailure(step, why))
			return failures
		}
	}
	if len(want) == 0 {
		return nil
	}
	got := o.Tree()
	for _, m := range match.Value(want, got) {
		failures = append(failures, p.failureOf(expect.Node, m))
	}
	return failures
}

// explainFailure says why a step did not succeed, "" if it did.
func (o *Observation) explainFailure(step *drill.Step, err error) string {
	if err != nil {
		return err.Error()
	}
	switch step.Verb() {
	case "open", "authorize", "login", "consent", "logout", "request", "call":
		if o.Status >= 400 {
			return fmt.Sprintf("status %d: %s", o.Status, Shorten(string(o.Body)))
		}
	}
	return ""
}

// failureOf returns a failed expectation with the place of its value.
func (p *playing) failureOf(at *strict.Node, m match.Mismatch) result.Failure {
	f := result.Failure{Path: m.Path, Want: m.Want, Got: m.Got}
	if at == nil {
		return f
	}
	node := at
	if n := at.Find(m.Path); n != nil {
		node = n
	}
	f.Place, f.Source = node.Place(), node.Source()
	if len(p.scenario.Spec) == 1 {
		f.Spec = p.scenario.Spec[0].String()
	}
	return f
}

// expectsFailure reports whether the step is expected to fail: by an error, by the
// client's outcome, or by a failure's status.
func expectsFailure(e *drill.Expect, o *Observation) bool {
	if e == nil {
		return false
	}
	if c := e.Client; c != nil && (c.Outcome != "" || expectsValue(c.Error) || expectsValue(c.Reason) || expectsValue(c.Check)) {
		return true
	}
	answer, _ := e.AuthorizationResponse.(map[string]any)
	challenge := e.WWWAuthenticate != nil && (e.WWWAuthenticate.Whole == nil || expectsValue(e.WWWAuthenticate.Whole))
	return expectsValue(e.Error) || expectsValue(answer["error"]) || challenge || e.Status != nil && (o.Status >= 400 || o.Status == 0)
}

// expectsValue reports whether a value is expected to be present.
func expectsValue(want any) bool {
	if operators, ok := want.(map[string]any); ok {
		_, not := operators["$not"]
		return !not
	}
	return want != nil && want != "$absent"
}

// expectedTree returns an expectation in the shape of Observation.Tree.
func expectedTree(e *drill.Expect) map[string]any {
	t := map[string]any{}
	if e == nil {
		return t
	}
	set := func(name string, want any) {
		if want != nil {
			t[name] = want
		}
	}
	set("status", e.Status)
	set("headers", canonicalHeaders(e.Headers))
	set("json", e.JSON)
	set("body", e.Body)
	set("error", e.Error)
	set("error_description", e.ErrorDescription)
	set("duration", canonicalDurations(e.Duration))
	set("authorization_request", e.AuthorizationRequest)
	set("authorization_response", e.AuthorizationResponse)
	set("token_response", e.TokenResponse)
	set("id_token", tokenTree(e.IDToken))
	set("access_token", tokenTree(e.AccessToken))
	set("www_authenticate", challengeTree(e.WWWAuthenticate))
	set("client", clientTree(e.Client))
	set("app", appTree(e.App))
	return t
}

// canonicalDurations writes each duration as Go does: 60s is 1m0s.
func canonicalDurations(want any) any {
	switch want := want.(type) {
	case string:
		if d, err := time.ParseDuration(want); err == nil {
			return d.String()
		}
	case map[string]any:
		out := map[string]any{}
		for operator, arg := range want {
			out[operator] = canonicalDurations(arg)
		}
		return out
	case []any:
		out := make([]any, len(want))
		for n, item := range want {
			out[n] = canonicalDurations(item)
		}
		return out
	}
	return want
}

// canonicalHeaders writes the names of header fields in their canonical case, which
// does not distinguish them (RFC 9110 section 5.1).
func canonicalHeaders(want any) any {
	fields, ok := want.(map[string]any)
	if !ok {
		return want
	}
	out := map[string]any{}
	for name, value := range fields {
		if !strings.HasPrefix(name, "$") {
			name = http.CanonicalHeaderKey(name)
		}
		out[name] = value
	}
	return out
}

func mapOf(pairs ...any) any {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		if v := pairs[i+1]; v != nil && v != "" {
			m[pairs[i].(string)] = v
		}
	}
	return m
}

func tokenTree(t *drill.Token) any {
	switch {
	case t == nil:
		return nil
	case t.Whole != nil:
		return t.Whole
	}
	return mapOf("header", t.Header, "claims", t.Claims, "valid", t.Valid)
}

func challengeTree(c *drill.Challenge) any {
	switch {
	case c == nil:
		return nil
	case c.Whole != nil:
		return c.Whole
	}
	return mapOf("scheme", c.Scheme, "error", c.Error, "error_description", c.ErrorDescription, "scope", c.Scope,
		"realm", c.Realm, "resource_metadata", c.ResourceMetadata)
}

func clientTree(c *drill.ClientExpect) any {
	if c == nil {
		return nil
	}
	return mapOf("outcome", c.Outcome, "error", c.Error, "reason", c.Reason, "check", c.Check, "clause", c.Clause,
		"granted_scope", c.GrantedScope, "missing_scope", c.MissingScope, "sub", c.Sub)
}

func appTree(a *drill.AppExpect) any {
	if a == nil {
		return nil
	}
	return mapOf("signed_in", a.SignedIn, "page", a.Page, "status", a.Status)
}
