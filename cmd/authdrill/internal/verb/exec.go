package verb

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/signals"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/site"
)

// execVerb runs a command against a provider of its own, on a port of its own:
// several at once never meet.
func execVerb() verb {
	provider := &site.Flags{}
	return verb{
		name: "exec", args: "-- CMD [ARG ..]", group: "helpers",
		summary: "run a command against a provider of its own",
		example: "authdrill exec -- npm test\n" +
			"authdrill exec --persona microsoft -- go test ./...",
		flags: provider.Define,
		run: func(ctx context.Context, c *call) (err error) {
			if len(c.args) == 0 {
				return failure.Usage("authdrill exec -- npm test", "no command to run")
			}
			site, err := provider.Start(c.flags, c.Voice)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, site.Close()) }()
			cmd := exec.Command(c.args[0], c.args[1:]...)
			cmd.Stdin, cmd.Stdout, cmd.Stderr = c.stdin, c.Out, c.Err
			cmd.Env = append(os.Environ(), site.Environment()...)
			return c.runChild(ctx, cmd)
		},
	}
}

// runChild runs a command to its end, passes signals on, and ends as it did.
func (v *call) runChild(ctx context.Context, cmd *exec.Cmd) error {
	received := make(chan os.Signal, 8)
	signal.Notify(received, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(received)
	if err := v.Begin(ctx); err != nil {
		return err // the signal came while the provider was starting, before the command to pass it to
	}
	if err := cmd.Start(); err != nil {
		switch {
		case errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist):
			return &failure.Error{Code: failure.ExitNotFound, Err: errors.New("command not found: " + cmd.Args[0]), Hint: ""}
		case errors.Is(err, fs.ErrPermission):
			return &failure.Error{Code: failure.ExitNotExecutable, Err: errors.New(cmd.Args[0] + " cannot be executed"), Hint: "chmod +x makes a file executable"}
		}
		return failure.Environmental("", "%s: %s", cmd.Args[0], failure.RootOf(err))
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	keyboard := signals.Interactive(os.Stdin)
	for {
		select {
		case s := <-received:
			// A terminal sends these two to the command as well.
			if keyboard && (s == os.Interrupt || s == syscall.SIGQUIT) {
				continue
			}
			_ = cmd.Process.Signal(s) // it may have ended meanwhile
		case err := <-ended:
			return asItEnded(cmd, err)
		}
	}
}

func asItEnded(cmd *exec.Cmd, err error) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &exit):
		return failure.Environmental("", "%s: %s", cmd.Args[0], err)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return failure.Silent(failure.ExitSignal + int(status.Signal()))
	}
	return failure.Silent(exit.ExitCode())
}
