package strict

import (
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/vocabulary"
)

// members turns the schema of an open mapping into that of an expectation of one:
// its registered members have their types, and operators may replace it.
func (s *schemas) members(mapping object, w *vocabulary.Words) object {
	if w != nil {
		properties := object{}
		for _, name := range w.Names {
			if typ := w.Types[name]; typ != "" {
				properties[name] = s.ref(s.typedMatcher(typ))
			}
		}
		if len(properties) > 0 {
			mapping["properties"] = properties
		}
	}
	if w != nil && w.All != "" {
		mapping["additionalProperties"] = s.ref(s.typedMatcher(w.All))
	}
	if mapping["propertyNames"] == nil {
		mapping["propertyNames"] = object{"not": object{"pattern": `^\$`}}
	}
	return anyOf(mapping, s.ref(s.operators()))
}

// expectation describes a value of an expectation.
func (s *schemas) expectation(g tags) object {
	switch {
	case g.match == "absent":
		return s.ref(s.tamperValue())
	case g.match == "param":
		return s.ref(s.parameterValue())
	case g.match == "edit":
		return s.ref(s.editedValue())
	case g.vocab != "" && g.of == "object":
		return s.orReference(anyOf(s.bareMatchers(), s.expectedMembers(g.vocab)))
	case g.vocab != "" && g.of == "":
		return anyOf(s.scalar("$any", "$absent"), s.array(), s.expectedMembers(g.vocab))
	case g.of != "":
		return s.ref(s.typedMatcher(g.of))
	}
	return s.matcherRef()
}

// expectedMembers describes an expectation of a mapping with registered members.
func (s *schemas) expectedMembers(words string) object {
	return s.ref(s.defineOnce("expected-"+words, func() object {
		return s.members(object{"type": "object", "additionalProperties": s.matcherRef()}, vocabulary.Of(words))
	}))
}

func (s *schemas) bareMatchers() object { return object{"enum": []any{"$any", "$absent"}} }

// scalar is a literal that does not look like a matcher, or one of those.
func (s *schemas) scalar(matchers ...string) object {
	return object{
		"type":  []any{"string", "number", "boolean", "null"},
		"anyOf": []any{object{"enum": anySlice(matchers)}, object{"not": object{"type": "string", "pattern": `^\$([^${]|$)`}}},
	}
}

func (s *schemas) array() object { return object{"type": "array", "items": s.matcherRef()} }

func (s *schemas) matcherRef() object { return s.ref(s.matcher()) }

// defineOnce defines a schema under a name unless it is there.
func (s *schemas) defineOnce(name string, build func() object) string {
	if _, ok := s.defs[name]; !ok {
		s.defs[name] = nil
		s.defs[name] = build()
	}
	return name
}

func (s *schemas) matcher() string {
	return s.defineOnce("matcher", func() object {
		own := object{"type": "object", "additionalProperties": s.matcherRef(), "propertyNames": object{"not": object{"pattern": `^\$`}}}
		out := anyOf(s.scalar("$any", "$absent"), s.array(), own, s.ref(s.operators()))
		out["description"] = "a literal, a list, a mapping of at least these members, $any, $absent, or a mapping of matchers"
		return out
	})
}

func (s *schemas) typedMatcher(of string) string {
	return s.defineOnce("matcher-"+strings.ReplaceAll(of, "|", "-or-"), func() object {
		branches := []object{s.bareMatchers(), s.ref(s.operators())}
		for _, typ := range strings.Split(of, "|") {
			switch typ {
			case "matcher":
			case "string":
				text := s.text()
				text["not"] = object{"type": "string", "pattern": `^\$([^${]|$)`}
				branches = append(branches, text)
			case "array":
				branches = append(branches, s.orReference(s.array()))
			case "object":
				branches = append(branches, s.orReference(object{
					"type": "object", "additionalProperties": s.matcherRef(), "propertyNames": object{"not": object{"pattern": `^\$`}},
				}))
			default:
				branches = append(branches, s.orReference(object{"type": typ}))
			}
		}
		return anyOf(branches...)
	})
}

// durationPattern is Go's syntax of durations, a bare 0 apart.
const durationPattern = `^[-+]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$`

func (s *schemas) operators() string {
	return s.defineOnce("matchers", func() object {
		bound := s.orReference(anyOf(object{"type": "number"}, object{"type": "string", "pattern": durationPattern}))
		return object{
			"type": "object", "minProperties": 1, "additionalProperties": false,
			"description": "matchers, all of which must hold",
			"properties": object{
				"$not":      s.matcherRef(),
				"$matches":  s.text(),
				"$contains": s.matcherRef(),
				"$one_of":   s.array(),
				"$gte":      bound,
				"$lte":      bound,
				"$count":    s.ref(s.typedMatcher("integer")),
			},
		}
	})
}

func (s *schemas) tamperValue() string {
	return s.defineOnce("value-or-absent", func() object {
		ref := s.ref("value-or-absent")
		out := anyOf(s.scalar("$absent"), object{"type": "array", "items": ref}, object{"type": "object", "additionalProperties": ref})
		out["description"] = "a value, or $absent to take it away"
		return out
	})
}

// parameterValue describes what a parameter is set to.
func (s *schemas) parameterValue() string {
	return s.defineOnce("parameter-value", func() object {
		ref := s.ref("parameter-value")
		out := anyOf(s.scalar("$absent", "$keep"), object{"type": "array", "items": ref}, object{"type": "object", "additionalProperties": ref})
		out["description"] = "a value, which may be empty; $absent to take the parameter away, $keep to leave it as it is"
		return out
	})
}

// editedValue describes a value that a fault puts in place of the truth, or what
// it makes of it.
func (s *schemas) editedValue() string {
	return s.defineOnce("value-or-edit", func() object {
		one := func(name string, value object) object {
			return object{"type": "object", "additionalProperties": false, "required": []any{name}, "properties": object{name: value}}
		}
		edits := anyOf(
			one("$now", object{"type": "string", "pattern": durationPattern}), one("$append", object{"type": "string"}),
			one("$prepend", object{"type": "string"}), one("$insert", s.ref(s.tamperValue())), one("$json", object{"type": "string"}), one("$list", object{"const": true}), one("$earlier", object{"const": true}), one("$pad", object{"type": "integer", "minimum": 1, "maximum": 1 << 24}),
		)
		ref := s.ref(s.tamperValue())
		own := object{"type": "object", "additionalProperties": ref, "propertyNames": object{"not": object{"pattern": `^\$`}}}
		out := anyOf(s.scalar("$absent"), object{"type": "array", "items": s.ref("value-or-edit")}, own, edits)
		out["description"] = "a value, $absent to take it away, or an edit: {$now: -5m} seconds from now, {$append: x}, {$prepend: x}, {$pad: length}, {$insert: a member of the list}, {$list: true} the value as a list, {$json: a JSON text that is the value}, {$earlier: true} what the answer before had"
		return out
	})
}
