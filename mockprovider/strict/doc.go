// Package strict reads YAML or JSON into Go structs, and refuses whatever the struct
// does not allow: unknown keys, duplicates, wrong types, missing members, bad values,
// unknown ${names}. It reports all problems at once, each with its place and a hint:
//
//	refresh.yaml:15:27: steps[3].fault: unknown key "tiems"
//	  15 |   - fault: {on: id_token, tiems: 1}
//	     |                           ^ did you mean "times"?
//
// Begin with Read. It is not an API to build on.
package strict
