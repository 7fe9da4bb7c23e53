package secret

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
)

// secretAtAWS asks AWS Secrets Manager for NAME, or for a member of the JSON
// object that it keeps there: NAME#MEMBER.
func (v Vault) secretAtAWS(reference string) (string, error) {
	name, member, picked := strings.Cut(reference, "#")
	manager, err := secretsManagerOf(v.Env)
	if err != nil {
		return "", err
	}
	secret, err := manager.get(name)
	var refused *awsRefusal
	switch {
	case errors.As(err, &refused) && refused.kind() == "ResourceNotFoundException":
		return "", failure.Usage("aws secretsmanager list-secrets --region "+manager.region+" lists them", "AWS Secrets Manager has no secret %q in %s", name, manager.region)
	case err != nil:
		return "", failure.Environmental("check the region, the credentials and the permission secretsmanager:GetSecretValue", "AWS Secrets Manager, secret %q: %s", name, err)
	case secret == nil:
		return "", failure.Usage("keep it as a text", "the secret %q at AWS is binary", name)
	case !picked:
		return *secret, nil
	}
	return memberOf(name, *secret, member)
}

// memberOf picks a member of the JSON object that a secret is.
func memberOf(name, text, member string) (string, error) {
	var members map[string]any
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		return "", failure.Usage("write "+fromAWS+name+" for the whole text", "the secret %q at AWS is not a JSON object, so it has no member %q", name, member)
	}
	secret, ok := members[member].(string)
	if !ok || secret == "" {
		return "", failure.Usage("name one of its members behind #", "the secret %q at AWS has no text under %q", name, member)
	}
	return secret, nil
}

// secretsManagerOf finds region, credentials and another endpoint in the
// variables that every tool of AWS reads.
func secretsManagerOf(env func(string) (string, bool)) (*secretsManager, error) {
	get := func(names ...string) string {
		for _, n := range names {
			if value, ok := env(n); ok && value != "" {
				return value
			}
		}
		return ""
	}
	var missing []string
	must := func(names ...string) string {
		value := get(names...)
		if value == "" {
			missing = append(missing, names[0])
		}
		return value
	}
	m := &secretsManager{region: must("AWS_REGION", "AWS_DEFAULT_REGION")}
	m.credentials = aws.Credentials{AccessKeyID: must("AWS_ACCESS_KEY_ID"), SecretAccessKey: must("AWS_SECRET_ACCESS_KEY"), SessionToken: get("AWS_SESSION_TOKEN")}
	if len(missing) > 0 {
		return nil, failure.Usage(`eval "$(aws configure export-credentials --format env)" sets those of a profile or a role`, "AWS Secrets Manager needs %s", strings.Join(missing, ", "))
	}
	if m.endpoint = get("AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"); m.endpoint == "" {
		m.endpoint = "https://secretsmanager." + m.region + ".amazonaws.com"
		if strings.HasPrefix(m.region, "cn-") {
			m.endpoint += ".cn"
		}
	}
	return m, nil
}
