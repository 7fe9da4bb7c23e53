package dialect

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// RedirectMark is a parameter with the redirect URI of the token request, in an
// authorization request whose redirect URI is another one: it was given one, since it
// named none (RFC 6749 section 4.1.3). No parameter of a client has a space in its name.
const RedirectMark = " redirect_uri"

// Translate gives a request the parameters that the specifications ask for. The
// journal has the request as it was sent.
func (m *imitation) Translate(endpoint protocol.Endpoint, r *http.Request, clients Clients, random io.Reader) {
	switch endpoint {
	case protocol.EndSessionEndpoint:
		m.translateLogout(r)
		return
	case protocol.AuthorizationEndpoint, protocol.DeviceAuthorizationEndpoint, protocol.TokenEndpoint:
	default:
		return
	}
	r.Form = m.addSegments(maps.Clone(r.Form), r)
	scope := strings.Join(m.SplitScopes(r.Form.Get("scope")), " ")
	if endpoint != protocol.TokenEndpoint || r.Form.Has("scope") || m.grantsUnasked(r) {
		r.Form.Set("scope", scope)
	}
	if name := m.AuthorizationRequest.LoginHint; name != "" && r.Form.Has(name) {
		r.Form.Set("login_hint", r.Form.Get(name))
	}
	if endpoint == protocol.AuthorizationEndpoint {
		m.complete(r.Form, clients, random)
		return
	}
	if endpoint == protocol.TokenEndpoint && m.translateToken(r) {
		return
	}
	if r.Method == http.MethodPost {
		if m.TokenRequest.InQuery && r.URL.RawQuery != "" {
			r.PostForm, r.URL = r.Form, &url.URL{Path: r.URL.Path}
		}
		m.translatePosted(endpoint, r, scope)
	}
}

// translateLogout gives a request to sign out the parameter that says where the
// browser goes, whatever the real provider calls it.
func (m *imitation) translateLogout(r *http.Request) {
	const name = "post_logout_redirect_uri"
	for _, own := range m.LogoutRequest.Redirect {
		if uri := r.Form.Get(own); uri != "" && r.Form.Get(name) == "" {
			r.Form = maps.Clone(r.Form)
			r.Form.Set(name, uri)
		}
	}
}

// translateToken gives a token request the grant type that may be left out. It
// reports whether the request came with GET, which the real provider accepts: then
// it is as if it had been posted.
func (m *imitation) translateToken(r *http.Request) (got bool) {
	if name := m.TokenRequest.GrantType; name != "" && !r.Form.Has("grant_type") {
		r.Form.Set("grant_type", name)
	}
	if name, ok := m.TokenRequest.GrantTypeAliases[r.Form.Get("grant_type")]; ok {
		r.Form.Set("grant_type", name)
	}
	if r.Method != http.MethodGet || !slices.Contains(m.TokenRequest.Methods, http.MethodGet) {
		return false
	}
	r.Method, r.PostForm, r.URL = http.MethodPost, r.Form, &url.URL{Path: r.URL.Path}
	return true
}

// translatePosted gives the body of a request what its form was given.
func (m *imitation) translatePosted(endpoint protocol.Endpoint, r *http.Request, scope string) {
	r.PostForm = m.addSegments(maps.Clone(r.PostForm), r)
	if r.Form.Has("grant_type") {
		r.PostForm.Set("grant_type", r.Form.Get("grant_type"))
	}
	if r.PostForm.Has("scope") || endpoint == protocol.DeviceAuthorizationEndpoint || m.grantsUnasked(r) {
		r.PostForm.Set("scope", scope)
	}
}

// grantsUnasked reports whether a token request is granted scopes that it does not
// name: no other request has named any for it before.
func (m *imitation) grantsUnasked(r *http.Request) bool {
	grant := protocol.Grant(r.Form.Get("grant_type"))
	return len(m.Scope.Always) > 0 && (grant == protocol.ClientCredentialsGrant || grant == protocol.PasswordGrant)
}

// addSegments adds the named segments of a path to the parameters, where no parameter
// has that name: a grant remembers its request, and so its tenant.
func (m *imitation) addSegments(form url.Values, r *http.Request) url.Values {
	if form == nil {
		form = url.Values{}
	}
	for name, value := range m.segmentValues(segments(r)) {
		if text, ok := value.(string); ok && !form.Has(name) {
			form.Set(name, text)
		}
	}
	return form
}

// complete adds to an authorization request what may be left out.
func (m *imitation) complete(form url.Values, clients Clients, random io.Reader) {
	may := m.AuthorizationRequest
	if may.Response != "" && !form.Has("response_type") {
		form.Set("response_type", may.Response)
	}
	form.Del(RedirectMark)
	openPopup(may.Popup, form, clients)
	if may.Redirect.Missing == "" || form.Get("redirect_uri") != "" {
		return
	}
	if uris := clients.RedirectURIs(form.Get("client_id")); len(uris) > 0 {
		var drawn [1]byte
		if may.Redirect.Missing == "registered" {
			_, _ = random.Read(drawn[:]) // no source of randomness here fails
		}
		form.Set("redirect_uri", uris[int(drawn[0])%len(uris)])
		form.Set(RedirectMark, "")
	}
}

// Refuses finds a parameter that is missing, and a value that the real provider
// does not accept.
func (m *imitation) Refuses(form url.Values, scopes []string) string {
	want := m.AuthorizationRequest
	for _, name := range want.Required {
		if form.Get(name) == "" {
			return "Missing required parameter: " + name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want.Values)) {
		if v, values := form.Get(name), want.Values[name]; v != "" && !slices.Contains(values, v) {
			return "Invalid parameter value for " + name + ": there are " + strings.Join(values, " and ") + "."
		}
	}
	if form.Get("response_mode") != "form_post" && slices.ContainsFunc(want.FormPostFor, func(s string) bool { return slices.Contains(scopes, s) }) {
		return "response_mode must be form_post when name or email scope is requested."
	}
	return ""
}

// Prompt leaves out none where the real provider asks nevertheless, and adds
// login where it has the user sign in again.
func (m *imitation) Prompt(sent []string, s Source) []string {
	if m.AuthorizationRequest.NoneAsks && slices.Contains(sent, "none") {
		sent = nil
	}
	if s.Values().Holds(m.AuthorizationRequest.SignInWhen) {
		sent = append(sent, "login")
	}
	return sent
}
