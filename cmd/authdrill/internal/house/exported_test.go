package house

import (
	"fmt"
	"go/ast"
	"path"
	"strings"
)

// public reports whether a room is part of the Go API.
func public(room string) bool {
	return room != "" && !strings.HasPrefix(room, "cmd/") && !strings.Contains(room, "/internal/")
}

// shown returns what a public room exports: a node each that a reader of its
// documentation sees, bodies and unexported members left out.
func shown(s *source, see func(name string, doc bool, nodes ...ast.Node)) {
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			documented := d.Doc != nil || d.Recv != nil && wellKnown(d.Name.Name)
			if d.Name.IsExported() && (d.Recv == nil || ast.IsExported(receiver(d.Recv.List[0].Type))) {
				see(d.Name.Name, documented, d.Type)
			}
		case *ast.GenDecl:
			for _, sp := range d.Specs {
				switch sp := sp.(type) {
				case *ast.TypeSpec:
					if sp.Name.IsExported() {
						see(sp.Name.Name, d.Doc != nil || sp.Doc != nil, exportedParts(sp.Type)...)
					}
				case *ast.ValueSpec:
					for _, name := range sp.Names {
						if name.IsExported() {
							see(name.Name, d.Doc != nil || sp.Doc != nil || sp.Comment != nil, name)
						}
					}
				}
			}
		}
	}
}

// wellKnown are methods that everybody knows from the standard library.
func wellKnown(method string) bool {
	return method == "String" || method == "Error" || method == "Unwrap" || method == "ServeHTTP"
}

func receiver(e ast.Expr) string {
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// exportedParts leaves out the members of a struct that nobody outside sees.
func exportedParts(e ast.Expr) []ast.Node {
	st, ok := e.(*ast.StructType)
	if !ok {
		return []ast.Node{e}
	}
	out := []ast.Node{st}
	for _, f := range st.Fields.List {
		if len(f.Names) == 0 || f.Names[0].IsExported() {
			out = append(out, f.Type)
		}
	}
	return out
}

func undocumented(h *house) []string {
	var out []string
	for _, s := range h.sources {
		if s.test || !public(s.room) {
			continue
		}
		shown(s, func(name string, doc bool, nodes ...ast.Node) {
			if !doc {
				out = append(out, fmt.Sprintf("%s %s has no comment", h.at(nodes[0]), name))
			}
		})
	}
	return out
}

// fositeShown finds exported declarations of public rooms through which a type
// of fosite can be seen: by a type of the two rooms that know it.
func fositeShown(h *house) []string {
	const fosite = "github.com/ory/fosite"
	knows := map[string]bool{} // grant.X, by what its declaration names
	for _, s := range h.sources {
		if s.test || s.room != "mockprovider/internal/grant" && s.room != "mockprovider/internal/endpoint" {
			continue
		}
		shown(s, func(name string, _ bool, nodes ...ast.Node) {
			for _, n := range nodes {
				if _, whole := n.(*ast.StructType); !whole && names(n, s.importedAs(fosite), "") != "" {
					knows[path.Base(s.room)+"."+name] = true
				}
			}
		})
	}
	var out []string
	for _, s := range h.sources {
		if s.test || !public(s.room) {
			continue
		}
		shown(s, func(_ string, _ bool, nodes ...ast.Node) {
			for _, n := range nodes {
				if _, whole := n.(*ast.StructType); whole {
					continue
				}
				for seen := range knows {
					pkg, name, _ := strings.Cut(seen, ".")
					if names(n, s.importedAs(module+"/mockprovider/internal/"+pkg), name) != "" {
						out = append(out, fmt.Sprintf("%s shows a fosite type through %s", h.at(n), seen))
					}
				}
			}
		})
	}
	return out
}

// names looks for pkg.name in a node, any name if it is empty.
func names(n ast.Node, pkg, name string) string {
	found := ""
	ast.Inspect(n, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && pkg != "" {
			if id, ok := sel.X.(*ast.Ident); ok && id.Name == pkg && (name == "" || sel.Sel.Name == name) {
				found = sel.Sel.Name
			}
		}
		return true
	})
	return found
}
