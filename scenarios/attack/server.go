package attack

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/authdrill/authdrill/mockprovider"
)

// server is a provider that listens on a port.
type server struct{ http *http.Server }

func serve(l net.Listener, h http.Handler) *server {
	s := &server{mockprovider.NewServer(h)}
	go func() { _ = s.http.Serve(l) }() // ends with close
	return s
}

// close ends the server. Clients have given up requests that still run.
func (s *server) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
}
