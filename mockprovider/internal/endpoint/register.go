package endpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/internal/clientauth"
	"github.com/authdrill/authdrill/mockprovider/internal/contradiction"
	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// register takes a new client (RFC 7591 section 3.1). Metadata it does not know
// is ignored, as section 2 asks.
func (i *Issuer) register(r *pipeline.Request) pipeline.Answer {
	c, e := i.readClient(r.Request)
	if e != nil {
		return e
	}
	id := i.Random.Token(12)
	c = completeClient(id, c)
	c.Secret = ""
	i.giveSecret(c)
	token := i.Random.Token(20)
	if i.Store.Register(c, token, clientauth.MostRegistered) {
		i.Notice("registrations", fmt.Sprintf("an issuer keeps %d clients that registered themselves: the oldest are forgotten", clientauth.MostRegistered))
	}
	r.Exchange.Event(protocol.EventClientRegistered, "client_id", id)
	return i.describeClient(http.StatusCreated, c, token)
}

// giveSecret gives a client that registers itself a secret where its method of
// authentication needs one, which is client_secret_basic where it names none (RFC
// 7591 section 2).
func (i *Issuer) giveSecret(c *store.Client) {
	if c.Secret == "" && (c.AuthMethod == "" || contradiction.NeedsSecret(c.AuthMethod)) {
		c.Secret = i.Random.Token(32) // also as a key of HS256 (RFC 7518 section 3.2)
	}
}

// registered reads, updates and deletes a registered client (RFC 7592 section
// 2), for whoever holds its registration access token.
func (i *Issuer) registered(r *pipeline.Request) pipeline.Answer {
	token, _ := bearerToken(r.Request)
	c, ok := i.Store.Registration(token)
	if !ok || c.ID != r.PathValue("client_id") {
		return noRegistration()
	}
	switch r.Method {
	case http.MethodGet:
		return i.describeClient(http.StatusOK, c, token)
	case http.MethodPut:
		update, e := i.readClient(r.Request)
		if e == nil {
			update, e = i.updateClient(c.ID, update)
		}
		if e != nil {
			return e
		}
		return i.describeClient(http.StatusOK, update, token)
	case http.MethodDelete:
		if !i.Store.EndRegistration(token) {
			return noRegistration()
		}
		return &pipeline.Raw{Status: http.StatusNoContent}
	}
	return pipeline.NotAllowed([]string{http.MethodGet, http.MethodPut, http.MethodDelete})
}

func noRegistration() *pipeline.Error {
	return pipeline.Refuse("invalid_token", "The registration access token does not fit this client.").InForm(pipeline.InBearer)
}

// updateClient replaces a client's metadata in one step: a client that is deleted
// at the same moment stays deleted.
func (i *Issuer) updateClient(id string, update *store.Client) (*store.Client, *pipeline.Error) {
	var next *store.Client
	e := noRegistration()
	i.Store.EditClient(id, func(c *store.Client) *store.Client {
		switch {
		case c == nil:
			return nil
		case update.Secret != "" && update.Secret != c.Secret:
			e = pipeline.Refuse("invalid_request", "A client cannot choose its own client_secret (RFC 7592 section 2.2).")
			return nil
		}
		update.Secret = c.Secret
		if update.AuthMethod == protocol.NoAuthentication {
			update.Secret = ""
		}
		next, e = completeClient(id, update), nil
		i.giveSecret(next)
		next.Registered = c.Registered
		return next
	})
	return next, e
}

func (i *Issuer) readClient(r *http.Request) (*store.Client, *pipeline.Error) {
	if !pipeline.IsJSON(r) {
		return nil, pipeline.Refuse("invalid_client_metadata", "The client metadata must be JSON, sent as application/json.")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, pipeline.UnreadableBody("invalid_client_metadata", "The body cannot be read: ", err)
	}
	c := &store.Client{}
	if err := json.Unmarshal(body, c); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return nil, pipeline.Refuse("invalid_client_metadata", wrong.Field+" has the wrong type: "+wrong.Value+" instead of "+wrong.Type.String())
		}
		return nil, pipeline.Refuse("invalid_client_metadata", "The body is not JSON: "+err.Error())
	}
	c.AccessToken, c.IDToken, c.Userinfo = persona.AccessToken{}, persona.IDToken{}, persona.Userinfo{} // only the configuration sets them
	if err := checkLists(c); err != nil {
		return nil, pipeline.Refuse("invalid_client_metadata", err.Error()+".")
	}
	if e := judgeClient(c); e != nil {
		return nil, e
	}
	if e := i.judgeAddresses(c); e != nil {
		return nil, e
	}
	if e := i.judgeSupported(c); e != nil {
		return nil, e
	}
	if c.JWKSURI != "" {
		if err := i.Grants.Fetch.Check(c.JWKSURI); err != nil {
			return nil, pipeline.Refuse("invalid_client_metadata", "jwks_uri: "+err.Error()+". Send jwks instead, or have a client of the configuration name the host.")
		}
	}
	return c, nil
}

// judgeClient checks the metadata that matter (RFC 7591 section 3.2.2).
func judgeClient(c *store.Client) *pipeline.Error {
	for _, judge := range []func(*store.Client) *pipeline.Error{judgeRedirectURIs, judgeKeys, judgeAlgorithms, judgeGrants, judgeResponses} {
		if e := judge(c); e != nil {
			return e
		}
	}
	return nil
}

// judgeSupported refuses what the metadata do not list (RFC 7591 section 3.2.2).
func (i *Issuer) judgeSupported(c *store.Client) *pipeline.Error {
	p := i.Persona()
	for _, m := range []struct{ member, list, value string }{
		{"token_endpoint_auth_method", "token_endpoint_auth_methods_supported", string(c.AuthMethod)},
		{"token_endpoint_auth_signing_alg", "token_endpoint_auth_signing_alg_values_supported", string(c.AuthSigningAlg)},
		{"id_token_signed_response_alg", "id_token_signing_alg_values_supported", string(c.IDTokenAlg)},
		{"userinfo_signed_response_alg", "userinfo_signing_alg_values_supported", string(c.UserinfoAlg)},
	} {
		if m.value != "" && !capability.Supports(p, m.list, m.value) {
			return pipeline.Refuse("invalid_client_metadata", m.member+" "+m.value+" is not supported: the metadata do not list it.")
		}
	}
	for _, g := range c.GrantTypes {
		if !capability.Supports(p, "grant_types_supported", string(g)) {
			return pipeline.Refuse("invalid_client_metadata", "grant_type "+string(g)+" is not supported: the metadata do not list it.")
		}
	}
	for _, t := range c.ResponseTypes {
		if !i.supportsType(string(t)) {
			return pipeline.Refuse("invalid_client_metadata", "response_type "+string(t)+" is not supported: the metadata do not list it.")
		}
	}
	return nil
}

func judgeRedirectURIs(c *store.Client) *pipeline.Error {
	for _, uri := range c.RedirectURIs {
		u, err := url.Parse(uri)
		if err != nil || u.Scheme == "" || strings.Contains(uri, "#") {
			return pipeline.Refuse("invalid_redirect_uri", "The redirect URI "+uri+" must be absolute and without a fragment.")
		}
		if clientauth.IsScript(u) {
			return pipeline.Refuse("invalid_redirect_uri", "The redirect URI "+uri+" is a script, not a place.")
		}
	}
	return nil
}

// completeClient returns a copy of a client named id.
func completeClient(id string, c *store.Client) *store.Client {
	return setup.Setup{Clients: map[string]*store.Client{id: c}}.Complete().Clients[id]
}

// judgeAddresses refuses URIs that no request can match, as a file does.
func (i *Issuer) judgeAddresses(c *store.Client) *pipeline.Error {
	member, err := contradiction.Address(i.Persona(), c)
	switch {
	case err == nil:
		return nil
	case strings.HasPrefix(member, "redirect_uris"):
		return pipeline.Refuse("invalid_redirect_uri", member+": "+err.Error()+".")
	}
	return pipeline.Refuse("invalid_client_metadata", member+": "+err.Error()+".")
}

func judgeKeys(c *store.Client) *pipeline.Error {
	switch {
	case !known(c.AuthMethod, ""):
		return pipeline.Refuse("invalid_client_metadata", "token_endpoint_auth_method "+string(c.AuthMethod)+" is not supported.")
	case c.AuthMethod == protocol.PrivateKeyJWT && len(c.JWKS) == 0 && c.JWKSURI == "":
		return pipeline.Refuse("invalid_client_metadata", "private_key_jwt needs jwks or jwks_uri.")
	case len(c.JWKS) > 0 && c.JWKSURI != "":
		return pipeline.Refuse("invalid_client_metadata", "jwks and jwks_uri exclude each other.")
	}
	return nil
}

func judgeAlgorithms(c *store.Client) *pipeline.Error {
	switch {
	case !known(c.IDTokenAlg, "signing"):
		return pipeline.Refuse("invalid_client_metadata", "id_token_signed_response_alg "+string(c.IDTokenAlg)+" is not supported.")
	case c.SubjectType != "" && c.SubjectType != "public":
		return pipeline.Refuse("invalid_client_metadata", "subject_type "+c.SubjectType+" is not supported.")
	case c.DefaultMaxAge < 0:
		return pipeline.Refuse("invalid_client_metadata", "default_max_age counts seconds, and cannot be negative.")
	case !known(c.UserinfoAlg, "signing"):
		return pipeline.Refuse("invalid_client_metadata", "userinfo_signed_response_alg "+string(c.UserinfoAlg)+" is not supported.")
	}
	return nil
}

func judgeGrants(c *store.Client) *pipeline.Error {
	for _, g := range c.GrantTypes {
		if !known(g, "") {
			return pipeline.Refuse("invalid_client_metadata", "grant_type "+string(g)+" is not supported.")
		}
	}
	return nil
}

func judgeResponses(c *store.Client) *pipeline.Error {
	for _, t := range c.Responses() {
		if missing := c.MissingGrant(t); len(c.ResponseTypes) > 0 && missing != "" {
			return pipeline.Refuse("invalid_client_metadata", "response_type "+string(t)+" needs the grant_type "+string(missing)+" (RFC 7591 section 2.1).")
		}
		if !slices.ContainsFunc(protocol.Values[protocol.ResponseType](""), func(have string) bool {
			words := strings.Fields(have)
			slices.Sort(words)
			return strings.Join(words, " ") == string(t)
		}) {
			return pipeline.Refuse("invalid_client_metadata", "response_type "+string(t)+" is not supported.")
		}
	}
	return nil
}

// known reports whether a word of client metadata is absent or one of a group of
// its values.
func known[W ~string](word W, group string) bool {
	return word == "" || slices.Contains(protocol.Values[W](group), string(word))
}

// describeClient answers with the registration (RFC 7591 section 3.2.1).
func (i *Issuer) describeClient(status int, c *store.Client, token string) pipeline.Answer {
	raw, err := json.Marshal(c)
	if err != nil {
		return pipeline.Refuse("server_error", err.Error())
	}
	members := map[string]any{}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()          // a large number stays the one that was sent
	_ = d.Decode(&members) // it was written just now
	members["grant_types"], members["response_types"] = protocol.Strings(c.Grants()), protocol.Strings(c.Responses())
	members["token_endpoint_auth_method"] = string(c.AuthMethods()[0])
	members["client_id_issued_at"] = i.Clock.Now().Unix()
	if c.Secret != "" {
		members["client_secret_expires_at"] = 0
	}
	members["registration_access_token"] = token
	members["registration_client_uri"] = i.URL + protocol.RegistrationEndpoint.Path() + "/" + c.ID
	return &pipeline.Document{Status: status, Members: members}
}

// checkLists refuses metadata with longer lists than any client needs.
func checkLists(c *store.Client) error {
	for name, list := range map[string][]string{"contacts": c.Contacts, "redirect_uris": c.RedirectURIs, "grant_types": protocol.Strings(c.GrantTypes), "response_types": protocol.Strings(c.ResponseTypes), "post_logout_redirect_uris": c.PostLogoutRedirectURIs} {
		if len(list) > pipeline.MostWords {
			return fmt.Errorf("%s has %d values, want at most %d", name, len(list), pipeline.MostWords)
		}
	}
	return nil
}
