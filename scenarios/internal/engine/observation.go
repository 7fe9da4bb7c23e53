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

// NoteAnswer notes an HTTP answer, and the token response in it, if there is one.
func (o *Observation) NoteAnswer(status int, header http.Header, body []byte) {
	o.Status, o.Header, o.Body = status, header, body
	var members map[string]any
	if json.Unmarshal(body, &members) == nil && status == http.StatusOK && members["access_token"] != nil {
		o.Tokens = members
	}
}

// NotePage notes a page of the browser.
func (o *Observation) NotePage(p *agent.Page) {
	switch {
	case p.Intercepted != nil && len(p.Hops) > 0:
		last := p.Hops[len(p.Hops)-1]
		o.Status = last.Status
		o.Header = http.Header{"Location": {last.Location}}
	case p.Intercepted == nil:
		o.Status, o.Header, o.Body = p.Status, p.Header, []byte(p.Text)
	}
}

// noteResult notes whether the client signed in or rejected the response.
func (o *Observation) noteResult(err error) {
	o.failure = err
	errors.As(err, &o.reject)
	switch {
	case err != nil:
		o.outcome = "rejected"
	case o.Session != nil:
		o.outcome = "signed_in"
	}
}

// merge replaces the parts of an observation that a later one has.
func (o *Observation) merge(n *Observation) {
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

// Tree returns the observation in the words of Expect.
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
	o.addTokens(t)
	o.addError(t)
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

// addTokens adds the ID token and the access token, decoded.
func (o *Observation) addTokens(t map[string]any) {
	raw, _ := o.Tokens["id_token"].(string)
	if raw == "" {
		raw = o.Reply.Get("id_token")
	}
	if token := decodeJWT(raw); token != nil {
		token["valid"] = o.IDToken != nil && o.IDToken.Raw == raw
		t["id_token"] = token
	}
	if access, _ := o.Tokens["access_token"].(string); access != "" {
		token := decodeJWT(access)
		if token == nil {
			token = map[string]any{}
		}
		token["valid"] = o.Accepts != nil && o.Accepts(access)
		t["access_token"] = token
	}
}

// addError adds the OAuth error, from wherever it was sent.
func (o *Observation) addError(t map[string]any) {
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

// findPath returns the value at a path, such as token_response.scope.
func (o *Observation) findPath(path string) (any, bool) {
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

// decodeJWT returns the header and claims of a JWT without verifying it, nil if it is
// not one.
func decodeJWT(raw string) map[string]any {
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
