package clientauth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/issuer"
	"github.com/authdrill/authdrill/mockprovider/internal/jwt"
	"github.com/authdrill/authdrill/mockprovider/internal/memory"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

const assertionSecret = "a-secret-of-at-least-32-characters"

// rig is the registry of an issuer with one client, signs, which proves itself with a
// secret.
type rig struct {
	*Registry
	*record.State
	volume journal.Volume
}

func newSigner(testing.TB) *rig { return newRig(assertionSecret) }

func newRig(secret string) *rig {
	c := clock.Frozen(clock.Epoch())
	st := &record.State{Store: memory.NewStore(nil), Settings: &settings{persona.Spec()}, Clock: c}
	st.SetClient(&store.Client{ID: "signs", Secret: secret, AuthMethod: "client_secret_jwt"})
	names := issuer.New(issuer.Site{URL: "http://op.test", Address: "http://op.test"}, st)
	return &rig{New(st, names, nil, nil), st, journal.New(c, 0).Reset()}
}

func (r *rig) now() time.Time { return r.Clock.Now() }

// settings are those of a provider without a persona, which do not change.
type settings struct{ spec persona.Persona }

func (s *settings) Persona() *persona.Persona { return &s.spec }

func (*settings) EditPersona(func(*persona.Persona) persona.Persona) {}

// signed makes a JWT of any bytes.
func signed(header, payload string) string {
	enc := base64.RawURLEncoding
	text := enc.EncodeToString([]byte(header)) + "." + enc.EncodeToString([]byte(payload))
	mac := hmac.New(sha256.New, []byte(assertionSecret))
	mac.Write([]byte(text))
	return text + "." + enc.EncodeToString(mac.Sum(nil))
}

const hs256 = `{"alg":"HS256"}`

// assertion is a good claims set with other members in the place of some.
func assertion(r *rig, other ...string) string {
	now := r.now().Unix()
	members := []string{`"iss":"signs"`, `"sub":"signs"`, `"aud":"http://op.test"`, fmt.Sprintf(`"exp":%d`, now+60), fmt.Sprintf(`"iat":%d`, now), `"jti":"an-id"`}
	for _, o := range other {
		name, _, _ := strings.Cut(o, ":")
		replaced := false
		for n, m := range members {
			if strings.HasPrefix(m, name+":") {
				members[n], replaced = o, true
			}
		}
		if !replaced {
			members = append(members, o)
		}
	}
	return "{" + strings.Join(members, ",") + "}"
}

// use judges an assertion, and returns why it is refused.
func (r *rig) use(token string) string {
	x := exchange.Begin(r.volume, "token_endpoint", httptest.NewRequest("POST", "/token", nil))
	defer x.End(200, nil)
	ctx := exchange.With(context.Background(), x)
	c, _ := r.Store.Client("signs")
	_, refusal := r.verifyAssertion(ctx, c, token)
	return refusal
}

// TestShortSecretSignsNothing: the reason is the secret, and not the signature.
func TestShortSecretSignsNothing(t *testing.T) {
	r := newRig("short")
	if why := r.use(signed(hs256, assertion(r))); !strings.Contains(why, "has 5 bytes") {
		t.Error(why)
	}
}

// TestUnreadableAssertionIsTheReason: of a request that names its client in the
// assertion only.
func TestUnreadableAssertionIsTheReason(t *testing.T) {
	r := newSigner(t)
	for payload, want := range map[string]string{
		assertion(r, `"x":{"a":1,"a":2}`): "its claims have the member \"a\" twice", `{"sub":5}`: "sub is not a string", "x": "cannot be read as JSON", `{}`: "names no client",
	} {
		form := url.Values{"client_assertion": {signed(hs256, payload)}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}}
		if _, err := readCredentials(httptest.NewRequest("POST", "/token", nil), form, false); err == nil || !strings.Contains(err.Why, want) {
			t.Errorf("%s: %v", payload, err)
		}
	}
}

func TestAssertionsAreReadStrictly(t *testing.T) {
	r := newSigner(t)
	now := r.now().Unix()
	good := func(other ...string) string { return signed(hs256, assertion(r, other...)) }
	for name, tc := range map[string]struct{ token, want string }{
		"as it should be":          {good(), ""},
		"other members":            {good(`"x":{"exp":[1,{"exp":2}]}`), ""},
		"audiences":                {good(`"aud":["x","http://op.test/token"]`), ""},
		"a fraction of a second":   {good(fmt.Sprintf(`"exp":%d.5`, now+60)), ""},
		"a year":                   {good(fmt.Sprintf(`"exp":%d`, now+365*24*3600)), ""},
		"more than a year":         {good(fmt.Sprintf(`"exp":%d`, now+366*24*3600)), "further ahead than 8760h0m0s"},
		"exp in capitals":          {good(`"exp":null`, fmt.Sprintf(`"EXP":%d`, now+60)), "exp is not a number"},
		"only EXP":                 {signed(hs256, strings.Replace(assertion(r), `"exp"`, `"EXP"`, 1)), "has no exp"},
		"only Sub":                 {signed(hs256, strings.Replace(assertion(r), `"sub"`, `"Sub"`, 1)), "must both be the client_id"},
		"only JTI":                 {signed(hs256, strings.Replace(assertion(r), `"jti"`, `"JTI"`, 1)), "has no jti"},
		"the Kelvin sign":          {signed(hs256, strings.Replace(assertion(r), `"iss"`, `"iſs"`, 1)), "must both be the client_id"},
		"exp twice":                {signed(hs256, strings.Replace(assertion(r), `"exp"`, `"exp":1,"exp"`, 1)), `have the member "exp" twice`},
		"exp twice, once escaped":  {signed(hs256, strings.Replace(assertion(r), `"exp"`, `"\u0065xp":1,"exp"`, 1)), `have the member "exp" twice`},
		"twice further in":         {good(`"x":[{"a":1,"a":1}]`), `have the member "a" twice`},
		"alg twice":                {signed(`{"alg":"HS256","alg":"none"}`, assertion(r)), `have the member "alg" twice`},
		"Alg":                      {signed(`{"Alg":"HS256"}`, assertion(r)), `signed with ""`},
		"alg none":                 {signed(`{"alg":"none"}`, assertion(r)), `signed with "none"`},
		"HS384":                    {signed(`{"alg":"HS384"}`, assertion(r)), `signed with "HS384"`},
		"alg is a list":            {signed(`{"alg":["HS256"]}`, assertion(r)), `signed with ""`},
		"crit":                     {signed(`{"alg":"HS256","crit":["x"],"x":1}`, assertion(r)), "its header has crit"},
		"exp of 1e300":             {good(`"exp":1e300`), "exp is not an instant between 1970 and 2199"},
		"exp of 1e400":             {good(`"exp":1e400`), "cannot be read"},
		"exp of -1":                {good(`"exp":-1`), "exp is not an instant"},
		"exp in 2200":              {good(`"exp":7258118400`), "exp is not an instant"},
		"exp is a text":            {good(fmt.Sprintf(`"exp":"%d"`, now+60)), "exp is not a number"},
		"nbf of 1e300":             {good(`"nbf":-1e300`), "nbf is not an instant"},
		"nbf ahead":                {good(fmt.Sprintf(`"nbf":%d`, now+61)), "not valid yet"},
		"iat ahead":                {good(fmt.Sprintf(`"iat":%d`, now+61)), "not valid yet"},
		"iat is null":              {good(`"iat":null`), "iat is not a number"},
		"aud is a number":          {good(`"aud":1`), "aud is neither a string nor a list"},
		"aud is null":              {good(`"aud":null`), "aud is neither a string nor a list"},
		"aud is a list of numbers": {good(`"aud":["http://op.test",1]`), "aud has an item that is not a string"},
		"jti is a number":          {good(`"jti":1`), "jti is not a string"},
		"jti is long":              {good(`"jti":"` + strings.Repeat("x", 257) + `"`), "jti has 257 bytes"},
		"sub is a list":            {good(`"sub":["signs"]`), "sub is not a string"},
		"not UTF-8":                {good("\"jti\":\"\xff\""), "cannot be read as JSON"},
		"two values":               {signed(hs256, assertion(r)+"{}"), "cannot be read as JSON"},
		"a list":                   {signed(hs256, "[]"), "cannot be read as a JSON object"},
		"null":                     {signed(hs256, "null"), "cannot be read as a JSON object"},
		"nothing":                  {signed(hs256, ""), "cannot be read as JSON"},
		"deep":                     {good(`"x":` + strings.Repeat("[", 40) + strings.Repeat("]", 40)), "more than 32 objects and arrays"},
		"large":                    {good(`"x":"` + strings.Repeat("x", 64<<10) + `"`), "want at most 65536"},
		"padded":                   {strings.Replace(good(), ".", "=.", 1), "base64url without padding"},
		"four parts":               {good() + ".x", "it has 4 parts"},
		"another signature":        {good()[:len(good())-6] + "AAAAAA", "does not fit the client secret"},
	} {
		r.Store = memory.NewStore(r.Store.(*memory.Store).Directory) // each jti is new
		if got := r.use(tc.token); tc.want == "" && got != "" || !strings.Contains(got, tc.want) {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

// Of parallel uses of a fresh assertion exactly one succeeds, also where it is
// judged by both clocks.
func TestAssertionInParallel(t *testing.T) {
	for name, at := range map[string]*clock.Clock{"frozen": clock.Frozen(clock.Epoch()), "running": clock.Running()} {
		r := newSigner(t)
		r.Clock = at
		for round := range 300 {
			token := signed(hs256, assertion(r, fmt.Sprintf(`"jti":"%d"`, round)))
			var wg sync.WaitGroup
			start, refusals := make(chan struct{}), make([]string, 4)
			for n := range refusals {
				wg.Go(func() {
					<-start
					refusals[n] = r.use(token)
				})
			}
			close(start)
			wg.Wait()
			won := 0
			for _, why := range refusals {
				if why == "" {
					won++
				} else if !strings.Contains(why, "was used before") {
					t.Errorf("%s: refused because %s", name, why)
				}
			}
			if won != 1 {
				t.Fatalf("%s: round %d: %d of 4 uses succeeded", name, round, won)
			}
		}
	}
}

// What is over is forgotten, and not before it is over on both clocks.
func TestAssertionsAreForgotten(t *testing.T) {
	r := newSigner(t)
	r.Clock = clock.Running()
	token := signed(hs256, assertion(r))
	if why := r.use(token); why != "" {
		t.Fatal(why)
	}
	r.Clock.Advance(time.Hour)
	r.Store.Sweep(r.now(), r.EarliestTime())
	if why := r.use(token); !strings.Contains(why, "was used before") { // it is timely by the machine's clock
		t.Errorf("an hour later: %q", why)
	}
	r.Clock = clock.Frozen(clock.Machine().Add(-time.Hour))
	if n := r.Store.Sweep(r.now(), r.EarliestTime()); n != 0 {
		t.Errorf("%d were forgotten an hour before they are over", n)
	}
}

// FuzzClientAssertion holds that an assertion is accepted only if it is what it
// seems to be to the letter, and only once.
func FuzzClientAssertion(f *testing.F) {
	r := newSigner(f)
	for _, header := range []string{hs256, `{"alg":"HS256","alg":"none"}`, `{"ALG":"HS256"}`, `{"alg":"none"}`, `{"alg":"HS256","kid":"x","typ":"JWT"}`, `{"alg":"HS256","crit":["b64"],"b64":false}`} {
		f.Add(header, assertion(r))
	}
	for _, other := range []string{`"exp":1e300`, `"EXP":1893456060`, `"exp":1,"exp":2`, `"aud":["http://op.test"]`, `"aud":{}`, `"nbf":1e-300`, `"iat":-0`, `"jti":""`, `"x":[[[{}]]]`, "\"jti\":\"\\ud800\""} {
		f.Add(hs256, assertion(r, other))
	}
	f.Fuzz(func(t *testing.T, header, payload string) {
		token := signed(header, payload)
		if r.use(token) != "" {
			return
		}
		for _, name := range []string{`"iss"`, `"sub"`, `"aud"`, `"exp"`, `"jti"`} {
			plain := strings.NewReplacer(`\u0065`, "e", `\u0045`, "E").Replace(payload)
			if !strings.Contains(plain, name) && !strings.Contains(payload, `\u`) {
				t.Errorf("accepted without %s: %s", name, payload)
			}
		}
		c, err := jwt.Part(base64.RawURLEncoding.EncodeToString([]byte(payload)))
		if err != nil {
			t.Fatalf("accepted, and %v: %s", err, payload)
		}
		a, err := ReadAssertion(c)
		if err != nil || !a.IsTimely(r.now()) || !a.ExpiresWithin(r.now(), LongestAssertion) || a.ID == "" || a.Issuer != "signs" {
			t.Errorf("accepted: %+v %v", a, err)
		}
		if r.use(token) == "" {
			t.Errorf("accepted twice: %s", payload)
		}
	})
}
