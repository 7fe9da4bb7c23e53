package engine

import (
	"context"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/witness"
	"github.com/authdrill/authdrill/scenarios/result"
)

// slowApp is an app that answers a sign-in when the time for the steps is over, and
// then answers as ever.
type slowApp struct {
	provider *mockprovider.Provider
	late     []string // what was asked of it out of time
}

func (a *slowApp) Do(ctx context.Context, _ *drill.Step, _ *Observation) error {
	<-ctx.Done()
	return nil
}

func (a *slowApp) Testify(ctx context.Context, _ *drill.Scenario) (*witness.Evidence, error) {
	a.note(ctx, "whoami")
	return &witness.Evidence{Browsers: map[string]*witness.Answer{witness.Main: {}}}, nil
}

func (a *slowApp) PlainSignIn(ctx context.Context, name string) string {
	a.note(ctx, name)
	return ""
}

func (a *slowApp) note(ctx context.Context, name string) {
	if ctx.Err() != nil {
		a.late = append(a.late, name)
	}
}

func (a *slowApp) Provider(bool) *mockprovider.Provider       { return a.provider }
func (a *slowApp) Can(*drill.Step) error                      { return nil }
func (a *slowApp) Value(string) (any, bool)                   { return nil, false }
func (a *slowApp) Arrows() []result.Message                   { return nil }
func (a *slowApp) Begin()                                     {}
func (a *slowApp) Arm()                                       {}
func (a *slowApp) Prepare(context.Context) error              { return nil }
func (a *slowApp) Restart(context.Context) error              { return nil }
func (a *slowApp) Met() bool                                  { return true }
func (a *slowApp) Pause(context.Context, time.Duration) error { return nil }
func (a *slowApp) Reset()                                     {}
func (a *slowApp) Seen() *witness.Evidence                    { return &witness.Evidence{} }

// TestSlowStepsLeaveTimeForRecovery: an app that takes all the time of an entry's steps
// is still asked who is signed in, and whether it recovers.
func TestSlowStepsLeaveTimeForRecovery(t *testing.T) {
	t.Parallel()
	app := &slowApp{provider: mockprovider.Start(t)}
	s := &drill.Scenario{Entry: drill.Entry{ID: "slow"}, Name: "slow"}
	f := Drill(t.Context(), 50*time.Millisecond, s, app, result.Result{})
	if f.Verdict != result.Pass || len(app.late) > 0 {
		t.Errorf("%s %s; asked out of time: %v", f.Verdict, f.Reason, app.late)
	}
}
