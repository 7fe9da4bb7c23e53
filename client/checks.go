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
	metadata      []check.Row[*Metadata]
	object        []check.Row[string]
	redirect      []check.Row[check.Hop]
	request       []check.Row[*check.Request]
	response      []check.Row[*check.Reply]
	tokenAnswer   []check.Row[*Response]
	tokenResponse []check.Row[*TokenResponse]
	granted       []check.Row[*check.Granted]
	idToken       []check.Row[*check.Verification]
	hybrid        []check.Row[[2]*IDToken]
	keySet        []check.Row[check.KeySet]
	key           []check.Row[check.Candidate]
	kid           []check.Row[check.Search]
	userInfo      []check.Row[*Response]
	signedInfo    []check.Row[*check.Verification]
	subject       []check.Row[check.UserInfo]
	logout        []check.Row[*check.Verification]
	signedOut     []check.Row[*check.Reply]
}

// operations are the steps of a client that are not checks: c.op.refresh is the
// method refresh. They are called through this struct so that a client which is known
// to be wrong can wrap them; a copy of this package may call the methods themselves.
type operations struct {
	send              func(context.Context, *http.Request) (*Response, error)
	fetchMetadata     func(context.Context) (m *Metadata, till time.Time, err error)
	fetchKeys         func(context.Context) (keys []check.Key, till time.Time, err error)
	assertionAudience func() string
	callback          func(context.Context, *Authorization, url.Values) (*Session, error)
	redeem            func(context.Context, *Authorization, string) (*Response, error)
	setTokens         func(*Session, *TokenResponse, []string)
	compareScopes     func(requested, asked []string, said string) (granted, unrequested, missing []string)
	allowedAlgorithms func(registered string) []string
	verifySignature   func(context.Context, *check.Token) (string, error)
	verifyWithKeys    func(*check.Token, string, []check.Key) bool
	pickKeys          func(set []check.Key, alg, kid string) (found []check.Key, known bool, why string)
	mayRefetch        func(kid string) bool
	call              func(context.Context, *Session, CallOptions) (*Response, error)
	expired           func(*Session) bool
	refresh           func(context.Context, *Session, RefreshOptions) (*TokenResponse, error)
	exchange          func(context.Context, url.Values) (*TokenResponse, error)
	verifyRenewed     func(context.Context, *Session, *TokenResponse) (*IDToken, error)
	rotate            func(old, issued string) string
	endReason         func(error) *OAuthError
	waitToPoll        func(ctx context.Context, interval time.Duration) error
	slowDown          func(time.Duration) time.Duration
	logoutURL         func(context.Context, *Session, url.Values) (string, error)
	revoke            func(ctx context.Context, token, hint string) error
	userInfo          func(context.Context, *Session) (map[string]any, error)
	verifyLogoutToken func(context.Context, string) (*LogoutToken, error)
}

// assemble builds the tables and the operations, with the edits applied.
func (c *Client) assemble(e *check.Edits) error {
	c.tables = tables{
		metadata:      check.Table(e, "metadata", c.metadataTable()),
		object:        check.Table(e, "object", objectTable()),
		redirect:      check.Table(e, "redirect", redirectTable()),
		request:       check.Table(e, "request", c.requestTable()),
		response:      check.Table(e, "response", c.responseTable()),
		tokenAnswer:   check.Table(e, "token answer", tokenAnswerTable()),
		tokenResponse: check.Table(e, "token response", tokenResponseTable()),
		granted:       check.Table(e, "granted", grantedTable()),
		idToken:       check.Table(e, "id token", c.idTokenTable()),
		hybrid:        check.Table(e, "hybrid", hybridTable()),
		keySet:        check.Table(e, "jwks", keySetTable()),
		key:           check.Table(e, "key", keyTable()),
		kid:           check.Table(e, "kid", kidTable()),
		userInfo:      check.Table(e, "userinfo answer", c.userInfoTable()),
		signedInfo:    check.Table(e, "userinfo token", c.signedInfoTable()),
		subject:       check.Table(e, "userinfo claims", subjectTable()),
		logout:        check.Table(e, "logout token", c.logoutTokenTable()),
		signedOut:     check.Table(e, "signed out", signedOutTable()),
	}
	c.op = operations{
		send:              check.Operation(e, "send", c.send),
		fetchMetadata:     check.Operation(e, "fetch metadata", c.fetchMetadata),
		fetchKeys:         check.Operation(e, "fetch keys", c.fetchKeys),
		assertionAudience: check.Operation(e, "assertion audience", c.assertionAudience),
		callback:          check.Operation(e, "callback", c.callback),
		redeem:            check.Operation(e, "redeem", c.redeem),
		setTokens:         check.Operation(e, "set tokens", c.setTokens),
		compareScopes:     check.Operation(e, "compare scopes", compareScopes),
		allowedAlgorithms: check.Operation(e, "allowed algorithms", c.allowedAlgorithms),
		verifySignature:   check.Operation(e, "verify signature", c.verifySignature),
		verifyWithKeys:    check.Operation(e, "verify with keys", verifyWithKeys),
		pickKeys:          check.Operation(e, "pick keys", c.pickKeys),
		mayRefetch:        check.Operation(e, "may refetch", c.mayRefetch),
		call:              check.Operation(e, "call", c.call),
		expired:           check.Operation(e, "expired", c.expired),
		refresh:           check.Operation(e, "refresh", c.refresh),
		exchange:          check.Operation(e, "exchange", c.exchange),
		verifyRenewed:     check.Operation(e, "verify renewed", c.verifyRenewed),
		rotate:            check.Operation(e, "rotate", rotate),
		endReason:         check.Operation(e, "end reason", endReason),
		waitToPoll:        check.Operation(e, "wait to poll", c.waitToPoll),
		slowDown:          check.Operation(e, "slow down", slowDown),
		logoutURL:         check.Operation(e, "logout URL", c.logoutURL),
		revoke:            check.Operation(e, "revoke", c.revoke),
		userInfo:          check.Operation(e, "userinfo", c.userInfo),
		verifyLogoutToken: check.Operation(e, "verify logout token", c.verifyLogoutToken),
	}
	return e.Err()
}

// row makes a row of a table.
func row[T any](name, spec string, f func(T) check.Finding) check.Row[T] {
	return check.Row[T]{Name: name, Spec: spec, Check: f}
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
