package load

import (
	"regexp"
	"slices"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
)

// checkVariable checks the name of a variable and its environment variable.
func checkVariable(v *drill.Var, name string, env func(string) (string, bool)) (strict.Problem, bool) {
	if why := checkVariableName(name); why != "" {
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

// resolveVariable returns the value of a variable.
func resolveVariable(v *drill.Var, env func(string) (string, bool)) strict.Resolution {
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

// reservedWords returns the first words of names that a scenario cannot declare.
func reservedWords() []string {
	return append([]string{"issuer", "client_id", "client_secret", "user", "app", "env", "matrix", "steps", "seed"}, observations()...)
}

// variableName is what a variable, a capture or an axis can be called.
var variableName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`) })

// checkVariableName says why a variable or a capture cannot have a name, "" if it can.
func checkVariableName(name string) string {
	switch {
	case !variableName().MatchString(name):
		return "is not a name: use letters, digits, _ and -"
	case slices.Contains(reservedWords(), name):
		return "has a meaning of its own as ${" + name + "}: choose another name"
	}
	return ""
}
