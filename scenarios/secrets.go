package scenarios

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/mask"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/redact"
)

// Secrets are the texts that the scenario was told to keep to itself: what its
// variables take from the environment, whatever they are called, what variables
// with a name like password hold, and the secrets of its clients and users. Its
// names, and the warnings about it, are without them.
func (s *Scenario) Secrets() *redact.Secrets { return s.secrets }

// secrets are those of the variables, and of the axes that are called like a
// credential.
func (h head) secrets(env func(string) (string, bool)) *redact.Secrets {
	known := &redact.Secrets{}
	for name, v := range h.Vars {
		if v == nil {
			continue
		}
		if text, ok := env(v.Env); ok && v.Env != "" {
			known.Learn(text)
		}
		if !secretVariable(name) && !secretVariable(v.Env) {
			continue
		}
		for _, value := range []any{v.Value, v.Default} {
			if value != nil {
				known.Learn(match.Text(value))
			}
		}
	}
	if h.Matrix == nil {
		return known
	}
	for _, c := range slices.Concat(h.Matrix.Include, h.Matrix.Exclude) {
		for name, value := range c.Values {
			learnValue(known, name, value.Node)
		}
	}
	for _, axis := range h.Matrix.Axes {
		for _, value := range axis.Values {
			learnValue(known, axis.Name, value.Node)
		}
	}
	return known
}

// learnValue adds the value of an axis, or a part of one, that is called like a
// credential.
func learnValue(known *redact.Secrets, name string, n *strict.Node) {
	if mask.IsCredential(name) {
		known.Learn(n.Text)
	}
	for _, e := range n.Entries {
		learnValue(known, e.Key.Text, e.Value)
	}
	for _, item := range n.Items {
		learnValue(known, name, item)
	}
}

// secretVariable reports whether a variable holds a secret, by its name. What
// files call code or request is seldom one.
func secretVariable(name string) bool {
	return mask.IsSecret(name) && name != "code" && name != "request"
}

// parse reads documents, and keeps in mind that problems may quote them.
func (l *loader) parse(file string, data []byte) ([]*strict.Node, strict.Problems) {
	docs, ps := strict.Parse(file, data, strict.Options{Budget: l.budget})
	for _, doc := range docs {
		l.credentials += redact.CountCredentials(doc)
		if err := l.budget.Take(strict.Secrets, l.credentials, 0); err != nil {
			message, hint := (&home{}).refusal(file, err)
			return nil, strict.Problems{strict.FileProblem(file, strict.Limit, hint, "%s", message)} // without a line, which may have one
		}
	}
	l.documents = append(l.documents, docs...)
	if len(ps) > 0 {
		known := &redact.Secrets{}
		known.LearnLines(string(data))
		l.hidden = append(l.hidden, known)
	}
	return docs, ps
}

// concealed are the problems of a file without its secrets. They are taken out of
// all at once, whatever has reported them.
func (l *loader) concealed() strict.Problems {
	if len(l.problems) == 0 {
		return nil
	}
	if len(l.hidden) == 1 {
		return l.hidden[0].HideIn(l.problems.Sorted(), l.documents...)
	}
	known := &redact.Secrets{}
	for _, s := range l.hidden {
		known.Add(s)
	}
	return known.HideIn(l.problems.Sorted(), l.documents...)
}

// conceal takes the secrets out of what names a scenario and its steps, before
// anything is made of it: lists, reports, and the address of its issuer. The
// combinations of one document share what is known.
func (s *Scenario) conceal(known *redact.Secrets) {
	known.LearnSetup(s.Setup)
	s.secrets = known
	for _, text := range []*string{&s.Name, &s.Description, &s.Skip, &s.ExpectFailure} {
		*text = known.Hide(*text)
	}
	for i, step := range s.Steps {
		if name := known.Hide(step.Name); name != step.Name {
			hidden := *step // the combinations share steps
			hidden.Name = name
			s.Steps = slices.Clone(s.Steps)
			s.Steps[i] = &hidden
		}
	}
	s.Tags, s.Combination, s.Warnings = redact.Value(known, s.Tags), redact.Value(known, s.Combination), redact.Value(known, s.Warnings)
}

// gather finds the secrets that are known by now: a step may have registered a
// client, or changed a user.
func (st *stage) gather() {
	for _, c := range st.provider.Clients() {
		st.secrets.LearnCredentials(c.ID, c.Secret)
		st.secrets.LearnKeys(c.JWKS)
	}
	for _, u := range st.provider.Users() {
		st.secrets.LearnCredentials(u.Login, u.Password)
	}
	st.secrets.LearnAnswer(st.seen.tokens)
	st.secrets.LearnIssued(st.seen.secretParams()...)
}

// learnFailures adds what failures quote: a line of the file, and what was wanted of
// a token.
func (st *stage) learnFailures(failures []Failure) {
	for _, f := range failures {
		st.secrets.LearnLine(f.Source)
		var want string
		if name := f.Path[strings.LastIndexByte(f.Path, '.')+1:]; secretVariable(name) && json.Unmarshal([]byte(f.Want), &want) == nil {
			st.secrets.LearnIssued(want)
		}
	}
}

// secretParams are the codes and tokens in the requests and responses that the
// browser carried.
func (o *observation) secretParams() []string {
	var out []string
	for _, params := range []url.Values{o.request, o.reply} {
		for name, values := range params {
			if mask.IsSecret(name) {
				out = append(out, values...)
			}
		}
	}
	return out
}

// redactSummary makes everything under a secret name in a step's summary a tag:
// what a file says there need not be known as a secret.
func redactSummary(summary string) string {
	verb, value, ok := strings.Cut(summary, " ")
	if !ok {
		return summary
	}
	return verb + " " + redact.JSON(value)
}
