package clientauth

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/capability"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/store"
)

// Refusal is why a client did not authenticate: an error code of RFC 6749 section 5.2,
// and the reason.
type Refusal struct{ Code, Why string }

// credentials are what a request offers to authenticate its client, and how
// (the methods' names are those of OIDC Core section 9).
type credentials struct {
	method                protocol.AuthMethod
	id, secret, assertion string
}

// Authenticate finds out which client sent a request and whether it really did
// (RFC 6749 section 2.3, OIDC Core section 9). It runs before anything else of a
// token request, so a request that fails it spends no code and counts as no
// replay.
func (g *Registry) Authenticate(ctx context.Context, r *http.Request, form url.Values) (*store.Client, *Refusal) {
	x := exchange.From(ctx)
	offered, err := readCredentials(r, g.withoutSecondSecret(r, form), g.names.Rules().BasicIdentifier)
	if err != nil {
		x.Decide("client", false, err.Why, "RFC 6749 section 2.3")
		x.Because(protocol.CauseTokenClientAuthenticationWrong)
		return nil, err
	}
	x.Bind("", offered.id, "")
	c, ok := g.FindClient(ctx, offered.id)
	switch {
	case ok && c.Unregistered:
		return c, nil // with any credentials, or none
	case !ok:
		return refuseClient(x, protocol.CauseTokenClientUnknown, "No client with the client_id "+exchange.Quoted(offered.id)+" is registered.")
	}
	if c.Public() && offered.method == protocol.ClientSecretPost && offered.secret == "" {
		offered.method = protocol.NoAuthentication // an empty secret may be left out (RFC 6749 section 2.3.1)
	}
	if g.isLax("any-client-secret") && offered.assertion == "" {
		x.Lax("any-client-secret")
		return c, nil
	}
	if offered.assertion != "" {
		method, why := g.verifyAssertion(ctx, c, offered.assertion)
		if why != "" {
			return refuseClient(x, protocol.CauseTokenClientAuthenticationWrong, why)
		}
		offered.method = method
	}
	if !g.supportsAuthentication(x.Endpoint(), offered.method) {
		return refuseClient(x, protocol.CauseTokenClientAuthenticationWrong, "This provider takes no "+string(offered.method)+": its metadata do not list it.")
	}
	ofDevice := g.names.Rules().DeviceSecretless && g.isOfDevice(form)
	accepted, withoutSecret := g.names.Dialect().ClientAuth(protocol.Endpoint(x.Endpoint()), offered.method, ofDevice)
	switch {
	case !accepted:
		return refuseClient(x, protocol.CauseTokenClientAuthenticationWrong, "This provider takes no "+string(offered.method)+".")
	case withoutSecret:
		x.Decide("client", true, "a device needs no secret here", "RFC 8628 section 3.1")
		return c, nil
	}
	if cause, why := g.verifyCredentials(ctx, c, offered); why != "" {
		return refuseClient(x, cause, why)
	}
	x.Decide("client", true, string(offered.method), "RFC 6749 section 2.3")
	return c, nil
}

// supportsAuthentication reports whether the metadata let clients authenticate by a
// method at an endpoint. Those without a list of their own have that of the token
// endpoint (RFC 8414 section 2, RFC 9126 section 2, RFC 8628 section 3.1).
func (g *Registry) supportsAuthentication(endpoint protocol.Endpoint, method protocol.AuthMethod) bool {
	switch endpoint {
	case protocol.IntrospectionEndpoint, protocol.RevocationEndpoint:
	default:
		endpoint = protocol.TokenEndpoint
	}
	p := g.state.Persona()
	return len(p.Metadata) == 0 || capability.Supports(p, string(endpoint)+"_auth_methods_supported", string(method))
}

// refuseClient is the error of a client that did not authenticate.
func refuseClient(x *exchange.Exchange, cause protocol.Cause, why string) (*store.Client, *Refusal) {
	x.Because(cause)
	x.Decide("client", false, why, "RFC 6749 section 5.2")
	return nil, &Refusal{"invalid_client", why}
}

// verifyCredentials says why credentials are not those of a client, if they are
// not: an assertion has been verified before.
func (g *Registry) verifyCredentials(ctx context.Context, c *store.Client, offered credentials) (protocol.Cause, string) {
	if !slices.Contains(c.AuthMethods(), offered.method) {
		if c.Public() {
			return protocol.CauseTokenClientAuthenticationWrong, "The client has no client_secret here, and used " + string(offered.method) + ": leave its credentials out, or register it with a secret."
		}
		return protocol.CauseTokenClientAuthenticationWrong, "The client is registered for " + strings.Join(protocol.Strings(c.AuthMethods()), " or ") + " and used " + string(offered.method) + "."
	}
	if made := g.names.Rules().SecretJWT; made != nil && offered.method == protocol.ClientSecretPost {
		return protocol.CauseTokenClientSecretWrong, g.verifySecretJWT(ctx, c, made, offered.secret)
	}
	bySecret := offered.method == protocol.ClientSecretBasic || offered.method == protocol.ClientSecretPost
	if bySecret && !SameSecret(c.Secret, offered.secret) {
		return protocol.CauseTokenClientSecretWrong, "The client secret is wrong."
	}
	return "", ""
}

// readCredentials reads the credentials of a request: exactly one method may be used
// (RFC 6749 section 2.3). Where identifier is set, Basic may have the client_id only.
func readCredentials(r *http.Request, form url.Values, identifier bool) (credentials, *Refusal) {
	c := credentials{id: form.Get("client_id"), secret: form.Get("client_secret"), assertion: form.Get("client_assertion")}
	header := r.Header.Get("Authorization")
	basic := len(header) > 6 && strings.EqualFold(header[:6], "basic ")
	switch {
	case moreThanOne(basic, form.Has("client_secret"), c.assertion != ""):
		return c, &Refusal{"invalid_request", "The request authenticates the client in more than one way: keep one of Basic, client_secret and client_assertion."}
	case basic && identifier && identifierOf(header) != "":
		c.id = identifierOf(header)
		c.method = protocol.NoAuthentication
	case basic:
		return offeredByBasic(r, c)
	case c.assertion != "":
		if c, err := offeredByAssertion(form, c); err != nil || c.id != "" {
			return c, err
		}
	case form.Has("client_secret"):
		c.method = protocol.ClientSecretPost
	default:
		c.method = protocol.NoAuthentication
	}
	if c.id == "" {
		return c, &Refusal{"invalid_client", "The request names no client: authenticate it with Basic, or send client_id."}
	}
	return c, nil
}

// withoutSecondSecret returns the parameters of a request without the client secret
// that is in the Authorization header too, where the dialect allows that.
func (g *Registry) withoutSecondSecret(r *http.Request, form url.Values) url.Values {
	if !g.names.Rules().SecretTwice || !form.Has("client_secret") {
		return form
	}
	if _, _, basic := r.BasicAuth(); !basic {
		return form
	}
	form = maps.Clone(form)
	form.Del("client_secret")
	return form
}

// moreThanOne reports whether more than one of conditions holds.
func moreThanOne(conditions ...bool) bool {
	holds := 0
	for _, c := range conditions {
		if c {
			holds++
		}
	}
	return holds > 1
}

// offeredByAssertion reads a client assertion (RFC 7523 section 2.2), whose sub is
// the client that the request does not name.
func offeredByAssertion(form url.Values, c credentials) (credentials, *Refusal) {
	if t := form.Get("client_assertion_type"); t != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
		return c, &Refusal{"invalid_request", "client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer (RFC 7523 section 2.2)."}
	}
	if c.id != "" {
		return c, nil
	}
	sub, err := unverifiedSubject(c.assertion)
	if err != nil {
		return c, &Refusal{"invalid_client", "The client assertion cannot be used: " + err.Error() + "."}
	}
	c.id = sub
	return c, nil
}

// identifierOf returns the client_id of Basic credentials that have no colon, and
// so no secret, not even an empty one.
func identifierOf(header string) string {
	decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(header[len("Basic "):]))
	if err != nil || bytes.ContainsRune(decoded, ':') {
		return ""
	}
	return string(decoded)
}

// offeredByBasic reads HTTP Basic credentials, in which identifier and secret
// are form-encoded first (RFC 6749 section 2.3.1).
func offeredByBasic(r *http.Request, c credentials) (credentials, *Refusal) {
	id, secret, ok := r.BasicAuth()
	if !ok {
		return c, &Refusal{"invalid_client", "The Authorization header cannot be read: Basic wants base64(client_id:client_secret)."}
	}
	id, errID := url.QueryUnescape(id)
	secret, errSecret := url.QueryUnescape(secret)
	if errID != nil || errSecret != nil {
		return c, &Refusal{"invalid_client", "Identifier and secret must be form-encoded before they are joined for Basic (RFC 6749 section 2.3.1)."}
	}
	if c.id != "" && c.id != id {
		return c, &Refusal{"invalid_request", "client_id in the body differs from the one in the Authorization header."}
	}
	return credentials{method: protocol.ClientSecretBasic, id: id, secret: secret}, nil
}

// SameSecret compares digests, so that neither content nor length shows in the
// time it takes. Test secrets need no slow hash.
func SameSecret(want, got string) bool {
	a, b := sha256.Sum256([]byte(want)), sha256.Sum256([]byte(got))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// isOfDevice reports whether a request is one of the device grant, or refreshes
// what it gave: a device keeps no secret.
func (g *Registry) isOfDevice(form url.Values) bool {
	switch protocol.Grant(form.Get("grant_type")) {
	case protocol.DeviceCodeGrant, "":
		return true
	case protocol.RefreshTokenGrant:
		rt, ok := g.state.Store.Refresh(form.Get("refresh_token"), g.state.Clock.Now())
		return ok && rt.Grant.GrantType == protocol.DeviceCodeGrant
	}
	return false
}
