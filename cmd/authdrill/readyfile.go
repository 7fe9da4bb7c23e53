package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"strconv"
	"syscall"
	"time"
)

// ready is the ready file: everything a script needs, in one read.
type ready struct {
	Issuer       string `json:"issuer"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	ClientApp    string `json:"client_app,omitempty"`
	Control      string `json:"control"`
	ControlToken string `json:"control_token,omitempty"`
	PID          int    `json:"pid"`

	Issuers []readyIssuer `json:"issuers"` // all that there are from the start, the default one first

	Address  string `json:"address,omitempty"`  // of the provider, as this machine reaches it
	Instance string `json:"instance,omitempty"` // of no other process, whatever its pid
}

// readyIssuer is an issuer in the ready file.
type readyIssuer struct {
	Name    string `json:"name"`              // "" is the default one
	Persona string `json:"persona,omitempty"` // that it imitates
	Issuer  string `json:"issuer"`            // its identifier for a client of OpenID Connect
	BaseURL string `json:"base_url"`          // of its endpoints
	Port    int    `json:"port"`              // of its address on this machine
	Control string `json:"control"`           // of its control API
}

const (
	readySize    = 64 << 10               // bytes that are read of a ready file
	dialPatience = 500 * time.Millisecond // how long the process of a ready file may take to answer
)

// claimReady finds out whether a ready file may be written. One that another
// process has left is replaced; that of a process that still serves is not, and
// neither is, where no flag names it, a file that authdrill did not write.
func claimReady(at place, by ready) error {
	other, err := readReady(at)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil && other.isServing(by):
		return environmental("stop it with kill "+strconv.Itoa(other.PID)+", or name another file",
			"the ready file %s is that of a provider that still runs at %s, as process %d", at.path(), other.Issuer, other.PID)
	case err != nil && at.below != "":
		return usage(at.remedy(err, "remove it, or name another file: a ready file replaces only what authdrill wrote"),
			"cannot write the ready file: %s", reason(err))
	}
	return nil
}

// errNotReady is the error of a file that is not a ready file.
var errNotReady = errors.New("not a ready file of authdrill")

// readReady reads a ready file, and nothing else that is JSON.
func readReady(at place) (ready, error) {
	var r ready
	text, err := at.read(readySize)
	if err != nil {
		return r, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if d.Decode(&r) != nil || r.Issuer == "" || r.Control == "" || r.PID <= 0 {
		return r, &fs.PathError{Op: "read", Path: at.path(), Err: errNotReady}
	}
	return r, nil
}

// isServing reports whether the process that wrote a ready file still serves, seen
// from another one. A process may have the pid of one that ended, so that the
// port is tried too, where it is on loopback: a stranger may have written the
// file. Earlier versions wrote no address.
func (r ready) isServing(seenFrom ready) bool {
	if r.Address == "" {
		if u, err := url.Parse(r.Control); err == nil {
			r.Address = u.Host
		}
	}
	host, _, err := net.SplitHostPort(r.Address)
	if err != nil || !loopback(host) || r.PID == seenFrom.PID || r.Address == seenFrom.Address || !isRunning(r.PID) {
		return false
	}
	conn, err := net.DialTimeout("tcp", r.Address, dialPatience)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// isRunning reports whether there is a process of that number.
func isRunning(pid int) bool {
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = process.Signal(syscall.Signal(0))
	return !errors.Is(err, os.ErrProcessDone) && !errors.Is(err, syscall.ESRCH)
}

// writeReady writes the ready file, and returns how to take it away again, unless
// it is another process's by then.
func writeReady(at place, r ready) (forget func(), err error) {
	r.Instance = rand.Text()
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, err
	}
	err = at.write(0o600, func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	})
	if err != nil {
		return nil, environmental(at.remedy(err, "--ready-file names a file in a folder that exists"), "cannot write the ready file: %s", reason(err))
	}
	return func() {
		if there, err := readReady(at); err == nil && there.Instance == r.Instance {
			_ = at.remove() // another process may have been faster
		}
	}, nil
}
