package interop

import (
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
