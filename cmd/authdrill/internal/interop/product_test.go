package interop

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/framework"
	"github.com/authdrill/authdrill/mockprovider"
)

// product is one that people run, for which env prints settings.
type product struct {
	framework string
	login     string                           // page that starts a sign-in
	start     func(p *configured, port string) // nil: it is not installed here
	unproven  string                           // why no sign-in proves the settings; empty if one does
	shows     string                           // page that shows the user; empty if the sign-in ends there
	user      string                           // what that page has of alice; default her e-mail address
	button    string                           // field of the form that a script of the login page sends; empty if the page itself leads on
}

func products() []product {
	return []product{
		{framework: "mod_auth_openidc", login: "/page", start: startApache},
		{framework: "jupyterhub", login: "/hub/oauth_login", start: startJupyterHub},
		{framework: "pgadmin", login: "/login", button: "oauth2_button", shows: "/user_management/current_user.js", start: startPgAdmin},
		{framework: "directus", login: "/auth/login/authdrill?redirect=/users/me", start: startDirectus},
		{framework: "gitea", unproven: "no registry that the tests use has it"},
		{framework: "grafana", unproven: "no registry that the tests use has it"},
		{framework: "miniflux", login: "/oauth2/oidc/redirect", shows: "/settings", user: "Logged in as alice", start: startMiniflux},
		{framework: "quarkus", login: "/me", start: startQuarkus},
	}
}

// TestProductsSignIn lets alice sign in at products that are installed for it, with the
// settings that env prints for them. It says of the others that nothing proves theirs.
func TestProductsSignIn(t *testing.T) {
	for _, product := range products() {
		t.Run(product.framework, func(t *testing.T) {
			switch {
			case product.unproven != "":
				t.Skipf("the settings of %s are unproven: %s", product.framework, product.unproven)
			case os.Getenv("AUTHDRILL_PRODUCTS") != "1":
				t.Skip("it installs products: AUTHDRILL_PRODUCTS=1")
			}
			t.Parallel()
			port := unusedPort(t)
			p := &configured{guest: &guest{t: t, op: mockprovider.Start(t), browser: &agent.Agent{}, at: "http://127.0.0.1:" + port}, framework: product.framework}
			product.start(p, port)
			p.signInAtProduct(&product)
			if product.shows != "" {
				p.open(product.shows)
			}
			if !strings.Contains(string(p.page.Body), cmp.Or(product.user, "alice@example.com")) {
				t.Errorf("%s with status %d does not show alice: %.400s", p.page.URL, p.page.Status, p.page.Text)
			}
			p.cameBack()
		})
	}
}

// signInAtProduct goes by the product's login page, or the form of its script, to the
// provider, and is alice there.
func (p *configured) signInAtProduct(product *product) {
	p.t.Helper()
	if product.button == "" {
		p.signIn(product.login, true)
		return
	}
	p.open(product.login)
	token := regexp.MustCompile(`"csrfToken": "([^"]+)"`).FindSubmatch(p.page.Body)
	if token == nil {
		p.t.Fatalf("no csrfToken at %s: %.400s", p.page.URL, p.page.Body)
	}
	var err error
	form := url.Values{"csrf_token": {string(token[1])}, product.button: {"authdrill"}}
	if p.page, err = p.browser.Visit(p.t.Context(), agent.Request{Method: http.MethodPost, URL: p.at + "/authenticate/login", Form: form, From: p.page.URL}); err != nil {
		p.t.Fatal(err)
	}
	if p.page, err = p.page.Login(p.t.Context(), "alice", ""); err != nil {
		p.t.Fatal(err)
	}
	if p.page, err = p.page.Consent(p.t.Context(), true, nil); err != nil {
		p.t.Fatal(err)
	}
}

// TestProductsHaveSettings: each product of the table has settings.
func TestProductsHaveSettings(t *testing.T) {
	known := strings.Join(framework.Names(), " ")
	for _, product := range products() {
		if !strings.Contains(known, product.framework) {
			t.Errorf("env prints nothing for %s", product.framework)
		}
		if (product.start == nil) != (product.unproven != "") {
			t.Errorf("%s is neither proven nor said to be unproven", product.framework)
		}
	}
}

// unusedPort returns a port that nothing listens on: a product is told its own address.
func unusedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// runProduct starts a product, and waits until a page of it answers.
func (p *configured) runProduct(cmd *exec.Cmd, ready string) {
	p.t.Helper()
	output, err := os.Create(filepath.Join(p.t.TempDir(), "output"))
	if err != nil {
		p.t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = output, output
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // it is interrupted
	}()
	p.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have started others, which it ends
		<-ended
		_ = output.Close()
		if text, err := os.ReadFile(output.Name()); err == nil && p.t.Failed() {
			p.t.Logf("%s says:\n%s", p.framework, text)
		}
	})
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if !commandtest.Eventually(func() bool {
		select {
		case <-ended:
			p.t.Fatalf("%s ends before it answers", p.framework)
		default:
		}
		resp, err := client.Get(p.at + ready)
		if err == nil {
			_ = resp.Body.Close()
		}
		return err == nil && resp.StatusCode < 500 && resp.StatusCode != http.StatusNotFound
	}) {
		p.t.Fatalf("%s does not answer", p.framework)
	}
}

// startApache starts Apache with mod_auth_openidc, which shows the user on the page of
// an error: then it needs no files.
func startApache(p *configured, port string) {
	const modules = "/usr/lib/apache2/modules/"
	if _, err := os.Stat(modules + "mod_auth_openidc.so"); err != nil {
		commandtest.Missing(p.t, "mod_auth_openidc is not installed: apt-get install libapache2-mod-auth-openidc")
	}
	settings := p.settings(p.at, "openidc.conf")
	folder := filepath.Dir(settings)
	var conf strings.Builder
	for _, module := range []string{"mpm_prefork", "authn_core", "authz_core", "authz_user", "auth_openidc"} {
		fmt.Fprintf(&conf, "LoadModule %s_module %smod_%s.so\n", module, modules, module)
	}
	fmt.Fprintf(&conf, "ServerName 127.0.0.1\nKeepAlive Off\nListen 127.0.0.1:%s\nPidFile %s/pid\nErrorLog /dev/stderr\nDocumentRoot /usr/share/apache2\n", port, folder)
	fmt.Fprintf(&conf, "DefaultRuntimeDir %s\nMutex file:%s default\n", folder, folder)
	if os.Getuid() == 0 {
		conf.WriteString("User www-data\nGroup www-data\n")
	}
	fmt.Fprintf(&conf, "ErrorDocument 404 \"Signed in as: %%{REMOTE_USER}\"\nInclude %s\n", settings)
	file := filepath.Join(folder, "apache.conf")
	write(p.t, file, conf.String())
	p.runProduct(exec.Command("/usr/sbin/apache2", "-X", "-f", file), "/")
}
