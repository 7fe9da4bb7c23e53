package app

import (
	"io"
	"log/slog"
	"time"
)

// eventLog is the App's log. Values are quoted, so that no text of a provider
// begins a line (CWE 117), and no secret is among them (CWE 532).
type eventLog struct{ *slog.Logger }

func newEventLog(to io.Writer, now func() time.Time) eventLog {
	return eventLog{slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Time(slog.TimeKey, now().UTC())
			}
			return a
		},
	}))}
}

// signedIn notes a sign-in.
func (l eventLog) signedIn(account string) { l.Info("signed in", "account", account) }

// signedOut notes a sign-out.
func (l eventLog) signedOut(account string) { l.Info("signed out", "account", account) }

// failed notes a sign-in, a refresh or a call that failed.
func (l eventLog) failed(operation string, err error) {
	f := failureOf(err)
	l.Warn(operation+" failed", "check", f.Check, "reason", f.Reason)
}
