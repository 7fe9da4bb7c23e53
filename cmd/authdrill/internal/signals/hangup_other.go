//go:build !unix

package signals

import "os"

// Hangups returns no signals: there is no SIGHUP here.
func Hangups() (signals <-chan os.Signal, stop func()) { return nil, func() {} }
