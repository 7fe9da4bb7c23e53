package verb

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// tokenVerb asks the control API of a running provider for tokens, without a flow. It
// prints nothing else, so that $(authdrill token) is a token.
func tokenVerb() verb {
	issuer, show := defaultIssuer, "access_token"
	var user, id, scope, nonce, control, secret string
	var audience []string
	claims, access := map[string]any{}, accessRequest{}
	return verb{
		name: "token", group: "helpers",
		summary: "make a token at a running provider, without signing in",
		example: "curl -H \"Authorization: Bearer $(authdrill token --user alice)\" http://localhost:3000/api\n" +
			"authdrill token --user alice --claim role=admin --lifetime 10m --show json",
		flags: func(f *setting.Flags) {
			f.Text(&issuer, "issuer", "URL", "the provider, or one of the issuers that its persona has, such as a realm")
			f.Text(&control, "control", "URL", "its control API, where that has a port of its own; default below the issuer")
			f.Text(&secret, "control-token", "TOKEN", "token of the control API, where it asks for one")
			f.Text(&user, "user", "LOGIN", "whose token; without it the client's own")
			f.Text(&id, "client-id", "ID", "the client it is for; default the first that is registered")
			f.Text(&scope, "scope", "SCOPES", "scopes granted, separated by spaces; default openid profile email for a user")
			f.List(&audience, "audience", "NAME", "audience of the access token; may be repeated")
			f.Claims(claims, "claim", "a claim of the access token and the ID token, over all that is configured: JSON, YAML in {} or [], or a text, which may contain ${user.NAME} and such; $absent removes it; may be repeated")
			f.Text(&access.Typ, "typ", "TYP", "typ in the header of the access token, such as JWT; default at+jwt")
			f.One(&access.Format, "format", []string{"jwt", "opaque"}, "format of the access token; default jwt where its audience, claims or header are asked for, else the provider's")
			f.Text(&access.SigningAlg, "signing-alg", "ALG", "algorithm of a JWT access token; default the provider's")
			f.Text(&access.Lifetime, "lifetime", "DURATION", "how long the access token lives, such as 10m; default the provider's")
			f.Text(&nonce, "nonce", "TEXT", "nonce of the ID token")
			f.One(&show, "show", []string{"access_token", "id_token", "refresh_token", "json"}, "what to print; json is the whole answer")
		},
		run: func(ctx context.Context, c *call) error {
			if err := setting.CheckIssuer("issuer", issuer); err != nil {
				return err
			}
			answer, err := mintAt(ctx, c.flags, issuer, control, secret, mintRequest{ClientID: id, User: user, Scope: scope, Nonce: nonce, Audience: audience, Claims: claims, AccessToken: access})
			if err != nil {
				return err
			}
			if show == "json" {
				c.Print("%s", strings.TrimSpace(string(answer)))
				return nil
			}
			var tokens map[string]any
			if err := json.Unmarshal(answer, &tokens); err != nil {
				return failure.Environmental("", "%s does not answer with JSON", issuer)
			}
			token, _ := tokens[show].(string)
			if token == "" {
				return failure.Usage("an ID token needs --user and --scope openid, a refresh token --scope 'openid offline_access'", "no %s in the answer", show)
			}
			c.Print("%s", token)
			return nil
		},
	}
}

// mintRequest is the body of POST /_/api/tokens.
type mintRequest struct {
	ClientID string   `json:"client_id,omitempty"`
	User     string   `json:"user,omitempty"`
	Scope    string   `json:"scope,omitempty"`
	Nonce    string   `json:"nonce,omitempty"`
	Audience []string `json:"audience,omitempty"`
	Issuer   string   `json:"issuer,omitempty"`

	Claims      map[string]any `json:"claims,omitempty"`
	AccessToken accessRequest  `json:"access_token,omitzero"`
}

// accessRequest says what the access token is.
type accessRequest struct {
	Lifetime   string `json:"lifetime,omitempty"`
	Format     string `json:"format,omitempty"`
	Typ        string `json:"typ,omitempty"`
	SigningAlg string `json:"signing_alg,omitempty"`
}

// mintAt makes tokens of an issuer: a provider, or one of the issuers that a persona
// has below the provider, such as a realm, whose control API is the provider's.
func mintAt(ctx context.Context, f *setting.Flags, issuer, control, secret string, request mintRequest) ([]byte, error) {
	for provider := strings.TrimSuffix(issuer, "/"); ; {
		api, err := controlOf(provider, control)
		if err != nil {
			return nil, err
		}
		body, err := json.Marshal(request)
		if err != nil {
			return nil, err
		}
		answer, there, err := mint(ctx, f, api, secret, body)
		parent, ok := parentOf(provider)
		if there || !ok {
			return answer, err
		}
		provider, request.Issuer = parent, issuer
	}
}

// parentOf returns a URL without the last segment of its path, and whether it had one.
func parentOf(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Path == "" || u.Path == "/" {
		return "", false
	}
	u.Path, u.RawPath = u.Path[:strings.LastIndexByte(u.Path, '/')], ""
	return u.String(), true
}

// controlOf is the control API of an issuer: below it, or at the same path of the
// port that the control API has of its own.
func controlOf(issuer, control string) (string, error) {
	issuer = strings.TrimSuffix(issuer, "/")
	if control == "" {
		return issuer + "/_/api", nil
	}
	if err := setting.CheckURL("control", control); err != nil {
		return "", err
	}
	own, err := url.Parse(control)
	if err != nil {
		return "", err
	}
	of, err := url.Parse(issuer)
	if err != nil {
		return "", err
	}
	return own.Scheme + "://" + own.Host + of.EscapedPath() + "/_/api", nil
}

// mint asks a control API for tokens. there tells whether one answers at all.
func mint(ctx context.Context, f *setting.Flags, control, token string, request []byte) (answer []byte, there bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, control+"/tokens", bytes.NewReader(request))
	if err != nil {
		return nil, true, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	req.Header.Set("Content-Type", "application/json")
	server := strings.TrimSuffix(control, "/_/api")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, true, failure.Environmental("start a provider with authdrill serve, or name it with --issuer", "%s does not answer: %s", server, failure.RootOf(err))
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, true, failure.Environmental("", "%s: %s", server, failure.RootOf(err))
	}
	if resp.StatusCode == http.StatusCreated {
		return body, true, nil
	}
	if refused := refusedMint(f, body); refused != nil {
		return nil, true, refused
	}
	return nil, resp.StatusCode != http.StatusNotFound, failure.Environmental("name a provider of authdrill with --issuer, and its control API with --control where that has a port of its own", "%s answers %s", server, resp.Status)
}

// refusedMint reports what a control API refuses of a request for tokens, by the flags
// that say it; nil where it says nothing.
func refusedMint(f *setting.Flags, answer []byte) error {
	var problem struct { // RFC 9457
		Detail string
		Errors []strict.Problem
	}
	if json.Unmarshal(answer, &problem) != nil || problem.Detail == "" {
		return nil
	}
	if len(problem.Errors) == 0 {
		member, message, _ := strings.Cut(problem.Detail, ": ")
		problem.Errors = []strict.Problem{{Path: member, Message: message}}
	}
	var wrong failure.List
	for _, one := range problem.Errors {
		flag, rest := flagOf(f, one.Path)
		if flag == "" {
			return failure.Usage("", "%s", problem.Detail)
		}
		wrong.Add(failure.Usage(one.Hint, "%s%s: %s", f.Word(flag, ""), rest, one.Message))
	}
	return wrong.Err()
}

// flagOf is the flag that says a member of a request for tokens, and what of its value
// is meant; empty for none.
func flagOf(f *setting.Flags, member string) (flag, rest string) {
	if claim, ok := strings.CutPrefix(member, "claims."); ok {
		return "claim", " " + claim
	}
	member, _, _ = strings.Cut(strings.TrimPrefix(member, "access_token."), "[")
	if flag = strings.ReplaceAll(member, "_", "-"); f.Set.Lookup(flag) == nil {
		return "", ""
	}
	return flag, ""
}
