package scenarios

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
)

// observation is what one step has shown. tree gives it in the words of Expect.
type observation struct {
	status  int
	header  http.Header
	body    []byte
	request url.Values // authorization request
	reply   url.Values // authorization response
	tokens  map[string]any
	idToken *client.IDToken
	session *client.Session
	outcome string
	reject  *client.Rejection
	failure error
	accepts func(string) bool // whether an access token is good

	duration time.Duration
}

// answer notes an HTTP answer; a token response among them is kept.
func (o *observation) answer(status int, header http.Header, body []byte) {
	o.status, o.header, o.body = status, header, body
	var members map[string]any
	if json.Unmarshal(body, &members) == nil && status == http.StatusOK && members["access_token"] != nil {
		o.tokens = members
	}
}

// shows notes a page of the browser.
func (o *observation) shows(p *agent.Page) {
	switch {
	case p.Intercepted != nil && len(p.Hops) > 0:
		last := p.Hops[len(p.Hops)-1]
		o.status = last.Status
		o.header = http.Header{"Location": {last.Location}}
	case p.Intercepted == nil:
		o.status, o.header, o.body = p.Status, p.Header, []byte(p.Text)
	}
}

// settle works out what the client makes of it.
func (o *observation) settle(err error) {
	o.failure = err
	errors.As(err, &o.reject)
	switch {
	case err != nil:
		o.outcome = "rejected"
	case o.session != nil:
		o.outcome = "signed_in"
	}
}

// learn lays what another observation has over this one.
func (o *observation) learn(n *observation) {
	if n.request != nil {
		o.request = n.request
	}
	if n.reply != nil {
		o.reply = n.reply
	}
	if n.tokens != nil {
		o.tokens, o.accepts = n.tokens, n.accepts
	}
	if n.session != nil {
		o.session = n.session
	}
	if n.idToken != nil {
		o.idToken = n.idToken
	}
	if n.status != 0 {
		o.status, o.header, o.body = n.status, n.header, n.body
	}
}

// tree is the observation in the words of Expect.
func (o *observation) tree() map[string]any {
	t := map[string]any{"duration": o.duration.String()}
	if o.status != 0 {
		t["status"] = o.status
		headers := map[string]any{}
		for name, values := range o.header {
			headers[name] = strings.Join(values, ", ")
		}
		t["headers"], t["body"] = headers, string(o.body)
		var body any
		if json.Unmarshal(o.body, &body) == nil {
			t["json"] = body
		}
	}
	if o.request != nil {
		t["authorization_request"] = journal.Params(o.request)
	}
	if o.reply != nil {
		t["authorization_response"] = journal.Params(o.reply)
	}
	if o.tokens != nil {
		t["token_response"] = o.tokens
	}
	o.tokenTrees(t)
	o.errorTree(t)
	if c := client.ParseChallenge(o.header); c != nil {
		challenge := map[string]any{"scheme": c.Scheme}
		for name, value := range c.Params {
			challenge[name] = value
		}
		t["www_authenticate"] = challenge
	}
	t["client"] = o.clientTree()
	return t
}

// tokenTrees adds the ID token and the access token, decoded.
func (o *observation) tokenTrees(t map[string]any) {
	raw, _ := o.tokens["id_token"].(string)
	if raw == "" {
		raw = o.reply.Get("id_token")
	}
	if token := decode(raw); token != nil {
		token["valid"] = o.idToken != nil && o.idToken.Raw == raw
		t["id_token"] = token
	}
	if access, _ := o.tokens["access_token"].(string); access != "" {
		token := decode(access)
		if token == nil {
			token = map[string]any{}
		}
		token["valid"] = o.accepts != nil && o.accepts(access)
		t["access_token"] = token
	}
}

// errorTree adds the OAuth error, wherever it is.
func (o *observation) errorTree(t map[string]any) {
	var e client.OAuthError
	switch body, _ := t["json"].(map[string]any); {
	case o.reject != nil && o.reject.OAuth != nil:
		e = *o.reject.OAuth
	case body["error"] != nil:
		e.Code, _ = body["error"].(string)
		e.Description, _ = body["error_description"].(string)
	case o.reply.Get("error") != "":
		e.Code, e.Description = o.reply.Get("error"), o.reply.Get("error_description")
	default:
		if c := client.ParseChallenge(o.header); c != nil {
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

func (o *observation) clientTree() map[string]any {
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
	if o.session != nil && o.failure == nil {
		s := o.session.Snapshot()
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
func (o *observation) at(path string) (any, bool) {
	var v any = o.tree()
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
