package scenarios

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/client/mutant"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/store"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/redact"
)

// stage is where one scenario plays: its issuer, its user's browser, its
// clients, and what has been seen so far.
type stage struct {
	run      *runner
	scenario *Scenario
	provider *mockprovider.Provider
	browser  *agent.Agent
	tap      *tap
	random   io.Reader
	clients  map[string]*party
	keys     map[string]*jose.JSONWebKey // of clients that sign their assertions
	last     string                      // client that acted last

	page     *agent.Page // what the browser shows
	captures map[string]any
	steps    map[string]*observation // by id
	seen     *observation            // the latest of everything
	secrets  *redact.Secrets
	arrows   []Message // what the journal does not show
	step     int
	late     bool // a step was not done within the time of the run
}

// party is a client of the scenario and what it holds.
type party struct {
	id      string
	client  *client.Client
	pending *client.Authorization
	sent    url.Values // the authorization request, as the browser carried it
	session *client.Session
	answer  url.Values // the authorization response the browser brought
}

// callbackURL is where the bundled client seems to be.
const callbackURL = "http://127.0.0.1:9401/callback"

func newStage(r *runner, j *job) (*stage, error) {
	st := &stage{
		run: r, scenario: j.scenario, clients: map[string]*party{}, keys: map[string]*jose.JSONWebKey{}, captures: map[string]any{}, steps: map[string]*observation{},
		seen: &observation{}, random: seeded(r.Seed, j.issuer), secrets: j.scenario.secrets.Clone(),
	}
	issuer := baseURL + "/t/" + j.issuer
	s, err := strict.Expand(j.scenario.Setup, func(name string) (any, error) {
		if name == "issuer" {
			return issuer, nil
		}
		return nil, fmt.Errorf("${%s} is not known before the first step", name)
	})
	if err != nil {
		return nil, err
	}
	if s.Clock == "" {
		s.Clock = clock.Epoch().Format(time.RFC3339)
	}
	if err := st.giveKeys(&s); err != nil {
		return nil, err
	}
	for _, id := range j.scenario.Attack {
		stimulus, err := catalog.Stimulus(id)
		if err != nil {
			return nil, err
		}
		if stimulus, err = strict.Expand(stimulus, func(name string) (any, error) { return stimulusName(name, issuer) }); err != nil {
			return nil, err
		}
		s = s.With(stimulus)
	}
	if st.provider, err = r.host.Create(j.issuer, s); err != nil {
		return nil, err
	}
	st.tap = &tap{next: Patient(r.host.HTTPClient().Transport, st.provider.Clock().Now, clientTimeout)}
	st.browser = &agent.Agent{Transport: r.host.HTTPClient().Transport, Now: st.provider.Clock().Now}
	// Whatever is not the provider is not called: the browser stops there.
	st.browser.Intercept = func(u *url.URL) bool { return u.Scheme+"://"+u.Host != baseURL }
	return st, nil
}

// stimulusName returns the value of a name in an entry of the catalogue.
func stimulusName(name, issuer string) (any, error) {
	switch name {
	case "issuer":
		return issuer, nil
	case "canary":
		return mockprovider.Canary(issuer), nil
	}
	return nil, fmt.Errorf("unknown variable ${%s}: must be ${issuer} or ${canary}", name)
}

func (st *stage) close() { st.run.host.Delete(st.provider.Name()) }

// seeded is the randomness of a scenario's clients.
func seeded(seed uint64, name string) io.Reader {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], seed)
	sum := sha256.Sum256(append(b[:], "clients of "+name...))
	return &lockedReader{r: rand.NewChaCha8(sum)}
}

type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *lockedReader) Read(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(b)
}

// party returns a client of the scenario, made at its first use. An empty id is
// the one that acted last, else app.
func (st *stage) party(id string) (*party, error) {
	if id == "" {
		id = st.last
	}
	if id == "" {
		id = setup.ClientID
	}
	st.last = id
	if p := st.clients[id]; p != nil {
		return p, nil
	}
	config, err := st.clientConfig(id)
	if err != nil {
		return nil, err
	}
	if config.AuthMethod == string(protocol.PrivateKeyJWT) {
		key, err := st.clientKey(id, st.signingAlg(id))
		if err != nil {
			return nil, err
		}
		config.SigningKey = key
	}
	c, err := mutant.New(config, st.behave(&config)...)
	if err != nil {
		return nil, misuse{err}
	}
	p := &party{id: id, client: c}
	st.clients[id] = p
	return p, nil
}

// clientConfig is what a client of the bundled kind is told of its registration. One
// that is not registered has an identifier only.
func (st *stage) clientConfig(id string) (client.Config, error) {
	config := client.Config{ClientID: id, RedirectURL: callbackURL, ResponseType: "code"}
	all := st.provider.Clients()
	n := slices.IndexFunc(all, func(c *store.Client) bool { return c.ID == id && !c.Unregistered })
	switch {
	case n < 0 && st.scenario.takesAnyClient():
		return config, nil
	case n < 0:
		return config, misuse{fmt.Errorf("no client %q is registered", id)}
	}
	c := all[n]
	config.ClientSecret, config.AuthMethod = c.Secret, string(c.AuthMethod)
	config.IDTokenSignedResponseAlg, config.UserInfoSignedResponseAlg = string(c.IDTokenAlg), string(c.UserinfoAlg)
	if len(c.RedirectURIs) > 0 {
		config.RedirectURL = c.RedirectURIs[0]
	}
	return config, nil
}

// behave gives a client the scenario's behaviour and the stage's seams. It returns
// the names of the bugs the client is to have.
func (st *stage) behave(c *client.Config) (mutants []string) {
	c.Issuer = st.provider.Issuer()
	c.Timeout = clientTimeout
	c.HTTPClient = &http.Client{Transport: st.tap}
	c.Now, c.Sleep, c.Random = st.provider.Clock().Now, st.provider.Clock().Sleep, st.random
	b := st.scenario.Client
	if b == nil {
		return st.run.Mutants
	}
	c.ClockSkew = b.ClockSkew.D()
	if len(b.Use) > 0 {
		without := func(protection string) bool { return !slices.Contains(b.Use, protection) }
		c.WithoutPKCE, c.WithoutNonce, c.WithoutState, c.WithoutIss = without("pkce"), without("nonce"), without("state"), without("iss")
	}
	if r := b.Retry; r != nil {
		c.MaxRetries, c.HonorRetryAfter, c.Backoff = r.Max, r.HonorRetryAfter == nil || *r.HonorRetryAfter, r.Backoff.D()
	}
	return slices.Concat(st.run.Mutants, b.Bugs)
}

// play runs the steps, up to the first that fails.
func (st *stage) play(ctx context.Context, result *Result) {
	journal := st.provider.Journal()
	failed := false
	for i, step := range st.scenario.Steps {
		st.step = i + 1
		out := StepResult{Number: i + 1, Name: step.Name, Verb: step.Verb(), Place: step.Place}
		if failed || ctx.Err() != nil {
			st.expire(ctx, step, &out, !failed)
			failed = true
			result.Steps = append(result.Steps, out)
			continue
		}
		before := journal.Last()
		st.gather()
		st.perform(ctx, step, &out)
		st.expire(ctx, step, &out, len(out.Failures) > 0)
		for n := before + 1; n <= journal.Last(); n++ {
			out.Journal = append(out.Journal, n)
		}
		failed = len(out.Failures) > 0
		result.Steps = append(result.Steps, out)
	}
}

// expire gives a step that the time of the run was too short for that reason, in
// place of what it says for want of an answer.
func (st *stage) expire(ctx context.Context, step *Step, out *StepResult, undone bool) {
	var over outOfTime
	if undone && errors.As(context.Cause(ctx), &over) {
		out.Failures, st.late = []Failure{failing(step, over.Error())}, true
	}
}

// perform runs one step: fills in what is known by now, does it, and judges
// what was seen, again and again if it may.
func (st *stage) perform(ctx context.Context, template *Step, out *StepResult) {
	// What is expected may speak of what the step itself shows: it is filled in
	// after the deed.
	deed := *template
	deed.Expect = nil
	step, err := strict.Expand(&deed, st.lookup)
	if err != nil {
		out.Failures = append(out.Failures, failing(template, err.Error()))
		return
	}
	out.Summary = summary(step)
	if !st.run.ShowSecrets {
		out.Summary = redactSummary(out.Summary)
	}
	if !step.If.Holds() {
		return
	}
	out.Ran = true
	tries := 1
	if step.Eventually != nil {
		if step.Eventually.Every == 0 {
			step.Eventually.Every = step.Eventually.Within / 10
		}
		tries = int(step.Eventually.Within/max(step.Eventually.Every, 1)) + 1
	}
	for try := range tries {
		if try > 0 {
			if err := st.provider.Clock().Sleep(ctx, step.Eventually.Every.D()); err != nil {
				return
			}
		}
		var o *observation
		o, out.Failures = st.do(ctx, step, template.Expect)
		if len(out.Failures) == 0 {
			st.keep(step, o, out)
			return
		}
	}
}

// do does a step once.
func (st *stage) do(ctx context.Context, step *Step, expected *Expect) (*observation, []Failure) {
	start := st.provider.Clock().Now()
	o := &observation{}
	st.tap.begin(o)
	err := st.act(ctx, step, o)
	st.tap.end()
	o.duration = st.provider.Clock().Now().Sub(start)
	o.settle(err)
	st.seen.learn(o)
	if v := step.Verify; v != nil {
		return o, st.verify(v)
	}
	expect, unknown := strict.Expand(expected, st.lookup)
	if unknown != nil {
		return o, []Failure{failing(step, unknown.Error())}
	}
	return o, st.judge(step, expect, o, err)
}

// keep stores what a step wants to be remembered by.
func (st *stage) keep(step *Step, o *observation, out *StepResult) {
	if step.ID != "" {
		st.steps[step.ID] = o
	}
	for name, path := range step.Capture {
		value, ok := o.at(path)
		if !ok {
			value, ok = st.seen.at(path)
		}
		if !ok {
			f := failing(step, fmt.Sprintf("no %s to capture as %s", path, name))
			if n := step.Node.Find("capture." + name); n != nil {
				f.Place, f.Source = n.Place(), n.Source()
			}
			out.Failures = append(out.Failures, f)
			continue
		}
		st.captures[name] = value
	}
}

// lookup returns the value that ${name} has by now.
func (st *stage) lookup(name string) (any, error) {
	if v, ok := st.captures[name]; ok {
		return v, nil
	}
	switch name {
	case "issuer":
		return st.provider.Issuer(), nil
	case "client_id":
		return st.provider.Client().ID, nil
	case "client_secret":
		return st.provider.Client().Secret, nil
	}
	if rest, ok := strings.CutPrefix(name, "steps."); ok {
		id, path, _ := strings.Cut(rest, ".")
		if o := st.steps[id]; o != nil {
			if v, ok := o.at(path); ok {
				return v, nil
			}
		}
		return nil, fmt.Errorf("${%s}: the step %s has shown no %s", name, id, path)
	}
	if v, ok := st.seen.at(name); ok {
		return v, nil
	}
	return nil, fmt.Errorf("${%s}: no step has shown it yet", name)
}

// failing is the failure of a whole step.
func failing(step *Step, message string) Failure {
	f := Failure{Place: step.Place, Message: message}
	if step.Node != nil {
		f.Source = step.Node.Source()
	}
	return f
}

// summary is a step in one line, as it is run.
func summary(step *Step) string {
	if step.Node == nil {
		return step.Verb()
	}
	n := step.Node.Get(step.Verb())
	if n == nil || n.Text != "" {
		return strings.TrimSpace(step.Verb() + " " + textOf(n))
	}
	text := match.Text(verbValue(step))
	if len(text) > 120 {
		return step.Verb()
	}
	return step.Verb() + " " + text
}

func textOf(n *strict.Node) string {
	if n == nil {
		return ""
	}
	return n.Text
}
