package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"

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

// voice says things.
type voice struct {
	out, err io.Writer
	colour   bool            // standard output takes colour
	secrets  *redact.Secrets // that the configuration and the scenarios have
	begun    atomic.Bool
}

func newVoice(out, err *os.File, lookup func(string) (string, bool)) *voice {
	plain := false
	for _, name := range []string{"NO_COLOR", "CI"} {
		if v, ok := lookup(name); ok && v != "" {
			plain = true
		}
	}
	return &voice{out: out, err: err, colour: !plain && interactive(out), secrets: &redact.Secrets{}}
}

// print writes what was asked for.
func (v *voice) print(format string, args ...any) { v.say(v.out, fmt.Sprintf(format, args...)) }

// note says something that is no error. What it quotes may be a stranger's.
func (v *voice) note(format string, args ...any) {
	v.warn("authdrill: " + fmt.Sprintf(format, args...))
}

// warn says something on standard error, without secrets.
func (v *voice) warn(text string) { _, _ = io.WriteString(v.err, printable(v.secrets.Hide(text))+"\n") }

// printable is a text of several lines, none of which steers the terminal or is a
// command to a CI.
func printable(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strict.Printable(lines[i])
	}
	return strings.Join(lines, "\n")
}

func (v *voice) hint(hint string) {
	if hint != "" {
		v.warn("hint: " + hint)
	}
}

// say writes a line without secrets.
func (v *voice) say(to io.Writer, line string) { _, _ = io.WriteString(to, v.secrets.Hide(line)+"\n") }

// bold and dim are for the banner.
func (v *voice) bold(s string) string { return v.style("1", s) }
func (v *voice) dim(s string) string  { return v.style("2", s) }

func (v *voice) style(code, s string) string {
	if !v.colour {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// ending says how a verb ended and returns the exit code.
func (v *voice) ending(err error) int {
	var f *failure
	var problems strict.Problems
	var all *refusals
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &all):
		return v.refusals(all)
	case errors.Is(err, errSilent):
		errors.As(err, &f)
		return f.code
	case errors.As(err, &problems):
		v.problems(err, problems)
		return exitUsage
	case errors.As(err, &f):
		v.note("%s", f.err)
		v.hint(f.hint)
		return f.code
	}
	v.note("%s", err)
	return exitFailed
}

// problems shows everything that is wrong with files, each under its source line.
func (v *voice) problems(err error, problems strict.Problems) {
	v.say(v.err, strings.TrimSuffix(err.Error(), "\n"))
	v.note("%s; nothing was run", count(problems.Total(), "problem"))
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
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

// refusals tells each error with its remedy.
func (v *voice) refusals(r *refusals) int {
	code := 0
	for _, one := range r.flags {
		code = max(code, v.ending(one))
	}
	if files := r.files.Sorted().First(); len(files) > 0 {
		v.problems(files, files)
		return exitUsage
	}
	return code
}
