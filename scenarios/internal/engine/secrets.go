package engine

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/mask"
	"github.com/authdrill/authdrill/scenarios/internal/credential"
	"github.com/authdrill/authdrill/scenarios/redact"
	"github.com/authdrill/authdrill/scenarios/result"
)

// LearnProvider adds the secrets of a provider's clients and users so far: a step may
// have registered a client, or changed a user.
func LearnProvider(known *redact.Secrets, p *mockprovider.Provider) {
	for _, c := range p.Clients() {
		known.LearnCredentials(c.ID, c.Secret)
		for _, key := range credential.InKeys(c.JWKS) {
			known.Learn(key)
		}
	}
	for _, u := range p.Users() {
		known.LearnCredentials(u.Login, u.Password)
	}
}

// learnSecrets adds the secrets so far, of the provider and of the browser.
func (p *playing) learnSecrets() {
	LearnProvider(p.options.Secrets, p.provider())
	p.options.Secrets.LearnIssued(credential.InAnswer(p.seen.Tokens)...)
	p.options.Secrets.LearnIssued(p.seen.secretParams()...)
}

// learnFailures adds the secrets that failures quote: in a line of the file, or an
// expected token.
func (p *playing) learnFailures(failures []result.Failure) {
	for _, f := range failures {
		p.options.Secrets.LearnLine(f.Source)
		var want string
		if name := f.Path[strings.LastIndexByte(f.Path, '.')+1:]; credential.IsVariable(name) && json.Unmarshal([]byte(f.Want), &want) == nil {
			p.options.Secrets.LearnIssued(want)
		}
	}
}

// secretParams returns the codes and tokens in the requests and responses of the
// browser.
func (o *Observation) secretParams() []string {
	var out []string
	for _, params := range []url.Values{o.Request, o.Reply} {
		for name, values := range params {
			if mask.IsSecret(name) {
				out = append(out, values...)
			}
		}
	}
	return out
}

// redactSummary replaces every value with a secret name in a step's summary by its
// tag. Such values of a file are not known as secrets.
func redactSummary(summary string) string {
	verb, value, ok := strings.Cut(summary, " ")
	if !ok {
		return summary
	}
	return verb + " " + credential.RedactJSON(value)
}
