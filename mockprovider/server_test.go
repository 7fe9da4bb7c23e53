package mockprovider

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
)

// slow are beginnings of requests whose rest never comes.
func slow() map[string]string {
	return map[string]string{
		"header":          "POST /token HTTP/1.1\r\nHost: op.authdrill.test\r\n",
		"form":            "POST /token HTTP/1.1\r\nHost: op.authdrill.test\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\ngrant_type=",
		"chunks":          "POST /par HTTP/1.1\r\nHost: op.authdrill.test\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nscope\r\n",
		"registration":    "POST /register HTTP/1.1\r\nHost: op.authdrill.test\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{",
		"control":         "POST /_/api/issuers HTTP/1.1\r\nHost: op.authdrill.test\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{",
		"body not read":   "POST /nowhere HTTP/1.1\r\nHost: op.authdrill.test\r\nContent-Length: 60000\r\n\r\nx",
		"no issuer there": "POST /t/a/b/c HTTP/1.1\r\nHost: op.authdrill.test\r\nContent-Length: 60000\r\n\r\nx",
		"refused host":    "POST /token HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 60000\r\n\r\nx",
		"second request":  "GET /jwks HTTP/1.1\r\nHost: op.authdrill.test\r\n\r\nPOST /token HTTP/1.1\r\nHost: op.authdrill.test\r\nContent-Length: 60000\r\n\r\nx",
	}
}

// TestSlowRequestsEnd: many requests that never end are all ended, in virtual time.
func TestSlowRequestsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, err := NewHost(Options{})
		if err != nil {
			t.Fatal(err)
		}
		m := newPipeServer(h, h.BaseURL())
		began := clock.Running()
		var wg sync.WaitGroup
		for kind, text := range slow() {
			for range 50 {
				conn, err := m.dial(t.Context(), "tcp", "op.authdrill.test:80")
				if err != nil {
					t.Fatal(err)
				}
				wg.Go(func() {
					defer conn.Close()
					go func() { _, _ = io.Copy(conn, strings.NewReader(text)) }() // the server may not read all of it
					if _, err := io.Copy(io.Discard, conn); err != nil && !errors.Is(err, io.ErrClosedPipe) {
						t.Errorf("%s: %v", kind, err)
					}
					if after := clock.Running().Now().Sub(began.Now()); after > idleFor {
						t.Errorf("%s: open after %s", kind, after)
					}
				})
			}
		}
		wg.Wait()
		_ = m.Close()
		_ = h.Close()
	})
}

// TestHangingAnswerOutlastsTheBody: the deadline of a body does not end what the
// handler waits for afterwards.
func TestHangingAnswerOutlastsTheBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		late := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			select {
			case <-r.Context().Done():
				t.Error("the client is taken for gone")
			case <-time.After(5 * bodyWithin):
			}
			_, _ = fmt.Fprintf(w, "%s %v", body, err)
		})
		m := newPipeServer(late, "http://op.authdrill.test")
		client := &http.Client{Transport: m.transport}
		for range 2 { // on one connection
			resp, err := client.Post("http://op.authdrill.test/", "text/plain", strings.NewReader("whole"))
			if err != nil {
				t.Fatal(err)
			}
			got, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if string(got) != "whole <nil>" {
				t.Errorf("answered %q", got)
			}
		}
		m.transport.CloseIdleConnections()
		_ = m.Close()
	})
}

func TestConnectionsAreBounded(t *testing.T) {
	c := &connections{}
	var all []net.Conn
	closed := func(conn net.Conn) bool {
		_ = conn.SetReadDeadline(time.Unix(1, 0)) // long ago: only a closed pipe says something else
		_, err := conn.Read(make([]byte, 1))
		return errors.Is(err, io.ErrClosedPipe)
	}
	add := func() net.Conn {
		_, conn := net.Pipe()
		c.changed(conn, http.StateNew)
		c.changed(conn, http.StateActive)
		return conn
	}
	for range mostConnections {
		all = append(all, add())
	}
	if closed(all[0]) || closed(all[len(all)-1]) {
		t.Error("a connection within the bound is closed")
	}
	if one := add(); !closed(one) {
		t.Error("one more is kept")
	} else {
		c.changed(one, http.StateClosed)
	}
	c.changed(all[0], http.StateClosed)
	c.changed(all[1], http.StateHijacked)
	for n, want := range []bool{false, false, true} {
		if got := closed(add()); got != want {
			t.Errorf("connection %d after two have ended: closed %v, want %v", n+1, got, want)
		}
	}
}

func TestLargeRequestsAreRefused(t *testing.T) {
	p := Start(t)
	large := strings.Repeat("x", 70<<10)
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.Issuer(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() { _, _ = io.WriteString(conn, "GET /jwks?"+large+" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") }()
	if resp, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil || resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a long first line: %v %v", resp, err)
	}
	many := strings.Repeat("a&", 300)
	for path, kind := range map[string]string{"/token": "form", "/par": "form", "/introspect": "form", "/revoke": "form", "/device_authorization": "form", "/register": "json"} {
		for what, body := range map[string]string{"large": "scope=" + large, "many": many} {
			header := "application/x-www-form-urlencoded"
			want := `"error":"invalid_request"`
			if kind == "json" {
				header, want, body = "application/json", `"error":"invalid_client_metadata"`, `{"client_name":"`+large+`"}`
			}
			resp, got := sent(t, p.HTTPClient(), "POST", p.Issuer()+path, body, "Content-Type", header)
			if resp.StatusCode != 400 || !strings.Contains(got, want) {
				t.Errorf("%s %s: %s %s", what, path, resp.Status, got)
			}
		}
	}
}
