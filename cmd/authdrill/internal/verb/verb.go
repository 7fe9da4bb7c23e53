// Package verb has the commands of authdrill (serve, run, attack ..), a file for each.
// Main runs the one that the arguments name; the table verbs lists them.
package verb

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/signals"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// verb is a command. Its file defines its flags and what it does.
type verb struct {
	name    string
	args    string // placeholder of its arguments, empty if it takes none
	summary string
	flags   func(*setting.Flags)
	run     func(ctx context.Context, c *call) error
	group   string        // heading in the help
	example string        // command lines, each with what it does behind #
	words   setting.Words // to complete an argument with; nil: files, where it takes arguments
}

// call is what a verb is run with.
type call struct {
	*say.Voice
	flags  *setting.Flags
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
		helpVerb(), completionVerb(), versionVerb(),
	}
}

// Main runs the verb that the arguments of the process name, until a signal ends it, and
// returns the exit code. topics has the help, as help/NAME.md.
func Main(topics fs.FS) int {
	log.SetOutput(io.Discard) // net/http quotes there what a server sends unasked, which may be a secret
	ctx, interrupt := context.WithCancelCause(context.Background())
	heard := signals.Listen(interrupt)
	say := say.New(os.Stdout, os.Stderr, os.LookupEnv)
	say.Heard = heard
	ended := make(chan int, 1)
	go func() { ended <- dispatch(ctx, os.Args[1:], os.Stdin, say, topics) }()
	return say.Await(ctx, ended)
}

// dispatch runs the verb that the arguments name and returns the exit code.
func dispatch(ctx context.Context, args []string, stdin io.Reader, say *say.Voice, topics fs.FS) int {
	cobra.MousetrapHelpText = "" // started by a double click it serves, as without arguments
	c := &call{Voice: say, stdin: stdin, env: os.LookupEnv, topics: topics}
	program, args, err := c.program(args)
	if err == nil {
		program.SetArgs(args)
		err = program.ExecuteContext(ctx)
	}
	return say.Ending(err)
}

func verbNamed(name string) (verb, error) {
	var all []string
	for _, v := range verbs() {
		if v.name == name {
			return v, nil
		}
		all = append(all, v.name)
	}
	return verb{}, failure.Usage(strict.Suggest(name, all), "unknown command %q", name)
}

// call reads the flags and the arguments of the verb, and runs it.
func (v verb) call(ctx context.Context, c *call, args []string) error {
	c.flags = setting.NewFlags()
	c.flags.Secrets, c.flags.Lookup, c.flags.Stdin = c.Secrets, os.LookupEnv, c.stdin
	if v.flags != nil {
		v.flags(c.flags)
	}
	ofEnvironment := c.flags.Environment(os.LookupEnv, os.Environ(), variables)
	rest, err := c.flags.Parse(args, v.name != "exec")
	switch {
	case errors.Is(err, setting.ErrHelp):
		return c.verbHelp(v)
	case err != nil || ofEnvironment != nil:
		return failure.Join(ofEnvironment, err)
	case v.args == "" && len(rest) > 0:
		return failure.Usage("authdrill "+v.name+" --help says what it takes", "%s takes no argument, got %q", v.name, rest[0])
	}
	c.args = rest
	return v.run(ctx, c)
}

// variables are the names after AUTHDRILL_ that mean something.
func variables() []string {
	out := []string{"CONTROL", "CONFIG_TEXT", "CLIENT_SECRET", "REQUIRE", "LOAD", "CLIENTS", "UPDATE", "PRODUCTS"} // exec sets the first two; tests read the others
	for _, v := range verbs() {
		if v.flags != nil {
			f := setting.NewFlags()
			v.flags(f)
			f.Set.VisitAll(func(fl *pflag.Flag) {
				out = append(out, strings.TrimPrefix(setting.EnvName(fl.Name), setting.EnvPrefix))
			})
		}
	}
	return out
}
