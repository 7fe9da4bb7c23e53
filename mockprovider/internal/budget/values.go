package budget

import "net/url"

// valueCost is what a name and its value in a map cost in addition to their texts.
const valueCost = 96

// ValuesBytes is what parameters take.
func ValuesBytes(v url.Values) int {
	n := 0
	for name, list := range v {
		n += valueCost + len(name) + TextBytes(list)
	}
	return n
}

// TextBytes is what the texts of a list take.
func TextBytes[S ~string](list []S) int {
	n := 16 * len(list)
	for _, s := range list {
		n += len(s)
	}
	return n
}
