// Package signals handles the signals of the command: SIGINT and SIGTERM end it,
// SIGHUP has the settings read again.
package signals

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
)

// Cause is the cause of a context that a signal has ended.
type Cause struct{ Signal syscall.Signal }

func (s Cause) Error() string { return s.Signal.String() }

// Listen lets the first Ctrl-C, or SIGTERM, ask for an end. Then it gives the signals
// back, so that the second one kills. It takes as long as opening a port, and goes on
// while the caller does other things: the channel is closed once a signal is heard.
func Listen(interrupt context.CancelCauseFunc) <-chan struct{} {
	listening := make(chan struct{})
	go func() {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
		close(listening)
		s, _ := (<-signals).(syscall.Signal)
		signal.Stop(signals)
		interrupt(Cause{s})
	}()
	return listening
}

// Interrupted ends with the exit code of the signal that has ended the context.
func Interrupted(ctx context.Context) error {
	var s Cause
	if errors.As(context.Cause(ctx), &s) {
		return failure.Silent(failure.ExitSignal + int(s.Signal))
	}
	return failure.Silent(failure.ExitInterrupted)
}
