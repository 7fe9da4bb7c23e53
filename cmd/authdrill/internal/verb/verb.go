// Package verb has the commands of authdrill, a file each. Dispatch runs the one that the
// arguments name; the table verbs lists them.
package verb

import (
	"context"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// verb is a command. Its file defines its flags and what it does.
type verb struct {
	name    string
	args    string // placeholder of its arguments, empty if it takes none
	summary string
	flags   func(*setting.Flags)
	run     func(ctx context.Context, c *call) error
	group   string // heading in the help
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
		helpVerb(), versionVerb(),
	}
}

// Dispatch runs the verb that the arguments name and returns the exit code.
func Dispatch(ctx context.Context, args []string, stdin io.Reader, say *say.Voice, topics fs.FS) int {
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
	return verb{}, failure.Usage(strict.Suggest(name, all), "there is no command %q", name)
}

func (v verb) call(ctx context.Context, args []string, stdin io.Reader, say *say.Voice, topics fs.FS) error {
	f := setting.NewFlags()
	f.Secrets, f.Lookup, f.Stdin = say.Secrets, os.LookupEnv, stdin
	if v.flags != nil {
		v.flags(f)
	}
	ofEnvironment := f.Environment(os.LookupEnv, os.Environ(), variables)
	c := &call{Voice: say, flags: f, stdin: stdin, env: os.LookupEnv, topics: topics}
	rest, err := f.Parse(args, v.name != "exec")
	switch {
	case errors.Is(err, setting.ErrHelp):
		return c.verbHelp(v)
	case err != nil || ofEnvironment != nil:
		return failure.Join(ofEnvironment, err)
	case v.args == "" && len(rest) > 0:
		return failure.Usage("authdrill "+v.name+" --help says what it takes", "%s takes no argument, and was given %q", v.name, rest[0])
	}
	c.args = rest
	return v.run(ctx, c)
}

// variables are the names after AUTHDRILL_ that mean something.
func variables() []string {
	out := []string{"CONTROL", "CONFIG_TEXT", "CLIENT_SECRET", "REQUIRE", "LOAD", "CLIENTS", "UPDATE"} // exec sets the first two; tests read the others
	for _, v := range verbs() {
		if v.flags != nil {
			f := setting.NewFlags()
			v.flags(f)
			f.Set.VisitAll(func(fl *flag.Flag) {
				out = append(out, strings.TrimPrefix(setting.EnvName(fl.Name), setting.EnvPrefix))
			})
		}
	}
	return out
}
