package scenarios

import (
	"embed"
	"io/fs"
)

//go:embed examples
var examples embed.FS

// Examples returns the scenario files that come with authdrill, one family of
// scenarios a file.
func Examples() fs.FS {
	sub, err := fs.Sub(examples, "examples")
	if err != nil {
		return examples // cannot be: the folder is embedded above
	}
	return sub
}
