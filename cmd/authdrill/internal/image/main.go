// Command image makes an OCI image of authdrill without a daemon, for two
// architectures, and writes it as one archive: docker load and podman load read
// it, skopeo and crane copy it to a registry.
//
//	go run -C cmd/authdrill/internal/image . -o "$PWD/authdrill.tar"
//
// The image is built from scratch and has the binary and a folder for a mounted
// configuration. The command is a module of its own, so that authdrill does not
// depend on what it needs.
package main

import (
	"archive/tar"
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/compression"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

func main() {
	out := flag.String("o", "authdrill.tar", "`file` to write")
	architectures := flag.String("arch", "amd64,arm64", "`architectures` to build for")
	name := flag.String("name", "authdrill:latest", "`name` that the image is loaded by")
	source := flag.String("source", "../../../..", "`folder` of authdrill's own module")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "image: %q is not a flag: -o FILE, -arch amd64,arm64, -name NAME\n", flag.Arg(0))
		os.Exit(2)
	}
	if err := write(*out, *name, *source, strings.Split(*architectures, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

// write writes the image of each architecture, with an index of them, to one file.
func write(out, name, source string, architectures []string) error {
	folder, err := os.MkdirTemp("", "authdrill-image-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, architecture := range architectures {
		binary := filepath.Join(folder, architecture)
		if err := build(source, binary, architecture); err != nil {
			return err
		}
		made, size, err := image(binary, architecture)
		if err != nil {
			return err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: made, Descriptor: v1.Descriptor{
			Platform: &v1.Platform{OS: "linux", Architecture: architecture},
		}})
		fmt.Printf("linux/%s: %.1f MB compressed\n", architecture, float64(size)/1e6)
	}
	// A layout names its images in its own index: so the index of the architectures
	// is one entry of it, under the name.
	_, tag, found := strings.Cut(name, ":")
	if !found {
		tag = "latest"
	}
	laid := filepath.Join(folder, "layout")
	at, err := layout.Write(laid, empty.Index)
	if err != nil {
		return err
	}
	names := map[string]string{"io.containerd.image.name": name, "org.opencontainers.image.ref.name": tag}
	if err := at.AppendIndex(index, layout.WithAnnotations(names)); err != nil {
		return err
	}
	if err := archive(laid, out); err != nil {
		return err
	}
	fmt.Printf("%s: docker load -i %[1]s, or skopeo copy oci-archive:%[1]s docker://REGISTRY/%s\n", out, name)
	return nil
}

// cold are packages that no request reaches: most come with fosite's imports, and are
// never called. Without inlining they take less room.
var cold = [...]string{"github.com/gogo", "google.golang.org", "gopkg.in", "go.opentelemetry.io", "github.com/spf13", "github.com/aws"}

// build builds the command, the same bytes from the same sources.
func build(source, binary, architecture string) error {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return err
	}
	args := []string{"build", "-trimpath", "-ldflags", "-s -w"}
	for _, packages := range cold {
		args = append(args, "-gcflags="+packages+"/...=-l")
	}
	cmd := exec.Command("go", append(args, "-o", binary, "./cmd/authdrill")...)
	cmd.Dir, cmd.Stderr = source, os.Stderr
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+architecture)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go build for %s: %w", architecture, err)
	}
	return nil
}

// user is neither root nor anybody of the host: the number that images without a
// user of their own have in common.
const user = "65532:65532"

// image is the image of one architecture, and how large it is when compressed.
func image(binary, architecture string) (v1.Image, int64, error) {
	text, err := os.ReadFile(binary)
	if err != nil {
		return nil, 0, err
	}
	files, err := root(text)
	if err != nil {
		return nil, 0, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files)), nil },
		tarball.WithCompression(compression.ZStd), tarball.WithCompressionLevel(19), tarball.WithMediaType(types.OCILayerZStd))
	if err != nil {
		return nil, 0, err
	}
	size, err := layer.Size()
	if err != nil {
		return nil, 0, err
	}
	made := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	if made, err = mutate.Append(made, mutate.Addendum{Layer: layer, MediaType: types.OCILayerZStd}); err != nil {
		return nil, 0, err
	}
	cfg, err := made.ConfigFile()
	if err != nil {
		return nil, 0, err
	}
	cfg = cfg.DeepCopy()
	cfg.OS, cfg.Architecture, cfg.Created = "linux", architecture, v1.Time{Time: time.Unix(0, 0).UTC()}
	cfg.Config = config()
	made, err = mutate.ConfigFile(made, cfg)
	return made, size, err
}

// config is how the image is run. Other machines reach a container only where it
// listens beyond loopback; which names it answers to is the user's to say.
func config() v1.Config {
	return v1.Config{
		Entrypoint:   []string{"/authdrill"},
		Cmd:          []string{"serve"},
		Env:          []string{"PATH=/", "AUTHDRILL_HOST=0.0.0.0", "AUTHDRILL_ALLOW_NON_LOOPBACK=true", "AUTHDRILL_NO_CLIENT=true", "AUTHDRILL_ISSUER_FROM_HOST=true"},
		User:         user,
		WorkingDir:   "/config",
		ExposedPorts: map[string]struct{}{"9400/tcp": {}},
		Healthcheck:  &v1.HealthConfig{Test: []string{"CMD", "/authdrill", "ready", "--timeout", "2s"}, Interval: 5 * time.Second, Timeout: 3 * time.Second, StartPeriod: 10 * time.Second},
		Labels: map[string]string{
			"org.opencontainers.image.title":       "authdrill",
			"org.opencontainers.image.description": "A mock OAuth 2.0 and OpenID Connect provider that fails on purpose, for tests",
			"org.opencontainers.image.licenses":    "Apache-2.0",
		},
	}
}

// root is the file system: everything is root's, and nothing is written to.
func root(binary []byte) ([]byte, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, h := range []*tar.Header{
		{Name: "authdrill", Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(binary))},
		{Name: "config/", Typeflag: tar.TypeDir, Mode: 0o755},
	} {
		h.ModTime, h.Format = time.Unix(0, 0), tar.FormatPAX
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if h.Typeflag == tar.TypeReg {
			if _, err := w.Write(binary); err != nil {
				return nil, err
			}
		}
	}
	err := w.Close()
	return out.Bytes(), err
}

// archive writes a folder as a tar file, the same bytes for the same content.
func archive(folder, out string) error {
	file, err := os.Create(out)
	if err != nil {
		return err
	}
	w := tar.NewWriter(file)
	err = filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || path == folder {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		return add(w, filepath.ToSlash(name), path, entry)
	})
	if err == nil {
		err = w.Close()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

func add(w *tar.Writer, name, path string, entry os.DirEntry) error {
	if entry.IsDir() {
		return w.WriteHeader(&tar.Header{Name: name + "/", Typeflag: tar.TypeDir, Mode: 0o755, ModTime: time.Unix(0, 0)})
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(text)), ModTime: time.Unix(0, 0)}); err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}
