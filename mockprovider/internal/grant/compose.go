package grant

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/openid"

	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// config is the only fosite.Config. What an issuer's persona decides is read
// anew at each call, since it may change while the provider runs.
type config struct {
	*fosite.Config
	engine *Engine
	byType map[protocol.Grant]fosite.TokenEndpointHandlers
}

// parts are what the handlers of grants are made of.
type parts struct {
	engine   *Engine
	config   *config
	storage  *fositeStore
	tokens   *tokens
	idToken  *openid.IDTokenHandleHelper
	access   *oauth2.HandleHelper
	requests *openid.OpenIDConnectRequestValidator
	audience *audienceHandler // narrows tokens to resources, after the grant is known
}

// compose builds fosite from literal handler lists. fosite's own Append drops a
// second handler of the same type without a word, and each handler that does
// not concern a grant costs a stack trace, so every grant type has its own list. A new grant is a file with its
// handlers, and a row of byType.
func compose(e *Engine) composed {
	s := &fositeStore{engine: e}
	t := &tokens{engine: e}
	c := &config{engine: e}
	c.Config = &fosite.Config{
		IDTokenIssuer: e.Address,
		// Scopes and audiences are the client's registration and the persona's
		// list, compared exactly.
		ScopeStrategy:            func(allowed []string, scope string) bool { return e.HasScope(allowed, scope) },
		AudienceMatchingStrategy: func([]string, []string) error { return nil },
		// http is fine for any host that is registered: a test network has names
		// like http://app:8080.
		RedirectSecureChecker: func(context.Context, *url.URL) bool { return true },
		// state and nonce of any length: real clients send short ones. The
		// endpoint notes them in the journal.
		MinParameterEntropy:            1,
		EnforcePKCEForPublicClients:    true,
		EnablePKCEPlainChallengeMethod: true,
		OmitRedirectScopeParam:         true,
		ClientAuthenticationStrategy: func(ctx context.Context, r *http.Request, form url.Values) (fosite.Client, error) {
			if isAnonymousBearer(r, form) {
				return nil, fosite.ErrInvalidClient
			}
			registered, err := e.Authenticate(ctx, r, form)
			if err != nil {
				return nil, err
			}
			return &client{Client: registered}, nil
		},
	}

	p := parts{
		engine: e, config: c, storage: s, tokens: t,
		idToken:  &openid.IDTokenHandleHelper{IDTokenStrategy: t},
		access:   &oauth2.HandleHelper{AccessTokenStrategy: t, AccessTokenStorage: s, Config: c},
		requests: openid.NewOpenIDConnectRequestValidator(&hintDecoder{engine: e}, c),
		audience: &audienceHandler{e},
	}
	code, codeID, proof := codeHandler(p), codeIDHandler(p), proofKeyHandler(p)
	// Proof keys and ID tokens come after the code that they belong to.
	c.AuthorizeEndpointHandlers = append(implicitHandlers(p, code), codeID, proof, noneHandler{})
	c.byType = map[protocol.Grant]fosite.TokenEndpointHandlers{
		protocol.AuthorizationCodeGrant: {code, codeID, proof, p.audience},
		protocol.RefreshTokenGrant:      refreshHandlers(p),
		protocol.ClientCredentialsGrant: clientCredentialsHandlers(p),
		protocol.PasswordGrant:          passwordHandlers(p),
		protocol.DeviceCodeGrant:        deviceHandlers(p),
		protocol.JWTBearerGrant:         jwtBearerHandlers(p),
	}
	c.RevocationHandlers = fosite.RevocationHandlers{&revocationHandler{engine: e}}
	return composed{&fosite.Fosite{Store: s, Config: c}}
}

func (c *config) GetAccessTokenLifespan(context.Context) time.Duration {
	return c.engine.Persona().AccessToken.Lifetime.D()
}

func (c *config) GetRefreshTokenLifespan(context.Context) time.Duration {
	return c.engine.Persona().RefreshToken.Lifetime.D()
}

func (c *config) GetIDTokenLifespan(context.Context) time.Duration {
	return c.engine.Persona().IDToken.Lifetime.D()
}

func (c *config) GetAuthorizeCodeLifespan(context.Context) time.Duration {
	return c.engine.Persona().AuthorizationCode.Lifetime.D()
}

// GetEnforcePKCE asks every client for a code challenge (RFC 9700 section 2.1.1).
func (c *config) GetEnforcePKCE(context.Context) bool { return c.engine.Persona().PKCE == "required" }

// GetEnablePKCEPlainChallengeMethod allows plain (RFC 7636 section 4.2) unless
// the persona is stricter.
func (c *config) GetEnablePKCEPlainChallengeMethod(context.Context) bool {
	return capability.Supports(c.engine.Persona(), "code_challenge_methods_supported", "plain") && !slices.Contains(c.engine.Persona().Strict, "pkce-s256-only")
}

// GetAllowedPrompts are those of Prompts.
func (c *config) GetAllowedPrompts(context.Context) []string { return c.engine.Prompts() }

// GetTokenEndpointHandlers returns the handlers of the one grant type that is
// asked for, and one that refuses when it is unknown or not offered.
func (c *config) GetTokenEndpointHandlers(ctx context.Context) fosite.TokenEndpointHandlers {
	ar, ok := ctx.Value(fosite.AccessRequestContextKey).(fosite.AccessRequester)
	if !ok {
		return nil
	}
	if types := ar.GetGrantTypes(); len(types) == 1 && c.engine.Offers(protocol.Grant(types[0])) {
		return c.byType[protocol.Grant(types[0])]
	}
	return fosite.TokenEndpointHandlers{unsupportedHandler{}}
}

var usualGrants = sync.OnceValue(protocol.UsualGrants)

// Offers reports whether the provider offers a grant type. The password grant
// must be asked for by name (RFC 9700 section 2.4).
func (e *Engine) Offers(grantType protocol.Grant) bool {
	p := e.Persona()
	if len(p.GrantTypes) == 0 && len(p.Metadata) == 0 {
		return slices.Contains(usualGrants(), grantType)
	}
	return slices.Contains(e.GrantTypes(), grantType)
}

// GrantTypes returns the grant types offered, as grant_types_supported lists them.
func (e *Engine) GrantTypes() []protocol.Grant {
	return capability.Grants(e.Persona())
}

// grantAll grants all scopes that are asked for.
func grantAll(r fosite.AccessRequester) {
	for _, scope := range r.GetRequestedScopes() {
		r.GrantScope(scope)
	}
}

// composed is fosite without what costs time and has no use here.
//
// Whenever fosite hands a request to the storage it hands a copy, without the
// parameters that a database should not keep. This storage keeps grants and no
// requests, so the requests answer with themselves.
type composed struct{ *fosite.Fosite }

func (c composed) NewAuthorizeResponse(ctx context.Context, r fosite.AuthorizeRequester, s fosite.Session) (fosite.AuthorizeResponder, error) {
	resp, err := c.Fosite.NewAuthorizeResponse(ctx, &authorizeRequest{r}, s)
	if err == nil && resp.GetParameters().Has("expires_in") {
		resp.GetParameters().Set("expires_in", strconv.FormatInt(int64(s.(*Session).Lifetime().Seconds()), 10))
	}
	return resp, err
}

func (c composed) NewAccessResponse(ctx context.Context, r fosite.AccessRequester) (fosite.AccessResponder, error) {
	resp, err := c.Fosite.NewAccessResponse(ctx, &accessRequest{r})
	if s := r.GetSession().(*Session); err == nil && s.Lifetime() != s.engine.Persona().AccessToken.Lifetime.D() {
		resp.SetExpiresIn(s.Lifetime())
	}
	return resp, err
}

type authorizeRequest struct{ fosite.AuthorizeRequester }

// Sanitize returns the request itself.
func (r *authorizeRequest) Sanitize([]string) fosite.Requester { return r }

type accessRequest struct{ fosite.AccessRequester }

// Sanitize returns the request itself.
func (r *accessRequest) Sanitize([]string) fosite.Requester { return r }

// Prompts are the values of prompt (OIDC Core section 3.1.2.1), and those of the
// persona's own, which change nothing.
func (e *Engine) Prompts() []string {
	all := usualPrompts
	if own := e.Rules().Prompts; len(own) > 0 {
		all = slices.Concat(all, own)
	}
	return capability.Supported(e.Persona(), "prompt_values_supported", all)
}

var usualPrompts = []string{"none", "login", "consent", "select_account"} // never written
