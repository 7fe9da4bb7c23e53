package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscredentials "github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/authdrill/authdrill/mockprovider/setup"
)

// A secret may be named in place of being written: env:NAME, file:PATH or
// awssecretsmanager:NAME#MEMBER. literal: stands before one that begins so
// itself.
const (
	fromEnvironment = "env:"
	fromFile        = "file:"
	fromAWS         = "awssecretsmanager:"
	asItIs          = "literal:"
)

// awsPatience is how long the answer of AWS may take.
const awsPatience = 15 * time.Second

// vault is where references to secrets are looked up.
type vault struct{ env func(string) (string, bool) }

// open replaces the references in a setup by what they stand for. The error
// says where the reference stands, and what to do.
func (v vault) open(s *setup.Setup) error {
	for id, c := range s.Clients {
		if c == nil {
			continue
		}
		secret, err := v.secret(c.Secret)
		if err != nil {
			return within("clients."+id+".client_secret", err)
		}
		opened := *c
		opened.Secret = secret
		s.Clients[id] = &opened
	}
	for login, u := range s.Users {
		if u == nil {
			continue
		}
		password, err := v.secret(u.Password)
		if err != nil {
			return within("users."+login+".password", err)
		}
		opened := *u
		opened.Password = password
		s.Users[login] = &opened
	}
	return nil
}

// within says where a reference stands.
func within(place string, err error) error {
	var f *failure
	if errors.As(err, &f) {
		return &failure{f.code, fmt.Errorf("%s: %w", place, f.err), f.hint}
	}
	return err
}

// secret is what a text stands for: itself, if it is no reference.
func (v vault) secret(text string) (string, error) {
	switch {
	case strings.HasPrefix(text, asItIs):
		return strings.TrimPrefix(text, asItIs), nil
	case strings.HasPrefix(text, fromEnvironment):
		name := strings.TrimPrefix(text, fromEnvironment)
		secret, ok := v.env(name)
		if !ok || secret == "" {
			return "", usage("export "+name+"=..., or write the secret in a file and "+fromFile+"PATH", "the variable %s is not set", name)
		}
		return secret, nil
	case strings.HasPrefix(text, fromFile):
		return secretInFile(strings.TrimPrefix(text, fromFile))
	case strings.HasPrefix(text, fromAWS):
		return v.secretAtAWS(strings.TrimPrefix(text, fromAWS))
	}
	return text, nil
}

func secretInFile(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", usage("name a file with the secret and nothing else", "%s", reason(err))
	}
	secret := strings.TrimRight(string(text), "\r\n")
	if secret == "" || strings.ContainsAny(secret, "\r\n") {
		return "", usage("it holds the secret and nothing else", "%s does not hold one line", file)
	}
	return secret, nil
}

// secretAtAWS asks AWS Secrets Manager for NAME, or for a member of the JSON
// object that it keeps there: NAME#MEMBER. Region, credentials and another
// endpoint come from the variables that every tool of AWS reads.
func (v vault) secretAtAWS(reference string) (string, error) {
	name, member, picked := strings.Cut(reference, "#")
	var missing []string
	get := func(names ...string) string {
		for _, n := range names {
			if value, ok := v.env(n); ok && value != "" {
				return value
			}
		}
		return ""
	}
	must := func(names ...string) string {
		value := get(names...)
		if value == "" {
			missing = append(missing, names[0])
		}
		return value
	}
	region := must("AWS_REGION", "AWS_DEFAULT_REGION")
	id, key := must("AWS_ACCESS_KEY_ID"), must("AWS_SECRET_ACCESS_KEY")
	if len(missing) > 0 {
		return "", usage(`eval "$(aws configure export-credentials --format env)" sets those of a profile or a role`, "AWS Secrets Manager needs %s", strings.Join(missing, ", "))
	}
	options := secretsmanager.Options{Region: region, Credentials: awscredentials.NewStaticCredentialsProvider(id, key, get("AWS_SESSION_TOKEN"))}
	if endpoint := get("AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"); endpoint != "" {
		options.BaseEndpoint = aws.String(endpoint)
	}
	ctx, cancel := context.WithTimeout(context.Background(), awsPatience)
	defer cancel()
	out, err := secretsmanager.New(options).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String(name)})
	var unknown *types.ResourceNotFoundException
	switch {
	case errors.As(err, &unknown):
		return "", usage("aws secretsmanager list-secrets --region "+region+" lists them", "AWS Secrets Manager has no secret %q in %s", name, region)
	case err != nil:
		return "", environmental("the region, the credentials and the right secretsmanager:GetSecretValue are worth a look", "AWS Secrets Manager, secret %q: %s", name, err)
	case out.SecretString == nil:
		return "", usage("keep it as a text", "the secret %q at AWS is binary", name)
	case !picked:
		return *out.SecretString, nil
	}
	return memberOf(name, *out.SecretString, member)
}

// memberOf picks a member of the JSON object that a secret is.
func memberOf(name, text, member string) (string, error) {
	var members map[string]any
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		return "", usage(fromAWS+name+" alone stands for the whole", "the secret %q at AWS is no JSON object, so it has no member %q", name, member)
	}
	secret, ok := members[member].(string)
	if !ok || secret == "" {
		return "", usage("name one of its members behind #", "the secret %q at AWS has no text under %q", name, member)
	}
	return secret, nil
}
