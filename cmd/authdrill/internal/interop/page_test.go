package interop

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
)

// pages is a web app: the pages of testdata/clients/node-spa, each with an SDK of
// node_modules. It hears what came of each step.
type pages struct {
	origin   string // http://localhost and its port
	settings map[string]any
	outcomes chan string
}

func servePages(t *testing.T) *pages {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	p := &pages{origin: "http://localhost:" + port, outcomes: make(chan string, 16)}
	server := &http.Server{Handler: p, ReadHeaderTimeout: patience}
	go func() { _ = server.Serve(listener) }() // ends with Close
	t.Cleanup(func() { _ = server.Close() })
	return p
}

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/settings.js":
		text, _ := json.Marshal(p.settings)
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = io.WriteString(w, "export default "+string(text))
	case "/outcome":
		text, _ := io.ReadAll(io.LimitReader(r.Body, 1<<16))
		p.outcomes <- string(text)
	default:
		http.ServeFileFS(w, r, os.DirFS(filepath.Join(commandtest.ClientsFolder, spaFolder)), strings.TrimPrefix(r.URL.Path, "/"))
	}
}

// hears waits for the next outcome, which matches a pattern, and returns it.
func (p *pages) hears(t *testing.T, pattern string) string {
	t.Helper()
	select {
	case said := <-p.outcomes:
		if !regexp.MustCompile("^(?:" + pattern + ")$").MatchString(said) {
			t.Fatalf("the page says\n%s\nwant\n%s", said, pattern)
		}
		return said
	case <-time.After(patience):
		t.Fatalf("the page says nothing, want %q", pattern)
	}
	return ""
}

// forget drops outcomes that a case before this one has not waited for.
func (p *pages) forget() {
	for len(p.outcomes) > 0 {
		<-p.outcomes
	}
}

// must ends the test with an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
