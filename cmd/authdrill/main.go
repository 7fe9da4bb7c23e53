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
	"embed"
	"os"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/verb"
)

//go:generate go run ./internal/reference ../../dist

//go:embed help/*.md
var topics embed.FS

func main() { os.Exit(verb.Main(topics)) }
