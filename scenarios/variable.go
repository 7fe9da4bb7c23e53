package scenarios

import (
	"errors"
	"regexp"
	"slices"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// Var is a variable: a value, or the name of an environment variable to take
// it from.
type Var struct {
	Value   any    `json:"value,omitempty" short:"true" doc:"a text, a number, true or false"`
	Env     string `json:"env,omitempty" doc:"environment variable to take the value from"`
	Default any    `json:"default,omitempty" doc:"value if the environment variable is not set"`

	Node *strict.Node `json:"-"`
}

// Check reports a variable that has no value, or two.
func (v *Var) Check() error {
	switch {
	case v.Value == nil && v.Env == "":
		return errors.New("a variable needs a value, or env: NAME")
	case v.Value != nil && v.Env != "":
		return strict.Member("env", errors.New("a variable has one source: keep either value or env"))
	case v.Default != nil && v.Env == "":
		return strict.Member("default", errors.New("default is for env; a variable without one has a value"))
	}
	for member, value := range map[string]any{"value": v.Value, "default": v.Default} {
		switch value.(type) {
		case map[string]any, []any:
			return strict.Member(member, errors.New("a variable is a text, a number, true or false"))
		}
	}
	return nil
}

// problem checks what only the loader knows: the name and the environment.
func (v *Var) problem(name string, env func(string) (string, bool)) (strict.Problem, bool) {
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

// resolution is the value of the variable.
func (v *Var) resolution(env func(string) (string, bool)) strict.Resolution {
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
