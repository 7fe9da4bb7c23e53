package drill

import (
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/setup"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/clause"
	"github.com/authdrill/authdrill/scenarios/internal/matrix"
	"github.com/authdrill/authdrill/scenarios/internal/witness"
	"github.com/authdrill/authdrill/scenarios/redact"
	"github.com/authdrill/authdrill/scenarios/target"
)

// Scenario is one document of a scenario file: what the provider is like, what
// happens, in order, and what must be seen. Only a name and a step are required;
// package setup has the defaults of the provider, its clients and its users.
//
// Texts may contain ${name}. Variables of vars, ${matrix.axis} and ${env.NAME} are
// replaced when the file is read. Names that have a value only while the scenario
// runs are still in the texts: ${issuer}, captures, ${steps.ID.PATH} for what the
// step with that id has shown, and paths such as ${token_response.scope} for what
// was shown last. So is $${, a literal ${. Call strict.Expand on a part of a
// scenario before using that part.
//
// A document without a name is a fragment: include takes over its settings and steps,
// and the step use its steps.
type Scenario struct {
	Name          string          `json:"scenario" required:"true" doc:"name of the scenario" example:"refresh token reuse revokes the whole family"`
	Description   string          `json:"description,omitempty" doc:"what it shows, for the reader of a report"`
	Tags          []string        `json:"tags,omitempty" single:"true" doc:"words to select it by"`
	Spec          []clause.Clause `json:"spec,omitempty" single:"true" doc:"clauses of the specifications it holds" example:"RFC6749#4.1.2"`
	Skip          string          `json:"skip,omitempty" oneof:"exemption,optional" doc:"why it is not run"`
	ProvenBy      []KnownBad      `json:"proven_by,omitempty" single:"true" doc:"clients with which it must fail, each named by its bug, or by several joined with +: without such a proof a scenario may hold nothing" example:"nonce-unchecked"`
	ExpectFailure string          `json:"expect_failure,omitempty" oneof:"exemption,optional" doc:"why it fails for now; that it passes is then a failure"`

	Entry

	Include []string        `json:"include,omitempty" single:"true" doc:"fragments to take over, relative to this file: vars, provider, clients, users, client, app, faults and steps; this file wins, their faults and steps come first"`
	Vars    map[string]*Var `json:"vars,omitempty" doc:"values to use as ${name}"`
	Matrix  *matrix.Matrix  `json:"matrix,omitempty" doc:"run once for every combination of the values of its axes, used as ${matrix.axis}; a value is a text, a number, true, false, a mapping, of which ${matrix.axis.member} is a member, or {label, value} with any value"`

	setup.Setup

	Client *Behaviour  `json:"client,omitempty" doc:"behaviour of the bundled client"`
	App    *target.App `json:"app,omitempty" doc:"drive this app instead of the bundled client"`
	Attack []string    `json:"attack,omitempty" single:"true" doc:"id of the failure catalogue, several, or all"`

	Steps   []*Step         `json:"steps,omitempty" required:"true" unless:"entry" doc:"what happens, in order; only an entry may leave them out, which is one sign-in then"`
	Outcome witness.Outcome `json:"outcome,omitzero" doc:"what must be seen at the end, by witness"`

	Node        *strict.Node     `json:"-"` // the whole document
	Place       strict.Place     `json:"-"` // where it begins; zero for one that was built in Go
	File        string           `json:"-"` // the file it is in
	Combination []matrix.Setting `json:"-"` // its values of the matrix, in the matrix' order
	Warnings    strict.Problems  `json:"-"` // what is valid, and probably a mistake
	Secrets     *redact.Secrets  `json:"-"` // what must not be shown of it: values from the environment, passwords, secrets of clients and users
}

// Behaviour is how the bundled client behaves.
type Behaviour struct {
	Retry     *Retry         `json:"retry,omitempty" doc:"what it does when a request to the provider fails (status 429 or 5xx, or no answer); default: nothing"`
	ClockSkew clock.Duration `json:"clock_skew,omitempty" doc:"how far the clocks of client and provider may differ; default 30s" example:"60s"`
	Use       []string       `json:"use,omitempty" enum:"pkce,nonce,state,iss" doc:"protections it uses; default all"`
	Bugs      []string       `json:"bugs,omitempty" single:"true" doc:"checks it leaves out, by name"`

	Node *strict.Node `json:"-"`
}

// Retry is how often and when a failed request is repeated.
type Retry struct {
	Max             int            `json:"max" required:"true" min:"0" max:"100" doc:"how many more times at most"`
	HonorRetryAfter *bool          `json:"honor_retry_after,omitempty" doc:"wait as long as Retry-After says (RFC 9110 section 10.2.3); default true"`
	Backoff         clock.Duration `json:"backoff,omitempty" doc:"time before the first repetition, doubled each time; default 1s"`
}
