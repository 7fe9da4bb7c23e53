package interop

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"net/http"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/signals"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/verb"
)

// started lets a test run beside others once the folder of testdata/clients that it
// needs is installed. It starts programs: not with -short.
func started(t *testing.T, folder string) {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts programs: not with -short")
	}
	installed(t, folder)
	t.Parallel()
}

// TestMain makes authdrill a program that tests can start.
func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"authdrill": command}) }

// command is what cmd/authdrill does, without the topics of its help.
func command() {
	ctx, interrupt := context.WithCancelCause(context.Background())
	go signals.Listen(interrupt)
	say := say.New(os.Stdout, os.Stderr, os.LookupEnv)
	ended := make(chan int, 1)
	go func() { ended <- verb.Dispatch(ctx, os.Args[1:], os.Stdin, say, embed.FS{}) }()
	if code := say.Await(ctx, ended); code != 0 {
		panic(code) // only main may end a process
	}
}

// tell asks something of a control API.
func tell(t *testing.T, control, method, path string, body any) {
	t.Helper()
	text, err := json.Marshal(body)
	must(t, err)
	req, err := http.NewRequestWithContext(t.Context(), method, control+path, bytes.NewReader(text))
	must(t, err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	_ = resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
}
