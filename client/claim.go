package client

import (
	"crypto"
	_ "crypto/sha256" // for hashOf
	_ "crypto/sha512" // for hashOf
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
)

// encryption: no ID token is ever asked to be encrypted, and parseJWT takes none.
func (v *verification) encryption() finding {
	return notFor("no encryption was negotiated")
}

// typ: a token of another kind is no ID token, though its issuer signed it:
// neither an access token (RFC 9068 section 2.1, at+jwt) nor a logout token (OIDC
// Back-Channel Logout 2.4).
func (v *verification) typ() finding {
	if t, ok := v.header["typ"]; ok {
		name, isText := t.(string)
		if !isText || !strings.EqualFold(strings.TrimPrefix(strings.ToLower(name), "application/"), "jwt") {
			return fail("JWT or none", show(t))
		}
	}
	if events, ok := v.claims["events"].(map[string]any); ok {
		if _, logout := events["http://schemas.openid.net/event/backchannel-logout"]; logout {
			return fail("an ID token", "a logout token")
		}
	}
	return pass("an ID token")
}

// crit: an extension that must be understood is not.
func (v *verification) crit() finding {
	if c, ok := v.header["crit"]; ok {
		return fail("none", show(c))
	}
	return pass("none")
}

// alg: the algorithm is one the client chose beforehand, not the token.
func (v *verification) alg() finding {
	alg, _ := v.header["alg"].(string)
	allowed := v.algorithms(v.cfg.IDTokenSignedResponseAlg)
	if strings.EqualFold(alg, "none") && v.has(AlgFolded) {
		return pass(alg)
	}
	if !slices.Contains(allowed, alg) {
		return fail(strings.Join(allowed, " or "), show(v.header["alg"]))
	}
	return pass(alg)
}

func (v *verification) signature() finding {
	detail, err := v.verifySignature(v.ctx, v.jwt)
	if err != nil {
		v.err = err
		return finding{outcome: Failed}
	}
	return pass(detail)
}

// iss: exactly the issuer, without normalisation.
func (v *verification) iss() finding {
	if iss, ok := v.claims["iss"].(string); !ok || iss != v.cfg.Issuer {
		return fail(v.cfg.Issuer, show(v.claims["iss"]))
	}
	return pass(v.cfg.Issuer)
}

// aud: the client, and nobody else it does not trust.
func (v *verification) aud() finding {
	aud, ok := audience(v.claims["aud"])
	if _, list := v.claims["aud"].([]any); list && v.has(AudListRefused) {
		return fail("a text", "a list")
	}
	if !ok || !slices.Contains(aud, v.cfg.ClientID) {
		return fail(shown(v.cfg.ClientID), show(v.claims["aud"]))
	}
	for _, a := range aud {
		if a != v.cfg.ClientID && !slices.Contains(v.cfg.TrustedAudiences, a) {
			return fail(shown(v.cfg.ClientID)+" alone", show(v.claims["aud"]))
		}
	}
	return pass(strings.Join(aud, " "))
}

// azp: of several audiences it must name one, and whenever it is there it names
// the client.
func (v *verification) azp() finding {
	azp, present := v.claims["azp"]
	aud, _ := audience(v.claims["aud"])
	switch {
	case present && azp != v.cfg.ClientID:
		return fail(shown(v.cfg.ClientID), show(azp))
	case !present && len(aud) > 1:
		return fail(shown(v.cfg.ClientID)+", as there are several audiences", "none")
	case !present:
		return notFor("one audience")
	}
	return pass(v.cfg.ClientID)
}

// sub: a text of 1 to 255 characters that can be told from any other.
func (v *verification) sub() finding {
	sub, ok := v.claims["sub"].(string)
	switch {
	case !ok:
		return fail("a text", show(v.claims["sub"]))
	case strings.TrimSpace(sub) == "":
		return fail("a text that is not empty", show(sub))
	case len(sub) > 255:
		return fail("at most 255 characters", strconv.Itoa(len(sub)))
	case strings.ContainsFunc(sub, unicode.IsControl):
		return fail("no control characters", show(sub))
	}
	return pass(sub)
}

// exp: required, and still to come.
func (v *verification) exp() finding {
	exp, f := v.instant("exp")
	if f != nil {
		return *f
	}
	if exp.Unix() > math.MaxInt32 && v.has(LargeClaimsRefused) {
		return fail("a time before 2038", stamp(exp))
	}
	if now := v.cfg.Now(); !now.Before(exp.Add(v.cfg.ClockSkew)) {
		return fail("later than "+stamp(now), stamp(exp))
	}
	return pass(stamp(exp))
}

// iat: required, not in the future, and not of another day: an ID token is taken
// when it is issued.
func (v *verification) iat() finding {
	iat, f := v.instant("iat")
	if f != nil {
		return *f
	}
	now := v.cfg.Now()
	switch {
	case iat.After(now.Add(v.cfg.ClockSkew)):
		return fail("not later than "+stamp(now), stamp(iat))
	case iat.Before(now.Add(-24*time.Hour - v.cfg.ClockSkew)):
		return fail("within a day of "+stamp(now), stamp(iat))
	}
	return pass(stamp(iat))
}

// nbf: optional, and past.
func (v *verification) nbf() finding {
	if _, present := v.claims["nbf"]; !present {
		return notFor("no nbf")
	}
	nbf, f := v.instant("nbf")
	if f != nil {
		return *f
	}
	if now := v.cfg.Now(); nbf.After(now.Add(v.cfg.ClockSkew)) {
		return fail("not later than "+stamp(now), stamp(nbf))
	}
	return pass(stamp(nbf))
}

// nonce: what was sent comes back; a renewed token may leave it out, but not
// change it (OIDC Core 12.2).
func (v *verification) nonce() finding {
	nonce, present := v.claims["nonce"]
	switch {
	case v.want.before != nil && (!present || v.want.before.Claims["nonce"] == nil):
		return notFor("a renewed token")
	case v.want.before != nil && show(nonce) != show(v.want.before.Claims["nonce"]):
		return fail(short(text(v.want.before.Claims["nonce"])), showShort(nonce))
	case v.want.before != nil:
		return pass("that of the sign-in")
	case v.want.nonce == "":
		return notFor("none was sent")
	case !present:
		return fail(short(v.want.nonce), "none")
	case subtle.ConstantTimeCompare([]byte(text(nonce)), []byte(v.want.nonce)) != 1:
		return fail(short(v.want.nonce), showShort(nonce))
	}
	return pass("that of this sign-in")
}

// acr: what was essential was done.
func (v *verification) acr() finding {
	if v.want.acr == nil {
		return notFor("none was essential")
	}
	acr, ok := v.claims["acr"].(string)
	if !ok || len(v.want.acr) > 0 && !slices.Contains(v.want.acr, acr) {
		return fail(shown(strings.Join(v.want.acr, " or ")), show(v.claims["acr"]))
	}
	return pass(acr)
}

// authTime: required with max_age, and not longer ago than that.
func (v *verification) authTime() finding {
	if v.want.maxAge == nil {
		return notFor("no max_age was sent")
	}
	at, f := v.instant("auth_time")
	if f != nil {
		return *f
	}
	oldest := v.cfg.Now().Add(-time.Duration(min(*v.want.maxAge, century))*time.Second - v.cfg.ClockSkew)
	if at.Before(oldest) {
		return fail(fmt.Sprintf("within %d s", *v.want.maxAge), stamp(at))
	}
	return pass(stamp(at))
}

// atHash: required when an access token came through the browser beside the ID
// token (OIDC Core 3.2.2.11, 3.3.2.11), else checked when it is there.
func (v *verification) atHash() finding {
	return v.hash("at_hash", v.want.accessToken)
}

// cHash: required when a code came through the browser beside the ID token.
func (v *verification) cHash() finding {
	return v.hash("c_hash", v.want.code)
}

// hash compares a claim with the left half of a value's hash (OIDC Core 3.1.3.6).
func (v *verification) hash(claim, value string) finding {
	got, present := v.claims[claim]
	switch {
	case value == "":
		return notFor("nothing came with it")
	case !present && (v.want.front || claim == "at_hash" && v.has(AtHashRequired)):
		return fail("required beside what came with it", "none")
	case !present:
		return notFor("optional, and not there")
	}
	h := hashOf(text(v.header["alg"])).New()
	h.Write([]byte(value))
	sum := h.Sum(nil)
	want := base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
	if subtle.ConstantTimeCompare([]byte(text(got)), []byte(want)) != 1 {
		return fail(short(want), showShort(got))
	}
	return pass("it fits")
}

// hashOf is the hash of a signature algorithm, which is that of at_hash and
// c_hash too (OIDC Core 3.1.3.6). Ed25519 hashes with SHA-512.
func hashOf(alg string) crypto.Hash {
	switch {
	case alg == "EdDSA", strings.HasSuffix(alg, "512"):
		return crypto.SHA512
	case strings.HasSuffix(alg, "384"):
		return crypto.SHA384
	}
	return crypto.SHA256
}

// renewal: a refreshed ID token is of the same user, at the same sign-in.
func (v *verification) renewal() finding {
	before := v.want.before
	if before == nil {
		return notFor("a first token")
	}
	for _, claim := range []string{"iss", "sub", "azp", "auth_time"} {
		old, was := before.Claims[claim]
		now, is := v.claims[claim]
		if claim == "auth_time" && !is {
			continue // it may be left out (OIDC Core 12.2)
		}
		if was && !is || is && was && show(old) != show(now) || claim == "azp" && is && !was {
			return fail(claim+" "+show(old), show(now))
		}
	}
	return pass("of the same sign-in")
}

// instant reads a NumericDate (RFC 7519 section 2) that must be there.
func (v *verification) instant(claim string) (time.Time, *finding) {
	n, ok := v.claims[claim].(json.Number)
	if ok {
		if f, err := n.Float64(); err == nil && f >= 0 && f < 253402300800 { // the year 10000
			whole, part := math.Modf(f)
			return time.Unix(int64(whole), int64(part*1e9)).UTC(), nil
		}
	}
	f := fail("a number of seconds", show(v.claims[claim]))
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

// show is a value of a token in a few words.
func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case string:
		return shown(v)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return "something else"
	}
	return strings.Trim(shown(string(raw)), `"`)
}

// showShort is a value of a token that stands for a secret.
func showShort(v any) string {
	if s, ok := v.(string); ok && len(s) > 12 {
		return short(s)
	}
	return show(v)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
