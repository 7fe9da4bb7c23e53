package commandtest

import (
	"context"
	"embed"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/signals"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/verb"
)

// Main runs the tests of a package with authdrill as a program that they can start.
func Main(m *testing.M) { testscript.Main(m, map[string]func(){"authdrill": program}) }

// program is what cmd/authdrill does, without the topics of its help.
func program() {
	ctx, interrupt := context.WithCancelCause(context.Background())
	go signals.Listen(interrupt)
	say := say.New(os.Stdout, os.Stderr, os.LookupEnv)
	ended := make(chan int, 1)
	go func() { ended <- verb.Dispatch(ctx, os.Args[1:], os.Stdin, say, embed.FS{}) }()
	if code := say.Await(ctx, ended); code != 0 {
		panic(code) // only main may end a process
	}
}
