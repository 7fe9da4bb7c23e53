package figures

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/setup"
)

// The figures of this program, each beside a floor measured in the same run
// (cmd/authdrill/internal/floor). They are benchmarks, and assert nothing: how fast a machine
// is cannot fail a test.
//
//	go test ./cmd/authdrill/internal/figures -run '^$' -bench . -benchtime 5x

const (
	basicApp    = "Authorization: Basic YXBwOmFwcC1zZWNyZXQ=\r\n" // app:app-secret
	connections = 16
	batch       = 4000 // requests of a round
)

// program is a child that serves.
type program struct {
	*exec.Cmd
	url string
}

// built compiles the two programs once, stripped as a release is.
func built(b *testing.B) (authdrill, floor string) {
	b.Helper()
	folder := b.TempDir()
	for _, name := range []string{"../..", "../floor"} {
		out, err := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", folder+"/", name).CombinedOutput()
		if err != nil {
			b.Fatalf("go build %s: %s", name, out)
		}
	}
	return filepath.Join(folder, "authdrill"), filepath.Join(folder, "floor")
}

// spawn starts a program and reads its address off its first lines.
func spawn(b *testing.B, path string, args ...string) *program {
	b.Helper()
	cmd := exec.Command(path, args...)
	cmd.Dir = b.TempDir()
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	p := &program{Cmd: cmd}
	b.Cleanup(p.end)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if at := strings.Index(lines.Text(), "http://"); at >= 0 {
			p.url, _, _ = strings.Cut(lines.Text()[at:], " ")
			return p
		}
	}
	b.Fatalf("%s said no address", path)
	return nil
}

func (p *program) end() {
	_ = p.Process.Kill()
	_ = p.Wait()
}

// load is how long the program takes for so many requests, or flows of them.
func (p *program) load(b *testing.B, total int, work func(*wireConn, int) error) time.Duration {
	b.Helper()
	return timed(func() {
		if err := under(p.url, connections, total, work); err != nil {
			b.Fatal(err)
		}
	})
}

// cpu is the processor time that the program has used, to 10 ms.
func (p *program) cpu(b *testing.B) time.Duration {
	b.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(p.Process.Pid) + "/stat")
	if err != nil {
		b.Skip("no /proc: ", err)
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// resident is the program's resident memory in MB.
func (p *program) resident(b *testing.B) float64 {
	b.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(p.Process.Pid) + "/status")
	if err != nil {
		b.Skip("no /proc: ", err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(value)[0])
			return float64(kb) / 1024
		}
	}
	b.Fatal("no VmRSS")
	return 0
}

// timed returns the real time of f.
func timed(f func()) time.Duration {
	c := clock.Running()
	begin := c.Now()
	f()
	return c.Now().Sub(begin)
}

func credentials(path string) func(*wireConn, int) error {
	return func(c *wireConn, _ int) error {
		a, err := c.post(path, basicApp, "grant_type=client_credentials")
		if err == nil && a.status != http.StatusOK {
			err = fmt.Errorf("%d %s", a.status, a.body)
		}
		return err
	}
}

// BenchmarkToken is the client credentials grant beside a bare handler that does
// the same by hand. The ratio is ours to the floor's throughput.
func BenchmarkToken(b *testing.B) {
	authdrill, floor := built(b)
	for _, kind := range []struct{ name, provider string }{
		{"opaque", "{}"},
		{"ES256", "{access_token: {format: jwt, signing_alg: ES256}}"},
		{"RS256", "{access_token: {format: jwt, signing_alg: RS256}}"},
	} {
		b.Run(kind.name, func(b *testing.B) {
			bare := spawn(b, floor)
			ours := spawn(b, authdrill, "serve", "--port", "0", "--no-client", "--config", configFile(b, kind.provider))
			round := func(p *program, path string) time.Duration { return p.load(b, batch, credentials(path)) }
			round(bare, "/"+kind.name)
			round(ours, "/token")
			var theirTime, ourTime time.Duration
			cpu := ours.cpu(b)
			for b.Loop() {
				theirTime += round(bare, "/"+kind.name)
				ourTime += round(ours, "/token")
			}
			n := float64(b.N * batch)
			b.ReportMetric(n/theirTime.Seconds(), "floor-req/s")
			b.ReportMetric(n/ourTime.Seconds(), "req/s")
			b.ReportMetric(theirTime.Seconds()/ourTime.Seconds(), "of-floor")
			b.ReportMetric(float64((ours.cpu(b)-cpu).Microseconds())/n, "server-µs/req")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkFlow is a sign-in: code with PKCE, an ES256 ID token, userinfo. The
// ratio is its processor time to that of one ES256 token of the floor.
func BenchmarkFlow(b *testing.B) {
	authdrill, floor := built(b)
	bare := spawn(b, floor)
	ours := spawn(b, authdrill, "serve", "--port", "0", "--no-client", "--sign-in", "auto", "--config", configFile(b, "{id_token: {signing_alg: ES256}}"))
	const flows = batch / 4
	bare.load(b, flows, credentials("/ES256"))
	ours.load(b, flows, codeFlow("openid email"))
	theirCPU, ourCPU := bare.cpu(b), ours.cpu(b)
	var took time.Duration
	for b.Loop() {
		bare.load(b, flows, credentials("/ES256"))
		took += ours.load(b, flows, codeFlow("openid email"))
	}
	n := float64(b.N * flows)
	theirs, mine := float64((bare.cpu(b) - theirCPU).Microseconds()), float64((ours.cpu(b) - ourCPU).Microseconds())
	b.ReportMetric(n/took.Seconds(), "flows/s")
	b.ReportMetric(theirs/n, "floor-µs/req")
	b.ReportMetric(mine/n, "server-µs/flow")
	b.ReportMetric(mine/theirs, "of-floor")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkStart is the time from the start of the process to the first answer
// of discovery, with everything on, beside a bare net/http program.
func BenchmarkStart(b *testing.B) {
	authdrill, floor := built(b)
	var theirs, ours []time.Duration
	first := func(path string, args ...string) time.Duration {
		var p *program
		took := timed(func() {
			p = spawn(b, path, args...)
			c, err := dialWire(p.url)
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = c.Close() }()
			if a, err := c.get("/.well-known/openid-configuration", ""); err != nil || a.status != http.StatusOK {
				b.Fatal(a.status, err)
			}
		})
		p.end()
		return took
	}
	for b.Loop() {
		for range 10 {
			theirs = append(theirs, first(floor))
			ours = append(ours, first(authdrill, "serve", "--port", "0", "--client-port", "0"))
		}
	}
	b.ReportMetric(median(theirs).Seconds()*1000, "floor-ms")
	b.ReportMetric(median(ours).Seconds()*1000, "ms")
	b.ReportMetric(float64(median(ours))/float64(median(theirs)), "of-floor")
	if info, err := os.Stat(authdrill); err == nil {
		b.ReportMetric(float64(info.Size())/1e6, "binary-MB")
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkJob is what a CI job pays: start, 20 sign-ins one after the other,
// stop.
func BenchmarkJob(b *testing.B) {
	authdrill, _ := built(b)
	var all []time.Duration
	for b.Loop() {
		for range 10 {
			all = append(all, timed(func() {
				p := spawn(b, authdrill, "serve", "--port", "0", "--no-client", "--sign-in", "auto")
				if err := under(p.url, 1, 20, codeFlow("openid email")); err != nil {
					b.Fatal(err)
				}
				_ = p.Process.Signal(os.Interrupt)
				if err := p.Wait(); err != nil {
					b.Fatal(err)
				}
			}))
		}
	}
	b.ReportMetric(median(all).Seconds()*1000, "ms/job")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkRun is the main job, the process included: every shipped scenario.
func BenchmarkRun(b *testing.B) {
	authdrill, _ := built(b)
	var all []time.Duration
	for b.Loop() {
		all = append(all, timed(func() {
			if out, err := exec.Command(authdrill, "run").CombinedOutput(); err != nil {
				b.Fatalf("%v\n%s", err, out)
			}
		}))
	}
	b.ReportMetric(median(all).Seconds(), "s/run")
	b.ReportMetric(0, "ns/op")
}

func median(of []time.Duration) time.Duration {
	slices.Sort(of)
	return of[len(of)/2]
}

// BenchmarkMemory is the resident memory idle, with 100,000 live access tokens,
// and after they have expired.
func BenchmarkMemory(b *testing.B) {
	authdrill, _ := built(b)
	for b.Loop() {
		p := spawn(b, authdrill, "serve", "--port", "0", "--client-port", "0", "--config", configFile(b, "{access_token: {lifetime: 20s}}"))
		c, err := dialWire(p.url)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.get("/.well-known/openid-configuration", ""); err != nil {
			b.Fatal(err)
		}
		idle := p.resident(b)
		b.ReportMetric(idle, "idle-MB")
		if err := under(p.url, connections, 100_000, credentials("/token")); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(p.resident(b)-idle, "100k-tokens-MB")
		after := p.resident(b)
		lowest := settle(20+30, func() float64 { after = min(after, p.resident(b)); return after }, 1.5*idle)
		b.ReportMetric(lowest/idle, "of-idle-after")
	}
	b.ReportMetric(0, "ns/op")
}

// settle watches a value for some seconds, or until it is low enough.
func settle(seconds int, value func() float64, enough float64) float64 {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	v := value()
	for range seconds {
		if v = value(); v <= enough {
			return v
		}
		<-ticker.C
	}
	return v
}

// BenchmarkIssuers creates 10,000 issuers, each with its own clock, users and
// ES256 key, which has signed.
func BenchmarkIssuers(b *testing.B) {
	const issuers = 10_000
	for b.Loop() {
		before := heap()
		host, err := mockprovider.NewHost(mockprovider.Options{})
		if err != nil {
			b.Fatal(err)
		}
		took := timed(func() {
			for n := range issuers {
				s := setup.Setup{Clock: "2030-01-01T00:00:00Z"}
				s.Provider.IDToken.SigningAlg = "ES256"
				p, err := host.Create("i"+strconv.Itoa(n), s)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := p.Mint(mockprovider.MintRequest{ClientID: "app", User: "alice", Scopes: []string{"openid"}}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.ReportMetric(took.Seconds(), "s/10k")
		b.ReportMetric(heap()-before, "MB/10k")
		if err := host.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(0, "ns/op")
}

// heap is the memory that is in use, in MB.
func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}
