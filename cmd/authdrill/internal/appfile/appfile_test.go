package appfile

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// TestTextIsReadBack: the reader of settings takes what is written, as it was meant.
func TestTextIsReadBack(t *testing.T) {
	for _, d := range []Description{
		{Login: "http://localhost:3000/login", WhoAmI: "http://localhost:3000/me"},
		{
			Login: "http://127.0.0.1:${port}/login?a=b", WhoAmI: "http://127.0.0.1:${port}/me", Account: `/"id":"(\w+)"/`, Logout: "POST http://127.0.0.1:${port}/logout",
			Start: `SECRET="${client_secret}" serve --port ${port}`,
		},
		{Login: "POST http://localhost:3000/login", WhoAmI: "http://other.localhost:3001/me", Account: "#user", Start: "npm start"},
	} {
		var c setting.Config
		problems := strict.Read("authdrill.yaml", []byte(d.Text()), &c, strict.Options{})
		if len(problems) > 0 {
			t.Fatalf("%v\n%s", problems, d.Text())
		}
		if d.Account != c.App.WhoAmI.Account || (d.Start != "") != (c.App.Start != nil) || (d.Logout != "") != (c.App.Logout != nil) {
			t.Errorf("%+v is read as %+v", d, c.App)
		}
	}
}

// TestPortIsInEnvironment: an app whose address has ${port}, and whose command has none,
// gets it from the environment; one at a fixed port is told how.
func TestPortIsInEnvironment(t *testing.T) {
	for _, test := range []struct {
		login, start string
		want, never  string
	}{
		{"http://127.0.0.1:${port}/login", "npm start", `PORT: "${port}"}`, "# An app that reads its port"},
		{"http://127.0.0.1:${port}/login", "serve --port ${port}", `"--port", "${port}"]`, "PORT:"},
		{"http://localhost:3000/login", "npm start", `# and write base_url: "http://localhost:${port}"`, `PORT: "${port}"}`},
		{"http://localhost/login", "serve --port ${port}", `"--port", "${port}"]`, "PORT:"},
	} {
		text := (&Description{Login: test.login, WhoAmI: test.login, Start: test.start}).Text()
		if !strings.Contains(text, test.want) || strings.Contains(text, test.never) {
			t.Errorf("%s and %s: want %s, and not %s:\n%s", test.login, test.start, test.want, test.never, text)
		}
	}
}

func TestCommandIsWordsOrAShell(t *testing.T) {
	for text, want := range map[string]string{
		"npm start":              `["npm", "start"]`,
		"serve --port ${port}":   `["serve", "--port", "${port}"]`,
		"A=${client_secret} app": `["sh", "-c", "A=${client_secret} app"]`,
		"app | tee log":          `["sh", "-c", "app | tee log"]`,
	} {
		if got := command(text); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

// TestPagesOfAStartedAppAreAtItsPort: a maintainer names pages by path, or at the port
// that the app has at home.
func TestPagesOfAStartedAppAreAtItsPort(t *testing.T) {
	const start = "env PORT=${port} OIDC_ISSUER=${issuer} DEBUG= npm start"
	for _, d := range []Description{
		{Login: "/login", WhoAmI: "/me", Logout: "POST /logout", Start: start},
		{Login: "http://127.0.0.1:8000/login", WhoAmI: "http://127.0.0.1:8000/me", Logout: "POST http://127.0.0.1:8000/logout", Start: start},
		{Login: "http://127.0.0.1:${port}/login", WhoAmI: "/me", Logout: "POST /logout", Start: start},
	} {
		if err := d.Complete(t.Context(), nil, io.Discard); err != nil {
			t.Fatal(err)
		}
		text := d.Text()
		for _, want := range []string{
			`  base_url: "http://127.0.0.1:${port}"` + "\n", `  login: "/login"` + "\n", `  whoami: "/me"` + "\n", `  logout: {url: "/logout", method: POST}` + "\n",
			`    command: ["npm", "start"]` + "\n", `    env: {PORT: "${port}", OIDC_ISSUER: "${issuer}", DEBUG: ""}` + "\n",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in\n%s", want, text)
			}
		}
	}
}

// TestAppIsAsked finds the pages of an app that runs, and asks its maintainer for the
// rest.
func TestAppIsAsked(t *testing.T) {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/me":
			w.WriteHeader(http.StatusUnauthorized)
		case "/logout":
			w.WriteHeader(http.StatusMethodNotAllowed)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer app.Close()
	alone := Description{Login: app.URL + "/login"}
	if err := alone.Complete(t.Context(), nil, io.Discard); err != nil || alone.WhoAmI != app.URL+"/api/me" || alone.Logout != "POST "+app.URL+"/logout" {
		t.Errorf("%v: %+v", err, alone)
	}
	var asked strings.Builder
	var told Description
	answers := strings.NewReader(app.URL + "/login\n\nid\nPOST " + app.URL + "/bye\n\n")
	if err := told.Complete(t.Context(), answers, &asked); err != nil {
		t.Fatal(err)
	}
	if want := (Description{Login: app.URL + "/login", WhoAmI: app.URL + "/api/me", Account: "id", Logout: "POST " + app.URL + "/bye"}); told != want {
		t.Errorf("%+v, want %+v", told, want)
	}
	if !strings.Contains(asked.String(), "the e-mail address or the name ["+app.URL+"/api/me]: ") {
		t.Errorf("it asks %s", &asked)
	}
}

func TestIncompleteDescription(t *testing.T) {
	if err := new(Description).Complete(t.Context(), nil, io.Discard); !errors.Is(err, ErrIncomplete) {
		t.Errorf("got %v", err)
	}
	for page, want := range map[string]string{"nonsense": "is not an http or https URL", "PUT http://localhost/login": "has the method PUT: want GET or POST"} {
		err := (&Description{Login: page, WhoAmI: page}).Complete(t.Context(), nil, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", page, err)
		}
	}
}
