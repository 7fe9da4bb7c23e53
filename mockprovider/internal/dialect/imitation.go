package dialect

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// imitation speaks as a real provider does, as far as its persona knows.
type imitation struct {
	*dialectfile.Dialect
	rules     Rules
	changes   map[protocol.Artifact]template.Changes
	hosts     []string               // of the real provider
	sites     []string               // those of the hosts that have an issuer identifier of their own
	endpoints []dialectfile.Endpoint // at the real provider
	segments  map[string]any         // of the path of a request, where there is none
}

// expiredKnown is how long an expired token is known to have been one: personas
// have an answer of their own for it.
const expiredKnown = 90 * 24 * time.Hour

const noMessage = "none"

func imitate(d *dialectfile.Dialect) *imitation {
	return &imitation{
		Dialect: d, hosts: d.Hosts(), sites: sitesOf(d), endpoints: d.Endpoints.All(), segments: segmentsOf(d),
		rules: Rules{
			Title:          d.Title,
			NoSessionFrame: len(d.Endpoints.CheckSession) == 0, SessionFrameAsks: len(d.Endpoints.SessionInit) > 0,
			Address: d.Issuer, IssuerByUser: speaksOf(d.IssuerPath, "${user."),
			Responses: d.AuthorizationRequest.Responses, Prompts: d.AuthorizationRequest.Values["prompt"],
			RedirectBelow:     d.AuthorizationRequest.Redirect.Match == "subdirectory",
			RedirectElsewhere: d.AuthorizationRequest.Redirect.Mismatch == "registered",
			Popup:             d.AuthorizationRequest.Popup, UserScope: d.Scope.OfUser,
			MessageMode: cmp.Or(d.AuthorizationRequest.MessageMode, noMessage),
			Fragment:    d.ResponseFragment, KeepRequest: true, MissingUnknown: true,
			GrantsByConsents: true, DeviceSecretless: d.TokenRequest.NoSecretForDevices, BasicIdentifier: d.TokenRequest.BasicIdentifier,
			RefreshByRequest: len(d.RefreshTokenWhen) > 0, RefreshRedirect: d.TokenRequest.RefreshRedirect,
			AssertionLifetime: d.TokenRequest.AssertionLifetime.D(), LoopbackAnywhere: d.AuthorizationRequest.Redirect.Loopback == "any",
			RefreshByConsents: d.TokenRequest.RefreshScope == "consented",
			RedirectOptional:  d.TokenRequest.Redirect == "optional", JSONBodies: slices.Contains(d.TokenRequest.Encodings, "json"),
			SecretTwice:       d.TokenRequest.SecretTwice,
			RefreshEndsAccess: d.Ends.Refresh == "access_tokens", RevokeEndsGrant: d.Ends.Revocation == "grant",
			SignOutEndsGrants: d.Ends.SignOut == "grants", LogoutUnasked: d.LogoutRequest.Unasked, LogoutOfAnyClient: d.LogoutRequest.OfAnyClient, LogoutToRedirect: d.LogoutRequest.RedirectURIs,
			LogoutSignsIn: d.LogoutRequest.SignInAgain, LogoutToFirst: d.LogoutRequest.Default == "first", LogoutByRefresh: d.LogoutRequest.RefreshToken,
			IntrospectIDToken: d.Introspection.IDTokens, KeySet: d.KeySet,
			ExpiredKnown: expiredKnown, Tokens: d.Tokens, SecretJWT: d.TokenRequest.SecretJWT,
			ClientToken: d.TokenRequest.ClientAccessToken, Audience: d.Audience, Exchange: d.TokenRequest.Exchange,
		},
		changes: map[protocol.Artifact]template.Changes{
			protocol.TokenResponse: d.TokenResponse, DeviceResponse: d.DeviceResponse,
			protocol.AuthorizationResponse: d.AuthorizationResponse, RefreshToken: d.RefreshTokenClaims,
		},
	}
}

// speaksOf reports whether trees have a name in them that begins with text.
func speaksOf(trees []template.Tree, text string) bool {
	raw, err := json.Marshal(trees)
	return err == nil && bytes.Contains(raw, []byte(text))
}

func (m *imitation) Rules() *Rules { return &m.rules }

func (m *imitation) Changes(artifact protocol.Artifact) template.Changes { return m.changes[artifact] }

// Parameters sets and removes those that the persona says. Errors have no iss.
func (m *imitation) Parameters(params url.Values, s Source, random io.Reader) {
	if params.Has("error") {
		params.Del("iss")
		return
	}
	if len(m.AuthorizationResponse) == 0 {
		return
	}
	members := map[string]any{}
	for name := range params {
		members[name] = params.Get(name)
	}
	values := s.Values()
	for name, value := range members {
		if _, there := values[name]; !there {
			values[name] = value
		}
	}
	m.AuthorizationResponse.Apply(members, values, random)
	clear(params)
	for name, value := range members {
		params.Set(name, match.Text(value))
	}
}

func (m *imitation) ClientAuth(endpoint protocol.Endpoint, method protocol.AuthMethod, ofDevice bool) (accepted, withoutSecret bool) {
	methods := m.TokenRequest.ClientAuth
	device := m.rules.DeviceSecretless && ofDevice
	if own := m.TokenRequest.DeviceClientAuth; len(own) > 0 && endpoint == protocol.DeviceAuthorizationEndpoint {
		methods, device = own, slices.Contains(own, protocol.NoAuthentication)
	}
	device = device && method == protocol.NoAuthentication
	return device || len(methods) == 0 || slices.Contains(methods, method), device
}
