package drill

import (
	"errors"

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
