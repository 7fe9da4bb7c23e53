package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/readyfile"
)

// A process with the race detector in it waits a second before it ends, for
// reports that come late: of the hundreds that are started here, each a moment.
func TestMain(m *testing.M) {
	if _, set := os.LookupEnv(raceOptions); !set {
		_ = os.Setenv(raceOptions, "atexit_sleep_ms=10") // a name without = and NUL cannot fail
	}
	testscript.Main(m, map[string]func(){"authdrill": main, "starter": starter})
}

// The scripts are the behaviour of the command, and read as its manual. Beside
// the commands of testscript they have:
//
//	ready FILE           wait for a ready file, and set ISSUER, CLIENT_APP, CONTROL, PORT, PID
//	await FILE TEXT      wait until a file has a text
//	busy NAME            open a port, and set NAME to its number
//	http METHOD URL [USER:SECRET] [FORM]   a request; its status and body are standard output
//	shows URL TEXT       wait until an answer has a text
//	certificate NAME [expired]   make NAME.pem and NAME-key.pem
//	trusting FILE URL    a GET request over TLS that trusts a file; awaiting waits until it does
//	request METHOD URL [FIELD=VALUE ..]    a request with header fields, Host too, and a body as BODY=..; its status, header fields and body
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("AUTHDRILL_UPDATE") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv(raceOptions, os.Getenv(raceOptions))
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond != "ipv6" {
				return false, fmt.Errorf("unknown condition %q", cond)
			}
			l, err := net.Listen("tcp", "[::1]:0")
			if err == nil {
				_ = l.Close()
			}
			return err == nil, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"ready": scriptReady, "await": scriptAwait, "busy": scriptBusy, "http": scriptHTTP, "request": scriptRequest, "shows": scriptShows,
			"certificate": scriptCertificate, "trusting": scriptTrusting, "awaiting": scriptAwaiting,
		},
	})
}

const raceOptions = "GORACE"

func scriptReady(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: ready FILE")
	}
	var r readyfile.File
	file := ts.MkAbs(args[0])
	if !commandtest.Eventually(func() bool { return commandtest.ReadJSON(file, &r) == nil }) {
		ts.Fatalf("no ready file %s after %s", args[0], commandtest.Patience)
	}
	ts.Setenv("ISSUER", r.Issuer)
	ts.Setenv("CLIENT_APP", r.ClientApp)
	ts.Setenv("CONTROL", r.Control)
	ts.Setenv("PORT", portOf(r.Issuer))
	ts.Setenv("PID", strconv.Itoa(r.PID))
}

func portOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Port()
}

func scriptAwait(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await FILE TEXT")
	}
	file := ts.MkAbs(args[0])
	if !commandtest.Eventually(func() bool { text, _ := os.ReadFile(file); return strings.Contains(string(text), args[1]) }) {
		ts.Fatalf("%s has no %q after %s", args[0], args[1], commandtest.Patience)
	}
}

func scriptBusy(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: busy NAME")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	ts.Setenv(args[0], port)
}

func scriptHTTP(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: http METHOD URL [USER:SECRET] [FORM]")
	}
	var body io.Reader
	if len(args) > 3 {
		body = strings.NewReader(args[3])
	}
	req, err := http.NewRequest(args[0], args[1], body)
	ts.Check(err)
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if len(args) > 2 && args[2] != "" {
		name, secret, _ := strings.Cut(args[2], ":")
		req.SetBasicAuth(name, secret)
	}
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	ts.Check(err)
	_, _ = fmt.Fprintf(ts.Stdout(), "%d\n%s\n", resp.StatusCode, text)
}
