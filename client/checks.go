package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/authdrill/authdrill/client/internal/check"
)

// tables are the checks of a client, in the order they are made. Each table is
// written in the file that makes its checks.
type tables struct {
	metadata   []check.Row[*Metadata]
	object     []check.Row[string]
	redirect   []check.Row[check.Hop]
	request    []check.Row[*check.Request]
	reply      []check.Row[*check.Reply]
	answer     []check.Row[*Response]
	tokens     []check.Row[*TokenResponse]
	granted    []check.Row[*check.Granted]
	idToken    []check.Row[*check.Verification]
	hybrid     []check.Row[[2]*IDToken]
	keySet     []check.Row[check.KeySet]
	key        []check.Row[check.Candidate]
	kid        []check.Row[check.Search]
	userInfo   []check.Row[*Response]
	signedInfo []check.Row[*check.Verification]
	subject    []check.Row[check.UserInfo]
	logout     []check.Row[*check.Verification]
	signedOut  []check.Row[*check.Reply]
}

// operations are the steps of a client that are not checks. Each is the method or
// the function of that name; it is called through this struct, so that a mutant can
// wrap it.
type operations struct {
	send          func(context.Context, *http.Request) (*Response, error)
	fetchMetadata func(context.Context) (m *Metadata, till time.Time, err error)
	fetchKeys     func(context.Context) (keys []check.Key, till time.Time, err error)
	audience      func() string
	callback      func(context.Context, *Authorization, url.Values) (*Session, error)
	redeem        func(context.Context, *Authorization, string) (*Response, error)
	hold          func(*Session, *TokenResponse, []string)
	scopes        func(requested, asked []string, said string) (granted, unrequested, missing []string)
	algorithms    func(registered string) []string
	signature     func(context.Context, *check.Token) (string, error)
	verifyWith    func(*check.Token, string, []check.Key) bool
	pick          func(set []check.Key, alg, kid string) (found []check.Key, known bool, why string)
	mayRefetch    func(kid string) bool
	call          func(context.Context, *Session, CallOptions) (*Response, error)
	expired       func(*Session) bool
	refresh       func(context.Context, *Session, RefreshOptions) (*TokenResponse, error)
	exchange      func(context.Context, url.Values) (*TokenResponse, error)
	renewed       func(context.Context, *Session, *TokenResponse) (*IDToken, error)
	rotate        func(old, issued string) string
	ends          func(error) *OAuthError
	pollWait      func(ctx context.Context, interval time.Duration) error
	slowDown      func(time.Duration) time.Duration
	logoutURL     func(context.Context, *Session, LogoutOptions) (string, error)
	revoke        func(ctx context.Context, token, hint string) error
	userInfo      func(context.Context, *Session) (map[string]any, error)
	logoutToken   func(context.Context, string) (*LogoutToken, error)
}

// assemble builds the tables and the operations, with the edits applied.
func (c *Client) assemble(e *check.Edits) error {
	c.tables = tables{
		metadata:   check.Table(e, "metadata", c.metadataTable()),
		object:     check.Table(e, "object", objectTable()),
		redirect:   check.Table(e, "redirect", redirectTable()),
		request:    check.Table(e, "request", c.requestTable()),
		reply:      check.Table(e, "response", c.responseTable()),
		answer:     check.Table(e, "token answer", answerTable()),
		tokens:     check.Table(e, "token response", tokensTable()),
		granted:    check.Table(e, "granted", grantedTable()),
		idToken:    check.Table(e, "id token", c.idTokenTable()),
		hybrid:     check.Table(e, "hybrid", hybridTable()),
		keySet:     check.Table(e, "jwks", keySetTable()),
		key:        check.Table(e, "key", keyTable()),
		kid:        check.Table(e, "kid", kidTable()),
		userInfo:   check.Table(e, "userinfo answer", c.userInfoTable()),
		signedInfo: check.Table(e, "userinfo token", c.signedInfoTable()),
		subject:    check.Table(e, "userinfo claims", subjectTable()),
		logout:     check.Table(e, "logout token", c.logoutTokenTable()),
		signedOut:  check.Table(e, "signed out", signedOutTable()),
	}
	c.op = operations{
		send:          check.Operation(e, "send", c.send),
		fetchMetadata: check.Operation(e, "fetch metadata", c.fetchMetadata),
		fetchKeys:     check.Operation(e, "fetch keys", c.fetchKeys),
		audience:      check.Operation(e, "assertion audience", c.audience),
		callback:      check.Operation(e, "callback", c.callback),
		redeem:        check.Operation(e, "redeem", c.redeem),
		hold:          check.Operation(e, "hold", c.hold),
		scopes:        check.Operation(e, "scopes", scopes),
		algorithms:    check.Operation(e, "algorithms", c.algorithms),
		signature:     check.Operation(e, "verify signature", c.verifySignature),
		verifyWith:    check.Operation(e, "verify with", verifyWith),
		pick:          check.Operation(e, "pick", c.pick),
		mayRefetch:    check.Operation(e, "may refetch", c.mayRefetch),
		call:          check.Operation(e, "call", c.call),
		expired:       check.Operation(e, "expired", c.expired),
		refresh:       check.Operation(e, "refresh", c.refresh),
		exchange:      check.Operation(e, "exchange", c.grant),
		renewed:       check.Operation(e, "renewed", c.renewed),
		rotate:        check.Operation(e, "rotate", rotate),
		ends:          check.Operation(e, "ends", ends),
		pollWait:      check.Operation(e, "poll wait", c.pollWait),
		slowDown:      check.Operation(e, "slow down", slowDown),
		logoutURL:     check.Operation(e, "logout URL", c.logoutURL),
		revoke:        check.Operation(e, "revoke", c.revoke),
		userInfo:      check.Operation(e, "userinfo", c.userInfo),
		logoutToken:   check.Operation(e, "verify logout token", c.verifyLogoutToken),
	}
	return e.Err()
}

// row makes a row of a table.
func row[T any](name, spec string, make func(T) check.Finding) check.Row[T] {
	return check.Row[T]{Name: name, Spec: spec, Make: make}
}

// judge makes the checks of a table. The error is the Rejection of the first that
// fails, with the answer it is of, if there is one.
func judge[T any](table []check.Row[T], subject T, resp *Response) error {
	r, f, ok := check.Run(table, subject)
	if ok {
		return nil
	}
	err := rejectionOf(r.Name, r.Spec, f)
	if r := rejection(err); r != nil && r.Response == nil {
		r.Response = resp
	}
	return err
}

// rejectionOf makes the Rejection of a check that failed.
func rejectionOf(name, spec string, f check.Finding) error {
	switch {
	case f.Err != nil:
		return f.Err
	case f.Name != "":
		name = f.Name
	}
	if f.Spec != "" {
		spec = f.Spec
	}
	return reject(name, spec, f.Want, f.Got)
}
