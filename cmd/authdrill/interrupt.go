package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// signalled is the cause of a context that a signal has ended.
type signalled struct{ signal syscall.Signal }

func (s signalled) Error() string { return s.signal.String() }

// listenForSignals lets the first Ctrl-C, or SIGTERM, ask for an end. Then it
// gives the signals back, so that the second one kills.
func listenForSignals(interrupt context.CancelCauseFunc) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	s, _ := (<-signals).(syscall.Signal)
	signal.Stop(signals)
	interrupt(signalled{s})
}

// begin is called by a verb that has loaded what it needs, before it does what
// has to be ended in order: a server, a command, a report. Up to there a signal
// ends the process at once, whatever it reads or waits for. The error is that a
// signal has come already.
func (v *voice) begin(ctx context.Context) error {
	v.begun.Store(true)
	if ctx.Err() != nil {
		return interrupted(ctx)
	}
	return nil
}

// await returns the exit code of the verb, which after a signal it waits for
// only if the verb has begun.
func (v *voice) await(ctx context.Context, ended <-chan int) int {
	select {
	case code := <-ended:
		return code
	case <-ctx.Done():
		if !v.begun.Load() {
			return exitCode(interrupted(ctx))
		}
		return <-ended
	}
}

// interrupted ends with the exit code of the signal that has ended the context.
func interrupted(ctx context.Context) error {
	var s signalled
	if errors.As(context.Cause(ctx), &s) {
		return silent(exitSignal + int(s.signal))
	}
	return silent(exitInterrupted)
}

func exitCode(err error) int {
	var f *failure
	if errors.As(err, &f) {
		return f.code
	}
	return exitFailed
}

// bound defines --within, for a verb that would otherwise take as long as what
// it runs.
func (f *flags) bound(p *time.Duration) {
	f.duration(p, "within", "DURATION", "how long it may take; what is known by then is reported")
}

// checkBound refuses a --within that leaves no time.
func checkBound(within time.Duration) error {
	if within <= 0 {
		return usage("--within 10m", "invalid --within %s: want a positive duration", within)
	}
	return nil
}
