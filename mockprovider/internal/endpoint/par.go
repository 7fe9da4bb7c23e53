package endpoint

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/pipeline"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
)

const (
	requestURIPrefix = "urn:ietf:params:oauth:request_uri:" // RFC 9126 section 2.2
	pushedMark       = " pushed"                            // no parameter has a space in its name
)

// par takes an authorization request over the back channel (RFC 9126): it is
// judged like one at the authorization endpoint and kept under a request_uri.
func (i *Issuer) par(r *pipeline.Request) pipeline.Answer {
	c, err := i.Grants.Authenticate(r.Context(), r.Request, r.PostForm)
	if err != nil {
		return pipeline.ErrorOf(err)
	}
	params := maps.Clone(r.PostForm)
	for _, credential := range []string{"client_secret", "client_assertion", "client_assertion_type"} {
		params.Del(credential)
	}
	params.Set("client_id", c.ID)
	if params.Has("request_uri") {
		return pipeline.Refuse("invalid_request", "A pushed request cannot itself refer to a request_uri (RFC 9126 section 2.1).")
	}
	params.Set(pushedMark, "1")
	r.Form = params
	if _, e := i.parse(r, ""); e != nil {
		return e
	}
	lifetime := i.Persona().PushedRequest.Lifetime
	uri := requestURIPrefix + i.Random.Token(20)
	expires := i.Clock.Now().Add(lifetime.D())
	i.Store.KeepPushed(uri, record.Pushed{ClientID: c.ID, Params: params, Expires: expires})
	return &pipeline.Document{Status: http.StatusCreated, Members: map[string]any{"request_uri": uri, "expires_in": int64(lifetime.D() / time.Second)}}
}

// pushed replaces a request that refers to a pushed one by that one. It can be
// used once, by the client that pushed it (RFC 9126 sections 4 and 7.3).
func (i *Issuer) pushed(r *pipeline.Request) *pipeline.Error {
	uri := r.Form.Get("request_uri")
	if !strings.HasPrefix(uri, requestURIPrefix) {
		return nil
	}
	p, ok := i.Store.TakePushed(uri, r.Form.Get("client_id"), i.Clock.Now())
	if !ok {
		r.Exchange.Decide("request_uri", false, "unknown, used, expired or another client's", "RFC 9126 section 4")
		return pipeline.Refuse("invalid_request_uri", "The request_uri is unknown, was used, has expired or belongs to another client.")
	}
	r.Exchange.Decide("request_uri", true, "used", "RFC 9126 section 4")
	r.Form = maps.Clone(p.Params)
	r.PostForm = url.Values{}
	return nil
}
