package engine

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/scenarios/drill"
)

// Observation is what one step has shown. Tree gives it in the words of Expect.
type Observation struct {
	Step    int           // number of the step, from 1
	Expects *drill.Expect // what is expected of it, with names to be filled in; nil is that it succeeds
	Status  int
	Header  http.Header
	Body    []byte
	Request url.Values // authorization request
	Reply   url.Values // authorization response
	Tokens  map[string]any
	IDToken *client.IDToken
	Session *client.Session
	Accepts func(string) bool // whether an access token is good
	App     map[string]any    // what the app makes of it, nil where there is none

	outcome  string
	reject   *client.Rejection
	failure  error
	duration time.Duration
}

// Answer notes an HTTP answer; a token response among them is kept.
func (o *Observation) Answer(status int, header http.Header, body []byte) {
	o.Status, o.Header, o.Body = status, header, body
	var members map[string]any
	if json.Unmarshal(body, &members) == nil && status == http.StatusOK && members["access_token"] != nil {
		o.Tokens = members
	}
}

// Shows notes a page of the browser.
func (o *Observation) Shows(p *agent.Page) {
	switch {
	case p.Intercepted != nil && len(p.Hops) > 0:
		last := p.Hops[len(p.Hops)-1]
		o.Status = last.Status
		o.Header = http.Header{"Location": {last.Location}}
	case p.Intercepted == nil:
		o.Status, o.Header, o.Body = p.Status, p.Header, []byte(p.Text)
	}
}

// settle works out what the client makes of it.
func (o *Observation) settle(err error) {
	o.failure = err
	errors.As(err, &o.reject)
	switch {
	case err != nil:
		o.outcome = "rejected"
	case o.Session != nil:
		o.outcome = "signed_in"
	}
}

// learn lays what another observation has over this one.
func (o *Observation) learn(n *Observation) {
	if n.Request != nil {
		o.Request = n.Request
	}
	if n.Reply != nil {
		o.Reply = n.Reply
	}
	if n.Tokens != nil {
		o.Tokens, o.Accepts = n.Tokens, n.Accepts
	}
	if n.Session != nil {
		o.Session = n.Session
	}
	if n.IDToken != nil {
		o.IDToken = n.IDToken
	}
	if n.App != nil {
		o.App = n.App
	}
	if n.Status != 0 {
		o.Status, o.Header, o.Body = n.Status, n.Header, n.Body
	}
}

// Tree is the observation in the words of Expect.
func (o *Observation) Tree() map[string]any {
	t := map[string]any{"duration": o.duration.String()}
	if o.Status != 0 {
		t["status"] = o.Status
		headers := map[string]any{}
		for name, values := range o.Header {
			headers[name] = strings.Join(values, ", ")
		}
		t["headers"], t["body"] = headers, string(o.Body)
		var body any
		if json.Unmarshal(o.Body, &body) == nil {
			t["json"] = body
		}
	}
	if o.Request != nil {
		t["authorization_request"] = journal.Params(o.Request)
	}
	if o.Reply != nil {
		t["authorization_response"] = journal.Params(o.Reply)
	}
	if o.Tokens != nil {
		t["token_response"] = o.Tokens
	}
	o.tokenTrees(t)
	o.errorTree(t)
	if c := client.ParseChallenge(o.Header); c != nil {
		challenge := map[string]any{"scheme": c.Scheme}
		for name, value := range c.Params {
			challenge[name] = value
		}
		t["www_authenticate"] = challenge
	}
	t["client"] = o.clientTree()
	if o.App != nil {
		t["app"] = o.App
	}
	return t
}

// tokenTrees adds the ID token and the access token, decoded.
func (o *Observation) tokenTrees(t map[string]any) {
	raw, _ := o.Tokens["id_token"].(string)
	if raw == "" {
		raw = o.Reply.Get("id_token")
	}
	if token := decode(raw); token != nil {
		token["valid"] = o.IDToken != nil && o.IDToken.Raw == raw
		t["id_token"] = token
	}
	if access, _ := o.Tokens["access_token"].(string); access != "" {
		token := decode(access)
		if token == nil {
			token = map[string]any{}
		}
		token["valid"] = o.Accepts != nil && o.Accepts(access)
		t["access_token"] = token
	}
}

// errorTree adds the OAuth error, wherever it is.
func (o *Observation) errorTree(t map[string]any) {
	var e client.OAuthError
	switch body, _ := t["json"].(map[string]any); {
	case o.reject != nil && o.reject.OAuth != nil:
		e = *o.reject.OAuth
	case body["error"] != nil:
		e.Code, _ = body["error"].(string)
		e.Description, _ = body["error_description"].(string)
	case o.Reply.Get("error") != "":
		e.Code, e.Description = o.Reply.Get("error"), o.Reply.Get("error_description")
	default:
		if c := client.ParseChallenge(o.Header); c != nil {
			e.Code, e.Description = c.Params["error"], c.Params["error_description"]
		}
	}
	if e.Code != "" {
		t["error"] = e.Code
	}
	if e.Description != "" {
		t["error_description"] = e.Description
	}
}

func (o *Observation) clientTree() map[string]any {
	c := map[string]any{}
	set := func(name, value string) {
		if value != "" {
			c[name] = value
		}
	}
	set("outcome", o.outcome)
	if o.failure != nil {
		set("reason", o.failure.Error())
	}
	if r := o.reject; r != nil {
		set("check", r.Check)
		set("clause", r.Spec)
		if r.OAuth != nil {
			set("error", r.OAuth.Code)
		}
	}
	if o.Session != nil && o.failure == nil {
		s := o.Session.Snapshot()
		set("granted_scope", strings.Join(s.Granted, " "))
		set("missing_scope", strings.Join(s.Missing, " "))
		if s.IDToken != nil {
			sub, _ := s.IDToken.Claims["sub"].(string)
			set("sub", sub)
		}
	}
	return c
}

// at finds a value by its path, like token_response.scope.
func (o *Observation) at(path string) (any, bool) {
	var v any = o.Tree()
	for n, name := range strings.Split(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if strings.HasPrefix(path, "headers.") && n == 1 {
			name = http.CanonicalHeaderKey(name)
		}
		if v, ok = m[name]; !ok {
			return nil, false
		}
	}
	return v, true
}

// decode reads header and claims of a JWT without judging it; nil if it is none.
func decode(raw string) map[string]any {
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return nil
	}
	out := map[string]any{}
	for i, name := range []string{"header", "claims"} {
		var members map[string]any
		b, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil || json.Unmarshal(b, &members) != nil {
			return nil
		}
		out[name] = members
	}
	return out
}
