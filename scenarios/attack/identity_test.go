package attack

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/authdrill/authdrill/client/app"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/internal/webapp"
	"github.com/authdrill/authdrill/scenarios/result"
	"github.com/authdrill/authdrill/scenarios/target"
)

// frugalApp signs users in with what its policy makes of an ID token and userinfo.
type frugalApp struct {
	cfg    app.Config
	policy func(a *frugalApp, idToken string, userinfo map[string]any) (map[string]any, error)

	mu       sync.Mutex
	states   map[string]bool
	sessions map[string]map[string]any
}

func newFrugalApp(policy func(*frugalApp, string, map[string]any) (map[string]any, error)) func(app.Config) (http.Handler, error) {
	return func(cfg app.Config) (http.Handler, error) {
		return &frugalApp{cfg: cfg, policy: policy, states: map[string]bool{}, sessions: map[string]map[string]any{}}, nil
	}
}

func (a *frugalApp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	cookie := func(name string) string {
		c, err := r.Cookie(name)
		if err != nil {
			return ""
		}
		return c.Value
	}
	switch r.URL.Path {
	case "/login":
		state := rand.Text()
		a.states[state] = true
		http.SetCookie(w, &http.Cookie{Name: "state", Value: state, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
		q := url.Values{"response_type": {"code"}, "client_id": {a.cfg.ClientID}, "redirect_uri": {a.cfg.RedirectURL}, "scope": {"openid profile email"}, "state": {state}}
		http.Redirect(w, r, a.cfg.Issuer+"/authorize?"+q.Encode(), http.StatusFound)
	case "/callback":
		state := r.FormValue("state")
		if state != cookie("state") || !a.states[state] {
			http.Error(w, "no sign-in was begun here", http.StatusBadRequest)
			return
		}
		delete(a.states, state)
		claims, err := a.redeem(r.FormValue("code"))
		if err != nil {
			http.Error(w, "the sign-in failed", http.StatusForbidden)
			return
		}
		id := rand.Text()
		a.sessions[id] = claims
		http.SetCookie(w, &http.Cookie{Name: "session", Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
		http.Redirect(w, r, "/whoami", http.StatusFound)
	case "/whoami":
		claims := a.sessions[cookie("session")]
		if claims == nil {
			http.Error(w, "nobody", http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"email": claims["email"], "name": claims["name"], "id": claims["sub"], "login": claims["preferred_username"]})
	default:
		http.NotFound(w, r)
	}
}

// fetch sends a request and decodes the answer, which must be JSON with status 200.
func (a *frugalApp) fetch(req *http.Request, into any) error {
	resp, err := a.cfg.HTTPClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(into)
}

func (a *frugalApp) redeem(code string) (map[string]any, error) {
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {a.cfg.RedirectURL}}
	req, err := http.NewRequest(http.MethodPost, a.cfg.Issuer+"/token", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(a.cfg.ClientID, a.cfg.ClientSecret)
	var tokens map[string]any
	if err := a.fetch(req, &tokens); err != nil {
		return nil, err
	}
	access, _ := tokens["access_token"].(string)
	idToken, _ := tokens["id_token"].(string)
	req, err = http.NewRequest(http.MethodGet, a.cfg.Issuer+"/userinfo", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+access)
	var userinfo map[string]any
	if err := a.fetch(req, &userinfo); err != nil {
		userinfo = nil
	}
	return a.policy(a, idToken, userinfo)
}

// decode returns the claims of an ID token whose signature nobody looks at.
func (a *frugalApp) decode(idToken string) (map[string]any, error) {
	token, err := jwt.ParseSigned(idToken, []jose.SignatureAlgorithm{jose.RS256, "none", "HS256", "nOnE"})
	if err != nil {
		return nil, err
	}
	var claims map[string]any
	return claims, token.UnsafeClaimsWithoutVerification(&claims)
}

// verify returns the claims of an ID token that the provider signed for this client and
// that has not expired.
func (a *frugalApp) verify(idToken string) (map[string]any, error) {
	token, err := jwt.ParseSigned(idToken, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(http.MethodGet, a.cfg.Issuer+"/jwks", nil)
	if err != nil {
		return nil, err
	}
	var keys jose.JSONWebKeySet
	if err := a.fetch(req, &keys); err != nil {
		return nil, err
	}
	var claims map[string]any
	var registered jwt.Claims
	if err := token.Claims(&keys, &claims, &registered); err != nil {
		return nil, err
	}
	return claims, registered.ValidateWithLeeway(jwt.Expected{Issuer: a.cfg.Issuer, AnyAudience: []string{a.cfg.ClientID}, Time: a.cfg.Now()}, time.Minute)
}

var errRefused = errors.New("refused")

func byUserinfo(_ *frugalApp, _ string, userinfo map[string]any) (map[string]any, error) {
	if userinfo["email"] == nil {
		return nil, errRefused
	}
	return userinfo, nil
}

func preferUnverified(a *frugalApp, idToken string, userinfo map[string]any) (map[string]any, error) {
	if claims, err := a.decode(idToken); err == nil {
		return claims, nil
	}
	return byUserinfo(a, "", userinfo)
}

func preferVerified(a *frugalApp, idToken string, userinfo map[string]any) (map[string]any, error) {
	if claims, err := a.verify(idToken); err == nil {
		return claims, nil
	}
	return byUserinfo(a, "", userinfo)
}

// compareSubjects shows what userinfo says, and holds its sub against that of an ID
// token, if there is one.
func compareSubjects(a *frugalApp, idToken string, userinfo map[string]any) (map[string]any, error) {
	if claims, err := a.decode(idToken); err == nil && claims["sub"] != userinfo["sub"] {
		return nil, errRefused
	}
	return byUserinfo(a, "", userinfo)
}

func verifyIfThere(a *frugalApp, idToken string, userinfo map[string]any) (map[string]any, error) {
	if _, err := a.verify(idToken); err != nil && idToken != "" {
		return nil, errRefused
	}
	return byUserinfo(a, "", userinfo)
}

func byIDToken(a *frugalApp, idToken string, userinfo map[string]any) (map[string]any, error) {
	claims, err := a.verify(idToken)
	if err == nil && userinfo["sub"] == claims["sub"] {
		maps.Copy(claims, userinfo)
	}
	return claims, err
}

// mergeUnchecked needs both documents, and lets userinfo replace what the ID token says,
// sub too.
func mergeUnchecked(a *frugalApp, idToken string, userinfo map[string]any) (map[string]any, error) {
	claims, err := a.verify(idToken)
	if err != nil || userinfo == nil {
		return nil, errRefused
	}
	maps.Copy(claims, userinfo)
	return claims, nil
}

func frugalTarget() *target.App {
	return &target.App{Login: &target.Page{URL: "/login"}, WhoAmI: &target.Probe{URL: "/whoami"}, Callback: "/callback"}
}

// TestWhatAnAppMakesOfItsIDTokens: an app that also signs in without an ID token is
// judged by what it makes of a wrong one, and not passed over.
func TestWhatAnAppMakesOfItsIDTokens(t *testing.T) {
	t.Parallel()
	const none, wrong = "idt-alg-none-code", "idt-iss-wrong"
	for name, c := range map[string]struct {
		policy      func(*frugalApp, string, map[string]any) (map[string]any, error)
		idToken     webapp.Use
		none, wrong result.Verdict // of an unsigned ID token, and of one of another issuer
	}{
		"userinfo alone":               {byUserinfo, webapp.Ignored, result.NotExercised, result.NotExercised},
		"any ID token, then userinfo":  {preferUnverified, webapp.Preferred, result.NotExercised, result.FailSecurity},
		"good ID token, then userinfo": {preferVerified, webapp.Preferred, result.Tolerated, result.Tolerated},
		"userinfo, sub compared":       {compareSubjects, webapp.Unseen, result.NotExercised, result.NotExercised},
		"userinfo, ID token verified":  {verifyIfThere, webapp.Needed, result.Pass, result.Pass},
		"ID token":                     {byIDToken, webapp.Needed, result.Pass, result.Pass},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := calibrate(t, newTestWorker(t, frugalTarget(), nil, newFrugalApp(c.policy)))
			if got := w.site.Uses[webapp.IDToken]; got != c.idToken {
				t.Errorf("use of ID tokens %d, want %d", got, c.idToken)
			}
			for id, want := range map[string]result.Verdict{none: c.none, wrong: c.wrong} {
				e, err := catalog.Embedded().Lookup(id)
				if err != nil {
					t.Fatal(err)
				}
				if f := w.play(t.Context(), e); f.Verdict != want {
					t.Errorf("%s: %s, want %s: %s", id, f.Verdict, want, f.Reason)
				}
			}
		})
	}
}

// TestUsernameIsNoAccount: a subject is an app's own name of an account, and a
// preferred_username is not, though both are alice's login here.
func TestUsernameIsNoAccount(t *testing.T) {
	t.Parallel()
	for account, want := range map[string]string{"id": "", "login": "which is the user's preferred_username", "name": "which is the user's name"} {
		target := frugalTarget()
		target.WhoAmI.Account = account
		w := newTestWorker(t, target, nil, newFrugalApp(byIDToken))
		w.calibrate(t.Context())
		if got := w.traits["account"]; (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", account, got, want)
		}
	}
}

// TestIssuerIsAskedOfAppsWithSeveral: RFC 9207 is for clients of several providers. An
// app with one that knows no iss may take an answer that has it twice.
func TestIssuerIsAskedOfAppsWithSeveral(t *testing.T) {
	t.Parallel()
	w := calibrate(t, newTestWorker(t, frugalTarget(), nil, newFrugalApp(byIDToken)))
	for _, id := range []string{"iss-wrong", "iss-duplicated"} {
		if f := playByID(t.Context(), t, w, id); f.Verdict != result.Tolerated {
			t.Errorf("%s: %s, want %s: %s", id, f.Verdict, result.Tolerated, f.Reason)
		}
	}
}

// TestUserinfoThatAnAppDoesWithout: an empty userinfo response is no fault of an app
// that takes its users from the ID token, and is one of an app that signs in whoever
// comes.
func TestUserinfoThatAnAppDoesWithout(t *testing.T) {
	t.Parallel()
	e, err := catalog.Embedded().Lookup("ui-empty-json")
	if err != nil {
		t.Fatal(err)
	}
	anybody := func(_ *frugalApp, _ string, userinfo map[string]any) (map[string]any, error) {
		if userinfo == nil {
			return nil, errRefused
		}
		return userinfo, nil
	}
	both := func(a *frugalApp, idToken string, userinfo map[string]any) (map[string]any, error) {
		if userinfo == nil {
			return nil, errRefused
		}
		return byIDToken(a, idToken, userinfo)
	}
	for name, c := range map[string]struct {
		policy func(*frugalApp, string, map[string]any) (map[string]any, error)
		want   result.Verdict
	}{"ID token": {byIDToken, result.Tolerated}, "ID token, where userinfo answers": {both, result.Tolerated}, "both, merged": {mergeUnchecked, result.Tolerated}, "whoever comes": {anybody, result.FailSecurity}, "needs an e-mail address": {byUserinfo, result.Pass}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := calibrate(t, newTestWorker(t, frugalTarget(), nil, newFrugalApp(c.policy)))
			delete(w.traits, "id_token") // the entry needs one to compare with, which is not what this is about
			if f := w.play(t.Context(), e); f.Verdict != c.want {
				t.Errorf("%s, want %s: %s", f.Verdict, c.want, f.Reason)
			}
		})
	}
}

// readsMetadata is a policy that fetches the metadata, as for its jwks_uri, while the
// endpoints are known from the configuration.
func readsMetadata(a *frugalApp, _ string, userinfo map[string]any) (map[string]any, error) {
	req, err := http.NewRequest(http.MethodGet, a.cfg.Issuer+"/.well-known/openid-configuration", nil)
	if err != nil {
		return nil, err
	}
	var metadata map[string]any
	return userinfo, a.fetch(req, &metadata)
}

// TestConfiguredEndpointsAreNotThoseOfMetadata: an app that has its endpoints from its
// configuration signs in whatever the metadata says of them, which is no failure.
func TestConfiguredEndpointsAreNotThoseOfMetadata(t *testing.T) {
	t.Parallel()
	w := calibrate(t, newTestWorker(t, frugalTarget(), nil, newFrugalApp(readsMetadata)))
	for _, id := range []string{"disc-missing-fields", "net-dns-fail"} {
		if f := playByID(t.Context(), t, w, id); f.Verdict != result.NotExercised || !strings.Contains(f.Reason, "from elsewhere than the metadata") {
			t.Errorf("%s: %s %s", id, f.Verdict, f.Reason)
		}
	}
}

// TestEmptySubjectReachesTheApp: an app that takes sub from userinfo is judged by what it
// makes of an empty one, and not by that of an ID token, which it replaces.
func TestEmptySubjectReachesTheApp(t *testing.T) {
	t.Parallel()
	e, err := catalog.Embedded().Lookup("idt-sub-empty")
	if err != nil {
		t.Fatal(err)
	}
	needSubject := func(a *frugalApp, idToken string, userinfo map[string]any) (map[string]any, error) {
		claims, err := mergeUnchecked(a, idToken, userinfo)
		if err == nil && claims["sub"] == "" {
			return nil, errRefused
		}
		return claims, err
	}
	for name, c := range map[string]struct {
		policy func(*frugalApp, string, map[string]any) (map[string]any, error)
		want   result.Verdict
	}{"taken": {mergeUnchecked, result.FailSecurity}, "refused": {needSubject, result.Pass}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := calibrate(t, newTestWorker(t, frugalTarget(), nil, newFrugalApp(c.policy)))
			if f := w.play(t.Context(), e); f.Verdict != c.want {
				t.Errorf("%s, want %s: %s", f.Verdict, c.want, f.Reason)
			}
		})
	}
}
