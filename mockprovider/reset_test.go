package mockprovider

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// direct sends a request to a provider without a connection, as client app where
// it is a form.
func direct(p *Provider, method, path string, form io.Reader, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, p.Issuer()+path, form)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth("app", "app-secret")
	}
	for n := 0; n < len(headers); n += 2 {
		r.Header.Set(headers[n], headers[n+1])
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w
}

func post(p *Provider, path string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	return direct(p, http.MethodPost, path, strings.NewReader(form.Encode()), headers...)
}

// autoCode signs in without a page, and returns the code.
func autoCode(p *Provider) string {
	w := direct(p, http.MethodGet, "/authorize?"+request().Encode(), nil)
	to, err := url.Parse(w.Header().Get("Location"))
	if err != nil {
		return ""
	}
	return to.Query().Get("code")
}

func redemption(code string) url.Values {
	return values("grant_type", "authorization_code", "code", code, "redirect_uri", callback)
}

// A request that began before a reset ends against what there was then, and
// leaves no trace: neither in the journal nor among the tokens.
func TestResetDuringRequest(t *testing.T) {
	p, _ := op(t)
	p.AutoSignIn("alice")
	code := autoCode(p)
	body, sender := io.Pipe()
	answer := make(chan *httptest.ResponseRecorder)
	go func() { answer <- direct(p, http.MethodPost, "/token", body) }()
	form := redemption(code).Encode()
	if _, err := io.WriteString(sender, form[:10]); err != nil { // it returns once the request is being read
		t.Fatal(err)
	}
	if err := p.Reset(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(sender, form[10:]); err != nil {
		t.Fatal(err)
	}
	_ = sender.Close()
	w := <-answer
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if n := p.Journal().Last(); n != 0 {
		t.Errorf("%d exchanges are in the journal after the reset:\n%s", n, p.Journal().Text())
	}
	_, token, _ := strings.Cut(w.Body.String(), `"access_token":"`)
	token, _, _ = strings.Cut(token, `"`)
	if p.Accepts(token) {
		t.Error("a token from before the reset is accepted after it")
	}
	if w := post(p, "/token", redemption(code)); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `"invalid_grant"`) {
		t.Errorf("the code from before: %d %s", w.Code, w.Body)
	}
}

// Valid requests succeed while the issuer is reset all the time, or are told in
// the words of OAuth that what they bring is gone.
func TestResetMeetsNoHalfState(t *testing.T) {
	p, _ := op(t, WithProvider(persona.Persona{SignIn: "auto"}))
	var resets atomic.Int64
	var wg sync.WaitGroup
	done := make(chan struct{})
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			if err := p.Reset(); err != nil {
				t.Error(err)
			}
			resets.Add(1)
		}
	})
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() {
			for range 60 {
				if w := post(p, "/token", values("grant_type", "client_credentials")); w.Code != http.StatusOK {
					t.Errorf("client credentials: %d %s", w.Code, w.Body)
				}
				code := autoCode(p)
				if code == "" {
					t.Error("no code: the client, the user or the persona were gone")
					continue
				}
				if w := post(p, "/token", redemption(code)); w.Code != http.StatusOK && !strings.Contains(w.Body.String(), `"invalid_grant"`) {
					t.Errorf("code: %d %s", w.Code, w.Body)
				}
			}
		})
	}
	work.Wait()
	close(done)
	wg.Wait()
	if resets.Load() == 0 {
		t.Error("nothing was reset meanwhile")
	}
}

// Reset restores what was made at the start, whatever was changed since.
func TestResetRestores(t *testing.T) {
	at := clock.Frozen(clock.Epoch())
	p, _ := op(t, WithClock(at), WithFault(fault.Fault{At: "jwks_uri", Respond: &fault.Respond{Status: 503}}), WithProvider(persona.Persona{PKCE: "required"}))
	if err := p.Overlay(setup.Setup{Clients: map[string]*store.Client{"app": nil}}); err != nil {
		t.Fatal(err)
	}
	p.SetClient(store.Client{ID: "new"})
	p.SetUser(store.User{Login: "alice", Disabled: true})
	p.SetUser(store.User{Login: "dora"})
	p.ClearFaults()
	p.Set(persona.Persona{PKCE: "optional"})
	at.Advance(1)
	for range 2 {
		if err := p.Reset(); err != nil {
			t.Fatal(err)
		}
	}
	if p.Client().ID != "app" || len(p.Clients()) != 1 || len(p.Users()) != 3 || p.Users()[0].Disabled || p.Persona().PKCE != "required" {
		t.Errorf("%+v\n%v\n%+v", p.Clients(), p.Users(), p.Persona())
	}
	if f := p.Faults(); len(f) != 1 || f[0].ID != "fault-1" {
		t.Errorf("faults: %+v", f)
	}
	if !at.Now().Equal(clock.Epoch().Add(1)) {
		t.Errorf("the clock went to %s", at.Now())
	}
}

// A restart keeps clients, users, faults and the persona, and forgets the rest.
func TestRestartForgets(t *testing.T) {
	p, _ := op(t)
	p.AutoSignIn("alice")
	p.SetUser(store.User{Login: "dora"})
	code := autoCode(p)
	p.Restart()
	if w := post(p, "/token", redemption(code)); !strings.Contains(w.Body.String(), `"invalid_grant"`) {
		t.Errorf("the code from before: %d %s", w.Code, w.Body)
	}
	if len(p.Users()) != 4 || p.Persona().SignIn != "auto" || p.Journal().Last() != 2 {
		t.Errorf("%v %s\n%s", p.Users(), p.Persona().SignIn, p.Journal().Text())
	}
}

// What a fault takes from the answer before is of the same life: neither a reset nor
// a restart leaves an answer to take from.
func TestResetForgetsEarlierResponse(t *testing.T) {
	always := 0
	p, _ := op(t, WithFault(fault.Fault{On: "token_response", Times: &always, Tamper: &fault.Tamper{Set: map[string]any{"access_token": map[string]any{"$earlier": true}}}}))
	ask := func() string {
		var answer struct {
			Token *string `json:"access_token"`
		}
		w := post(p, "/token", values("grant_type", "client_credentials"))
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if answer.Token == nil {
			return ""
		}
		return *answer.Token
	}
	for name, forget := range map[string]func() error{"Reset": p.Reset, "Restart": func() error { p.Restart(); return nil }} {
		if ask(); ask() == "" {
			t.Fatal("the fault took nothing from the answer before")
		}
		if err := forget(); err != nil {
			t.Fatal(err)
		}
		if token := ask(); token != "" {
			t.Errorf("%s left the token %q", name, token)
		}
	}
}
