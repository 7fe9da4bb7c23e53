// Package strict reads YAML or JSON into Go structs and lets nothing pass that
// was not meant: an unknown key, a duplicate, a wrong type, a missing member,
// a bad value, an unknown ${name}. It reports all problems at once, each with
// file, line, column, path, the source line under a caret, and a remedy:
//
//	refresh.yaml:15:27: steps[3].fault: unknown key "tiems"
//	  15 |   - fault: {on: id_token, tiems: 1}
//	     |                           ^ did you mean "times"?
//
// The Go types are the grammar. The same tags serve both notations, the JSON
// Schema (see Schemas) and the reader's documentation:
//
//	json:"name"       the key; embedded structs are inlined, "-" is no key
//	doc:"text"        what it means
//	enum:"a,b"        the values a string, or each item of a list, may have; of a
//	                  type with Values no tag is needed, and enum:"@group" is a
//	                  part of them
//	required:"true"   must be there
//	short:"true"      a value that is no mapping stands for this member
//	empty:"true"      a key without a value stands for an empty mapping, or an empty
//	                  text; of an open mapping: its values may be, and null leaves
//	                  a pointer nil
//	single:"true"     one item stands for a list of one
//	oneof:"group"     exactly one member of the group; "group,optional": at most one;
//	                  "group+group": it counts in both
//	min:"1" max:"9"   bounds of a number; min:"1" of a duration: it is longer than 0
//	vocab:"claim"     guards the keys of an open mapping, see package vocabulary
//	match:"true"      an expectation: literals and $-matchers; "absent": only
//	                  $absent; "param": that and $keep; "edit": $absent and what a
//	                  fault makes of a value
//	of:"integer"      the JSON type of an expectation's literals; "matcher": none
//	example:"5m"      an example for the documentation
//
// A member of type *Node or Place without a key is filled with where its
// mapping was read. A type may have these methods:
//
//	UnmarshalText([]byte) error          reads it from a scalar
//	UnmarshalStrict(n *Node, r *Reader)  reads it in a form of its own
//	JSONSchema() map[string]any          describes one with either of these
//	Values(group string) []string        the values of a string type; the group is
//	                                     that of enum:"@group", else empty
//	Check() error                        rules among the members of a struct, asked
//	                                     once all were read without a problem
//	CheckMembers() error                 rules on single members, asked where others
//	                                     could not be read too
//
// The last two point at members with Member, and join errors with errors.Join.
//
// Scalars are text until a member says what it wants, so 012 stays "012" where
// text is wanted and a date is never guessed to be a time. Where anything may
// stand, JSON's types are told apart and what is ambiguous in YAML is refused
// with the remedy: quote it.
//
// It is not an API to build on.
package strict
