package client

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/authdrill/authdrill/client/internal/check"
)

// verifyEncryption has nothing to check: this client asks for no encrypted ID
// token, and parseJWT accepts none.
func verifyEncryption(v *check.Verification) check.Finding {
	return check.NotFor("no encryption was negotiated")
}

// verifyTyp refuses a token of another kind that the issuer signed too: an access
// token (RFC 9068 section 2.1, at+jwt) or a logout token (OIDC Back-Channel Logout
// 2.4).
func verifyTyp(v *check.Verification) check.Finding {
	if t, ok := v.Header["typ"]; ok {
		name, isText := t.(string)
		if !isText || !strings.EqualFold(strings.TrimPrefix(strings.ToLower(name), "application/"), "jwt") {
			return check.Fail("JWT or none", showValue(t))
		}
	}
	if events, ok := v.Claims["events"].(map[string]any); ok {
		if _, logout := events["http://schemas.openid.net/event/backchannel-logout"]; logout {
			return check.Fail("an ID token", "a logout token")
		}
	}
	return check.Pass("an ID token")
}

// verifyCrit refuses every extension that must be understood: this client knows
// none.
func verifyCrit(v *check.Verification) check.Finding {
	if c, ok := v.Header["crit"]; ok {
		return check.Fail("none", showValue(c))
	}
	return check.Pass("none")
}

// verifyAlg requires an algorithm that the client chose, so that the token cannot
// choose it.
func (c *Client) verifyAlg(v *check.Verification) check.Finding {
	alg, _ := v.Header["alg"].(string)
	allowed := c.op.allowedAlgorithms(c.cfg.IDTokenSignedResponseAlg)
	if !slices.Contains(allowed, alg) {
		return check.Fail(strings.Join(allowed, " or "), showValue(v.Header["alg"]))
	}
	return check.Pass(alg)
}

func (c *Client) verifySigned(v *check.Verification) check.Finding {
	detail, err := c.op.verifySignature(v.Context, v.Token)
	if err != nil {
		return check.Error(err)
	}
	return check.Pass(detail)
}

// verifyIss requires the configured issuer, compared without normalization.
func (c *Client) verifyIss(v *check.Verification) check.Finding {
	if iss, ok := v.Claims["iss"].(string); !ok || iss != c.cfg.Issuer {
		return check.Fail(c.cfg.Issuer, showValue(v.Claims["iss"]))
	}
	return check.Pass(c.cfg.Issuer)
}

// verifyAud requires the client as audience, and refuses any other audience that it
// does not trust.
func (c *Client) verifyAud(v *check.Verification) check.Finding {
	aud, ok := audience(v.Claims["aud"])
	if !ok || !slices.Contains(aud, c.cfg.ClientID) {
		return check.Fail(quote(c.cfg.ClientID), showValue(v.Claims["aud"]))
	}
	for _, a := range aud {
		if a != c.cfg.ClientID && !slices.Contains(c.cfg.TrustedAudiences, a) {
			return check.Fail(quote(c.cfg.ClientID)+" and no other audience", showValue(v.Claims["aud"]))
		}
	}
	return check.Pass(strings.Join(aud, " "))
}

// verifyAzp requires azp when there are several audiences; an azp that is there
// must name the client.
func (c *Client) verifyAzp(v *check.Verification) check.Finding {
	azp, present := v.Claims["azp"]
	aud, _ := audience(v.Claims["aud"])
	switch {
	case present && azp != c.cfg.ClientID:
		return check.Fail(quote(c.cfg.ClientID), showValue(azp))
	case !present && len(aud) > 1:
		return check.Fail(quote(c.cfg.ClientID)+", as there are several audiences", "none")
	case !present:
		return check.NotFor("one audience")
	}
	return check.Pass(c.cfg.ClientID)
}

// verifySub requires a text of 1 to 255 characters without control characters.
func verifySub(v *check.Verification) check.Finding {
	sub, ok := v.Claims["sub"].(string)
	switch {
	case !ok:
		return check.Fail("a text", showValue(v.Claims["sub"]))
	case strings.TrimSpace(sub) == "":
		return check.Fail("a text that is not empty", showValue(sub))
	case len(sub) > 255:
		return check.Fail("at most 255 characters", strconv.Itoa(len(sub)))
	case strings.ContainsFunc(sub, unicode.IsControl):
		return check.Fail("no control characters", showValue(sub))
	}
	return check.Pass(sub)
}

// verifyExp requires an exp that is not over.
func (c *Client) verifyExp(v *check.Verification) check.Finding {
	exp, f := instant(v, "exp")
	if f != nil {
		return *f
	}
	if now := c.cfg.Now(); !now.Before(exp.Add(c.cfg.ClockSkew)) {
		return check.Fail("later than "+writeTime(now), writeTime(exp))
	}
	return check.Pass(writeTime(exp))
}

// verifyIat requires an iat that is not in the future and not more than a day old:
// the client gets an ID token when it is issued.
func (c *Client) verifyIat(v *check.Verification) check.Finding {
	iat, f := instant(v, "iat")
	if f != nil {
		return *f
	}
	now := c.cfg.Now()
	switch {
	case iat.After(now.Add(c.cfg.ClockSkew)):
		return check.Fail("not later than "+writeTime(now), writeTime(iat))
	case iat.Before(now.Add(-24*time.Hour - c.cfg.ClockSkew)):
		return check.Fail("within a day of "+writeTime(now), writeTime(iat))
	}
	return check.Pass(writeTime(iat))
}

// verifyNbf refuses an nbf in the future. The claim is optional.
func (c *Client) verifyNbf(v *check.Verification) check.Finding {
	if _, present := v.Claims["nbf"]; !present {
		return check.NotFor("no nbf")
	}
	nbf, f := instant(v, "nbf")
	if f != nil {
		return *f
	}
	if now := c.cfg.Now(); nbf.After(now.Add(c.cfg.ClockSkew)) {
		return check.Fail("not later than "+writeTime(now), writeTime(nbf))
	}
	return check.Pass(writeTime(nbf))
}

// verifyNonce requires the nonce that was sent. A renewed token may leave it out,
// but not change it (OIDC Core 12.2).
func verifyNonce(v *check.Verification) check.Finding {
	nonce, present := v.Claims["nonce"]
	switch {
	case v.Before != nil && (!present || v.Before["nonce"] == nil):
		return check.NotFor("a renewed token")
	case v.Before != nil && showValue(nonce) != showValue(v.Before["nonce"]):
		return check.Fail(shorten(text(v.Before["nonce"])), showSecret(nonce))
	case v.Before != nil:
		return check.Pass("that of the sign-in")
	case v.Nonce == "":
		return check.NotFor("none was sent")
	case !present:
		return check.Fail(shorten(v.Nonce), "none")
	case subtle.ConstantTimeCompare([]byte(text(nonce)), []byte(v.Nonce)) != 1:
		return check.Fail(shorten(v.Nonce), showSecret(nonce))
	}
	return check.Pass("that of this sign-in")
}

// verifyACR requires one of the essential acr values, if there are any.
func verifyACR(v *check.Verification) check.Finding {
	if v.ACR == nil {
		return check.NotFor("none was essential")
	}
	acr, ok := v.Claims["acr"].(string)
	if !ok || len(v.ACR) > 0 && !slices.Contains(v.ACR, acr) {
		return check.Fail(quote(strings.Join(v.ACR, " or ")), showValue(v.Claims["acr"]))
	}
	return check.Pass(acr)
}

// verifyAuthTime requires, if max_age was sent, that the user signed in within that
// time.
func (c *Client) verifyAuthTime(v *check.Verification) check.Finding {
	if v.MaxAge == nil {
		return check.NotFor("no max_age was sent")
	}
	at, f := instant(v, "auth_time")
	if f != nil {
		return *f
	}
	oldest := c.cfg.Now().Add(-time.Duration(min(*v.MaxAge, century))*time.Second - c.cfg.ClockSkew)
	if at.Before(oldest) {
		return check.Fail(fmt.Sprintf("within %d s", *v.MaxAge), writeTime(at))
	}
	return check.Pass(writeTime(at))
}

// verifyAtHash compares at_hash, which is required when an access token came
// through the browser with the ID token (OIDC Core 3.2.2.11, 3.3.2.11) and optional
// otherwise.
func verifyAtHash(v *check.Verification) check.Finding {
	return verifyHash(v, "at_hash", v.AccessToken)
}

// verifyCHash compares c_hash, which is required when a code came through the
// browser with the ID token.
func verifyCHash(v *check.Verification) check.Finding {
	return verifyHash(v, "c_hash", v.Code)
}

// verifyHash compares a claim with the left half of a value's hash (OIDC Core 3.1.3.6).
func verifyHash(v *check.Verification, claim, value string) check.Finding {
	got, present := v.Claims[claim]
	switch {
	case value == "":
		return check.NotFor("nothing came with it")
	case !present && v.Front:
		return check.Fail("required, as it came with another value through the browser", "none")
	case !present:
		return check.NotFor("optional, and not there")
	}
	h := check.HashOf(text(v.Header["alg"])).New()
	h.Write([]byte(value))
	sum := h.Sum(nil)
	want := base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
	if subtle.ConstantTimeCompare([]byte(text(got)), []byte(want)) != 1 {
		return check.Fail(shorten(want), showSecret(got))
	}
	return check.Pass("it fits")
}

// verifyRenewal requires that a refreshed ID token is of the same user and of the
// same sign-in.
func verifyRenewal(v *check.Verification) check.Finding {
	before := v.Before
	if before == nil {
		return check.NotFor("a first token")
	}
	for _, claim := range []string{"iss", "sub", "azp", "auth_time"} {
		if !continues(claim, before, v.Claims) {
			return check.Fail(claim+" "+showValue(before[claim]), showValue(v.Claims[claim]))
		}
	}
	return check.Pass("of the same sign-in")
}

// continues reports whether a claim of a renewed token is that of the original.
// auth_time may be left out, azp may not be added (OIDC Core 12.2).
func continues(claim string, before, now map[string]any) bool {
	old, was := before[claim]
	value, is := now[claim]
	switch {
	case was && is:
		return showValue(old) == showValue(value)
	case was:
		return claim == "auth_time"
	}
	return !is || claim != "azp"
}

// instant reads a NumericDate (RFC 7519 section 2) that must be there.
func instant(v *check.Verification, claim string) (time.Time, *check.Finding) {
	n, ok := v.Claims[claim].(json.Number)
	if ok {
		if f, err := n.Float64(); err == nil && f >= 0 && f < 253402300800 { // the year 10000
			whole, part := math.Modf(f)
			return time.Unix(int64(whole), int64(part*1e9)).UTC(), nil
		}
	}
	f := check.Fail("a number of seconds", showValue(v.Claims[claim]))
	return time.Time{}, &f
}

// audience reads aud: a text or a list of them (RFC 7519 section 4.1.3).
func audience(v any) ([]string, bool) {
	switch v := v.(type) {
	case string:
		return []string{v}, true
	case []any:
		var out []string
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return nil, false
			}
			out = append(out, s)
		}
		return out, len(out) > 0
	}
	return nil, false
}

// showValue returns a value of a token in a few words.
func showValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case string:
		return quote(v)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return "something else"
	}
	return strings.Trim(quote(string(raw)), `"`)
}

// showSecret returns a value of a token that is, or was made of, a secret.
func showSecret(v any) string {
	if s, ok := v.(string); ok && len(s) > 12 {
		return shorten(s)
	}
	return showValue(v)
}

func writeTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }
