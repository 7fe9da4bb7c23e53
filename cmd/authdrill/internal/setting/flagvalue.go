package setting

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

const listType = "list"

type listValue []string

func (l *listValue) String() string { return strings.Join(*l, ",") }

// Clear takes back what a list has so far.
func (l *listValue) Clear() { *l = nil }

// Type says what the values are: some, between commas.
func (l *listValue) Type() string { return listType }

func (l *listValue) Set(s string) error {
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			*l = append(*l, part)
		}
	}
	return nil
}

// claimsValue are claims, each written as name=value. The value is JSON, else YAML
// in braces or brackets, else a text.
type claimsValue map[string]any

func (c claimsValue) String() string { return strings.Join(slices.Sorted(maps.Keys(c)), ",") }
func (c claimsValue) Type() string   { return "claims" }
func (c claimsValue) Set(s string) error {
	name, text, ok := strings.Cut(s, "=")
	if _, twice := c[name]; !ok || name == "" {
		return errors.New("want NAME=VALUE, such as role=admin")
	} else if twice {
		return fmt.Errorf("duplicate claim %s", name)
	}
	switch {
	case json.Valid([]byte(text)):
		c[name] = json.RawMessage(text)
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		docs, problems := strict.Parse(name, []byte(text), strict.Options{})
		var value any
		if len(docs) == 1 {
			problems = append(problems, docs[0].Decode(&value, strict.Options{})...)
		}
		if len(docs) != 1 || len(problems) > 0 {
			return fmt.Errorf("the value of %s is neither JSON nor YAML; put it in quotes, as '%s=\"..\"', if it is a text", name, name)
		}
		c[name] = value
	default:
		c[name] = text
	}
	return nil
}

type seedValue struct{ p **uint64 }

func (v seedValue) String() string {
	if v.p == nil || *v.p == nil {
		return ""
	}
	return strconv.FormatUint(**v.p, 10)
}
func (v seedValue) Type() string { return "uint64" }
func (v seedValue) Set(s string) error {
	n, err := strconv.ParseUint(s, 10, 64)
	if err == nil {
		*v.p = &n
	}
	return err
}

type oneValue struct {
	p  *string
	of []string
}

func (v oneValue) String() string {
	if v.p == nil {
		return ""
	}
	return *v.p
}
func (v oneValue) Type() string { return "string" }
func (v oneValue) Set(s string) error {
	if !slices.Contains(v.of, s) {
		return fmt.Errorf("want %s", strings.Join(v.of, " or "))
	}
	*v.p = s
	return nil
}
