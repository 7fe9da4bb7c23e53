// Package storetest tests that each operation of a backend is one step. Every
// record.Backend must pass Run, for the records, and Checks, for the faults with their
// counters, the clock, the journal, and the state after a reset and a restart. Begin
// with Run.
package storetest

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
)

// Run drives a backend with commands that rapid draws: authorize, approve, redeem,
// refresh, revoke, reset, advance and a few more, from a number of workers at once. It
// records when each operation began, when it ended and what it answered, and then
// looks for an order of the operations, none of them moved out of its time, in
// which a model with no parallelism gives the same answers (linearizability, by
// the search of Wing and Gong). It fails if there is none. It looks for each grant,
// device, pushed request and assertion by itself, and for the resets with each of them.
//
// So it proves of the runs it saw that a code, a refresh token, a device's answer, a
// pushed request and an assertion are taken once, that a grant that was ended has no
// live token, also none that was kept later, that nothing is live after it has expired,
// and that a reset leaves nothing. It does not prove that operations on several grants
// at once, such as revoking all of a user's, are one step together.
func Run(t *rapid.T, workers int, open func() record.Backend) {
	script := drawScript(workers).Draw(t, "rounds")
	for _, what := range unexplained(script, open()) {
		t.Error(what)
	}
}

// drawScript draws what the workers do.
func drawScript(workers int) *rapid.Generator[[]round] {
	const most = 12
	return rapid.SliceOfN(drawRound(workers), 1, most)
}

// unexplained lets the workers do what a script says, and returns what of it has no
// explanation.
func unexplained(script []round, b record.Backend) (out []string) {
	h := newHarness(b)
	h.run(script)
	for name, history := range h.histories() {
		if twice := takenTwice(history); twice != "" {
			out = append(out, fmt.Sprintf("%s: %s\n%s", name, twice, told(history)))
		} else if !explained(history) {
			out = append(out, fmt.Sprintf("%s: no order of these operations explains their answers\n%s", name, told(history)))
		}
	}
	return out
}

// told writes a history for a reader.
func told(history []*event) string {
	out := ""
	for _, e := range history {
		out += fmt.Sprintf("  %4d-%4d  at %s  %s -> %s\n", e.began, e.ended, e.now.Format(time.TimeOnly), e.op, e.answer)
	}
	return out
}

// takenTwice says what was taken more than once in a history, which no order can
// explain.
func takenTwice(history []*event) string {
	taken := map[string]int{}
	for _, e := range history {
		if e.op.once() && e.answer == won {
			if taken[e.op.String()]++; taken[e.op.String()] == 2 {
				return e.op.String() + " was taken twice"
			}
		}
	}
	return ""
}
