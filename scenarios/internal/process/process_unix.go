//go:build unix

package process

import (
	"os/exec"
	"syscall"
)

// newGroup starts a process in a group of its own, so that the processes it starts end
// with it.
func newGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func signalGroup(cmd *exec.Cmd, s syscall.Signal) {
	_ = syscall.Kill(-cmd.Process.Pid, s) // it may have ended
}
