package client

import (
	"context"
	"errors"
)

// expected is what an ID token must fit.
type expected struct {
	nonce       string   // that was sent; "" if none
	maxAge      *int     // seconds, as asked for
	acr         []string // of which one is essential; nil if none is
	accessToken string   // issued with it; "" if none
	code        string   // issued with it; "" if none
	front       bool     // it came through the browser
	before      *IDToken // of which it is a renewal (OIDC Core 12.2)
}

// finding is what came of one clause.
type finding struct {
	outcome   Outcome
	detail    string
	want, got string // when it failed
}

func pass(detail string) finding   { return finding{outcome: Passed, detail: detail} }
func notFor(detail string) finding { return finding{outcome: NotApplicable, detail: detail} }
func fail(want, got string) finding {
	return finding{outcome: Failed, want: want, got: got}
}

// clause is one check of an ID token, and the bug that leaves it out.
type clause struct {
	name  string
	spec  string
	bug   Bug
	check func(*verification) finding
}

// clauses are the checks of an ID token in the order they are made: what the
// token is, who signed it, then what it says.
func clauses() []clause {
	return []clause{
		{"encryption", "OIDC Core 3.1.3.7 (1)", "", (*verification).encryption},
		{"typ", "RFC 8725 section 3.11", TypUnchecked, (*verification).typ},
		{"crit", "RFC 7515 section 4.1.11", CritIgnored, (*verification).crit},
		{"alg", "OIDC Core 3.1.3.7 (7)", "", (*verification).alg},
		{"signature", "OIDC Core 3.1.3.7 (6)", IDTokenUnverified, (*verification).signature},
		{"iss", "OIDC Core 3.1.3.7 (2)", IssClaimUnchecked, (*verification).iss},
		{"aud", "OIDC Core 3.1.3.7 (3)", AudUnchecked, (*verification).aud},
		{"azp", "OIDC Core 3.1.3.7 (4, 5)", AzpUnchecked, (*verification).azp},
		{"sub", "OIDC Core 2", SubUnchecked, (*verification).sub},
		{"exp", "OIDC Core 3.1.3.7 (9)", ExpUnchecked, (*verification).exp},
		{"iat", "OIDC Core 3.1.3.7 (10)", IatUnchecked, (*verification).iat},
		{"nbf", "RFC 7519 section 4.1.5", NbfUnchecked, (*verification).nbf},
		{"nonce", "OIDC Core 3.1.3.7 (11)", NonceUnchecked, (*verification).nonce},
		{"acr", "OIDC Core 3.1.3.7 (12)", AcrUnchecked, (*verification).acr},
		{"auth_time", "OIDC Core 3.1.3.7 (13)", AuthTimeUnchecked, (*verification).authTime},
		{"at_hash", "OIDC Core 3.1.3.8", AtHashUnchecked, (*verification).atHash},
		{"c_hash", "OIDC Core 3.3.2.11", CHashUnchecked, (*verification).cHash},
		{"renewal", "OIDC Core 12.2", RefreshContinuityUnchecked, (*verification).renewal},
	}
}

// verification is one ID token under examination.
type verification struct {
	*Client
	*jwt
	ctx  context.Context
	want expected
	err  error // of the signature, when it was not for the token to answer for
}

// verify validates an ID token (OIDC Core 3.1.3.7, 3.2.2.11, 3.3.2.12, 12.2). It
// returns what was checked, also of a token that failed.
func (c *Client) verify(ctx context.Context, raw string, want expected) (*IDToken, error) {
	parsed, err := c.parseJWT(raw, "id_token", "OIDC Core 2")
	if err != nil {
		return nil, err
	}
	t := &IDToken{Raw: raw, Header: parsed.header, Claims: parsed.claims}
	v := &verification{Client: c, jwt: parsed, ctx: ctx, want: want}
	for _, cl := range clauses() {
		if cl.bug != "" && c.has(cl.bug) {
			t.Checks = append(t.Checks, Check{cl.name, cl.spec, Skipped, "left out: " + string(cl.bug)})
			continue
		}
		f := cl.check(v)
		if f.outcome != Failed {
			t.Checks = append(t.Checks, Check{cl.name, cl.spec, f.outcome, f.detail})
			continue
		}
		r := reject(cl.name, cl.spec, f.want, f.got)
		if v.err != nil && !errors.As(v.err, &r) {
			return nil, v.err
		}
		t.Checks = append(t.Checks, Check{cl.name, r.Spec, Failed, "got " + r.Got})
		r.IDToken = t
		return nil, r
	}
	return t, nil
}
