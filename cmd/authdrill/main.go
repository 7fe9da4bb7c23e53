// Command authdrill is a fire drill for OAuth: a mock authorization server, a
// strict client, and scenario files that script both and the time.
//
//	authdrill                      provider at http://127.0.0.1:9400, client app at http://127.0.0.1:9401
//	authdrill run [PATH ..]        run scenarios, the embedded examples without a path
//	authdrill exec -- CMD ARG ..   run a command against a provider of its own
//	authdrill help                 every verb, and the topics
//
// Flags go over environment variables (AUTHDRILL_PORT for --port), and those
// over the file authdrill.yaml. Names that applications use, like
// GOOGLE_CLIENT_SECRET, are never read: what they hold would end in a journal.
package main

import (
	"context"
	"embed"
	"os"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/signals"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/verb"
)

//go:generate go run ./internal/reference ../../dist

//go:embed help/*.md
var topics embed.FS

func main() {
	ctx, interrupt := context.WithCancelCause(context.Background())
	go signals.Listen(interrupt) // at the same time as the rest: it takes as long as opening a port
	say := say.New(os.Stdout, os.Stderr, os.LookupEnv)
	ended := make(chan int, 1)
	go func() { ended <- verb.Dispatch(ctx, os.Args[1:], os.Stdin, say, topics) }()
	os.Exit(say.Await(ctx, ended))
}
