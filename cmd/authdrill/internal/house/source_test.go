package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/authdrill/authdrill"

// house is the module's source as the rules see it: read and parsed in this
// process. Asking the go command instead would be answered from the test cache,
// which does not notice a new file.
type house struct {
	fset    *token.FileSet
	sources []*source
	entries []string // names at the top of the tree
	fsys    fs.FS
}

type source struct {
	path, room string // room is the folder, "" at the top
	test       bool
	lines      int
	file       *ast.File
}

func thisHouse(t *testing.T) *house {
	t.Helper()
	h, err := readHouse(os.DirFS("../../../.."))
	if err != nil {
		t.Fatal(err)
	}
	if len(h.sources) < 50 {
		t.Fatalf("only %d Go files found: is this the module's root?", len(h.sources))
	}
	return h
}

func readHouse(fsys fs.FS) (*house, error) {
	h := &house{fset: token.NewFileSet(), fsys: fsys}
	top, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	for _, e := range top {
		h.entries = append(h.entries, e.Name())
	}
	err = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := path.Base(name); name != "." && (base == "testdata" || base[0] == '.' || base[0] == '_') {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(h.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		room := path.Dir(name)
		if room == "." {
			room = ""
		}
		h.sources = append(h.sources, &source{
			path: name, room: room, test: strings.HasSuffix(name, "_test.go"),
			lines: strings.Count(string(text), "\n"), file: file,
		})
		return nil
	})
	return h, err
}

// at is the place of a node, as an editor opens it.
func (h *house) at(n ast.Node) string {
	p := h.fset.Position(n.Pos())
	return p.Filename + ":" + strconv.Itoa(p.Line)
}

// imports returns the import paths of a file.
func (s *source) imports() []string {
	var out []string
	for _, i := range s.file.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		out = append(out, p)
	}
	return out
}

// uses reports the uses of pkg.name in a file, pkg being an import path. A use
// that is not a call counts too.
func (s *source) uses(pkg string, names ...string) []*ast.SelectorExpr {
	local := s.importedAs(pkg)
	var out []*ast.SelectorExpr
	ast.Inspect(s.file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && local != "" && id.Name == local && slices.Contains(names, sel.Sel.Name) {
			out = append(out, sel)
		}
		return true
	})
	return out
}

// importedAs returns the name that an import has in a file, "" if it has none.
func (s *source) importedAs(pkg string) string {
	for _, i := range s.file.Imports {
		if p, _ := strconv.Unquote(i.Path.Value); p != pkg {
			continue
		}
		if i.Name != nil {
			return i.Name.Name
		}
		return path.Base(pkg)
	}
	return ""
}

// names resolves the identifiers of a room's files within the room. What is
// imported stays unknown, which is enough to tell a package's variable from one
// that shadows it.
func (h *house) names(files []*source) (*types.Package, *types.Info) {
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	conf := types.Config{Error: func(error) {}, Importer: blind{}}
	var parsed []*ast.File
	for _, f := range files {
		parsed = append(parsed, f.file)
	}
	pkg, _ := conf.Check(files[0].room, h.fset, parsed, info) // errors about imports are expected
	return pkg, info
}

// blind is an importer that knows packages by name alone.
type blind struct{}

func (blind) Import(p string) (*types.Package, error) {
	pkg := types.NewPackage(p, path.Base(p))
	pkg.MarkComplete()
	return pkg, nil
}

// packages groups the files by room and package name: tests of the same package
// are with it, external tests are a package of their own.
func (h *house) packages() map[string][]*source {
	out := map[string][]*source{}
	for _, s := range h.sources {
		key := s.room + " " + s.file.Name.Name
		out[key] = append(out[key], s)
	}
	return out
}
