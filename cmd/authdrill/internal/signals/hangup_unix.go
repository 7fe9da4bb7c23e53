//go:build unix

package signals

import (
	"os"
	"os/signal"
	"syscall"
)

// Hangups returns the signals that ask for the settings to be read again, and how to
// give them back. A terminal that is closed sends one too: where a person types, it
// ends the process, as always.
func Hangups() (signals <-chan os.Signal, stop func()) {
	if Interactive(os.Stdin) {
		return nil, func() {}
	}
	out := make(chan os.Signal, 1)
	signal.Notify(out, syscall.SIGHUP)
	return out, func() { signal.Stop(out) }
}
