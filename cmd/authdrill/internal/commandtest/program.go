package commandtest

import (
	"embed"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/verb"
)

// Main runs the tests of a package with authdrill as a program that they can start.
func Main(m *testing.M) { testscript.Main(m, map[string]func(){"authdrill": program}) }

// program is what cmd/authdrill does, without the topics of its help.
func program() {
	if code := verb.Main(embed.FS{}); code != 0 {
		panic(code) // only main may end a process
	}
}
