package mutant

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/check"
)

// discovery returns the mutants about the metadata.
func discovery() []Mutant {
	return []Mutant{
		{
			Name: "discovery-issuer-unchecked", Check: "discovery_issuer", Spec: "OIDC Discovery 4.3",
			Doc:   "takes metadata of another issuer",
			edits: remove("metadata", "discovery_issuer"),
		},
		{
			Name: "plain-endpoints-accepted", Check: "endpoint", Spec: "RFC 9700 section 2.6",
			Doc:   "sends secrets to an endpoint without TLS, though the issuer has it",
			edits: remove("metadata", "endpoint"),
		},
		{
			Name: "discovery-failure-kept", Check: "discovery", Spec: "OIDC Discovery 4.2",
			Doc:   "never asks for the metadata again once they could not be had",
			edits: wrap("fetch metadata", keepMetadataFailure),
		},
		{
			Name: "discovery-kept", Check: "discovery", Spec: "OIDC Discovery 4.2",
			Doc:   "never asks for the metadata again once it has them",
			edits: wrap("fetch metadata", keepForever[*client.Metadata]),
		},
		{
			Name: "discovery-members-refused", Check: "discovery", Spec: "OIDC Discovery 3",
			Doc:   "refuses metadata with members it does not know",
			edits: insert("metadata", "", "members", refuseUnknownMetadata),
		},
		{
			Name: "advertised-algs-trusted", Check: "alg", Spec: "RFC 8725 section 3.1",
			Doc:   "takes any algorithm that the metadata names, none as well",
			edits: combine(wrap("verify signature", acceptUnsigned), wrapWith("allowed algorithms", trustAdvertisedAlgs)),
		},
		{
			Name: "metadata-guessed", Check: "discovery", Spec: "OIDC Discovery 4",
			Doc:       "guesses the endpoints",
			transport: guessMetadata,
		},
	}
}

// keepForever keeps a document for ever, whatever the provider says.
func keepForever[T any](strict func(context.Context) (T, time.Time, error)) func(context.Context) (T, time.Time, error) {
	return func(ctx context.Context) (T, time.Time, error) {
		document, _, err := strict(ctx)
		return document, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), err
	}
}

// keepMetadataFailure keeps that the metadata could not be had the first time.
func keepMetadataFailure(strict fetchMetadata) fetchMetadata {
	var had, failed atomic.Bool
	return func(ctx context.Context) (*client.Metadata, time.Time, error) {
		if failed.Load() && !had.Load() {
			return nil, time.Time{}, reject("discovery", "OIDC Discovery 4.2", "metadata", "none, and none will be asked for")
		}
		m, till, err := strict(ctx)
		if err == nil {
			had.Store(true)
		} else {
			failed.Store(true)
		}
		return m, till, err
	}
}

func refuseUnknownMetadata(m *client.Metadata) check.Finding {
	if _, odd := m.Raw["authdrill_unknown"]; odd {
		return failAs("discovery", "OIDC Discovery 4.2", "members of OIDC Discovery 3", "another")
	}
	return check.Pass("")
}

func trustAdvertisedAlgs(c *client.Client, strict algorithms) algorithms {
	return func(registered string) []string {
		allowed := strict(registered)
		if m := c.Config().Metadata; m != nil {
			algs, _ := m.Raw["id_token_signing_alg_values_supported"].([]any)
			for _, alg := range algs {
				allowed = append(allowed, text(alg))
			}
		}
		return allowed
	}
}

// guessMetadata answers for the provider with endpoints that it may not have.
func guessMetadata(cfg client.Config, next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		if !strings.Contains(req.URL.Path, "/.well-known/") {
			return next.RoundTrip(req)
		}
		iss := cfg.Issuer
		guess, err := json.Marshal(map[string]string{
			"issuer": iss, "authorization_endpoint": iss + "/authorize", "token_endpoint": iss + "/token", "jwks_uri": iss + "/jwks", "userinfo_endpoint": iss + "/userinfo",
		})
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(string(guess))), Request: req,
		}, err
	})
}
