package interop

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
)

// productFolder returns the folder of a product of testdata/clients/products that is
// installed.
func (p *configured) productFolder() string {
	p.t.Helper()
	folder := commandtest.FolderOf(p.t, filepath.Join("products", p.framework))
	if _, err := os.Stat(filepath.Join(folder, ".installed")); err != nil {
		commandtest.Missing(p.t, p.framework+" is not installed: testdata/clients/products/"+p.framework+"/install.sh does that")
	}
	return folder
}

// startJupyterHub starts the JupyterHub of testdata/clients/products, and its proxy.
func startJupyterHub(p *configured, port string) {
	folder := p.productFolder()
	settings := p.settings(p.at, "jupyterhub_config.py")
	hub, api := unusedPort(p.t), unusedPort(p.t)
	write(p.t, settings, fmt.Sprintf(`c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:%s"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:%s"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:%s"
c.ConfigurableHTTPProxy.command = ["%s/run/node_modules/.bin/configurable-http-proxy"]
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.default_url = "/hub/home"
%s`, port, hub, api, folder, p.printed))
	bin := filepath.Join(folder, ".venv", "bin")
	cmd := exec.Command(filepath.Join(bin, "jupyterhub"), "--config", settings)
	cmd.Dir = filepath.Dir(settings)
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	p.runProduct(cmd, "/hub/login")
}

// startPgAdmin starts the pgAdmin of testdata/clients/products with a copy of its data,
// and lays the settings that are printed over that folder's own.
func startPgAdmin(p *configured, port string) {
	folder := p.productFolder()
	settings := p.settings(p.at, "settings.py")
	write(p.t, settings, fmt.Sprintf("exec(open(%q).read())\n%s", filepath.Join(folder, "config_distro.py"), p.printed))
	cmd := exec.Command("sh", "start.sh")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "CONFIG_DISTRO_FILE_PATH="+settings, "PORT="+port, "ISSUER=", "CLIENT_ID=", "CLIENT_SECRET=")
	p.runProduct(cmd, "/login")
}

// startMiniflux starts the Miniflux of testdata/clients/products, with a database of its
// own.
func startMiniflux(p *configured, port string) {
	folder := p.productFolder()
	settings := p.settings(p.at, "miniflux.env")
	cmd := exec.Command("sh", "-c", `. "$0" && exec sh start.sh`, settings)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "LISTEN_ADDR=127.0.0.1:"+port, "RUN_MIGRATIONS=1", "DISABLE_SCHEDULER_SERVICE=1")
	p.runProduct(cmd, "/healthcheck")
}

// startDirectus starts Directus with a database of its own, in which new users have a
// role that may read who they are.
func startDirectus(p *configured, port string) {
	folder := p.productFolder()
	settings := p.settings(p.at, "directus.env")
	cmd := exec.Command("sh", "-c", `. "$0" && cp run/data.db "$DB_FILENAME" && AUTH_AUTHDRILL_DEFAULT_ROLE_ID="$(tail -n 1 run/role)" exec node node_modules/@directus/api/dist/cli/run.js start`, settings)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "HOST=127.0.0.1", "PORT="+port, "SECRET=for-tests-only", "DB_CLIENT=sqlite3", "DB_FILENAME="+filepath.Join(filepath.Dir(settings), "data.db"), "TELEMETRY=false")
	p.runProduct(cmd, "/server/ping")
}

// startQuarkus starts the app on Quarkus with a configuration file of its own, which
// overrides the one that was built in.
func startQuarkus(p *configured, port string) {
	folder := p.productFolder()
	work := filepath.Dir(p.settings(p.at, "application.properties"))
	if err := os.Mkdir(filepath.Join(work, "config"), 0o700); err != nil {
		p.t.Fatal(err)
	}
	write(p.t, filepath.Join(work, "config", "application.properties"), p.printed)
	cmd := exec.Command("java", "-jar", filepath.Join(folder, "target", "quarkus-app", "quarkus-run.jar"))
	cmd.Dir = work
	cmd.Env = append(os.Environ(), "QUARKUS_HTTP_HOST=127.0.0.1", "QUARKUS_HTTP_PORT="+port)
	p.runProduct(cmd, "/")
}
