package endpoint

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// personaResource serves a protected resource that a persona defines.
func (i *Issuer) personaResource(d dialect.Dialect, at dialect.Route) pipeline.Handler {
	res := at.Resource
	ofKey := res.Answer.SpeaksOf("public_key")
	return func(r *pipeline.Request) pipeline.Answer {
		subject, v, e := i.resourceValues(d, at, r)
		if e == nil && ofKey {
			e = i.addPublicKey(v)
		}
		if e != nil {
			return e
		}
		tree, there := res.Answer.Fill(v, i.Random)
		if !there {
			tree = nil
		}
		if res.Fields != nil {
			if tree, e = i.chosenFields(res, r, tree); e != nil {
				return e
			}
		}
		if list, ok := tree.([]any); ok && res.Paging != nil {
			tree = i.page(res.Paging, r, list)
		}
		if res.Name() == protocol.JWKSURI {
			return keysAnswer(i, tree)
		}
		var artifact protocol.Artifact
		if res.Name() == protocol.UserinfoEndpoint {
			artifact = protocol.Userinfo
			if members, ok := tree.(map[string]any); ok && subject != nil {
				i.Grants.ConfigureUserinfo(r.Context(), members, subject.Grant, subject.Scopes)
			}
		}
		return treeAnswer(artifact, max(res.Status, http.StatusOK), tree)
	}
}

// resourceValues judges a request for a resource, does what it is for, and returns
// the token that it is about, if any, and what the answer may speak of.
func (i *Issuer) resourceValues(d dialect.Dialect, at dialect.Route, r *pipeline.Request) (subject *record.HeldAccess, v template.Values, e *pipeline.Error) {
	res := at.Resource
	subject, v, e = i.caller(d, res, r)
	if e == nil && len(res.About) > 0 {
		if subject, e = i.subjectToken(res, r, v); e != nil {
			e.Words = at.Dead
		}
	}
	if subject != nil {
		i.addTokenValues(r.Request, v, subject)
	}
	for name, tree := range res.Header {
		if text, ok := tree.Fill(v, i.Random); ok {
			r.AnswerHeader().Set(name, dialect.Printable(match.Text(text)))
		}
	}
	if e == nil && subject != nil {
		i.applySideEffect(res, r, v, subject)
	}
	if e == nil {
		e = i.find(res, r, v)
	}
	if e == nil && res.Name() == protocol.JWKSURI {
		e = i.addCertificates(v)
	}
	return subject, v, e
}

// find adds to the values the user and the item that a resource is about.
func (i *Issuer) find(res *dialectfile.Resource, r *pipeline.Request, v template.Values) *pipeline.Error {
	if !res.User.IsZero() {
		user, ok := i.userNamed(res.User.Text(v))
		if !ok {
			return notFound(r, "No such user exists.")
		}
		v["user"] = i.Grants.UserMembers(user)
	}
	if res.Find != nil {
		item, ok := res.Find.Item(v)
		if !ok {
			return notFound(r, "Nothing is there that the user may see.")
		}
		v["item"] = item
	}
	return nil
}

func notFound(r *pipeline.Request, why string) *pipeline.Error {
	r.Exchange.Because(protocol.CauseAPINotFound)
	e := pipeline.Refuse("invalid_request", why)
	e.Status = http.StatusNotFound
	return e
}

// userNamed returns the login of the user whose login or preferred_username is name,
// in any case of letters.
func (i *Issuer) userNamed(name string) (login string, ok bool) {
	if u, ok := i.Store.User(name); ok {
		return u.Login, true
	}
	for _, u := range i.Store.Users() {
		if u.PreferredUsername != "" && strings.EqualFold(u.PreferredUsername, name) || strings.EqualFold(u.Login, name) {
			return u.Login, true
		}
	}
	return "", false
}

// addCertificates adds the published keys as certificates.
func (i *Issuer) addCertificates(v template.Values) *pipeline.Error {
	err := i.Keys.Prepare(i.algorithms()...)
	if err == nil {
		v["certificates"], err = i.Keys.Certificates(i.Grants.Dialect().Rules().Title)
	}
	if err != nil {
		return pipeline.Refuse("server_error", err.Error())
	}
	return nil
}

// page returns the page of a list that a request asks for, and names the others in
// the header Link.
func (i *Issuer) page(p *dialectfile.Paging, r *pipeline.Request, list []any) []any {
	items, page, last := p.Part(list, r.Form.Get)
	address := i.Grants.At(r.Context()).URL + r.URL.Path
	if at := i.Grants.At(r.Context()); at.Address != at.URL {
		address = "https://" + r.Host + r.URL.Path
	}
	var links []string
	link := func(there bool, n int, rel string) {
		if there {
			q := r.URL.Query()
			q.Set(p.Page, strconv.Itoa(n))
			links = append(links, "<"+address+"?"+q.Encode()+">; rel=\""+rel+"\"")
		}
	}
	link(page > 1, page-1, "prev")
	link(page < last, page+1, "next")
	link(page < last, last, "last")
	link(page > 1, 1, "first")
	if len(links) > 0 {
		r.AnswerHeader().Set("Link", strings.Join(links, ", "))
	}
	return items
}

// caller finds out who asks: the user of an access token, or a client.
func (i *Issuer) caller(d dialect.Dialect, res *dialectfile.Resource, r *pipeline.Request) (*record.HeldAccess, template.Values, *pipeline.Error) {
	at := i.Grants.At(r.Context())
	v := template.Values{"issuer": i.Grants.Issuer(r.Context(), nil), "base": at.Address, "now": i.Clock.Now().Unix(), "form": texts(r.Form)}
	if len(at.Path) > 0 {
		v["path"] = at.Path
	}
	for _, name := range res.Headers {
		if r.Header.Get(name) == "" {
			r.Exchange.Because(protocol.CauseAPIHeaderMissing)
			return nil, v, pipeline.Refuse("invalid_request", "The header "+name+" is missing.")
		}
	}
	switch {
	case res.Client != "":
		return nil, v, i.callingClient(res, r, v)
	case slices.Contains(res.Bearer, "none"):
		return nil, v, nil
	}
	a, e := i.callingUser(d, res, r, v)
	return a, v, e
}

// callingClient authenticates the client that asks, and adds it to the values.
func (i *Issuer) callingClient(res *dialectfile.Resource, r *pipeline.Request, v template.Values) *pipeline.Error {
	form := url.Values{}
	if res.Client == protocol.ClientSecretPost {
		form = r.PostForm
	}
	c, err := i.Grants.Authenticate(r.Context(), r.Request, form)
	if err != nil {
		return pipeline.ErrorOf(err)
	}
	if id, ok := v.Get("path.client_id"); ok && id != c.ID {
		return notFound(r, "The client "+c.ID+" asks at the address of another one.")
	}
	maps.Copy(v, i.Grants.Values(r.Context(), clientGrant(c.ID), nil))
	return nil
}

// applySideEffect does what the request is for, in addition to its answer.
func (i *Issuer) applySideEffect(res *dialectfile.Resource, r *pipeline.Request, v template.Values, a *record.HeldAccess) {
	switch res.Does {
	case "reset_token":
		i.Store.RevokeAccess(a.Token, i.Clock.Now())
		r.Exchange.Event(protocol.EventAccessTokenRevoked, "sub", a.Grant.Subject, "client_id", a.Grant.ClientID)
		v["access_token"] = i.Grants.Reissue(r.Context(), a)
	case "issue_token":
		v["access_token"] = i.Grants.Reissue(r.Context(), a)
	case "revoke_token":
		i.Store.RevokeAccess(a.Token, i.Clock.Now())
		r.Exchange.Event(protocol.EventAccessTokenRevoked, "sub", a.Grant.Subject, "client_id", a.Grant.ClientID)
	case "revoke_grant":
		i.Store.EndGrants(a.Grant.UserLogin, a.Grant.ClientID)
		r.Exchange.Event(protocol.EventGrantRevoked, "sub", a.Grant.Subject, "client_id", a.Grant.ClientID)
	}
}

// chosenFields are the members that a request asks for by name.
func (i *Issuer) chosenFields(res *dialectfile.Resource, r *pipeline.Request, tree any) (any, *pipeline.Error) {
	members, _ := tree.(map[string]any)
	known := res.Answer.Members()
	wanted := res.Fields.Default
	if text := r.Form.Get(res.Fields.Parameter); text != "" {
		wanted = topLevel(text)
	}
	out := map[string]any{}
	for _, name := range wanted {
		if !slices.Contains(known, name) {
			r.Exchange.Because(protocol.CauseAPIFieldUnknown)
			return nil, pipeline.Refuse("invalid_request", "(#100) Tried accessing nonexisting field ("+name+")")
		}
		if value, ok := members[name]; ok {
			out[name] = value
		}
	}
	if id, ok := members["id"]; ok {
		out["id"] = id // always there
	}
	return out, nil
}

// topLevel are the names of a list such as id,name,picture.type(large){url}.
func topLevel(text string) []string {
	var out []string
	depth, name := 0, ""
	for _, r := range text + "," {
		switch {
		case r == '(' || r == '{':
			depth++
		case r == ')' || r == '}':
			depth--
		case r == ',' && depth == 0:
			name, _, _ = strings.Cut(strings.TrimSpace(name), ".")
			if name != "" {
				out = append(out, name)
			}
			name = ""
		case depth == 0:
			name += string(r)
		}
	}
	return out
}

// treeAnswer answers with a tree of the persona's, in JSON.
func treeAnswer(artifact protocol.Artifact, status int, tree any) pipeline.Answer {
	if members, ok := tree.(map[string]any); ok {
		return &pipeline.Document{Status: status, Artifact: artifact, Members: members}
	}
	if tree == nil {
		return &pipeline.Raw{Status: status}
	}
	body, err := json.Marshal(tree)
	if err != nil {
		return pipeline.NotMarshalled(err)
	}
	return &pipeline.Raw{Status: status, ContentType: "application/json", CacheControl: "no-store", Body: body, Response: map[string]any{"answer": tree}}
}
