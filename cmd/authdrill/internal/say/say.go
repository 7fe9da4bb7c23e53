// Package say writes the output and the messages of the command, and returns the exit
// code of an error. Its main type is Voice.
package say

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/signals"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/redact"
)

// All words on the terminal pass through this file. Their rules:
//
//   - What a verb is asked for goes to standard output: a report, a token, a
//     schema, the banner of a server. Everything else goes to standard error.
//   - What went wrong begins with "authdrill: ", with no capital and no period.
//   - What to do about it is a second line that begins with "hint: ". It names a
//     flag, a file or a value that works.
//   - Colour only on a terminal, and not where NO_COLOR or CI is set.
//   - Secrets are shown only where they are the answer. What is known of them is
//     hidden here, in whatever is said.
//   - What a stranger wrote, such as an app, steers no terminal and commands no CI:
//     strict.Printable.

// Voice says things.
type Voice struct {
	Out, Err io.Writer
	Colour   bool            // standard output takes colour
	Secrets  *redact.Secrets // that the configuration and the scenarios have
	Heard    <-chan struct{} // closed once signals are listened for; nil: they are not
	begun    atomic.Bool
}

// New returns the voice of a process. Colour is for a terminal, without NO_COLOR and CI.
func New(out, err *os.File, lookup func(string) (string, bool)) *Voice {
	plain := false
	for _, name := range []string{"NO_COLOR", "CI"} {
		if v, ok := lookup(name); ok && v != "" {
			plain = true
		}
	}
	return &Voice{Out: out, Err: err, Colour: !plain && signals.Interactive(out), Secrets: &redact.Secrets{}}
}

// Print writes what was asked for.
func (v *Voice) Print(format string, args ...any) { v.say(v.Out, fmt.Sprintf(format, args...)) }

// Note prints a message that is not an error. It escapes what the message quotes,
// which may come from anywhere.
func (v *Voice) Note(format string, args ...any) {
	v.warn("authdrill: " + fmt.Sprintf(format, args...))
}

// warn says something on standard error, without secrets.
func (v *Voice) warn(text string) { _, _ = io.WriteString(v.Err, Printable(v.Secrets.Hide(text))+"\n") }

// Printable is a text of several lines, none of which steers the terminal or is a
// command to a CI.
func Printable(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strict.Printable(lines[i])
	}
	return strings.Join(lines, "\n")
}

// Hint says what to do, unless there is nothing.
func (v *Voice) Hint(hint string) {
	if hint != "" {
		v.warn("hint: " + hint)
	}
}

// say writes a line without secrets.
func (v *Voice) say(to io.Writer, line string) { _, _ = io.WriteString(to, v.Secrets.Hide(line)+"\n") }

// Bold and Dim are for the banner.
func (v *Voice) Bold(s string) string { return v.style("1", s) }
func (v *Voice) Dim(s string) string  { return v.style("2", s) }

func (v *Voice) style(code, s string) string {
	if !v.Colour {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// Ending says how a verb ended and returns the exit code.
func (v *Voice) Ending(err error) int {
	var f *failure.Error
	var problems strict.Problems
	var all *failure.List
	switch {
	case err == nil:
		return failure.ExitOK
	case errors.As(err, &all):
		return v.refusals(all)
	case errors.Is(err, failure.ErrSilent):
		errors.As(err, &f)
		return f.Code
	case errors.As(err, &problems):
		v.problems(err, problems)
		return failure.ExitUsage
	case errors.As(err, &f):
		v.Note("%s", f.Err)
		v.Hint(f.Hint)
		return f.Code
	}
	v.Note("%s", err)
	return failure.ExitFailed
}

// problems shows everything that is wrong with files, each under its source line.
func (v *Voice) problems(err error, problems strict.Problems) {
	v.say(v.Err, strings.TrimSuffix(err.Error(), "\n"))
	all := 0
	for _, p := range problems {
		all += max(1, p.More)
	}
	v.Note("%s; nothing was run", Count(all, "problem"))
}

// Count is a number with its noun: 1 file, 2 files, 3 entries.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, found := strings.CutSuffix(noun, "y"); found {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Begin is called by a verb that has loaded what it needs, before it does what
// has to be ended in order: a server, a command, a report. Up to there a signal
// ends the process at once, whatever it reads or waits for. The error is that a
// signal has come already.
func (v *Voice) Begin(ctx context.Context) error {
	if v.Heard != nil {
		<-v.Heard // a program that reads that a server is ready may send a signal at once
	}
	v.begun.Store(true)
	if ctx.Err() != nil {
		return signals.Interrupted(ctx)
	}
	return nil
}

// Await returns the exit code of the verb, which after a signal it waits for
// only if the verb has begun.
func (v *Voice) Await(ctx context.Context, ended <-chan int) int {
	select {
	case code := <-ended:
		return code
	case <-ctx.Done():
		if !v.begun.Load() {
			return failure.ExitCode(signals.Interrupted(ctx))
		}
		return <-ended
	}
}

// refusals tells each error with its remedy.
func (v *Voice) refusals(r *failure.List) int {
	code := 0
	for _, one := range r.Flags {
		code = max(code, v.Ending(one))
	}
	if files := r.Files.Sorted(); len(files) > 0 {
		v.problems(files, files)
		return failure.ExitUsage
	}
	return code
}
