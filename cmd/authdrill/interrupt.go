package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
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

// interrupted ends with the exit code of the signal that has ended the context.
func interrupted(ctx context.Context) error {
	var s signalled
	if errors.As(context.Cause(ctx), &s) {
		return silent(exitSignal + int(s.signal))
	}
	return silent(exitInterrupted)
}
