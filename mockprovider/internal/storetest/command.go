package storetest

import (
	"fmt"

	"pgregory.net/rapid"
)

// verb is what a command does.
type verb int

const (
	authorize verb = iota // keep a code, for a grant of its own
	redeem                // and keep the tokens
	refresh               // likewise
	look                  // whether an access token is accepted
	drop                  // revoke an access token
	revoke                // the grants of the user
	end                   // the grant that a code was made from, by its key
	ask                   // keep a device's request
	approve               // it, as the user
	deny                  // it
	withdraw              // revoke what the user gave a device, before it is taken
	poll                  // as the device, and keep the tokens
	push                  // an authorization request
	take                  // it
	sign                  // a new assertion
	assert                // use it
	advance               // the clock, or move it back
	reset
	verbs
)

// slots is how many things of a kind the workers share: few, so that they meet.
const slots = 2

// command is something that a worker does, with what is in a slot.
type command struct {
	verb verb
	slot int
	by   int // seconds, of advance
}

func (c command) String() string {
	return [...]string{"authorize", "redeem", "refresh", "look", "drop", "revoke", "end", "ask", "approve", "deny", "withdraw", "poll", "push", "take", "sign", "assert", "advance", "reset"}[c.verb]
}

// GoString writes a command as rapid shows what it drew.
func (c command) GoString() string { return fmt.Sprintf("%s(%d, %d)", c, c.slot, c.by) }

// drawCommand draws a command. A reset is rare, so that there is something to reset.
func drawCommand() *rapid.Generator[command] {
	return rapid.Custom(func(t *rapid.T) command {
		c := command{verb: verb(rapid.IntRange(0, int(verbs)-1).Draw(t, "verb")), slot: rapid.IntRange(0, slots-1).Draw(t, "slot")}
		if c.verb == reset && rapid.IntRange(0, 3).Draw(t, "rarely") > 0 {
			c.verb = look
		}
		if c.verb == advance {
			c.by = rapid.SampledFrom([]int{1, 30, codeLife, accessLife, refreshLife, -30}).Draw(t, "by")
		}
		return c
	})
}

// round is what the workers do at the same moment, after one of them has prepared it.
type round struct {
	before []verb
	at     []command // one for each worker
}

// drawRound draws a command for each worker, or a rush: all of them take the same
// thing, which was made ready before. In a race they do so in several ways.
func drawRound(workers int) *rapid.Generator[round] {
	return rapid.Custom(func(t *rapid.T) round {
		if rapid.IntRange(0, 2).Draw(t, "rush") == 0 {
			return round{at: rapid.SliceOfN(drawCommand(), workers, workers).Draw(t, "commands")}
		}
		rushes := [][]verb{{authorize, redeem}, {authorize, redeem, refresh}, {ask, approve}, {ask, approve, poll}, {push, take}, {sign, assert}, {authorize, redeem, revoke}, {authorize, end}, {ask, approve, withdraw}}
		verbs := rapid.SampledFrom(rushes).Draw(t, "verbs")
		races := [][]verb{verbs[len(verbs)-1:], {redeem, end}, {redeem, revoke}, {refresh, end, look}, {poll, withdraw}}
		race := rapid.SampledFrom(races).Draw(t, "race")
		slot := rapid.IntRange(0, slots-1).Draw(t, "slot")
		out := round{before: verbs[:len(verbs)-1]}
		for n := range workers {
			out.at = append(out.at, command{verb: race[n%len(race)], slot: slot})
		}
		return out
	})
}
