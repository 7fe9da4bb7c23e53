package secret

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/authdrill/authdrill/mockprovider/clock"
)

const (
	awsPatience = 15 * time.Second // how long the answer of AWS may take
	awsAnswer   = 1 << 20          // its bytes; a secret has 64 KiB at most
	awsJSON     = "application/x-amz-json-1.1"
)

// secretsManager is AWS Secrets Manager in one region. It uses only the signer of
// the SDK: linking the SDK's client of this service would make every start of the
// command 5 % slower.
type secretsManager struct {
	endpoint, region string
	credentials      aws.Credentials
}

// awsRefusal is an error answer of AWS (AWS JSON 1.1).
type awsRefusal struct {
	status  int
	Type    string `json:"__type"`
	Message string `json:"message"`
}

func (r *awsRefusal) Error() string {
	return strings.TrimSuffix(fmt.Sprintf("%s (HTTP %d): %s", r.kind(), r.status, r.Message), ": ")
}

// kind is the name of the error, without its namespace.
func (r *awsRefusal) kind() string { return r.Type[strings.LastIndexByte(r.Type, '#')+1:] }

// get is the operation GetSecretValue. The text is nil of a secret that is
// binary; the error is an *awsRefusal where AWS answered with one.
func (m *secretsManager) get(name string) (*string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), awsPatience)
	defer cancel()
	body, err := json.Marshal(map[string]string{"SecretId": name})
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", awsJSON)
	r.Header.Set("X-Amz-Target", "secretsmanager.GetSecretValue")
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, m.credentials, r, hex.EncodeToString(sum[:]), "secretsmanager", m.region, clock.Machine()); err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, awsAnswer))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		refusal := &awsRefusal{status: resp.StatusCode}
		if json.Unmarshal(answer, refusal) != nil || refusal.Type == "" {
			refusal.Type = "an answer that is not an error of AWS"
		}
		return nil, refusal
	}
	var out struct{ SecretString *string }
	if err := json.Unmarshal(answer, &out); err != nil {
		return nil, fmt.Errorf("its answer is not JSON: %w", err)
	}
	return out.SecretString, nil
}
