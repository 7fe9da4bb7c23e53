package main

import (
	"errors"
	"fmt"
	"io/fs"
)

// reason is an error of the operating system without the name of the system
// call.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Path + ": " + p.Err.Error()
	}
	return err.Error()
}

func exitCode(err error) int {
	var f *failure
	if errors.As(err, &f) {
		return f.code
	}
	return exitFailed
}

func rootOf(err error) error {
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return err
}

// Exit codes. The manual has them too: authdrill help exit-codes.
const (
	exitOK          = 0
	exitFailed      = 1 // a scenario failed
	exitUsage       = 2 // the command line, the environment or a file is wrong; nothing was done
	exitEnvironment = 3 // port busy, nobody answers, not ready in time
	exitNothing     = 4 // no scenario was selected

	// Of a command that did not end by itself, as shells have them.
	exitNotExecutable = 126
	exitNotFound      = 127
	exitSignal        = 128 // plus the number of the signal
	exitInterrupted   = 130 // Ctrl-C; SIGTERM is 143, as shells count: 128 and the number of the signal
)

// failure is an error with its exit code and what to do about it.
type failure struct {
	code int
	err  error
	hint string
}

func (f *failure) Error() string { return f.err.Error() }

func (f *failure) Unwrap() error { return f.err }

func usage(hint, format string, args ...any) error {
	return &failure{exitUsage, fmt.Errorf(format, args...), hint}
}

func environmental(hint, format string, args ...any) error {
	return &failure{exitEnvironment, fmt.Errorf(format, args...), hint}
}

// silent ends with a code whose reason was said already.
func silent(code int) error { return &failure{code: code, err: errSilent} }

var errSilent = errors.New("said already")
