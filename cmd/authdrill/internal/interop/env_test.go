package interop

import (
	"bytes"
	"context"
	"html"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/journal"
)

// configured is an app that knows of its provider what env prints for its framework.
type configured struct {
	*guest
	framework    string
	app, printed string // where env has the app, and what it prints
}

// TestEnvFor lets alice sign in at apps with the settings that env prints for
// their framework, as they are.
func TestEnvFor(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts programs: not with -short")
	}
	for _, f := range []struct {
		framework, login string
		start            func(*configured) string // returns where the app is
	}{
		{"flask-authlib", "/login", flaskApp},
		{"django-allauth", "/accounts/oidc/authdrill/login/", djangoApp},
		{"django-mozilla", "/oidc/authenticate/", djangoApp},
		{"go", "/login", goApp},
		{"spring", "/", springApp},
		{"oauth2-proxy", "/oauth2/start?rd=/", proxiedApp},
		{"express-passport", "/login", expressPassport().app},
		{"nextjs-authjs", "/login", nextAuthJS().app},
	} {
		t.Run(f.framework, func(t *testing.T) {
			t.Parallel()
			p := &configured{guest: &guest{t: t, op: mockprovider.Start(t), browser: &agent.Agent{}}, framework: f.framework}
			p.at = f.start(p)
			p.signIn(f.login, true)
			p.sees("Signed in as: alice@example.com")
			p.cameBack()
		})
	}
}

// cameBack fails where env names the app, and another redirect URI than it has.
func (p *configured) cameBack() {
	p.t.Helper()
	asked := p.op.Journal().Find(journal.Query{Endpoint: "authorization_endpoint", Method: "GET"})
	back := strings.Replace(asked[0].Params.Get("redirect_uri"), p.at, p.app, 1)
	if strings.Contains(p.printed, p.app) && !regexp.MustCompile(regexp.QuoteMeta(back)+`["'\s]`).MatchString(p.printed) {
		p.t.Errorf("the app comes back to %s, which is not what env says:\n%s", back, p.printed)
	}
}

// anyApp is for the frameworks that learn their own address from a request: what
// is printed of it is a comment.
const anyApp = "http://127.0.0.1:3000"

// settings are what env prints of an app, in a file of a folder of its own.
func (p *configured) settings(app, file string) string {
	p.t.Helper()
	cmd := exec.Command("authdrill", "env", "--for", p.framework, "--issuer", p.op.Issuer(), "--app-url", app)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		p.t.Fatalf("%v: %v: %s", cmd, err, &said)
	}
	p.app, p.printed = app, string(out)
	file = filepath.Join(p.t.TempDir(), file)
	write(p.t, file, p.printed)
	return file
}

// needs is the folder of an app of testdata/clients that is installed.
func (p *configured) needs(app string) string {
	p.t.Helper()
	commandtest.Installed(p.t, app)
	return commandtest.FolderOf(p.t, app)
}

func flaskApp(p *configured) string {
	cmd := appIn(p.needs("python-authlib"))
	cmd.Dir = "testdata/env"
	cmd.Env = append(freePort(), "SETTINGS="+p.settings(anyApp, "settings.py"))
	return listening(p.t, cmd)
}

func djangoApp(p *configured) string {
	cmd := appIn(p.needs(p.framework))
	cmd.Env = append(freePort(), "SETTINGS="+p.settings(anyApp, "settings.py"))
	return listening(p.t, cmd)
}

// Spring Boot reads the application.properties of the folder that it starts in.
func springApp(p *configured) string {
	jar := filepath.Join(p.needs("java-spring-plain"), "target", "app", "java-spring-plain.jar")
	cmd := exec.Command("java", "-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", jar)
	cmd.Dir = filepath.Dir(p.settings(anyApp, "application.properties"))
	cmd.Env = freePort()
	return listening(p.t, cmd)
}

// The Go app is compiled with its own address in it: so the test opens the port,
// and the app inherits it.
func goApp(p *configured) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = listener.Close() }() // the app has its own hold on it
	inherited, err := listener.(*net.TCPListener).File()
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = inherited.Close() }()

	read := func(name ...string) string {
		text, err := os.ReadFile(filepath.Join(name...))
		if err != nil {
			p.t.Fatal(err)
		}
		return string(text)
	}
	const place = "\t// SETTINGS\n"
	main := read("testdata", "env", "main.go")
	if !strings.Contains(main, place) {
		p.t.Fatal("the app has no place for settings")
	}
	folder := filepath.Dir(p.settings("http://"+listener.Addr().String(), "settings"))
	write(p.t, filepath.Join(folder, "main.go"), strings.Replace(main, place, p.printed, 1))
	for _, name := range []string{"go.mod", "go.sum"} {
		write(p.t, filepath.Join(folder, name), read(commandtest.ClientsFolder, "go-oidc", name))
	}
	tool := func(args ...string) ([]byte, error) {
		cmd := exec.Command("go", args...)
		cmd.Dir = folder
		return cmd.CombinedOutput()
	}
	if out, err := tool("mod", "download"); err != nil {
		p.t.Logf("go mod download: %s", out)
		commandtest.Missing(p.t, "what go-oidc requires cannot be downloaded")
	}
	if out, err := tool("build", "-o", "app", "."); err != nil {
		p.t.Fatalf("the app cannot be built: %s\n%s", out, p.printed)
	}
	cmd := exec.Command(filepath.Join(folder, "app"))
	cmd.Dir, cmd.Env, cmd.ExtraFiles = folder, freePort(), []*os.File{inherited}
	return listening(p.t, cmd)
}

// The proxy's own address is printed, and another may have that port here: so it
// listens on a socket, and the browser goes there.
func proxiedApp(p *configured) string {
	folder := p.needs("oauth2-proxy")
	app := commandtest.ServeApp(p.t, func(string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "<p>Signed in as: "+html.EscapeString(r.Header.Get("X-Forwarded-Email")))
		})
	})
	settings := p.settings(app, "settings.sh")
	socket := filepath.Join(filepath.Dir(settings), "proxy")
	cmd := exec.Command("sh", "-c", `. "$0" && exec ./oauth2-proxy`, settings)
	cmd.Dir = folder
	cmd.Env = append(freePort(), "OAUTH2_PROXY_HTTP_ADDRESS=unix://"+socket)
	var words bytes.Buffer
	cmd.Stdout, cmd.Stderr = &words, &words
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
		if p.t.Failed() {
			p.t.Logf("%s says:\n%s", p.framework, &words)
		}
	})
	wire := http.DefaultTransport.(*http.Transport).Clone()
	wire.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == "127.0.0.1:4180" {
			network, address = "unix", socket
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	p.t.Cleanup(wire.CloseIdleConnections)
	p.browser = &agent.Agent{Transport: wire}
	if !commandtest.Eventually(func() bool {
		c, err := net.Dial("unix", socket)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}) {
		p.t.Fatalf("%s does not listen after %s", p.framework, patience)
	}
	p.app = "http://127.0.0.1:4180" // it is the proxy that comes back
	return p.app
}
