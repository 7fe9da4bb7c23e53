package app

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/authdrill/authdrill/client"
)

// diary is the App's log. Values are quoted, so that no word of a provider's
// begins a line (CWE 117), and no secret is among them (CWE 532).
type diary struct {
	log *slog.Logger
	to  io.Writer
	has func(client.Bug) bool
}

func newDiary(to io.Writer, now func() time.Time, has func(client.Bug) bool) diary {
	if to == nil {
		to = io.Discard
	}
	return diary{to: to, has: has, log: slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Time(slog.TimeKey, now().UTC())
			}
			return a
		},
	}))}
}

// admitted notes a sign-in.
func (d diary) admitted(account string, s *client.Session) {
	if d.has(client.TokensLogged) {
		_, _ = fmt.Fprintf(d.to, "signed in: %+v\n", s.Snapshot().Tokens)
		return
	}
	d.log.Info("signed in", "account", account)
}

// refused notes a sign-in, a refresh or a call that failed.
func (d diary) refused(what string, err error) {
	if said := words(err); d.has(client.LogUnquoted) {
		_, _ = fmt.Fprintf(d.to, "%s failed: %s %s\n", what, said.Code, said.Description)
		return
	}
	f := failureOf(err)
	d.log.Warn(what+" failed", "check", f.Check, "reason", f.Reason)
}

// left notes a sign-out.
func (d diary) left(account string) { d.log.Info("signed out", "account", account) }
