package grant

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ory/fosite"

	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// client shows a registered client to fosite. It is made for one request:
// redirect holds the request's redirect URI if ours are the rules it passes,
// since fosite's own matching cannot be configured.
type client struct {
	*store.Client
	redirect []string
	grants   fosite.Arguments // of GetGrantTypes, which fosite asks for several times
}

var _ fosite.ResponseModeClient = (*client)(nil)

func (c *client) GetID() string                      { return c.ID }
func (c *client) GetHashedSecret() []byte            { return nil }
func (c *client) GetRedirectURIs() []string          { return c.redirect }
func (c *client) GetResponseTypes() fosite.Arguments { return protocol.Strings(c.Responses()) }
func (c *client) GetScopes() fosite.Arguments        { return strings.Fields(c.Scope) }
func (c *client) IsPublic() bool                     { return c.Public() }
func (c *client) GetAudience() fosite.Arguments      { return nil }
func (c *client) GetResponseModes() []fosite.ResponseModeType {
	return []fosite.ResponseModeType{fosite.ResponseModeQuery, fosite.ResponseModeFragment, fosite.ResponseModeFormPost}
}

func (c *client) GetGrantTypes() fosite.Arguments {
	if c.grants == nil {
		c.grants = protocol.Strings(c.Grants())
	}
	return c.grants
}

// MostRegistered is how many clients without configuration an issuer keeps.
const MostRegistered = 500

// longestClientID is how many bytes the identifier of an unregistered client has at
// most: every request may bring another one.
const longestClientID = 200

// FindClient returns the client of a request. Where lax has any-client, one that
// is not registered comes into being: it may use every grant and response type.
func (e *Engine) FindClient(ctx context.Context, id string) (*store.Client, bool) {
	c, ok := e.Store.Client(id)
	if ok && !c.Unregistered {
		return c, true
	}
	if !e.isLax("any-client") || !isClientID(id) {
		return nil, false
	}
	if !ok {
		c = e.admitClient(ctx, id)
	}
	exchange.From(ctx).Lax("any-client")
	return c, true
}

// admitClient adds an unregistered client.
func (e *Engine) admitClient(ctx context.Context, id string) *store.Client {
	id = strings.Clone(id) // it outlives the request that it is a part of
	c, forgotten := e.Store.Admit(&store.Client{
		ID: id, Name: id, Unregistered: true, AuthMethod: protocol.ClientSecretBasic,
		GrantTypes: wordsOf[protocol.Grant](), ResponseTypes: wordsOf[protocol.ResponseType](),
	}, MostRegistered)
	exchange.From(ctx).Event(protocol.EventClientRegistered, "client_id", id, "lax", "any-client")
	if forgotten {
		e.Notice("registrations", fmt.Sprintf("an issuer keeps %d clients that registered themselves or came with lax: [any-client]: the oldest are forgotten", MostRegistered))
	}
	return c
}

// isClientID reports whether a text may name a client, and is short enough to be
// kept.
func isClientID(id string) bool {
	return id != "" && len(id) <= longestClientID && utf8.ValidString(id) && !strings.ContainsFunc(id, unicode.IsControl)
}

// wordsOf lists all words of a vocabulary.
func wordsOf[W ~string]() []W {
	var out []W
	for _, word := range protocol.Values[W]("") {
		out = append(out, W(word))
	}
	return out
}

// GetClient finds a client for fosite, with the redirect URI of the request at
// hand if it is acceptable.
func (s *fositeStore) GetClient(ctx context.Context, id string) (fosite.Client, error) {
	registered, ok := s.engine.FindClient(ctx, id)
	if !ok {
		return nil, fosite.ErrNotFound
	}
	if types := s.engine.Rules().Responses; len(types) > 0 {
		wider := *registered
		wider.ResponseTypes = append(registered.Responses(), types...)
		registered = &wider
	}
	c := &client{Client: registered}
	r, ok := ctx.Value(fosite.RequestContextKey).(*http.Request)
	if !ok {
		return c, nil
	}
	if uri := r.Form.Get("redirect_uri"); uri != "" {
		if s.engine.RedirectAllowed(ctx, registered, uri) {
			c.redirect = []string{uri}
		}
	} else if len(registered.RedirectURIs) == 1 {
		c.redirect = registered.RedirectURIs
	}
	return c, nil
}

// RedirectAllowed reports whether a client may be answered at uri: it is
// registered to the letter (RFC 6749 section 3.1.2.3, RFC 9700 section 2.1), or
// differs only in the port of a loopback address (RFC 8252 section 7.3), or the
// client has registered none and uri is on this machine. A client that is not
// registered is answered at every URI that is absolute and without a fragment.
func (e *Engine) RedirectAllowed(ctx context.Context, c *store.Client, uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme == "" || u.Fragment != "" || strings.Contains(uri, "#") {
		return false
	}
	switch {
	case c.Unregistered:
		return !IsScript(u)
	case slices.Contains(c.RedirectURIs, uri), len(c.RedirectURIs) == 0 && loopback(u):
		return true
	case slices.ContainsFunc(c.RedirectURIs, func(registered string) bool { return samePortApart(uri, u, registered) }):
		return true
	case e.isBelowRegistered(c, u), e.Rules().LoopbackAnywhere && loopback(u) && slices.ContainsFunc(c.RedirectURIs, isLoopback):
		return true
	case e.isPopupOf(c, u):
		return true
	case e.isLax("any-redirect-uri"):
		exchange.From(ctx).Lax("any-redirect-uri")
		return true
	}
	return false
}

// IsScript reports whether a browser that is sent to a URI would run it.
func IsScript(u *url.URL) bool {
	return slices.Contains([]string{"javascript", "data", "vbscript"}, strings.ToLower(u.Scheme))
}

// isBelowRegistered reports whether a redirect URI is below one that a client has
// registered, where the dialect allows that.
func (e *Engine) isBelowRegistered(c *store.Client, u *url.URL) bool {
	return e.Rules().RedirectBelow && slices.ContainsFunc(c.RedirectURIs, func(registered string) bool {
		r, err := url.Parse(registered)
		return err == nil && isSameOrigin(u, r) && isBelow(u.EscapedPath(), r.EscapedPath())
	})
}

// isPopupOf reports whether a redirect URI means a page that waits for a message,
// at the origin of one that the client has registered.
func (e *Engine) isPopupOf(c *store.Client, u *url.URL) bool {
	page, err := url.Parse(e.Rules().PopupOrigin(u))
	if err != nil || page.Host == "" {
		return false
	}
	return len(c.RedirectURIs) == 0 && loopback(page) || slices.ContainsFunc(c.RedirectURIs, func(registered string) bool {
		r, err := url.Parse(registered)
		return err == nil && r.Scheme == page.Scheme && (strings.EqualFold(r.Host, page.Host) || loopback(r) && loopback(page))
	})
}

// isSameOrigin reports whether a URI has the scheme and port of another one, on
// its host or a host below it. On a loopback address the port may be any.
func isSameOrigin(u, of *url.URL) bool {
	samePort := u.Port() == of.Port() || loopback(of)
	sameHost := u.Hostname() == of.Hostname() || strings.HasSuffix(u.Hostname(), "."+of.Hostname())
	return u.Scheme == of.Scheme && u.User == nil && samePort && sameHost
}

// isBelow reports whether a path is another one, or in its folder.
func isBelow(path, of string) bool {
	folder := strings.TrimSuffix(of, "/") + "/"
	return (path == of || strings.HasPrefix(path, folder)) && !strings.Contains(path, "..")
}

// samePortApart: on a loopback address the port may be any (RFC 8252 section 7.3),
// and nothing else.
func samePortApart(uri string, u *url.URL, registered string) bool {
	r, err := url.Parse(registered)
	return err == nil && strings.HasPrefix(uri, r.Scheme+"://") && loopback(u) && loopback(r) && u.Hostname() == r.Hostname() && u.User == nil &&
		u.EscapedPath() == r.EscapedPath() && u.RawQuery == r.RawQuery
}

func isLoopback(uri string) bool {
	u, err := url.Parse(uri)
	return err == nil && loopback(u)
}

func loopback(u *url.URL) bool {
	if u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return false
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// ClientAssertionJWTValid and SetClientAssertionJWT belong to fosite's own
// client authentication, which ours replaces; they keep its contract.
func (s *fositeStore) ClientAssertionJWTValid(context.Context, string) error {
	return nil // SetClientAssertionJWT tells, in one step
}

// SetClientAssertionJWT remembers a jti until it expires.
func (s *fositeStore) SetClientAssertionJWT(_ context.Context, jti string, expires time.Time) error {
	if !s.engine.Store.FirstUse("jti:"+jti, expires, s.engine.now()) {
		return fosite.ErrJTIKnown
	}
	return nil
}
