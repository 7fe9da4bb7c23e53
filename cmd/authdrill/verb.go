package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
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
	flags  *flags
	args   []string
	stdin  io.Reader
	env    func(string) (string, bool)
	topics fs.FS // of the help, as help/NAME.md
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

// dispatch runs the verb that the arguments name and returns the exit code.
func dispatch(ctx context.Context, args []string, stdin io.Reader, say *voice, topics fs.FS) int {
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
		err = v.call(ctx, args, stdin, say, topics)
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

func (v verb) call(ctx context.Context, args []string, stdin io.Reader, say *voice, topics fs.FS) error {
	f := newFlags()
	f.secrets, f.lookup, f.stdin = say.secrets, os.LookupEnv, stdin
	if v.flags != nil {
		v.flags(f)
	}
	ofEnvironment := f.environment(os.LookupEnv, os.Environ(), variables)
	c := &call{voice: say, flags: f, stdin: stdin, env: os.LookupEnv, topics: topics}
	rest, err := f.parse(args, v.name != "exec")
	switch {
	case errors.Is(err, errHelp):
		return c.verbHelp(v)
	case err != nil || ofEnvironment != nil:
		return joinErrors(ofEnvironment, err)
	case v.args == "" && len(rest) > 0:
		return usage("authdrill "+v.name+" --help says what it takes", "%s takes no argument, and was given %q", v.name, rest[0])
	}
	c.args = rest
	return v.run(ctx, c)
}

// variables are the names after AUTHDRILL_ that mean something.
func variables() []string {
	out := []string{"CONTROL", "CONFIG_TEXT", "CLIENT_SECRET", "REQUIRE", "LOAD", "CLIENTS", "UPDATE"} // exec sets the first two; tests read the others
	for _, v := range verbs() {
		if v.flags != nil {
			f := newFlags()
			v.flags(f)
			f.set.VisitAll(func(fl *flag.Flag) { out = append(out, strings.TrimPrefix(envName(fl.Name), envPrefix)) })
		}
	}
	return out
}
