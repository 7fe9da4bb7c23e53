package scenarios_test

import (
	"context"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/authdrill/authdrill/scenarios"
)

// FuzzLoad checks that no file takes the reader down, and that every problem
// has its place in the file.
func FuzzLoad(f *testing.F) {
	for _, fsys := range []fs.FS{scenarios.Examples(), os.DirFS("testdata")} {
		files, err := fs.Glob(fsys, "*.yaml")
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			text, err := fs.ReadFile(fsys, name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	f.Add("scenario: ${a\nvars: {a: }\nmatrix: {}\nsteps: {}\n")
	f.Fuzz(func(t *testing.T, text string) {
		fsys := fstest.MapFS{"a.yaml": &fstest.MapFile{Data: []byte(text)}}
		_, err := scenarios.Load(context.Background(), fsys, []string{"a.yaml"})
		lines := 1 + strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text), "\n")
		for _, p := range scenarios.Problems(err) {
			if p.Line < 1 || p.Line > lines || p.Column < 1 || p.Message == "" || p.Rule == "" {
				t.Fatalf("%q: %+v", text, p)
			}
		}
	})
}

func BenchmarkLoadExamples(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := scenarios.Load(context.Background(), scenarios.Examples(), nil); err != nil {
			b.Fatal(err)
		}
	}
}
