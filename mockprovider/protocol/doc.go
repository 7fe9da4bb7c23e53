// Package protocol has the words of the protocols: the endpoints, artifacts, events,
// causes, grants and algorithms that faults, the journal and scenarios name. Each word
// is a typed constant and a row of a table, with the clause that defines it. All lists
// of words, in the metadata, the JSON Schema and the help, are made from these tables.
//
// Begin with Endpoint and Routes. Values lists the words of a type; package strict
// checks members of the type against it.
package protocol

// Strings returns words as plain text, for what knows no types.
func Strings[W ~string](words []W) []string {
	out := make([]string, len(words))
	for n, word := range words {
		out[n] = string(word)
	}
	return out
}

// names returns the first column of a table.
func names[R any](table []R, name func(R) string) []string {
	out := make([]string, len(table))
	for n, row := range table {
		out[n] = name(row)
	}
	return out
}
