package main

import (
	"archive/tar"
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
)

const largest = 9_500_000 // bytes, compressed

// TestMain lets the test's own binary be what starts a container: see confine.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "confine" {
		confine(os.Args[2], os.Args[3:])
	}
	m.Run()
}

// confine becomes a program of another root that cannot be written to, and a user
// without rights, home or name.
func confine(root string, args []string) {
	id := 65532
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"keep the mounts to itself", func() error { return syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "") }},
		{"bind the root", func() error { return syscall.Mount(root, root, "", syscall.MS_BIND, "") }},
		{"make the root read-only", func() error {
			return syscall.Mount("", root, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
		}},
		{"change the root", func() error { return syscall.Chroot(root) }},
		{"go to the folder", func() error { return os.Chdir("/config") }},
		{"leave the groups", func() error { return syscall.Setgroups(nil) }},
		{"change the group", func() error { return syscall.Setgid(id) }},
		{"change the user", func() error { return syscall.Setuid(id) }},
		{"start", func() error { return syscall.Exec(args[0], args, os.Environ()) }},
	} {
		if err := step.do(); err != nil {
			panic("confine: " + step.name + ": " + err.Error())
		}
	}
}

// container is what was unpacked of an image, and how it is run.
type container struct {
	root   string
	config v1.Config
}

// made makes the image of this machine's architecture, and unpacks it.
func made(t *testing.T) container {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "authdrill.tar")
	if err := write(file, "authdrill:test", "../../../..", []string{runtime.GOARCH}); err != nil {
		t.Fatal(err)
	}
	archive, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	laid := filepath.Join(folder, "layout")
	unpack(t, archive, laid)
	index, err := layout.ImageIndexFromPath(laid)
	if err != nil {
		t.Fatal(err)
	}
	named, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	if got := named.Manifests[0].Annotations["io.containerd.image.name"]; got != "authdrill:test" {
		t.Errorf("the image is named %q", got)
	}
	platforms, err := index.ImageIndex(named.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := platforms.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	image, err := platforms.Image(manifest.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	layers, err := image.Layers()
	if err != nil {
		t.Fatal(err)
	}
	c := container{root: filepath.Join(folder, "root"), config: cfg.Config}
	var size int64
	for _, layer := range layers {
		n, err := layer.Size()
		if err != nil {
			t.Fatal(err)
		}
		size += n
		files, err := layer.Uncompressed()
		if err != nil {
			t.Fatal(err)
		}
		unpack(t, files, c.root)
	}
	if size > largest {
		t.Errorf("the image has %d bytes compressed, want at most %d", size, largest)
	}
	return c
}

// unpack unpacks a tar file into a folder.
func unpack(t *testing.T, from io.Reader, folder string) {
	t.Helper()
	for r := tar.NewReader(from); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, filepath.FromSlash(h.Name))
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(path, h.FileInfo().Mode())
		} else if err = os.MkdirAll(filepath.Dir(path), 0o755); err == nil {
			var text []byte
			if text, err = io.ReadAll(r); err == nil {
				err = os.WriteFile(path, text, h.FileInfo().Mode())
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// command runs a program of the container as the image says, with variables more.
func (c container) command(t *testing.T, args []string, env ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, append([]string{"confine", c.root}, args...)...)
	cmd.Env = append(slices.Clone(c.config.Env), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	return cmd
}

// TestImageRunsWithoutRights runs the image as a container does: as its user, on a
// root that is read-only, with no variables but its own.
func TestImageRunsWithoutRights(t *testing.T) {
	if os.Getuid() != 0 {
		missing(t, "root, to change the root of a program")
	}
	c := made(t)
	if c.config.User != user || c.config.Healthcheck == nil {
		t.Fatalf("the image says %+v", c.config)
	}
	if out, err := c.command(t, []string{"/authdrill", "version"}).CombinedOutput(); err != nil {
		if strings.Contains(string(out), "confine: ") {
			missing(t, "a container: "+strings.TrimSpace(string(out)))
		}
		t.Fatalf("version: %v: %s", err, out)
	}
	for _, kind := range []struct {
		name, scheme string
		env          []string
	}{
		{"http", "http", nil},
		{"TLS", "https", []string{"AUTHDRILL_TLS=true"}},
		{"configured by a variable", "http", []string{"AUTHDRILL_CONFIG_TEXT=users: {dora: {}}"}},
	} {
		t.Run(kind.name, func(t *testing.T) {
			env := append([]string{"AUTHDRILL_PORT=0"}, kind.env...)
			port := c.started(t, env)
			healthy := c.command(t, c.config.Healthcheck.Test[1:], append(kind.env, "AUTHDRILL_PORT="+port)...)
			if out, err := healthy.CombinedOutput(); err != nil {
				t.Errorf("the health check: %v: %s", err, out)
			}
			if kind.scheme == "http" {
				follows(t, port)
			}
			unwell := c.command(t, c.config.Healthcheck.Test[1:], append(kind.env, "AUTHDRILL_PORT=1")...)
			if out, err := unwell.CombinedOutput(); err == nil {
				t.Errorf("the health check is content where nothing listens: %s", out)
			}
		})
	}
}

// started starts the container, and returns its port when it listens.
func (c container) started(t *testing.T, env []string) string {
	t.Helper()
	cmd := c.command(t, append(slices.Clone(c.config.Entrypoint), c.config.Cmd...), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() {
		late.Stop()
		_ = cmd.Process.Kill()
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait() // it was killed
	})
	var said []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said = append(said, lines.Text())
		if m := regexp.MustCompile(`https?://[^\s/]+:(\d+)`).FindStringSubmatch(lines.Text()); m != nil {
			return m[1]
		}
	}
	t.Fatalf("the container says no address:\n%s", strings.Join(said, "\n"))
	return ""
}

// follows fails unless the issuer is the name that the provider is asked by, as a
// mapped port needs it.
func follows(t *testing.T, port string) {
	t.Helper()
	for _, name := range []string{"localhost", "127.0.0.1"} {
		want := "http://" + name + ":" + port
		response, err := http.Get(want + "/.well-known/openid-configuration")
		if err != nil {
			t.Fatal(err)
		}
		var metadata struct{ Issuer string }
		err = json.NewDecoder(response.Body).Decode(&metadata)
		response.Body.Close()
		if err != nil || metadata.Issuer != want {
			t.Errorf("the issuer is %q (%v), want %q", metadata.Issuer, err, want)
		}
	}
}

// missing skips a test, or fails it where nothing may be skipped.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("AUTHDRILL_REQUIRE") == "all" {
		t.Fatalf("%s is missing, and AUTHDRILL_REQUIRE=all", what)
	}
	t.Skipf("%s is missing: skipped", what)
}
