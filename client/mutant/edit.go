package mutant

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/check"
)

// The operations of the client that mutants wrap.
type (
	send            = func(context.Context, *http.Request) (*client.Response, error)
	fetchMetadata   = func(context.Context) (m *client.Metadata, till time.Time, err error)
	fetchKeys       = func(context.Context) (keys []check.Key, till time.Time, err error)
	callback        = func(context.Context, *client.Authorization, url.Values) (*client.Session, error)
	redeem          = func(context.Context, *client.Authorization, string) (*client.Response, error)
	setTokens       = func(*client.Session, *client.TokenResponse, []string)
	scopes          = func(requested, asked []string, said string) (granted, unrequested, missing []string)
	algorithms      = func(registered string) []string
	verifySignature = func(context.Context, *check.Token) (string, error)
	verifyWithKeys  = func(*check.Token, string, []check.Key) bool
	pickKeys        = func(set []check.Key, alg, kid string) (found []check.Key, known bool, why string)
	call            = func(context.Context, *client.Session, client.CallOptions) (*client.Response, error)
	refreshing      = func(context.Context, *client.Session, client.RefreshOptions) (*client.TokenResponse, error)
	exchange        = func(context.Context, url.Values) (*client.TokenResponse, error)
	verifyRenewed   = func(context.Context, *client.Session, *client.TokenResponse) (*client.IDToken, error)
	waitToPoll      = func(ctx context.Context, interval time.Duration) error
	verifyToken     = func(context.Context, string) (*client.LogoutToken, error)
)

// edit makes the edits of one mutant to one client.
type edit func(*client.Client) []check.Edit

// setting changes one setting of a client.
type setting struct {
	name   string
	change func(*client.Config)
}

func set(name string, change func(*client.Config)) *setting { return &setting{name, change} }

// wrap makes an operation out of an operation.
func wrap[F any](operation string, f func(strict F) F) edit {
	return func(*client.Client) []check.Edit { return []check.Edit{check.Wrap(operation, f)} }
}

// perform puts another function in the place of an operation.
func perform[F any](operation string, with F) edit {
	return func(*client.Client) []check.Edit { return []check.Edit{check.Perform(operation, with)} }
}

// wrapWith makes an operation out of an operation, with the client that it is of.
func wrapWith[F any](operation string, f func(c *client.Client, strict F) F) edit {
	return func(c *client.Client) []check.Edit {
		return []check.Edit{check.Wrap(operation, func(strict F) F { return f(c, strict) })}
	}
}

// combine makes the edits of several functions.
func combine(all ...edit) edit {
	return func(c *client.Client) []check.Edit {
		var out []check.Edit
		for _, edits := range all {
			out = append(out, edits(c)...)
		}
		return out
	}
}

// remove leaves rows out, given as pairs of a table and a row.
func remove(pairs ...string) edit {
	return func(*client.Client) []check.Edit {
		var out []check.Edit
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, check.Remove(pairs[i], pairs[i+1]))
		}
		return out
	}
}

// wrapRow makes a check out of a check.
func wrapRow[T any](table, row string, f func(strict func(T) check.Finding) func(T) check.Finding) edit {
	return func(*client.Client) []check.Edit { return []check.Edit{check.WrapRow(table, row, f)} }
}

// accept makes a check pass for some subjects.
func accept[T any](table, row string, such func(T) bool) edit {
	return wrapRow(table, row, func(strict func(T) check.Finding) func(T) check.Finding {
		return func(subject T) check.Finding {
			if such(subject) {
				return check.Pass("accepted")
			}
			return strict(subject)
		}
	})
}

// refuse makes a check fail for some subjects that are good.
func refuse[T any](table, row string, such func(T) bool) edit {
	return wrapRow(table, row, func(strict func(T) check.Finding) func(T) check.Finding {
		return func(subject T) check.Finding {
			if such(subject) {
				return check.Fail("something else", "what is legal")
			}
			return strict(subject)
		}
	})
}

// insert adds a row to a table, after another or, if after is "", in front.
func insert[T any](table, after, name string, f func(T) check.Finding) edit {
	return func(*client.Client) []check.Edit {
		return []check.Edit{check.Insert(table, after, check.Row[T]{Name: name, Check: f})}
	}
}

// failAs is the finding of an inserted row, as the check it pretends to be.
func failAs(name, spec, want, got string) check.Finding {
	f := check.Fail(want, got)
	f.Name, f.Spec = name, spec
	return f
}

// reject makes the refusal of a mutant.
func reject(name, spec, want, got string) error {
	return &client.Rejection{Check: name, Spec: spec, Want: want, Got: got}
}

// roundTrip is a transport that is a function.
type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
