package dialect_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

func named(t *testing.T, name string) *dialectfile.Dialect {
	t.Helper()
	p, err := persona.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return p.Dialect
}

// values is a source of some.
type values template.Values

func (v values) Values() template.Values { return template.Values(v) }

// TestCacheMakesDialectOnce: a dialect is compared by identity, and not made anew
// for a request.
func TestCacheMakesDialectOnce(t *testing.T) {
	var c dialect.Cache
	google, okta := named(t, "google"), named(t, "okta")
	first := c.Of(google)
	if c.Of(google) != first || c.Of(nil) != dialect.Specification || c.Of(google) != first {
		t.Error("the dialect of the same persona is another one")
	}
	if c.Of(okta) == first || c.Of(okta).Rules().Title != "Okta" {
		t.Error("another persona has the dialect of the one before")
	}
}

// TestSpecificationChangesNothing of a request, an answer or an error.
func TestSpecificationChangesNothing(t *testing.T) {
	d := dialect.Specification
	r := httptest.NewRequest(http.MethodGet, "/authorize?scope=a+b", nil)
	_ = r.ParseForm()
	sent := url.Values{"scope": {"a b"}}
	d.Translate(protocol.AuthorizationEndpoint, r, nil, nil)
	params := url.Values{"code": {"c"}, "iss": {"i"}}
	d.Parameters(params, values{}, nil)
	ctx := context.Background()
	switch {
	case !reflect.DeepEqual(r.Form, sent):
		t.Error(r.Form)
	case params.Encode() != "code=c&iss=i":
		t.Error(params)
	case d.Receive(ctx, dialect.Request{}, r, 0) != ctx:
		t.Error("the context is another one")
	case !reflect.DeepEqual(*d.Rules(), dialect.Rules{}), d.Routes() != nil, d.Refuses(sent, nil) != "":
		t.Error("the specification has rules of its own")
	}
}

// TestIssuerOfRequest: the issuer follows the URL, and without a request it is the
// one that clients are told.
func TestIssuerOfRequest(t *testing.T) {
	own := dialect.Request{URL: "http://op.test", Address: "http://op.test"}
	tenant := func(name string) map[string]any { return map[string]any{"tenant": name} }
	for _, tc := range []struct {
		persona string
		at      dialect.Request
		user    map[string]any
		want    string
	}{
		{"keycloak", dialect.Request{Path: map[string]any{"realm": "staff"}}, nil, "/realms/staff"},
		{"keycloak", dialect.Request{Path: map[string]any{"realm": "staff"}, N: 1}, nil, "/auth/realms/staff"},
		{"keycloak", dialect.Request{}, nil, "/realms/master"},
		{"okta", dialect.Request{Path: map[string]any{"server": "aus1"}}, nil, "/oauth2/aus1"},
		{"okta", dialect.Request{Path: map[string]any{}, N: 1}, nil, ""},
		{"auth0", dialect.Request{}, nil, "/"},
		{"microsoft", dialect.Request{Path: tenant("common")}, map[string]any{"tid": "t1"}, "/t1/v2.0"},
		{"microsoft", dialect.Request{Path: tenant("t2")}, map[string]any{"tid": "t1"}, "/t2/v2.0"},
		{"google", dialect.Request{}, nil, ""},
	} {
		d := dialect.Of(named(t, tc.persona))
		at := d.Default(own)
		if tc.at.Path != nil {
			at.Path = tc.at.Path
		}
		at.N = tc.at.N
		got := d.Issuer(at, tc.user)
		if got != own.Address+tc.want {
			t.Errorf("%s %v: %s, want %s", tc.persona, tc.at, got, tc.want)
		}
		if !d.Names(at, got) || d.Names(at, "http://elsewhere.test"+tc.want) {
			t.Errorf("%s: %s is not its own, or another is", tc.persona, got)
		}
	}
}

// TestDeclinedScopeIsNotAskedAgain where the persona remembers it, until the
// request says so.
func TestDeclinedScopeIsNotAskedAgain(t *testing.T) {
	spec, d := dialect.Specification, dialect.Of(&dialectfile.Dialect{Scope: dialectfile.Scope{
		RemembersDecline: true, AskDeclinedWhen: []template.Condition{{"auth_type": "rerequest"}},
	}})
	asked := []string{"profile", "email"}
	after := d.Remembered(nil, asked[:1], asked)
	if !slices.Equal(spec.Remembered(nil, asked[:1], asked), asked[:1]) {
		t.Error("the specification remembers what was declined")
	}
	again := values{"auth_type": "rerequest"}
	if d.MustAsk(after, asked, values{}) || !d.MustAsk(after, asked, again) || !spec.MustAsk(asked[:1], asked, values{}) {
		t.Errorf("asked wrongly after %q", after)
	}
	if got := d.Granted(after, asked, values{}); !slices.Equal(got, asked[:1]) {
		t.Errorf("granted %q", got)
	}
	if !slices.Equal(d.Remembered(after, asked, asked), asked) {
		t.Errorf("what is allowed later is still declined: %q", d.Remembered(after, asked, asked))
	}
}

// TestErrorInTheWordsOfAPersona has its code, status and body.
func TestErrorInTheWordsOfAPersona(t *testing.T) {
	e := dialect.Error{Code: "invalid_grant", Description: `not "good"`, Status: 400, Cause: protocol.CauseTokenCodeUnknown}
	spec := dialect.Specification.Refuse(e, values{}, nil)
	if spec.Status != 400 || spec.Members["error"] != "invalid_grant" || spec.Members["error_description"] != "not 'good'" {
		t.Errorf("%+v", spec)
	}
	github := dialect.Of(named(t, "github")).Refuse(e, values{}, nil)
	if github.Status != 200 || github.Code != "bad_verification_code" || github.Members["error"] != "bad_verification_code" {
		t.Errorf("%+v", github)
	}
}
