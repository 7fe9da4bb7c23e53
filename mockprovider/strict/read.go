package strict

// Options say how a document is read. The zero Options read it for itself.
type Options struct {
	// JSON is the notation of the text that is parsed, where it is not YAML.
	JSON bool

	// Resolve returns the value of ${name} in a scalar. It is called after the file
	// was parsed, so quoting and positions stay as written. A deferred name is
	// allowed only where a text or any type is wanted. A text that was read this way
	// is a template: it keeps deferred names, and $${ (an escaped ${), until Expand.
	// If Resolve is nil, ${name} is a text like any other.
	Resolve func(name string, at *Node) Resolution

	Budget *Budget // is shared with other reads
	Shared *Shared // is what earlier readings of this document have read
}

// Read reads a file of one document into a pointer to a struct. The Go types are
// the grammar. The same tags of struct members serve both notations, the JSON
// Schema (see Schemas) and the reader's documentation:
//
//	json:"name"       the key; embedded structs are inlined, "-" has no key
//	doc:"text"        what it means
//	enum:"a,b"        the values a string, or each item of a list, may have; a type
//	                  with Values needs no tag, and enum:"@group" is a part of them
//	required:"true"   must be there
//	with:"key"        goes together with another key: without that it is refused;
//	                  what is required is so only where that is there
//	unless:"key"      what is required need not be there where that key is
//	short:"true"      a value that is not a mapping is read into this member
//	empty:"true"      a key without a value is an empty mapping or text; of an open
//	                  mapping: its values may be empty, and null leaves a pointer nil
//	single:"true"     a single item is read as a list of one
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
// A member of type *Node or Place without a key gets the place of its mapping. A type
// may have these methods:
//
//	UnmarshalText([]byte) error          reads it from a scalar
//	UnmarshalStrict(n *Node, r *Reader)  reads it in a form of its own
//	JSONSchema() map[string]any          describes one with either of these
//	Values(group string) []string        the values of a string type; group is that
//	                                     of enum:"@group", or empty
//	Check() error                        checks rules among the members of a struct,
//	                                     once all were read without a problem
//	CheckMembers() error                 checks single members, even if others could
//	                                     not be read, and of a type without Check
//
// The last two name members with Member, and join errors with errors.Join.
//
// Scalars are text until a member wants another type, so 012 stays "012" where text
// is wanted and a date is never taken for a time. Where any type is allowed, JSON's
// types are told apart, and a YAML scalar that could be several of them is a problem.
func Read(file string, data []byte, into any, o Options) Problems {
	o = o.complete()
	docs, problems := Parse(file, data, o)
	switch {
	case len(docs) == 1:
		return append(problems, docs[0].Decode(into, o)...).Sorted()
	case len(docs) > 1:
		return append(problems, docs[1].Problem(Syntax, "split the file", "the file has %d documents, want one", len(docs)))
	case len(problems) == 0:
		empty := &document{file: file, lines: []string{""}}
		return (&Node{doc: empty, Kind: Mapping, line: 1, column: 1}).Decode(into, o)
	}
	return problems
}
