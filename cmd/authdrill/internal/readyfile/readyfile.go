// Package readyfile reads and writes the ready file: where everything is, for scripts.
package readyfile

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

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/place"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/socket"
)

// File is the ready file: everything a script needs, in one read.
type File struct {
	Issuer       string `json:"issuer"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	ClientApp    string `json:"client_app,omitempty"`
	Control      string `json:"control"`
	ControlToken string `json:"control_token,omitempty"`
	PID          int    `json:"pid"`

	Issuers []Issuer `json:"issuers"` // all that there are from the start, the default one first

	Address  string `json:"address,omitempty"`  // of the provider, as this machine reaches it
	Instance string `json:"instance,omitempty"` // of no other process, whatever its pid
}

// Issuer is an issuer in the ready file.
type Issuer struct {
	Name    string `json:"name"`              // "" is the default one
	Persona string `json:"persona,omitempty"` // that it imitates
	Issuer  string `json:"issuer"`            // its identifier for a client of OpenID Connect
	BaseURL string `json:"base_url"`          // of its endpoints
	Port    int    `json:"port"`              // of its address on this machine
	Control string `json:"control"`           // of its control API
}

const (
	MaxSize      = 64 << 10               // bytes that are read of a ready file
	dialPatience = 500 * time.Millisecond // how long the process of a ready file may take to answer
)

// Claim finds out whether a ready file may be written. One that another
// process has left is replaced; that of a process that still serves is not, and
// neither is, where no flag names it, a file that authdrill did not write.
func Claim(at place.Place, by File) error {
	other, err := Read(at)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil && other.isServing(by):
		return failure.Environmental("stop it with kill "+strconv.Itoa(other.PID)+", or name another file",
			"the ready file %s is that of a provider that still runs at %s, as process %d", at.Path(), other.Issuer, other.PID)
	case err != nil && at.Below != "":
		return failure.Usage(at.Remedy(err, "remove it, or name another file: a ready file replaces only what authdrill wrote"),
			"cannot write the ready file: %s", failure.Reason(err))
	}
	return nil
}

// errNotReady is the error of a file that is not a ready file.
var errNotReady = errors.New("not a ready file of authdrill")

// Read reads a ready file, and nothing else that is JSON.
func Read(at place.Place) (File, error) {
	var r File
	text, err := at.Read(MaxSize)
	if err != nil {
		return r, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if d.Decode(&r) != nil || r.Issuer == "" || r.Control == "" || r.PID <= 0 {
		return r, &fs.PathError{Op: "read", Path: at.Path(), Err: errNotReady}
	}
	return r, nil
}

// isServing reports whether the process that wrote a ready file still serves, seen
// from another one. A process may have the pid of one that ended, so that the
// port is tried too, where it is on loopback: a stranger may have written the
// file. Earlier versions wrote no address.
func (r File) isServing(seenFrom File) bool {
	if r.Address == "" {
		if u, err := url.Parse(r.Control); err == nil {
			r.Address = u.Host
		}
	}
	host, _, err := net.SplitHostPort(r.Address)
	if err != nil || !socket.Loopback(host) || r.PID == seenFrom.PID || r.Address == seenFrom.Address || !IsRunning(r.PID) {
		return false
	}
	conn, err := net.DialTimeout("tcp", r.Address, dialPatience)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// IsRunning reports whether there is a process of that number.
func IsRunning(pid int) bool {
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = process.Signal(syscall.Signal(0))
	return !errors.Is(err, os.ErrProcessDone) && !errors.Is(err, syscall.ESRCH)
}

// Write writes the ready file, and returns how to take it away again, unless
// it is another process's by then.
func Write(at place.Place, r File) (forget func(), err error) {
	r.Instance = rand.Text()
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, err
	}
	err = at.Write(0o600, func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	})
	if err != nil {
		return nil, failure.Environmental(at.Remedy(err, "--ready-file names a file in a folder that exists"), "cannot write the ready file: %s", failure.Reason(err))
	}
	return func() {
		if there, err := Read(at); err == nil && there.Instance == r.Instance {
			_ = at.Remove() // another process may have been faster
		}
	}, nil
}
