package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
)

// scriptRequest sends a request with any header fields, and follows no redirection.
func scriptRequest(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: request METHOD URL [FIELD=VALUE ..]")
	}
	req, err := http.NewRequest(args[0], args[1], nil)
	ts.Check(err)
	for _, field := range args[2:] {
		switch name, value, _ := strings.Cut(field, "="); name {
		case "BODY":
			req.Body, req.ContentLength = io.NopCloser(strings.NewReader(value)), int64(len(value))
		case "Host":
			req.Host = value
		default:
			req.Header.Add(name, value)
		}
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	ts.Check(err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	ts.Check(err)
	_, _ = fmt.Fprintf(ts.Stdout(), "%d\n", resp.StatusCode)
	_ = resp.Header.Write(ts.Stdout()) // a buffer takes all
	_, _ = fmt.Fprintf(ts.Stdout(), "\n%s\n", text)
}

// scriptShows waits until the answer to a GET request has a text: shows URL TEXT.
func scriptShows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: shows URL TEXT")
	}
	last := ""
	if !commandtest.Eventually(func() bool {
		resp, err := http.Get(args[0])
		if err != nil {
			return false
		}
		text, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		last = string(text)
		return strings.Contains(last, args[1])
	}) {
		ts.Fatalf("%s has no %s after %s: %s", args[0], args[1], commandtest.Patience, last)
	}
}
