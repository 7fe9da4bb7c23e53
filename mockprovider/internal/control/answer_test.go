package control_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// contract is the served openapi.yaml, held against every exchange.
type contract struct {
	report   func(problem string)
	compiler *jsonschema.Compiler
	paths    map[string]any

	mu   sync.Mutex
	seen map[string]bool // operationIds that answered well
}

func newContract(t *testing.T, c *http.Client, base string) *contract {
	t.Helper()
	resp, err := c.Get(base + "/_/api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := yaml.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(tree) // YAML's numbers become JSON's
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	k := &contract{report: func(problem string) { t.Error(problem) }, compiler: jsonschema.NewCompiler(), seen: map[string]bool{}}
	k.compiler.DefaultDraft(jsonschema.Draft2020) // what OpenAPI 3.1 uses
	k.compiler.AssertFormat()
	if err := k.compiler.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	k.paths = doc.(map[string]any)["paths"].(map[string]any)
	return k
}

func (k *contract) reportf(format string, args ...any) { k.report(fmt.Sprintf(format, args...)) }

// operation finds what is described of a request.
func (k *contract) operation(method, path string) (pattern string, op map[string]any) {
	_, path, _ = strings.Cut(path, "/_/")
	path, _, _ = strings.Cut("/_/"+path, "?")
	got := strings.Split(path, "/")
	for pattern, item := range k.paths {
		want := strings.Split(pattern, "/")
		if strings.HasSuffix(pattern, "/issuers/{name}") && len(got) > len(want) {
			want = append(want, got[len(want):]...) // a name may contain slashes
		}
		op, ok := item.(map[string]any)[strings.ToLower(method)].(map[string]any)
		if ok && slices.EqualFunc(want, got, func(w, g string) bool { return w == g || strings.HasPrefix(w, "{") }) {
			return pattern, op
		}
	}
	return "", nil
}

// check holds an exchange against the contract.
func (k *contract) check(method, path, body string, resp *http.Response, answer []byte) {
	pattern, op := k.operation(method, path)
	if op == nil {
		if resp.StatusCode < 400 {
			k.reportf("%s %s is not described", method, path)
		}
		return
	}
	at := "openapi.json#/paths/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(pattern) + "/" + strings.ToLower(method)
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	if resp.StatusCode >= 400 {
		k.validate("openapi.json#/components/responses/Problem/content/application~1problem+json/schema", method+" "+path, answer)
		if kind != "application/problem+json" {
			k.reportf("%s %s: a problem as %s", method, path, kind)
		}
		return
	}
	status := http.StatusText(resp.StatusCode)
	described, ok := op["responses"].(map[string]any)[resp.Status[:3]].(map[string]any)
	if !ok {
		k.reportf("%s %s: %s is not described", method, path, status)
		return
	}
	content, _ := described["content"].(map[string]any)
	if _, ok := content[kind]; !ok && len(answer)+len(content) > 0 {
		k.reportf("%s %s: %s is not described", method, path, kind)
	}
	if kind == "application/json" {
		k.validate(at+"/responses/"+resp.Status[:3]+"/content/application~1json/schema", method+" "+path, answer)
	}
	if body != "" {
		k.validate(at+"/requestBody/content/application~1json/schema", method+" "+path+" "+body, []byte(body))
	} else if request, ok := op["requestBody"].(map[string]any); ok && request["required"] == true {
		k.reportf("%s %s: the body is said to be required, and is not", method, path)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen[op["operationId"].(string)] = true
}

func (k *contract) validate(at, what string, raw []byte) {
	k.mu.Lock()
	schema, err := k.compiler.Compile(at)
	k.mu.Unlock()
	if err != nil {
		k.reportf("%s: %v", what, err)
		return
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err == nil {
		err = schema.Validate(v)
	}
	if err != nil {
		k.reportf("%s: %v\n%s", what, err, raw)
	}
}

// unseen lists the operations that nothing has called with success.
func (k *contract) unseen() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []string
	for _, item := range k.paths {
		for _, op := range item.(map[string]any) {
			o, ok := op.(map[string]any)
			if id, _ := o["operationId"].(string); ok && !k.seen[id] {
				out = append(out, id)
			}
		}
	}
	slices.Sort(out)
	return out
}

// TestEveryAnswerKeepsTheContract calls each operation with success, and holds
// the bodies of both ways against the schemas that are served.
func TestEveryAnswerKeepsTheContract(t *testing.T) {
	h, err := mockprovider.NewHost(mockprovider.Options{Stimulus: func(id string) (setup.Setup, error) {
		if id != "idt-nonce-wrong" {
			return setup.Setup{}, errors.New("unknown entry " + id)
		}
		return setup.Setup{Faults: []fault.Fault{{ID: id, On: "id_token", Tamper: &fault.Tamper{Claims: map[string]any{"nonce": "wrong"}}}}}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	k := newContract(t, h.HTTPClient(), h.BaseURL())
	at := "/t/realms/acme/_/api"
	for _, c := range []struct {
		status             int
		method, path, body string
	}{
		{201, "POST", "/_/api/issuers", `{"name":"realms/acme","clock":"2030-01-01T00:00:00Z","provider":{"sign_in":"auto"},"clients":{"web":{"redirect_uris":["https://rp.test/cb"]}},"users":{"zoe":{"email":"zoe@example.com"}},"faults":[{"at":"userinfo_endpoint","connection":"reset"}]}`},
		{409, "POST", "/_/api/issuers", `{"name":"realms/acme"}`},
		{400, "POST", "/_/api/issuers", `{"nmae":"realms/acme"}`},
		{200, "GET", "/_/api/issuers", ``},
		{200, "GET", "/_/api/base_url", ``},
		{404, "GET", "/_/api/authority.pem", ``},
		{200, "PUT", "/_/api/base_url", `{"base_url":"http://localhost:49153"}`},
		{400, "PUT", "/_/api/base_url", `{"base_url":"http://localhost:49153/"}`},
		{200, "GET", at + "/health", ``},
		{200, "GET", at + "/clock", ``},
		{200, "POST", at + "/clock/advance", `{"by":"-5m"}`},
		{200, "POST", at + "/clock/set", `{"to":"2031-01-01T00:00:00Z"}`},
		{200, "POST", at + "/clock/resume", ``},
		{200, "POST", at + "/clock/freeze", ``},
		{200, "GET", at + "/provider", ``},
		{200, "PATCH", at + "/provider", `{"access_token":{"format":"jwt","lifetime":"5m"}}`},
		{200, "GET", at + "/users", ``},
		{204, "PUT", at + "/users/dave", `{"name":"Dave","password":"a-password","groups":["staff"]}`},
		{200, "GET", at + "/users/dave", ``},
		{204, "POST", at + "/users/dave/disable", ``},
		{204, "POST", at + "/users/dave/enable", ``},
		{204, "DELETE", at + "/users/dave", ``},
		{404, "DELETE", at + "/users/dave", ``},
		{200, "GET", at + "/clients", ``},
		{204, "PUT", at + "/clients/spa", `{"token_endpoint_auth_method":"none"}`},
		{200, "GET", at + "/clients/app?secrets=show", ``},
		{204, "DELETE", at + "/clients/spa", ``},
		{201, "POST", at + "/faults", `{"id":"late","at":"token_endpoint","error":"temporarily_unavailable"}`},
		{409, "POST", at + "/faults", `{"id":"late","at":"token_endpoint","error":"temporarily_unavailable"}`},
		{201, "POST", at + "/faults", `{"on":"id_token","tamper":{"claims":{"nonce":"other"}}}`},
		{200, "GET", at + "/faults", ``},
		{204, "DELETE", at + "/faults/late", ``},
		{200, "POST", at + "/attack", `{"entry":"idt-nonce-wrong"}`},
		{422, "POST", at + "/attack", `{"entry":"idt-nonce-wrnog"}`},
		{204, "DELETE", at + "/faults", ``},
		{201, "POST", at + "/tokens", `{"user":"alice","scope":"openid offline_access"}`},
		{201, "POST", at + "/tokens", ``},
		{400, "POST", at + "/tokens", `{"user":"mallory"}`},
		{200, "POST", at + "/keys/rotate", `{"alg":"ES256","plan":"overlap"}`},
		{200, "GET", at + "/keys", ``},
		{200, "POST", at + "/grants/revoke", `{"user":"alice"}`},
		{200, "GET", "/t/realms/acme/jwks", ``},
		{400, "POST", "/t/realms/acme/token", ``},
		{200, "GET", at + "/journal?endpoint=jwks_uri&status=200", ``},
		{400, "GET", at + "/journal?endpont=jwks_uri", ``},
		{400, "GET", at + "/journal?endpoint=jwks_url", ``},
		{400, "POST", at + "/journal/query", `{"event":"refresh_token.reuse"}`},
		{200, "GET", at + "/journal?secrets=show", ``},
		{200, "POST", at + "/journal/query", `{"status":{"$gte":400}}`},
		{200, "POST", at + "/journal/wait", `{"endpoint":"jwks_uri","count":1,"timeout":"5s"}`},
		{405, "PUT", at + "/clock", `{}`},
		{204, "POST", at + "/reset", ``},
		{204, "DELETE", "/_/api/issuers/realms/acme", ``},
		{404, "GET", at + "/clock", ``},
	} {
		req, err := http.NewRequest(c.method, h.BaseURL()+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		if c.body != "" {
			req.Header.Set("Content-Type", "application/json")
		}
		resp, err := h.HTTPClient().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != c.status {
			t.Errorf("%s %s: %s %v\n%s", c.method, c.path, resp.Status, err, answer)
		}
		if strings.Contains(c.path, "/_/api/") {
			k.check(c.method, c.path, c.body, resp, answer)
		}
	}
	if rest := strings.Join(k.unseen(), " "); rest != "followJournal getAuthority openapi" { // which are no JSON
		t.Errorf("not called with success: %s", rest)
	}
}

// TestTheContractCatches plants answers that are not as described.
func TestTheContractCatches(t *testing.T) {
	h, err := mockprovider.NewHost(mockprovider.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	k := newContract(t, h.HTTPClient(), h.BaseURL())
	for name, c := range map[string]struct{ method, path, body, kind, answer string }{
		"a member too few":   {"GET", "/_/api/clock", "", "application/json", `{"now":"2030-01-01T00:00:00Z"}`},
		"a member too many":  {"GET", "/_/api/clock", "", "application/json", `{"now":"2030-01-01T00:00:00Z","frozen":true,"zone":"UTC"}`},
		"no instant":         {"GET", "/_/api/clock", "", "application/json", `{"now":"noon","frozen":true}`},
		"a deep member":      {"GET", "/t/a/_/api/keys", "", "application/json", `{"keys":[{"kid":1,"alg":"RS256"}]}`},
		"a wrong request":    {"POST", "/_/api/clock/advance", `{"by":1}`, "application/json", `{"now":"2030-01-01T00:00:00Z","frozen":true}`},
		"another media type": {"GET", "/_/api/clock", "", "text/plain", `{"now":"2030-01-01T00:00:00Z","frozen":true}`},
		"no such operation":  {"GET", "/_/api/secrets", "", "application/json", `{}`},
	} {
		var caught []string
		k.report = func(problem string) { caught = append(caught, problem) }
		k.check(c.method, c.path, c.body, &http.Response{
			StatusCode: 200, Status: "200 OK", Header: http.Header{"Content-Type": {c.kind}},
		}, []byte(c.answer))
		if len(caught) == 0 {
			t.Errorf("%s was not caught", name)
		}
	}
}
