package target

import (
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// TestContradictionHasPlaceAndRemedy: what contradicts itself in the description of an
// app is refused when it is read.
func TestContradictionHasPlaceAndRemedy(t *testing.T) {
	for text, want := range map[string]string{
		`login: {url: /login, click: "#go", form: {a: b}}`:               `login.click: a click sends what the page sends: leave out method, csrf, form, form_from, json, header_from and next, or click`,
		`login: {url: /login, click: "#go", method: POST}`:               `login.click: a click sends what the page sends`,
		`second_login: {url: /login, json: {a: b}, method: GET}`:         `second_login.json: a GET has no body: leave method out for POST, or leave out json`,
		`logout: {url: /logout, form: {a: b}, json: {a: b}}`:             `logout.json: a request has one body: leave out form and form_from, or json`,
		`login: {url: /login, form_from: {csrf: "/("}}`:                  `login.form_from.csrf: the regular expression "/(" does not end`,
		`logout: {url: /logout, form: {a: b}, method: DELETE}`:           `logout.form: a form is sent by POST, not DELETE: leave method out`,
		`api: {url: /api, json: {}, next: "/("}`:                         `api.next: the regular expression "/(" does not end`,
		`whoami: {url: /me, account: "#"}`:                               `whoami.account: "#" is not a CSS selector`,
		`start: {command: app, timeout: -2s}`:                            `start.timeout: -2s is not a time to wait: want a number and a unit, such as 2m`,
		`local_account: {login: {url: /password, click: "#go"}}`:         `local_account.login.url: the form of this page is filled in: leave out json, next and click`,
		`login: {url: /login, json: {provider: oidc}, next: data.url}`:   ``,
		`login: {url: /login, method: POST, header_from: {X: a}}`:        `login.header_from: only a script sends headers of its own: add json, or method PUT, PATCH or DELETE`,
		`login: {url: /login, json: {}, header_from: {X: "#"}}`:          `login.header_from.X: "#" is not a CSS selector`,
		`login: {url: /login, json: {}, header_from: {X: "cookie:a b"}}`: `login.header_from.X: "a b" is not the name of a cookie: want one such as cookie:XSRF-TOKEN`,
		`login: {url: /login, json: {}, header_from: {X: "cookie:a"}}`:   ``,
		`logout: {url: /session, method: DELETE}`:                        ``,
		`login: {url: /login, method: POST, form: {a: b}, csrf: /start}`: ``,
		`whoami: {url: /me, account: "${account}"}`:                      ``,
	} {
		roots, problems := strict.Parse("app.yaml", []byte(text), strict.Options{})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		var app App
		got := ""
		if err := roots[0].Decode(&app, strict.Options{}).Err(); err != nil {
			got = err.Error()
		}
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s\n gives %s\nwant %s", text, got, want)
		}
	}
}
