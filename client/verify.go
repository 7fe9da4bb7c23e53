package client

import (
	"context"

	"github.com/authdrill/authdrill/client/internal/check"
)

// idTokenTable has the checks of an ID token in the order they are made: what the
// token is, who signed it, then what it says.
func (c *Client) idTokenTable() []check.Row[*check.Verification] {
	return []check.Row[*check.Verification]{
		row("encryption", "OIDC Core 3.1.3.7 (1)", verifyEncryption),
		row("typ", "RFC 8725 section 3.11", verifyTyp),
		row("crit", "RFC 7515 section 4.1.11", verifyCrit),
		row("alg", "OIDC Core 3.1.3.7 (7)", c.verifyAlg),
		row("signature", "OIDC Core 3.1.3.7 (6)", c.verifySigned),
		row("iss", "OIDC Core 3.1.3.7 (2)", c.verifyIss),
		row("aud", "OIDC Core 3.1.3.7 (3)", c.verifyAud),
		row("azp", "OIDC Core 3.1.3.7 (4, 5)", c.verifyAzp),
		row("sub", "OIDC Core 2", verifySub),
		row("exp", "OIDC Core 3.1.3.7 (9)", c.verifyExp),
		row("iat", "OIDC Core 3.1.3.7 (10)", c.verifyIat),
		row("nbf", "RFC 7519 section 4.1.5", c.verifyNbf),
		row("nonce", "OIDC Core 3.1.3.7 (11)", verifyNonce),
		row("acr", "OIDC Core 3.1.3.7 (12)", verifyACR),
		row("auth_time", "OIDC Core 3.1.3.7 (13)", c.verifyAuthTime),
		row("at_hash", "OIDC Core 3.1.3.8", verifyAtHash),
		row("c_hash", "OIDC Core 3.3.2.11", verifyCHash),
		row("renewal", "OIDC Core 12.2", verifyRenewal),
	}
}

// outcomes are those of a check, as an ID token shows them.
var outcomes = [...]string{check.Passed: Passed, check.NotApplicable: NotApplicable, check.Failed: Failed}

// verify validates an ID token (OIDC Core 3.1.3.7, 3.2.2.11, 3.3.2.12, 12.2). It
// returns what was checked, also of a token that failed.
func (c *Client) verify(ctx context.Context, raw string, v check.Verification) (*IDToken, error) {
	parsed, err := c.parseJWT(raw, "id_token", "OIDC Core 2")
	if err != nil {
		return nil, err
	}
	v.Token, v.Context = parsed, ctx
	t := &IDToken{Raw: raw, Header: parsed.Header, Claims: parsed.Claims, Checks: make([]Check, 0, len(c.tables.idToken))}
	for _, row := range c.tables.idToken {
		if row.LeftOut != "" {
			t.Checks = append(t.Checks, Check{row.Name, row.Spec, Skipped, "left out: " + row.LeftOut})
			continue
		}
		f := row.Check(&v)
		if f.Outcome != check.Failed {
			t.Checks = append(t.Checks, Check{row.Name, row.Spec, outcomes[f.Outcome], f.Detail})
			continue
		}
		err := rejectionOf(row.Name, row.Spec, f)
		if r := rejection(err); r != nil {
			t.Checks = append(t.Checks, Check{row.Name, r.Spec, Failed, "got " + r.Got})
			r.IDToken = t
		}
		return nil, err
	}
	return t, nil
}
