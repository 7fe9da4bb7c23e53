package setting

import (
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/place"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/redact"
)

// Package pflag keeps the values, as cobra wants them; the scanning is ours, for the order
// wanted here: flag over environment over file over default. The start has a budget of a
// bare net/http program, about 3.5 ms here, on top of that program: fosite's packages take
// 2.4 of it.

// EnvPrefix begins the names of all variables that authdrill reads.
const EnvPrefix = "AUTHDRILL_"

// Flags are the flags of a verb.
type Flags struct {
	Set    *pflag.FlagSet
	Holder map[string]string // placeholder of the value in the help
	Words  map[string]Words  // to complete the value with, by flag
	Given  map[string]string // where a value came from, by flag
	Below  map[string]string // the folder of the settings file that it came from, by flag

	Places map[string][]strict.Problem // where the settings have each of its values, by flag

	args   []string                    // of the command line, as they were parsed
	Lookup func(string) (string, bool) // reads the environment; nil: there is none
	Stdin  io.Reader                   // settings may come from; nil: they may not

	Written *strict.Node // the settings as they are written, until the provider has them

	Secrets *redact.Secrets // learns those of the configuration; nil where nothing is said
}

// Words are values to complete what was typed with, each with what it means after a tab.
// args are the arguments before it.
type Words func(args []string) []string

// Fixed are words that are always the same.
func Fixed(words ...string) Words { return func([]string) []string { return words } }

// ErrHelp is the error of --help.
var ErrHelp = errors.New("help was asked for")

// NewFlags returns no flags yet: Text, Number and the others define them.
func NewFlags() *Flags {
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	set.SetOutput(io.Discard)
	return &Flags{Set: set, Holder: map[string]string{}, Words: map[string]Words{}, Given: map[string]string{}, Below: map[string]string{}, Places: map[string][]strict.Problem{}}
}

// Text is a flag that has any text. What the variable has before Parse is its default, here
// as for the other kinds of flags.
func (f *Flags) Text(p *string, name, holder, usage string) {
	f.Set.StringVar(p, name, *p, usage)
	f.Holder[name] = holder
}

// Number is a flag that has an integer.
func (f *Flags) Number(p *int, name, holder, usage string) {
	f.Set.IntVar(p, name, *p, usage)
	f.Holder[name] = holder
}

// Duration is a flag that has a duration, like 30s.
func (f *Flags) Duration(p *time.Duration, name, holder, usage string) {
	f.Set.DurationVar(p, name, *p, usage)
	f.Holder[name] = holder
}

// Boolean is a flag that needs no value.
func (f *Flags) Boolean(p *bool, name, usage string) { f.Set.BoolVar(p, name, *p, usage) }

// List is a flag that may be repeated, or have several values between commas.
func (f *Flags) List(p *[]string, name, holder, usage string) {
	f.Set.Var((*listValue)(p), name, usage)
	f.Holder[name] = holder
}

// Claims is a flag that is repeated for each claim.
func (f *Flags) Claims(p map[string]any, name, usage string) {
	f.Set.Var(claimsValue(p), name, usage)
	f.Holder[name] = "NAME=VALUE"
}

// Seed is a number that may be absent.
func (f *Flags) Seed(p **uint64, name, usage string) {
	f.Set.Var(seedValue{p}, name, usage)
	f.Holder[name] = "N"
}

// One is a text out of a few.
func (f *Flags) One(p *string, name string, of []string, usage string) {
	f.Set.Var(oneValue{p, of}, name, usage)
	f.Holder[name] = strings.Join(of, "|")
	f.Words[name] = Fixed(of...)
}

// Parse reads flags from the command line and returns the other arguments. If
// mixed is set, flags may come after arguments too; -- ends them.
func (f *Flags) Parse(args []string, mixed bool) (rest []string, err error) {
	f.args = args
	var wrong failure.List
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			return append(rest, args...), wrong.Err()
		case !strings.HasPrefix(arg, "-") || arg == "-":
			if !mixed {
				return append(append(rest, arg), args...), wrong.Err()
			}
			rest = append(rest, arg)
			continue
		case arg == "-h" || arg == "--help":
			return nil, ErrHelp
		}
		name, value, joined := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		fl := f.Set.Lookup(name)
		if fl == nil {
			wrong.Add(failure.Usage(f.suggestFlag(name), "unknown flag %s", Dashed(name)))
			return nil, wrong.Err() // whether it takes a value is not known
		}
		switch b, isBool := fl.Value.(interface{ IsBoolFlag() bool }); {
		case joined:
		case isBool && b.IsBoolFlag():
			if value = "true"; takesNext(fl.Value, args) {
				value, args = args[0], args[1:]
			}
		case len(args) == 0:
			wrong.Add(failure.Usage("write it as "+Dashed(name)+" "+f.Holder[name], "%s needs a value", Dashed(name)))
			return nil, wrong.Err()
		default:
			value, args = args[0], args[1:]
		}
		if l, ok := fl.Value.(interface{ Clear() }); ok && f.Given[name] != Dashed(name) {
			l.Clear() // the command line replaces what the environment says
		}
		if strings.Trim(value, ", ") == "" && f.isEmptyWrong(name) {
			wrong.Add(failure.Usage("leave the flag out, or give it a value", "%s has an empty value", Dashed(name)))
		} else if e := fl.Value.Set(value); e != nil {
			wrong.Add(failure.Usage("", "%s %s: %s", Dashed(name), value, f.complaint(fl, e)))
		}
		f.Given[name] = Dashed(name)
	}
	return rest, wrong.Err()
}

// isEmptyWrong reports whether an empty value of a flag has no effect: neither the
// environment nor settings can have given it one that is taken back.
func (f *Flags) isEmptyWrong(name string) bool {
	return f.Given[name] == "" && f.Set.Lookup("config") == nil
}

// Again reads the same environment and command line into other variables.
func (f *Flags) Again(define func(*Flags)) (*Flags, error) {
	out := NewFlags()
	out.Secrets, out.Lookup = f.Secrets, f.Lookup
	define(out)
	if err := out.Environment(f.Lookup, nil, nil); err != nil {
		return nil, err
	}
	_, err := out.Parse(f.args, true)
	return out, err
}

// takesNext reports whether the next argument is the value of a flag that may go
// without one.
func takesNext(v pflag.Value, args []string) bool {
	may, ok := v.(interface{ Takes(string) bool })
	return ok && len(args) > 0 && may.Takes(args[0])
}

// file gives a flag the value that a member of a file says, unless it has one already.
// Places that it names are below the folder of the file.
func (f *Flags) file(name, value string, source *configSource, member *strict.Node) error {
	if f.isDecided(name) {
		return nil
	}
	fl := f.Set.Lookup(name)
	f.Given[name], f.Below[name] = source.name, source.below
	if member != nil {
		f.Places[name] = placesOf(member)
	}
	if err := fl.Value.Set(value); err != nil {
		return f.Placed(name, 0, failure.Usage("", "%s: %s", value, f.complaint(fl, err)))
	}
	return nil
}

// isDecided reports whether no file has a say in a flag: it was given a value, or
// the command does not have it.
func (f *Flags) isDecided(name string) bool { return f.Given[name] != "" || f.Set.Lookup(name) == nil }

// IsOfEnvironment reports whether a flag has the value of a variable, which may be
// there for other commands.
func (f *Flags) IsOfEnvironment(name string) bool { return f.Given[name] == EnvName(name) }

// Yields reports whether a flag was given a value, and another, which makes it
// meaningless, does not go over it, as a command line goes over the environment, and
// that over a file.
func (f *Flags) Yields(name, to string) bool {
	rank := func(name string) int {
		switch given := f.Given[name]; {
		case given == "":
			return 0
		case given == Dashed(name):
			return 3
		case f.IsOfEnvironment(name):
			return 2
		}
		return 1
	}
	return rank(name) > 0 && rank(name) >= rank(to)
}

// Place is what the value of a flag names.
func (f *Flags) Place(name, value string) place.Place {
	return place.Place{Below: f.Below[name], Name: value}
}

// suggestFlag is the remedy for a flag that does not exist.
func (f *Flags) suggestFlag(name string) string {
	var all []string
	f.Set.VisitAll(func(fl *pflag.Flag) { all = append(all, fl.Name) })
	if i := slices.IndexFunc(all, func(s string) bool { return strings.HasPrefix(s, name) }); i >= 0 {
		return "did you mean " + Dashed(all[i]) + "?"
	}
	if near, ok := strict.Nearest(name, all); ok {
		return "did you mean " + Dashed(near) + "?"
	}
	if len(all) == 0 {
		return "this command has no flags"
	}
	return "--help lists the flags"
}

func (f *Flags) complaint(fl *pflag.Flag, err error) string {
	switch fl.Value.Type() {
	case "int", "uint64":
		return "want an integer"
	case "bool":
		return "want true or false"
	case "duration":
		return "want a duration, such as 30s or 5m"
	}
	return err.Error()
}

// Dashed is a flag as it is written.
func Dashed(name string) string { return "--" + name }
