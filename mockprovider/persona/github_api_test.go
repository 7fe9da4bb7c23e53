package persona_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/store"
)

// member makes alice belong to organizations and teams, and bob to one.
func (h *hub) member() {
	h.op.SetUser(store.User{Login: "alice", Subject: "10000001", Email: "alice@example.com", Claims: map[string]any{
		"orgs":  []any{"acme", map[string]any{"login": "Initech", "role": "admin"}},
		"teams": []any{"acme/devs", map[string]any{"org": "Initech", "slug": "ops", "name": "Operations", "role": "maintainer"}},
	}})
	h.op.SetUser(store.User{Login: "bob", PreferredUsername: "bobby", Subject: "10000002", Claims: map[string]any{"orgs": []any{"acme"}}})
}

func listOf(t *testing.T, body string) []map[string]any {
	t.Helper()
	var out []map[string]any
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return out
}

// api are the prefixes of the API: of github.com, and of an enterprise server.
func api() []string { return []string{"", "/api/v3"} }

// githubAPI has assertions about what apps ask with a token, or about one.
func githubAPI() map[string]func(t *testing.T, p *player) {
	return map[string]func(t *testing.T, p *player){
		"the body of a request for a token or a device code may be JSON": atHub(func(t *testing.T, h *hub) {
			code := h.authorize(githubAuthorize, url.Values{"scope": {"repo"}}).Get("code")
			body := map[string]any{"client_id": h.id, "client_secret": h.key, "code": code, "redirect_uri": nil}
			tok := object(t, h.status(200)(h.sendJSON("POST", githubToken, body, "Accept", "application/json")))
			if !strings.HasPrefix(text(tok["access_token"]), "gho_") {
				t.Error(tok)
			}
			shows(t, h.status(200)(h.sendJSON("POST", githubToken, body)), "error=bad_verification_code")
			d := object(t, h.status(200)(h.sendJSON("POST", githubDevice, map[string]any{"client_id": h.id, "scope": "gist"}, "Accept", "application/json")))
			h.users[text(d["device_code"])] = text(d["user_code"])
			h.answer(t, url.Values{"device_code": {text(d["device_code"])}}, true)
			got := object(t, h.status(200)(h.sendJSON("POST", githubToken, map[string]any{"client_id": h.id, "device_code": d["device_code"], "grant_type": "urn:ietf:params:oauth:grant-type:device_code"}, "Accept", "application/json")))
			if got["scope"] != "gist" || got["access_token"] == nil {
				t.Error(got)
			}
			shows(t, h.status(200)(h.post(githubToken, nil, "Content-Type", "application/json")), "error=invalid_request")
		}),
		"a code is redeemed without redirect_uri too": atHub(func(t *testing.T, h *hub) {
			for _, uri := range []string{playerCallback, playerCallback + "/deeper", ""} {
				code := h.authorize(githubAuthorize, url.Values{"redirect_uri": {uri}}).Get("code")
				tok := object(t, h.status(200)(h.token(url.Values{"code": {code}, "redirect_uri": nil})))
				if tok["access_token"] == nil {
					t.Errorf("%q: %v", uri, tok)
				}
			}
		}),
		"X-OAuth-Scopes of an answer has the scopes of the token, X-Accepted-OAuth-Scopes those that it needs, also where it is refused for want of one": atHub(func(t *testing.T, h *hub) {
			tok := h.signIn("repo gist")
			for path, want := range map[string]string{"/user": "", "/user/emails": "user, user:email", "/user/orgs": "admin:org, read:org, repo, user, write:org", "/user/teams": "admin:org, read:org, repo, user, write:org"} {
				for _, prefix := range api() {
					resp, _ := h.get(prefix+path, bearer(tok)...)
					if resp.Header.Get("X-OAuth-Scopes") != "repo, gist" || resp.Header.Get("X-Accepted-OAuth-Scopes") != want {
						t.Errorf("%s: %q %v", path, resp.Status, resp.Header)
					}
				}
			}
			if resp, _ := h.get("/user", "Authorization", "Bearer gho_unknown"); resp.StatusCode != 401 || resp.Header.Get("X-OAuth-Scopes") != "" {
				t.Error(resp.Header)
			}
		}),
		"/user/orgs and /user/teams list what the user belongs to, and need read:org or user": atHub(func(t *testing.T, h *hub) {
			h.member()
			for _, scope := range []string{"read:org", "user"} {
				tok := h.signIn(scope)
				for _, prefix := range api() {
					orgs := listOf(t, h.status(200)(h.get(prefix+"/user/orgs", bearer(tok)...)))
					if len(orgs) != 2 || orgs[0]["login"] != "acme" || orgs[1]["login"] != "Initech" || orgs[0]["id"] == orgs[1]["id"] {
						t.Error(orgs)
					}
					teams := listOf(t, h.status(200)(h.get(prefix+"/user/teams", bearer(tok)...)))
					if len(teams) != 2 || teams[0]["slug"] != "devs" || teams[0]["name"] != "devs" || teams[1]["name"] != "Operations" {
						t.Fatal(teams)
					}
					if of, _ := teams[0]["organization"].(map[string]any); of["login"] != "acme" || of["id"] != orgs[0]["id"] {
						t.Error(of, orgs[0])
					}
				}
			}
			none := h.signIn("repo:status")
			h.status(404)(h.get("/user/teams", bearer(none)...))
			h.status(404)(h.get("/user/orgs", bearer(none)...))
			h.op.SetUser(store.User{Login: "alice"})
			tok := h.signIn("read:org")
			for _, path := range []string{"/user/orgs", "/user/teams", "/user/memberships/orgs"} {
				if body := h.status(200)(h.get(path, bearer(tok)...)); body != "[]" {
					t.Errorf("%s: %s", path, body)
				}
			}
		}),
		"a list comes in pages of 30, per_page asks for up to 100, Link names the other pages, and a page after the last one is empty": atHub(func(t *testing.T, h *hub) {
			orgs := make([]any, 0, 130)
			for n := range 130 {
				orgs = append(orgs, "org-"+strconv.Itoa(n))
			}
			h.op.SetUser(store.User{Login: "alice", Subject: "10000001", Claims: map[string]any{"orgs": orgs}})
			tok := h.signIn("read:org")
			get := func(query string) (items int, link string) {
				resp, body := h.get("/user/orgs"+query, bearer(tok)...)
				return len(listOf(t, h.status(200)(resp, body))), resp.Header.Get("Link")
			}
			for query, want := range map[string]int{"": 30, "?per_page=100": 100, "?per_page=1000": 100, "?per_page=100&page=2": 30, "?page=5": 10, "?page=6": 0, "?per_page=100&page=3": 0} {
				if items, _ := get(query); items != want {
					t.Errorf("%s: %d items, want %d", query, items, want)
				}
			}
			_, link := get("?per_page=100")
			shows(t, link, "<"+h.url("/user/orgs")+"?page=2&per_page=100>; rel=\"next\"", `rel="last"`)
			if _, link := get("?per_page=100&page=2"); strings.Contains(link, "next") || !strings.Contains(link, `rel="prev"`) {
				t.Error(link)
			}
		}),
		"a membership of an organization has state, role, organization and user, and is 404 where there is none": atHub(func(t *testing.T, h *hub) {
			h.member()
			tok := h.signIn("read:org")
			all := listOf(t, h.status(200)(h.get("/user/memberships/orgs", bearer(tok)...)))
			if len(all) != 2 {
				t.Fatal(all)
			}
			for _, prefix := range api() {
				for path, role := range map[string]string{"/user/memberships/orgs/ACME": "member", "/user/memberships/orgs/initech": "admin", "/orgs/acme/memberships/alice": "member", "/orgs/acme/memberships/bobby": "member"} {
					m := object(t, h.status(200)(h.get(prefix+path, bearer(tok)...)))
					if m["state"] != "active" || m["role"] != role || m["organization"] == nil || m["user"] == nil {
						t.Errorf("%s: %v", path, m)
					}
				}
				for _, path := range []string{"/user/memberships/orgs/other", "/orgs/initech/memberships/bob", "/orgs/acme/memberships/nobody"} {
					h.status(404)(h.get(prefix+path, bearer(tok)...))
				}
			}
			h.status(404)(h.get("/user/memberships/orgs/acme", bearer(h.signIn("gist"))...))
		}),
		"a member of an organization is answered 204, another user 404": atHub(func(t *testing.T, h *hub) {
			h.member()
			tok := h.signIn("read:org")
			for path, status := range map[string]int{"/orgs/acme/members/alice": 204, "/orgs/acme/members/bob": 204, "/orgs/initech/members/bob": 404, "/orgs/acme/members/nobody": 404} {
				if body := h.status(status)(h.get(path, bearer(tok)...)); status == 204 && body != "" {
					t.Error(body)
				}
			}
		}),
		"a membership of a team has role and state, by the names of organization and team or by the number of the team": atHub(func(t *testing.T, h *hub) {
			h.member()
			tok := h.signIn("read:org")
			teams := listOf(t, h.status(200)(h.get("/user/teams", bearer(tok)...)))
			number := strconv.Itoa(int(teams[1]["id"].(float64)))
			for path, role := range map[string]string{"/orgs/acme/teams/devs/memberships/alice": "member", "/orgs/initech/teams/ops/memberships/alice": "maintainer", "/teams/" + number + "/memberships/alice": "maintainer"} {
				if m := object(t, h.status(200)(h.get(path, bearer(tok)...))); m["role"] != role || m["state"] != "active" {
					t.Errorf("%s: %v", path, m)
				}
			}
			for _, path := range []string{"/orgs/acme/teams/ops/memberships/alice", "/orgs/acme/teams/devs/memberships/bob", "/teams/1/memberships/alice"} {
				h.status(404)(h.get(path, bearer(tok)...))
			}
		}),
		"an app checks, resets and deletes a token with its own credentials, and one that is not a live token of it is 404": atHub(func(t *testing.T, h *hub) {
			h.op.SetClient(store.Client{ID: "other", Secret: "other-secret", RedirectURIs: []string{playerCallback}})
			for _, prefix := range api() {
				path := prefix + "/applications/app/token"
				about := func(method string, token any) (*http.Response, string) {
					return h.sendJSON(method, path, map[string]any{"access_token": token}, h.asApp()...)
				}
				old := h.signIn("repo gist")["access_token"]
				checked := object(t, h.status(200)(about("POST", old)))
				if user, _ := checked["user"].(map[string]any); checked["token"] != old || user["login"] != "alice" || checked["app"] == nil {
					t.Error(checked)
				}
				fresh := object(t, h.status(200)(about("PATCH", old)))["token"]
				if fresh == old || !strings.HasPrefix(text(fresh), "gho_") {
					t.Error(fresh)
				}
				h.status(401)(h.get("/user", "Authorization", "Bearer "+text(old)))
				resp, body := h.get("/user", "Authorization", "Bearer "+text(fresh))
				h.status(200)(resp, body)
				if resp.Header.Get("X-OAuth-Scopes") != "repo, gist" {
					t.Error(resp.Header)
				}
				for _, method := range []string{"POST", "PATCH", "DELETE"} {
					h.status(404)(about(method, old))
					h.status(422)(about(method, nil))
				}
				other := []string{"Authorization", "Basic b3RoZXI6b3RoZXItc2VjcmV0"}
				h.status(404)(h.sendJSON("POST", prefix+"/applications/other/token", map[string]any{"access_token": fresh}, other...))
				for _, method := range []string{"POST", "PATCH", "DELETE"} { // its own token, at the address of another app
					h.status(404)(h.sendJSON(method, prefix+"/applications/other/token", map[string]any{"access_token": fresh}, h.asApp()...))
				}
				h.status(204)(about("DELETE", fresh))
				h.status(401)(h.get("/user", "Authorization", "Bearer "+text(fresh)))
				h.status(404)(h.sendJSON("DELETE", prefix+"/applications/app/grant", map[string]any{"access_token": fresh}, h.asApp()...))
			}
		}),
		"an app makes a second token of one with a name, permissions and repositories, in the shape of the first one with an installation, and the first one stays": atHub(func(t *testing.T, h *hub) {
			for _, prefix := range api() {
				path := prefix + "/applications/app/token/scoped"
				first := h.signIn("repo")["access_token"]
				body := map[string]any{"access_token": first, "target": "octo-org", "repositories": []string{"hello"}, "permissions": map[string]string{"contents": "read"}}
				got := object(t, h.status(200)(h.sendJSON("POST", path, body, h.asApp()...)))
				second, last := text(got["token"]), text(got["token_last_eight"])
				if !strings.HasPrefix(second, "gho_") || second == first || last == "" || !strings.HasSuffix(second, last) || got["hashed_token"] == nil {
					t.Error(got)
				}
				in, _ := got["installation"].(map[string]any)
				may, _ := in["permissions"].(map[string]any)
				of, _ := in["account"].(map[string]any)
				if may["contents"] != "read" || in["repository_selection"] != "selected" || of["login"] != "octo-org" || of["id"] == nil {
					t.Error(in)
				}
				for _, token := range []any{first, second} {
					h.status(200)(h.get(prefix+"/user", "Authorization", "Bearer "+text(token)))
				}
				body["access_token"] = nil
				h.status(422)(h.sendJSON("POST", path, body, h.asApp()...))
				body["access_token"] = "gho_unknown"
				h.status(404)(h.sendJSON("POST", path, body, h.asApp()...))
				h.status(401)(h.sendJSON("POST", path, body, "Authorization", "Basic YXBwOndyb25n"))
				h.status(204)(h.sendJSON("DELETE", prefix+"/applications/app/grant", map[string]any{"access_token": second}, h.asApp()...))
				for _, token := range []any{first, second} {
					h.status(401)(h.get(prefix+"/user", "Authorization", "Bearer "+text(token)))
				}
			}
		}),
		"a token is the password of Basic too, with any user name, or the user name with the password x-oauth-basic or none": atHub(func(t *testing.T, h *hub) {
			token := text(h.signIn("user")["access_token"])
			for pair, status := range map[[2]string]int{{"alice", token}: 200, {"x", token}: 200, {token, "x-oauth-basic"}: 200, {token, ""}: 200, {token, "x"}: 401, {"alice", "wrong"}: 401, {"alice", ""}: 401} {
				for _, path := range []string{"/user", "/api/v3/user", "/user/emails"} {
					r, err := http.NewRequest("GET", h.url(path), nil)
					if err != nil {
						t.Fatal(err)
					}
					r.SetBasicAuth(pair[0], pair[1])
					h.status(status)(h.do(r))
				}
			}
		}),
		"a request without redirect_uri is answered at the first registered one": atHub(func(t *testing.T, h *hub) {
			first := "https://first.example.test/callback"
			h.op.SetClient(store.Client{ID: h.id, Secret: h.key, RedirectURIs: []string{first, playerCallback}})
			for range 8 {
				to := h.location(githubAuthorize, url.Values{"redirect_uri": nil, "scope": {"repo"}})
				if !strings.HasPrefix(to.String(), first+"?") {
					t.Fatal(to)
				}
				for _, redirect := range [][]string{nil, {first}} {
					tok := object(t, h.status(200)(h.token(url.Values{"code": {h.location(githubAuthorize, url.Values{"redirect_uri": nil}).Query().Get("code")}, "redirect_uri": redirect})))
					if tok["access_token"] == nil {
						t.Fatal(tok)
					}
				}
			}
		}),
		"the profile of each user is at /users/NAME, without a token too": atHub(func(t *testing.T, h *hub) {
			h.member()
			me := object(t, h.status(200)(h.get("/user", bearer(h.signIn("user"))...)))
			for _, prefix := range api() {
				for name, login := range map[string]string{"alice": "alice", "ALICE": "alice", "bobby": "bobby"} {
					u := object(t, h.status(200)(h.get(prefix+"/users/"+name)))
					if u["login"] != login || (login == "alice") != (u["id"] == me["id"]) || (login == "alice") != (u["node_id"] == me["node_id"]) || u["email"] != nil {
						t.Errorf("%s: %v", name, u)
					}
				}
				h.status(404)(h.get(prefix + "/users/nobody"))
			}
		}),
		"parameters of a token request may be in its URL": atHub(func(t *testing.T, h *hub) {
			q := url.Values{"client_id": {h.id}, "client_secret": {h.key}, "code": {h.authorize(githubAuthorize, nil).Get("code")}}
			shows(t, h.status(200)(h.post(githubToken+"?"+q.Encode(), nil)), "access_token=gho_")
		}),
		"wrong credentials of an app that checks a token are answered 401": atHub(func(t *testing.T, h *hub) {
			tok := h.signIn("repo")
			h.status(401)(h.sendJSON("POST", "/applications/app/token", map[string]any{"access_token": tok["access_token"]}, "Authorization", "Basic YXBwOndyb25n"))
		}),
	}
}
