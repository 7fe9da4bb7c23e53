package interop

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
)

// started lets a test run beside others once the folder of testdata/clients that it
// needs is installed. It starts programs: not with -short.
func started(t *testing.T, folder string) {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts programs: not with -short")
	}
	commandtest.Installed(t, folder)
	t.Parallel()
}

// TestMain makes authdrill a program that tests can start.
func TestMain(m *testing.M) { commandtest.Main(m) }

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
