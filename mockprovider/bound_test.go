package mockprovider

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/mockprovider/setup"
)

// stranger sends requests to a host without a connection.
type stranger struct {
	*testing.T
	*Host
}

func (v stranger) send(status int, method, path, body, kind string) string {
	v.Helper()
	r := httptest.NewRequest(method, v.BaseURL()+path, strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.SetBasicAuth(setup.ClientID, setup.ClientSecret)
	w := httptest.NewRecorder()
	v.ServeHTTP(w, r)
	if w.Code != status {
		v.Fatalf("%s %.60s: %d %s", method, path, w.Code, w.Body)
	}
	return w.Body.String()
}

// TestEveryBoundTogether fills a host with all that strangers can leave in it, far
// beyond each bound, and measures what lives.
func TestEveryBoundTogether(t *testing.T) {
	scale := 1
	if testing.Short() {
		scale = 4
	}
	log := &said{}
	h, err := NewHost(Options{OnDemand: true, BaseURL: "http://127.0.0.1:9400", Logf: log.logf})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	v := stranger{t, h}
	const form = "application/x-www-form-urlencoded"
	large := func(n, size int) string { return fmt.Sprintf("%d.", n) + strings.Repeat("x", size) }
	sign := func(n, size int) string {
		return url.Values{"client_id": {setup.ClientID}, "response_type": {"code"}, "scope": {"openid"}, "redirect_uri": {"http://127.0.0.1/cb"}, "state": {large(n, size)}, "nonce": {large(n, size)}}.Encode()
	}
	for n := range 1100 / scale {
		at := fmt.Sprintf("/t/i%d", n)
		v.send(200, "GET", "/.well-known/openid-configuration"+at, "", "")
		v.send(200, "GET", at+"/jwks", "", "")
		v.send(200, "POST", at+"/token", "grant_type=client_credentials", form)
		v.send(200, "GET", at+"/authorize?"+sign(n, 20), "", "")
		switch n % 4 {
		case 0:
			v.send(201, "POST", at+"/par", sign(n, 25<<10), form)
			v.send(201, "POST", at+"/register", `{"client_name":"`+large(n, 50<<10)+`"}`, "application/json")
		case 1:
			v.send(200, "GET", at+"/authorize?"+sign(n, 25<<10), "", "")
		case 2:
			v.send(200, "POST", at+"/device_authorization", "client_id=app&scope="+large(n, 50<<10), form)
		case 3:
			v.send(200, "POST", at+"/token", "grant_type=client_credentials&audience="+large(n, 50<<10), form)
		}
	}
	for n := range 900 / scale { // all at one issuer
		v.send(201, "POST", "/par", sign(n, 25<<10), form)
		v.send(201, "POST", "/register", `{"client_name":"`+large(n, 50<<10)+`"}`, "application/json")
		v.send(200, "POST", "/token", "grant_type=client_credentials&scope="+large(n, 1000), form)
		if n%10 == 0 {
			v.send(400, "POST", "/token", strings.Repeat("a&", 30_000), form)
		}
	}
	// And connections whose bodies never end, as many as there may be.
	m := newPipeServer(h, h.BaseURL())
	defer m.Close()
	body := strings.Repeat("x", 50_000)
	refused := make(chan struct{}, mostConnections)
	for range mostConnections / scale {
		conn, err := m.dial(t.Context(), "tcp", "127.0.0.1:9400")
		if err != nil {
			t.Fatal(err)
		}
		go func() { // which is ended when the server has enough of it
			_, _ = io.WriteString(conn, "POST /token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "+form+"\r\nContent-Length: 60000\r\n\r\n"+body)
		}()
		go func() {
			_, _ = io.Copy(io.Discard, conn) // until the server closes it
			refused <- struct{}{}
		}()
	}
	for range mostConnections/scale - mostBodies/60_000 {
		<-refused // the bodies of all the others are being read
	}
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	if live := stats.HeapAlloc >> 20; live >= 150 {
		t.Errorf("%d MB live", live)
	} else {
		t.Logf("%d MB live", live)
	}
	if n := len(h.Names()); n > mostOnDemand+1 {
		t.Errorf("there are %d issuers", n)
	}
	for _, bound := range []string{"journals", "records", "a journal", "issuers were made"} {
		if scale == 1 && log.about(bound) != 1 {
			t.Errorf("%d lines about %s: %q", log.about(bound), bound, log.lines)
		}
	}
	v.send(http.StatusOK, "POST", "/token", "grant_type=client_credentials", form) // it goes on as before
	if len(mustIssuer(t, h).Journal().Entries()) == 0 {
		t.Error("the journal is empty")
	}
}

func mustIssuer(t *testing.T, h *Host) *Provider {
	t.Helper()
	p, ok := h.Issuer("")
	if !ok {
		t.Fatal("no default issuer")
	}
	return p
}
