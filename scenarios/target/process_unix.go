//go:build unix

package target

import (
	"os/exec"
	"syscall"
)

// newGroup gives a process a group of its own, so that what it starts ends with it.
func newGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func signalGroup(cmd *exec.Cmd, s syscall.Signal) {
	_ = syscall.Kill(-cmd.Process.Pid, s) // it may have ended
}
