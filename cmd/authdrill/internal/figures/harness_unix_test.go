//go:build unix

package figures

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/result"
)

// harness runs the program to its end, and reports how long that took and the
// most memory that it had. Some exit codes are no error: an app may fail.
func harness(b *testing.B, folder string, may int, args ...string) {
	b.Helper()
	authdrill, _ := built(b)
	var took time.Duration
	peak := 0.0
	for b.Loop() {
		cmd := exec.Command(authdrill, args...)
		cmd.Dir = folder
		var out []byte
		took += timed(func() { out, _ = cmd.CombinedOutput() })
		if cmd.ProcessState == nil || !cmd.ProcessState.Exited() || cmd.ProcessState.ExitCode() > may {
			b.Fatalf("%v: %v\n%s", args, cmd.ProcessState, out)
		}
		peak = max(peak, most(cmd.ProcessState))
	}
	b.ReportMetric(took.Seconds()/float64(b.N), "s/run")
	b.ReportMetric(peak, "peak-MB")
	b.ReportMetric(0, "ns/op")
}

// most is the most memory that a process had.
func most(p *os.ProcessState) float64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	switch {
	case !ok:
		return 0
	case runtime.GOOS == "darwin":
		return float64(usage.Maxrss) / (1 << 20) // bytes there, kB elsewhere
	}
	return float64(usage.Maxrss) / (1 << 10)
}

// BenchmarkCatalogue is the runnable catalogue against the bundled client.
func BenchmarkCatalogue(b *testing.B) {
	harness(b, b.TempDir(), failure.ExitOK, "catalog", "--play")
}

// BenchmarkAttack is the whole attack on an app that has nothing wrong.
func BenchmarkAttack(b *testing.B) {
	folder := filepath.Join(commandtest.ClientsFolder, "go-oidc")
	if why := commandtest.Lacking(folder); why != "" {
		b.Skip(why)
	}
	file := filepath.Join(b.TempDir(), "card.json")
	harness(b, folder, failure.ExitFailed, "attack", "--report", "json="+file)
	text, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	var card attack.Card
	if err := json.Unmarshal(text, &card); err != nil {
		b.Fatal(err)
	}
	exercised := 0
	for _, f := range card.Findings {
		if f.Verdict != result.NotExercised {
			exercised++
		}
	}
	b.ReportMetric(float64(exercised), "exercised")
}
