// Package protocol has the words of the protocols: the endpoints, artifacts,
// events, causes, grants and algorithms that a provider, its faults, its
// journal and a scenario name. Each word is a typed constant and a row of one
// table, with the clause that defines it; everything that lists words, from the
// metadata and the JSON Schema to the help, is made from these tables.
//
// Begin with Endpoint and Routes. Each type lists its words with Values, which
// is what the strict reader asks a member of that type for.
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
