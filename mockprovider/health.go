package mockprovider

import (
	"io"
	"net/http"
	"strings"
)

// healthPath is where a server says that it answers, under any host name: a probe of a
// container platform asks by an address of its own.
const healthPath = "/healthz"

// answersHealth answers a request for the health of the server, which tells nothing
// else, and reports whether it was one.
func (n *names) answersHealth(w http.ResponseWriter, r *http.Request) bool {
	before, ok := strings.CutSuffix(r.URL.Path, healthPath)
	if !ok {
		return false
	}
	if _, mount := n.current(); before != "" && before != mount {
		return false
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This is for GET and HEAD requests only.", http.StatusMethodNotAllowed)
		return true
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ready\n") // the client is gone
	return true
}
