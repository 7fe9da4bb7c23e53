package load

import (
	"regexp"
	"slices"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
)

// problemOf checks what only the loader knows: the name and the environment.
func problemOf(v *drill.Var, name string, env func(string) (string, bool)) (strict.Problem, bool) {
	if why := badName(name); why != "" {
		return v.Node.KeyProblem(strict.Value, "", "%q %s", name, why), true
	}
	for _, n := range []*strict.Node{v.Node, v.Node.Get("value"), v.Node.Get("default")} {
		if n != nil && len(strict.References(n.Text)) > 0 {
			return n.Problem(strict.Variable, "write the value out", "a variable cannot be made of others"), true
		}
	}
	if v.Check() == nil && v.Env != "" && v.Default == nil {
		if _, ok := env(v.Env); !ok {
			return v.Node.Get("env").Problem(strict.Variable, "set it, or give the variable a default", "the environment variable %s is not set", v.Env), true
		}
	}
	return strict.Problem{}, false
}

// resolutionOf is the value of the variable.
func resolutionOf(v *drill.Var, env func(string) (string, bool)) strict.Resolution {
	if v.Env != "" {
		if text, ok := env(v.Env); ok {
			return strict.Resolution{Text: text}
		}
		return strict.Resolution{Node: v.Node.Get("default")}
	}
	if n := v.Node.Get("value"); n != nil {
		return strict.Resolution{Node: n}
	}
	return strict.Resolution{Node: v.Node}
}

// reserved are the first words of names that are not a scenario's to give.
func reserved() []string {
	return append([]string{"issuer", "client_id", "client_secret", "user", "app", "env", "matrix", "steps", "seed"}, observations()...)
}

// variableName is what a variable, a capture or an axis can be called.
var variableName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`) })

// badName says why a name cannot be given to a variable or a capture.
func badName(name string) string {
	switch {
	case !variableName().MatchString(name):
		return "is not a name: use letters, digits, _ and -"
	case slices.Contains(reserved(), name):
		return "has a meaning of its own as ${" + name + "}: choose another name"
	}
	return ""
}
