// Package failure has the errors of the command. An Error has an exit code and a hint
// about what to do; a List is several errors that are reported together.
package failure

import (
	"errors"
	"fmt"
	"io/fs"
)

// Reason is an error of the operating system without the name of the system
// call.
func Reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Path + ": " + p.Err.Error()
	}
	return err.Error()
}

// ExitCode is the exit code of an error.
func ExitCode(err error) int {
	var f *Error
	if errors.As(err, &f) {
		return f.Code
	}
	return ExitFailed
}

// RootOf is the error at the bottom of those that wrap it.
func RootOf(err error) error {
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return err
}

// Exit codes. The manual has them too: authdrill help exit-codes.
const (
	ExitOK          = 0
	ExitFailed      = 1 // a scenario failed
	ExitUsage       = 2 // the command line, the environment or a file is wrong; nothing was done
	ExitEnvironment = 3 // port busy, no answer, not ready in time
	ExitNothing     = 4 // no scenario was selected

	// Of a command that did not end by itself, as shells have them.
	ExitNotExecutable = 126
	ExitNotFound      = 127
	ExitSignal        = 128 // plus the number of the signal
	ExitInterrupted   = 130 // Ctrl-C; SIGTERM is 143, as shells count: 128 and the number of the signal
)

// Error is an error with its exit code and what to do about it.
type Error struct {
	Code int
	Err  error
	Hint string
}

func (f *Error) Error() string { return f.Err.Error() }

func (f *Error) Unwrap() error { return f.Err }

// Usage is an error of the command line, the environment or a file, and what to write
// instead.
func Usage(hint, format string, args ...any) error {
	return &Error{ExitUsage, fmt.Errorf(format, args...), hint}
}

// Environmental is an error of the machine or the network, and what to do about it.
func Environmental(hint, format string, args ...any) error {
	return &Error{ExitEnvironment, fmt.Errorf(format, args...), hint}
}

// Silent ends with a code whose reason was said already.
func Silent(code int) error { return &Error{Code: code, Err: ErrSilent} }

// ErrSilent is the error of what was said already.
var ErrSilent = errors.New("said already")
