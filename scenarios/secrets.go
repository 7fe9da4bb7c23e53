package scenarios

import (
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
)

// secrets are the texts that a result must not show whole: what the clients and
// users of a scenario authenticate with, what its variables take from the
// environment under a name like PASSWORD, and the codes and tokens it has seen.
type secrets struct{ texts []string }

// learn adds a text. What is too short would hide half a report.
func (s *secrets) learn(text string) {
	const shortest = 5
	if len(text) >= shortest && !slices.Contains(s.texts, text) {
		s.texts = append(s.texts, text)
		slices.SortFunc(s.texts, func(a, b string) int { return len(b) - len(a) }) // one may hold another
	}
}

// see adds what an observation shows.
func (s *secrets) see(o *observation) {
	for name, value := range o.tokens {
		if text, ok := value.(string); ok && journal.Secret(name) {
			s.learn(text)
		}
	}
	for _, params := range []url.Values{o.request, o.reply} {
		for name, values := range params {
			if journal.Secret(name) {
				for _, text := range values {
					s.learn(text)
				}
			}
		}
	}
}

// hide replaces every secret by its tag, also one that was cut at its end.
func (s *secrets) hide(text string) string {
	const enough = 24 // characters by which a secret is known
	for _, secret := range s.texts {
		tag := journal.Tag(secret)
		text = strings.ReplaceAll(text, secret, tag)
		if len(secret) <= enough {
			continue
		}
		for {
			from := strings.Index(text, secret[:enough])
			if from < 0 {
				break
			}
			to := from + enough
			for to < len(text) && to-from < len(secret) && text[to] == secret[to-from] {
				to++
			}
			text = text[:from] + tag + text[to:]
		}
	}
	return text
}

// secretName reports whether a variable holds a secret, by its name.
func secretName(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"pass", "secret", "token", "key", "pw", "credential"}, func(word string) bool { return strings.Contains(name, word) })
}

// gather finds the secrets that are known by now.
func (st *stage) gather() {
	for _, c := range st.provider.Clients() {
		st.secrets.learn(c.Secret)
	}
	for _, u := range st.provider.Users() {
		st.secrets.learn(u.Password)
	}
	for name, v := range st.scenario.Vars {
		if v != nil && (secretName(name) || secretName(v.Env)) {
			st.secrets.learn(v.taken)
		}
	}
	st.secrets.see(st.seen)
}

// hideSecrets shortens what a step shows of secrets.
func (st *stage) hideSecrets(out *StepResult) {
	if st.run.ShowSecrets {
		return
	}
	st.gather()
	out.Summary = st.secrets.hide(out.Summary)
	for i := range out.Failures {
		f := &out.Failures[i]
		f.Want, f.Got, f.Message = st.secrets.hide(f.Want), st.secrets.hide(f.Got), st.secrets.hide(f.Message)
	}
}
