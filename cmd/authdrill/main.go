// Command authdrill is a fire drill for OAuth: a mock authorization server, a
// strict client, and scenario files that script both and the time.
//
//	authdrill                      provider at http://127.0.0.1:9400, client app at http://127.0.0.1:9401
//	authdrill run [PATH ..]        run scenarios, the embedded examples without a path
//	authdrill exec -- CMD ARG ..   run a command against a provider of its own
//	authdrill help                 the commands and topics
//
// Flags override environment variables (AUTHDRILL_PORT for --port), which override the
// file authdrill.yaml. It reads no variable that applications use, such as a secret.
package main

import (
	"embed"
	"os"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/verb"
)

//go:generate go run ./internal/reference dist

//go:embed help/*.md
var topics embed.FS

func main() { os.Exit(verb.Main(topics)) }
