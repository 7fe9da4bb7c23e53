//go:build unix

package chromium

import (
	"os/exec"
	"syscall"
)

// ownGroup keeps Ctrl-C from Chromium, which is closed in order, and lets all its
// processes be ended as one.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func killGroup(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // it may have ended
}
