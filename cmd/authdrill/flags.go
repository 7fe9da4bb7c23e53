package main

import (
	"errors"
	"flag"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/redact"
)

// The standard flag package keeps the values; the scanning is ours. The start
// has a budget of a bare net/http program, about 3.5 ms here, on top of that
// program: fosite's packages take 2.4 of it, and reflection over a struct of
// commands, as kong does it, another 0.6. It would also lack the order wanted
// here: flag over environment over file over default.

const envPrefix = "AUTHDRILL_"

// flags are the flags of a verb.
type flags struct {
	set    *flag.FlagSet
	holder map[string]string // what stands for the value in the help
	given  map[string]string // where a value came from, by flag
	below  map[string]string // the folder of the settings file that it came from, by flag

	places map[string][]strict.Problem // where the settings have each of its values, by flag

	args   []string                    // of the command line, as they were parsed
	lookup func(string) (string, bool) // reads the environment; nil: there is none
	stdin  io.Reader                   // settings may come from; nil: they may not

	written *strict.Node // the settings as they are written, until the provider has them

	secrets *redact.Secrets // learns those of the configuration; nil where nothing is said
}

var errHelp = errors.New("help was asked for")

func newFlags() *flags {
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	return &flags{set: set, holder: map[string]string{}, given: map[string]string{}, below: map[string]string{}, places: map[string][]strict.Problem{}}
}

// text, number, seed, switch_ and the others define a flag. The value is the
// default until parse.
func (f *flags) text(p *string, name, holder, usage string) {
	f.set.StringVar(p, name, *p, usage)
	f.holder[name] = holder
}

func (f *flags) number(p *int, name, holder, usage string) {
	f.set.IntVar(p, name, *p, usage)
	f.holder[name] = holder
}

func (f *flags) duration(p *time.Duration, name, holder, usage string) {
	f.set.DurationVar(p, name, *p, usage)
	f.holder[name] = holder
}

func (f *flags) boolean(p *bool, name, usage string) { f.set.BoolVar(p, name, *p, usage) }

// list is a flag that may be repeated, or have several values between commas.
func (f *flags) list(p *[]string, name, holder, usage string) {
	f.set.Var((*listValue)(p), name, usage)
	f.holder[name] = holder
}

// claims is a flag that is repeated for each claim.
func (f *flags) claims(p map[string]any, name, usage string) {
	f.set.Var(claimsValue(p), name, usage)
	f.holder[name] = "NAME=VALUE"
}

// seed is a number that may be absent.
func (f *flags) seed(p **uint64, name, usage string) {
	f.set.Var(seedValue{p}, name, usage)
	f.holder[name] = "N"
}

// one is a text out of a few.
func (f *flags) one(p *string, name string, of []string, usage string) {
	f.set.Var(oneValue{p, of}, name, usage)
	f.holder[name] = strings.Join(of, "|")
}

// parse reads flags from the command line and returns the other arguments.
// Flags may stand after arguments too where mixed is set; -- ends them.
func (f *flags) parse(args []string, mixed bool) (rest []string, err error) {
	f.args = args
	var wrong refusals
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			return append(rest, args...), wrong.err()
		case !strings.HasPrefix(arg, "-") || arg == "-":
			if !mixed {
				return append(append(rest, arg), args...), wrong.err()
			}
			rest = append(rest, arg)
			continue
		case arg == "-h" || arg == "--help":
			return nil, errHelp
		}
		name, value, joined := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		fl := f.set.Lookup(name)
		if fl == nil {
			wrong.add(usage(f.near(name), "unknown flag %s", dashed(name)))
			return nil, wrong.err() // whether it takes a value is not known
		}
		switch b, isBool := fl.Value.(interface{ IsBoolFlag() bool }); {
		case joined:
		case isBool && b.IsBoolFlag():
			if value = "true"; takesNext(fl.Value, args) {
				value, args = args[0], args[1:]
			}
		case len(args) == 0:
			wrong.add(usage("write it as "+dashed(name)+" "+f.holder[name], "%s needs a value", dashed(name)))
			return nil, wrong.err()
		default:
			value, args = args[0], args[1:]
		}
		if l, ok := fl.Value.(interface{ Clear() }); ok && f.given[name] != dashed(name) {
			l.Clear() // the command line replaces what the environment says
		}
		if strings.Trim(value, ", ") == "" && f.isEmptyWrong(name) {
			wrong.add(usage("leave the flag out, or give it a value", "%s has an empty value, which says nothing", dashed(name)))
		} else if e := fl.Value.Set(value); e != nil {
			wrong.add(usage("", "%s %s: %s", dashed(name), value, f.complaint(fl, e)))
		}
		f.given[name] = dashed(name)
	}
	return rest, wrong.err()
}

// isEmptyWrong reports whether an empty value of a flag has no effect: neither the
// environment nor settings can have given it one that is taken back.
func (f *flags) isEmptyWrong(name string) bool {
	return f.given[name] == "" && f.set.Lookup("config") == nil
}

// again reads the same environment and command line into other variables.
func (f *flags) again(define func(*flags)) (*flags, error) {
	out := newFlags()
	out.secrets, out.lookup = f.secrets, f.lookup
	define(out)
	if err := out.environment(f.lookup, nil, nil); err != nil {
		return nil, err
	}
	_, err := out.parse(f.args, true)
	return out, err
}

// takesNext reports whether the next argument is the value of a flag that may go
// without one.
func takesNext(v flag.Value, args []string) bool {
	may, ok := v.(interface{ Takes(string) bool })
	return ok && len(args) > 0 && may.Takes(args[0])
}

// file gives a flag the value that a member of a file says, unless it has one already.
// Places that it names are below the folder of the file.
func (f *flags) file(name, value string, source *configSource, member *strict.Node) error {
	if f.isDecided(name) {
		return nil
	}
	fl := f.set.Lookup(name)
	f.given[name], f.below[name] = source.name, source.below
	if member != nil {
		f.places[name] = placesOf(member)
	}
	if err := fl.Value.Set(value); err != nil {
		return f.placed(name, 0, usage("", "%s: %s", value, f.complaint(fl, err)))
	}
	return nil
}

// isDecided reports whether no file has a say in a flag: it was given a value, or
// the command does not have it.
func (f *flags) isDecided(name string) bool { return f.given[name] != "" || f.set.Lookup(name) == nil }

// isOfEnvironment reports whether a flag has the value of a variable, which may be
// there for other commands.
func (f *flags) isOfEnvironment(name string) bool { return f.given[name] == envName(name) }

// yields reports whether a flag was given a value, and another, which makes it
// meaningless, does not go over it, as a command line goes over the environment, and
// that over a file.
func (f *flags) yields(name, to string) bool {
	rank := func(name string) int {
		switch given := f.given[name]; {
		case given == "":
			return 0
		case given == dashed(name):
			return 3
		case f.isOfEnvironment(name):
			return 2
		}
		return 1
	}
	return rank(name) > 0 && rank(name) >= rank(to)
}

// place is what the value of a flag names.
func (f *flags) place(name, value string) place { return place{f.below[name], value} }

// near is the remedy for a flag that does not exist.
func (f *flags) near(name string) string {
	var all []string
	f.set.VisitAll(func(fl *flag.Flag) { all = append(all, fl.Name) })
	if i := slices.IndexFunc(all, func(s string) bool { return strings.HasPrefix(s, name) }); i >= 0 {
		return "did you mean " + dashed(all[i]) + "?"
	}
	if near, ok := strict.Nearest(name, all); ok {
		return "did you mean " + dashed(near) + "?"
	}
	if len(all) == 0 {
		return "this command has no flags"
	}
	return "--help lists the flags"
}

func (f *flags) complaint(fl *flag.Flag, err error) string {
	switch fl.Value.(flag.Getter).Get().(type) {
	case int, uint64:
		return "a whole number is wanted"
	case bool:
		return "true or false is wanted"
	case time.Duration:
		return "a duration is wanted, like 30s or 5m"
	}
	return err.Error()
}

func dashed(name string) string { return "--" + name }
