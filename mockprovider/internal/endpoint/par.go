package endpoint

import (
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/store"
)

const (
	requestURIPrefix = "urn:ietf:params:oauth:request_uri:" // RFC 9126 section 2.2
	pushedMark       = " pushed"                            // no parameter has a space in its name
)

// par takes an authorization request over the back channel (RFC 9126): it is
// judged like one at the authorization endpoint and kept under a request_uri.
func (i *Issuer) par(w http.ResponseWriter, r *http.Request, x *journal.Exchange) {
	if !i.posted(w, r, x) {
		return
	}
	c, err := i.Grants.Authenticate(r.Context(), r, r.PostForm)
	if err != nil {
		i.fail(w, x, understood(err))
		return
	}
	params := maps.Clone(r.PostForm)
	for _, credential := range []string{"client_secret", "client_assertion", "client_assertion_type"} {
		params.Del(credential)
	}
	params.Set("client_id", c.ID)
	if params.Has("request_uri") {
		i.fail(w, x, refuse("invalid_request", "A pushed request cannot itself refer to a request_uri (RFC 9126 section 2.1)."))
		return
	}
	params.Set(pushedMark, "1")
	r.Form = params
	if _, e := i.parse(r, x, ""); e != nil {
		i.fail(w, x, e)
		return
	}
	lifetime := i.Persona().PushedRequest.Lifetime
	uri := requestURIPrefix + i.Random.Token(20)
	expires := i.Clock.Now().Add(lifetime.D())
	i.Store.KeepPushed(uri, store.Pushed{ClientID: c.ID, Params: params, Expires: expires})
	writeJSON(w, x, http.StatusCreated, map[string]any{"request_uri": uri, "expires_in": lifetime.Seconds()})
}

// pushed replaces a request that refers to a pushed one by that one. It can be
// used once, by the client that pushed it (RFC 9126 sections 4 and 7.3).
func (i *Issuer) pushed(r *http.Request, x *journal.Exchange) *oauthError {
	uri := r.Form.Get("request_uri")
	if !strings.HasPrefix(uri, requestURIPrefix) {
		return nil
	}
	p, ok := i.Store.TakePushed(uri, r.Form.Get("client_id"), i.Clock.Now())
	if !ok {
		x.Decide("request_uri", false, "unknown, used, expired or another client's", "RFC 9126 section 4")
		return refuse("invalid_request_uri", "The request_uri is unknown, was used, has expired or belongs to another client.")
	}
	x.Decide("request_uri", true, "used", "RFC 9126 section 4")
	r.Form = maps.Clone(p.Params)
	r.PostForm = url.Values{}
	return nil
}
