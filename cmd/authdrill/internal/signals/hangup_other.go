//go:build !unix

package signals

import "os"

// Hangups returns no signals: this system does not have SIGHUP.
func Hangups() (signals <-chan os.Signal, stop func()) { return nil, func() {} }
