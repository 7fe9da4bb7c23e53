package scenarios

import (
	"fmt"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// judge compares what a step has shown with what it expects. A step on which
// no outcome is expected must succeed.
func (st *stage) judge(step *Step, expect *Expect, o *observation, err error) []Failure {
	want := expect.tree()
	var failures []Failure
	if !expect.outcome() {
		if why := o.unsuccessful(step, err); why != "" {
			failures = append(failures, failing(step, why))
			return failures
		}
	}
	if len(want) == 0 {
		return nil
	}
	got := o.tree()
	for _, m := range match.Value(want, got) {
		failures = append(failures, st.mismatch(expect.Node, m))
	}
	return failures
}

// unsuccessful says why a step did not succeed, or "".
func (o *observation) unsuccessful(step *Step, err error) string {
	if err != nil {
		return err.Error()
	}
	switch step.Verb() {
	case "open", "authorize", "login", "consent", "logout", "request", "call":
		if o.status >= 400 {
			return fmt.Sprintf("status %d: %s", o.status, shorten(string(o.body)))
		}
	}
	return ""
}

// mismatch is a failed expectation at the place of its value.
func (st *stage) mismatch(at *strict.Node, m match.Mismatch) Failure {
	f := Failure{Path: m.Path, Want: m.Want, Got: m.Got}
	if at == nil {
		return f
	}
	node := at
	if n := at.Find(m.Path); n != nil {
		node = n
	}
	f.Place = node.Place()
	f.Source = node.Document().Line(f.Place.Line)
	if len(st.scenario.Spec) == 1 {
		f.Spec = st.scenario.Spec[0].String()
	}
	return f
}

// outcome reports whether something is expected that says how a step ends.
func (e *Expect) outcome() bool {
	return e != nil && (e.Status != nil || e.Error != nil || e.WWWAuthenticate != nil || e.AuthorizationResponse != nil ||
		e.Client != nil && (e.Client.Outcome != "" || e.Client.Error != nil || e.Client.Reason != nil || e.Client.Check != nil))
}

// tree is what is expected, in the shape of what is seen.
func (e *Expect) tree() map[string]any {
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
	set("headers", e.Headers)
	set("json", e.JSON)
	set("body", e.Body)
	set("error", e.Error)
	set("error_description", e.ErrorDescription)
	set("duration", e.Duration)
	set("authorization_request", e.AuthorizationRequest)
	set("authorization_response", e.AuthorizationResponse)
	set("token_response", e.TokenResponse)
	set("id_token", e.IDToken.tree())
	set("access_token", e.AccessToken.tree())
	set("www_authenticate", e.WWWAuthenticate.tree())
	set("client", e.Client.tree())
	return t
}

func members(pairs ...any) any {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		if v := pairs[i+1]; v != nil && v != "" {
			m[pairs[i].(string)] = v
		}
	}
	return m
}

func (t *Token) tree() any {
	switch {
	case t == nil:
		return nil
	case t.Whole != nil:
		return t.Whole
	}
	return members("header", t.Header, "claims", t.Claims, "valid", t.Valid)
}

func (c *Challenge) tree() any {
	switch {
	case c == nil:
		return nil
	case c.Whole != nil:
		return c.Whole
	}
	return members("scheme", c.Scheme, "error", c.Error, "error_description", c.ErrorDescription, "scope", c.Scope,
		"realm", c.Realm, "resource_metadata", c.ResourceMetadata)
}

func (c *ClientExpect) tree() any {
	if c == nil {
		return nil
	}
	return members("outcome", c.Outcome, "error", c.Error, "reason", c.Reason, "check", c.Check, "clause", c.Clause,
		"missing_scope", c.MissingScope, "sub", c.Sub)
}

func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}
