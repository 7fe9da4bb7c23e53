package main

import (
	"encoding/json"
	"io"
	"os"

	"github.com/authdrill/authdrill/mockprovider/confined"
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
}

// writeReady writes the ready file, and returns how to take it away again.
func writeReady(name string, r ready) (forget func(), err error) {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, err
	}
	err = confined.WriteFile(name, 0o600, func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	})
	if err != nil {
		return nil, environmental("--ready-file names a file in a folder that exists", "cannot write the ready file: %s", reason(err))
	}
	return func() { _ = os.Remove(name) }, nil // whether it is still there is for its owner to say
}
