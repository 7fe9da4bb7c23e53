package mockprovider

import (
	"io"
	"net/http"
	"strings"
)

// healthPath is where a server says that it answers, under any host name: a probe of a
// container platform asks by an address of its own.
const healthPath = "/healthz"

// isHealth reports whether a request is for the health of the server.
func (n *names) isHealth(r *http.Request) bool {
	before, ok := strings.CutSuffix(r.URL.Path, healthPath)
	if !ok {
		return false
	}
	_, mount := n.current()
	return before == "" || before == mount
}

// answerHealth tells that the server answers, and nothing else.
func answerHealth(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This is for GET and HEAD requests only.", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ready\n") // the client is gone
}
