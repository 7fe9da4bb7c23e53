package house

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// notAnAPI is what the comment of a package says that other packages of this
// module share, and that its users are not to import.
const notAnAPI = "not an API to build on"

// How many names all packages that users import may export, and all others of this
// module that are not internal. The limits may only fall.
const (
	mostInAPI    = 350
	mostInShared = 120
)

// face is how many names a package may export. The limits may only fall.
type face struct {
	folder string
	api    bool // users import it
	limit  int  // functions, methods, types, methods of interfaces, variables
}

func faces() []face {
	return []face{
		{"client", true, 38},
		{"client/app", true, 6},
		{"client/mutant", true, 5},
		{"mockprovider", true, 62},
		{"mockprovider/certificate", true, 9},
		{"mockprovider/clock", true, 18},
		{"mockprovider/fault", true, 14},
		{"mockprovider/journal", true, 23},
		{"mockprovider/persona", true, 35},
		{"mockprovider/protocol", true, 19},
		{"mockprovider/setup", true, 14},
		{"mockprovider/store", true, 14},
		{"scenarios", true, 14},
		{"scenarios/drill", true, 55},
		{"scenarios/result", true, 12},
		{"scenarios/attack", true, 12},

		{"client/agent", false, 18},
		{"mockprovider/confined", false, 7},
		{"mockprovider/mask", false, 7},
		{"mockprovider/match", false, 7},
		{"mockprovider/strict", false, 50},
		{"scenarios/catalog", false, 9},
		{"scenarios/clause", false, 5},
		{"scenarios/redact", false, 11},
		{"scenarios/target", false, 7},
	}
}

// largeFaces returns the packages that export more names than they may, and
// those whose comment and row in the table differ on whether users import them.
func largeFaces(h *house) []string {
	exported, marked := map[string]int{}, map[string]bool{}
	for _, s := range h.sources {
		if s.test || !public(s.room) {
			continue
		}
		exported[s.room] += len(exportedNames(s.file))
		comment := strings.Join(strings.Fields(s.file.Doc.Text()), " ")
		marked[s.room] = marked[s.room] || strings.Contains(comment, notAnAPI)
	}
	var out []string
	inAPI, shared := 0, 0
	for room, n := range exported {
		if marked[room] {
			shared += n
		} else {
			inAPI += n
		}
		i := slices.IndexFunc(faces(), func(f face) bool { return f.folder == room })
		if i < 0 {
			out = append(out, fmt.Sprintf("%s exports %d names and has no limit", room, n))
			continue
		}
		f := faces()[i]
		if n > f.limit {
			out = append(out, fmt.Sprintf("%s exports %d names, at most %d", room, n, f.limit))
		}
		if f.api && marked[room] {
			out = append(out, fmt.Sprintf("%s says that it is %s, but users import it", room, notAnAPI))
		}
		if !f.api && !marked[room] {
			out = append(out, fmt.Sprintf("%s does not say that it is %s", room, notAnAPI))
		}
	}
	if inAPI > mostInAPI {
		out = append(out, fmt.Sprintf("packages that users import export %d names, at most %d", inAPI, mostInAPI))
	}
	if shared > mostInShared {
		out = append(out, fmt.Sprintf("packages that users do not import export %d names, at most %d", shared, mostInShared))
	}
	return out
}

// exportedNames returns the names that a file exports. Fields and constants
// are not among them: those are the vocabulary of a type, which has a name.
func exportedNames(f *ast.File) []string {
	var out []string
	add := func(id *ast.Ident) {
		if id.IsExported() {
			out = append(out, id.Name)
		}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil || ast.IsExported(receiver(d.Recv.List[0].Type)) {
				add(d.Name)
			}
		case *ast.GenDecl:
			for _, sp := range d.Specs {
				switch sp := sp.(type) {
				case *ast.TypeSpec:
					add(sp.Name)
					for _, m := range interfaceMethods(sp) {
						add(m)
					}
				case *ast.ValueSpec:
					for _, name := range sp.Names {
						if d.Tok != token.CONST {
							add(name)
						}
					}
				}
			}
		}
	}
	return out
}

// interfaceMethods returns the methods that an exported interface names.
func interfaceMethods(t *ast.TypeSpec) []*ast.Ident {
	i, ok := t.Type.(*ast.InterfaceType)
	if !ok || !t.Name.IsExported() {
		return nil
	}
	var out []*ast.Ident
	for _, m := range i.Methods.List {
		out = append(out, m.Names...)
	}
	return out
}
