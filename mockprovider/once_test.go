package mockprovider

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// rounds is how often each race is run.
const rounds = 200

// atOnce does the same thing n times at the same moment.
func atOnce[T any](n int, do func(n int) T) []T {
	out := make([]T, n)
	var wg sync.WaitGroup
	start := make(chan struct{})
	for k := range n {
		wg.Go(func() {
			<-start
			out[k] = do(k)
		})
	}
	close(start)
	wg.Wait()
	return out
}

// codeIn returns the code in the Location of an answer, or "".
func codeIn(w *httptest.ResponseRecorder) string {
	to, err := url.Parse(w.Header().Get("Location"))
	if err != nil {
		return ""
	}
	return to.Query().Get("code")
}

// visitor is a browser that sends its requests without a connection.
type visitor struct {
	p       *Provider
	cookies map[string]string
}

func (v *visitor) send(method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, v.p.Issuer()+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	v.p.ServeHTTP(w, r)
	return w
}

// visit is send, and keeps the cookies.
func (v *visitor) visit(method, path string, form url.Values) *httptest.ResponseRecorder {
	w := v.send(method, path, form)
	for _, c := range w.Result().Cookies() {
		v.cookies[c.Name] = c.Value
	}
	return w
}

// answerTo is the address of a page's form, and its hidden fields with an answer.
func answerTo(t *testing.T, w *httptest.ResponseRecorder, answer ...string) (path string, form url.Values) {
	t.Helper()
	action := regexp.MustCompile(`action="([^"]+)"`).FindStringSubmatch(w.Body.String())
	if action == nil {
		t.Fatalf("no form: %d %s", w.Code, w.Body)
	}
	form = values(answer...)
	for _, hidden := range regexp.MustCompile(`type="hidden" name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(w.Body.String(), -1) {
		form.Set(hidden[1], html.UnescapeString(hidden[2]))
	}
	return action[1], form
}

// asked signs alice in and returns the consent page.
func (v *visitor) asked(t *testing.T) *httptest.ResponseRecorder {
	t.Helper()
	page := v.visit(http.MethodGet, "/authorize?"+request("prompt", "login consent").Encode(), nil)
	path, form := answerTo(t, page, "login", "alice")
	return v.visit(http.MethodPost, path, form)
}

func TestPushedRequestIsUsedOnce(t *testing.T) {
	p, _ := op(t, WithProvider(persona.Persona{SignIn: "auto"}), WithClient(store.Client{ID: "other"}))
	for round := range rounds {
		_, uri, _ := strings.Cut(post(p, "/par", request()).Body.String(), `"request_uri":"`)
		uri, _, _ = strings.Cut(uri, `"`)
		use := func(id string) *httptest.ResponseRecorder {
			return direct(p, http.MethodGet, "/authorize?"+values("client_id", id, "request_uri", uri).Encode(), nil)
		}
		if w := use("other"); codeIn(w) != "" {
			t.Fatal("another client used it")
		}
		codes := 0
		for _, w := range atOnce(4, func(int) *httptest.ResponseRecorder { return use("app") }) {
			if codeIn(w) != "" {
				codes++
			} else if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "was used") {
				t.Errorf("refused with %d %s", w.Code, w.Body)
			}
		}
		if codes != 1 {
			t.Fatalf("round %d: one request_uri gave %d codes", round, codes)
		}
	}
}

func TestConsentIsAnsweredOnce(t *testing.T) {
	p, _ := op(t)
	for round := range rounds {
		v := &visitor{p, map[string]string{}}
		path, form := answerTo(t, v.asked(t), "consent", "allow")
		codes := 0
		for _, w := range atOnce(4, func(int) *httptest.ResponseRecorder { return v.send(http.MethodPost, path, form) }) {
			if codeIn(w) != "" {
				codes++
			} else if !strings.Contains(w.Body.String(), "was answered already") {
				t.Errorf("refused with %d %s", w.Code, w.Body)
			}
		}
		if codes != 1 {
			t.Fatalf("round %d: one consent gave %d codes", round, codes)
		}
	}
}

// A page is answered once also where the answers differ, and one after another.
func TestPageIsAnsweredOnce(t *testing.T) {
	p, _ := op(t)
	for name, first := range map[string][]string{"refused": {"consent", "deny"}, "closed": {"x", "y"}} {
		v := &visitor{p, map[string]string{}}
		page := v.asked(t)
		path, form := answerTo(t, page, first...)
		if w := v.send(http.MethodPost, path, form); !strings.Contains(w.Header().Get("Location"), "error=access_denied") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		path, form = answerTo(t, page, "consent", "allow")
		if w := v.send(http.MethodPost, path, form); codeIn(w) != "" {
			t.Errorf("%s: the request was answered with an error, and then with a code", name)
		}
	}
	v := &visitor{p, map[string]string{}}
	path, form := answerTo(t, v.visit(http.MethodGet, "/authorize?"+request().Encode(), nil), "login", "alice")
	signedIn := 0
	for _, w := range atOnce(4, func(int) *httptest.ResponseRecorder { return v.send(http.MethodPost, path, form) }) {
		if strings.Contains(w.Body.String(), `name="consent"`) {
			signedIn++
		}
	}
	if signedIn != 1 {
		t.Errorf("one sign-in page led to %d consent pages", signedIn)
	}
}

// Consent is that of the user who was asked, while the sign-in lasts.
func TestConsentIsOfWhoWasAsked(t *testing.T) {
	p, _ := op(t)
	v := &visitor{p, map[string]string{}}
	path, form := answerTo(t, v.asked(t), "consent", "allow")
	v.visit(http.MethodGet, "/end_session", nil)
	out, yes := answerTo(t, v.visit(http.MethodGet, "/end_session", nil), "logout", "yes")
	v.visit(http.MethodPost, out, yes)
	if w := v.send(http.MethodPost, path, form); !strings.Contains(w.Header().Get("Location"), "error=login_required") {
		t.Errorf("after signing out: %d %s", w.Code, w.Header().Get("Location"))
	}

	v = &visitor{p, map[string]string{}}
	v.asked(t) // signs alice in
	page := v.visit(http.MethodGet, "/authorize?"+request("prompt", "consent").Encode(), nil)
	path, form = answerTo(t, page, "consent", "allow")
	bobs, asBob := answerTo(t, v.visit(http.MethodGet, "/authorize?"+request("prompt", "login").Encode(), nil), "login", "bob")
	v.visit(http.MethodPost, bobs, asBob)
	code := codeIn(v.send(http.MethodPost, path, form))
	if w := post(p, "/token", redemption(code)); w.Code != http.StatusOK || p.Journal().Entries()[p.Journal().Last()-1].Subject != "alice" {
		t.Errorf("alice was asked, and the code is for another:\n%s", p.Journal().Text())
	}

	v = &visitor{p, map[string]string{}}
	v.asked(t)
	path, form = answerTo(t, v.visit(http.MethodGet, "/authorize?"+request("prompt", "login").Encode(), nil), "consent", "allow")
	if w := v.send(http.MethodPost, path, form); codeIn(w) != "" {
		t.Error("consent was posted to the sign-in page: prompt=login was not done")
	}
}

func TestSessionEndsOnce(t *testing.T) {
	p, _ := op(t)
	for range rounds / 10 {
		v := &visitor{p, map[string]string{}}
		v.asked(t)
		path, form := answerTo(t, v.visit(http.MethodGet, "/end_session", nil), "logout", "yes")
		since := p.Journal().Last()
		atOnce(4, func(int) int { return v.send(http.MethodPost, path, form).Code })
		ended := 0
		for _, e := range p.Journal().Entries() {
			for _, event := range e.Events {
				if e.Seq > since && event.Name == "session.ended" {
					ended++
				}
			}
		}
		if ended != 1 {
			t.Fatalf("one session ended %d times", ended)
		}
	}
}

// Of a deletion and an update of a registration at the same time, the deletion
// stays done.
func TestDeletedRegistrationStaysDeleted(t *testing.T) {
	p, _ := op(t)
	for range rounds {
		r := httptest.NewRequest(http.MethodPost, p.Issuer()+"/register", strings.NewReader(`{"client_name":"x"}`))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		member := func(name string) string {
			_, text, _ := strings.Cut(w.Body.String(), `"`+name+`":"`)
			text, _, _ = strings.Cut(text, `"`)
			return text
		}
		id := member("client_id")
		codes := atOnce(4, func(n int) int {
			method := []string{http.MethodPut, http.MethodDelete}[n%2]
			r := httptest.NewRequest(method, p.Issuer()+"/register/"+id, strings.NewReader(`{"client_name":"y"}`))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+member("registration_access_token"))
			w := httptest.NewRecorder()
			p.ServeHTTP(w, r)
			return w.Code
		})
		if codes[1]+codes[3] != http.StatusNoContent+http.StatusUnauthorized {
			t.Fatalf("two deletions: %d and %d", codes[1], codes[3])
		}
		for _, c := range p.Clients() {
			if c.ID == id {
				t.Fatal("the deleted client is registered")
			}
		}
	}
}
