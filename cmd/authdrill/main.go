// Command authdrill is a fire drill for OAuth: a mock authorization server, a
// strict client, and scenario files that script both and the time.
//
//	authdrill                      provider at http://127.0.0.1:9400, client app at http://127.0.0.1:9401
//	authdrill run [PATH ..]        run scenarios, the embedded examples without a path
//	authdrill exec -- CMD ARG ..   run a command against a provider of its own
//	authdrill help                 every verb, and the topics
//
// Flags go over environment variables (AUTHDRILL_PORT for --port), and those
// over the file authdrill.yaml. Names that applications use, like
// GOOGLE_CLIENT_SECRET, are never read: what they hold would end in a journal.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Exit codes. The manual has them too: authdrill help exit-codes.
const (
	exitOK          = 0
	exitFailed      = 1   // a scenario failed
	exitUsage       = 2   // the command line, the environment or a file is wrong; nothing was done
	exitEnvironment = 3   // port busy, nobody answers, not ready in time
	exitNothing     = 4   // no scenario was selected
	exitInterrupted = 130 // Ctrl-C; SIGTERM is 143, as shells count: 128 and the number of the signal
)

// verb is a command. Its file defines its flags and what it does.
type verb struct {
	name    string
	args    string // placeholder of its arguments, empty if it takes none
	summary string
	flags   func(*flags)
	run     func(ctx context.Context, c *call) error
	group   string // heading in the help
}

// call is what a verb is run with.
type call struct {
	*voice
	flags *flags
	args  []string
	stdin io.Reader
	env   func(string) (string, bool)
}

// verbs is the table of commands, in the order of the help.
func verbs() []verb {
	return []verb{
		serveVerb(), clientVerb(), personasVerb(),
		runVerb(), lintVerb(), listVerb(), schemaVerb(),
		attackVerb(), catalogVerb(), explainVerb(),
		execVerb(), tokenVerb(), envVerb(), readyVerb(), doctorVerb(), caVerb(),
		helpVerb(), versionVerb(),
	}
}

func main() {
	ctx, interrupt := context.WithCancelCause(context.Background())
	go listenForSignals(interrupt) // at the same time as the rest: it takes as long as opening a port
	say := newVoice(os.Stdout, os.Stderr, os.LookupEnv)
	ended := make(chan int, 1)
	go func() { ended <- dispatch(ctx, os.Args[1:], os.Stdin, say) }()
	os.Exit(say.await(ctx, ended))
}

// dispatch runs the verb that the arguments name and returns the exit code.
func dispatch(ctx context.Context, args []string, stdin io.Reader, say *voice) int {
	name := "serve" // authdrill alone, and authdrill --port 0
	switch {
	case len(args) > 0 && (args[0] == "-h" || args[0] == "--help"):
		name, args = "help", nil
	case len(args) > 0 && args[0] == "--version":
		name, args = "version", args[1:]
	case len(args) > 0 && !strings.HasPrefix(args[0], "-"):
		name, args = args[0], args[1:]
	}
	v, err := verbNamed(name)
	if err == nil {
		err = v.call(ctx, args, stdin, say)
	}
	return say.ending(err)
}

func verbNamed(name string) (verb, error) {
	var all []string
	for _, v := range verbs() {
		if v.name == name {
			return v, nil
		}
		all = append(all, v.name)
	}
	return verb{}, usage(strict.Suggest(name, all), "there is no command %q", name)
}

func (v verb) call(ctx context.Context, args []string, stdin io.Reader, say *voice) error {
	f := newFlags()
	f.secrets, f.lookup, f.stdin = say.secrets, os.LookupEnv, stdin
	if v.flags != nil {
		v.flags(f)
	}
	ofEnvironment := f.environment(os.LookupEnv, os.Environ())
	rest, err := f.parse(args, v.name != "exec")
	switch {
	case errors.Is(err, errHelp):
		return say.verbHelp(v)
	case err != nil || ofEnvironment != nil:
		return joinErrors(ofEnvironment, err)
	case v.args == "" && len(rest) > 0:
		return usage("authdrill "+v.name+" --help says what it takes", "%s takes no argument, and was given %q", v.name, rest[0])
	}
	return v.run(ctx, &call{voice: say, flags: f, args: rest, stdin: stdin, env: os.LookupEnv})
}

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
