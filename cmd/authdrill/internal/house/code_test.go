package house

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"
)

func timeOfDay(h *house) []string {
	var out []string
	for _, s := range h.sources {
		if s.room == "mockprovider/clock" {
			continue
		}
		called := map[ast.Node]bool{}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok {
				called[c.Fun] = true
			}
			return true
		})
		for _, u := range s.uses("time", "Now", "Since", "Until") {
			if public(s.room) && strings.HasPrefix(s.room, "client") && !s.test && u.Sel.Name == "Now" && !called[u] {
				continue // the default of a Config.Now
			}
			out = append(out, h.at(u)+" reads the machine's time")
		}
	}
	return out
}

func sleeps(h *house) []string {
	return h.everyUse(" sleeps: wait for an event", func(*source) bool { return false }, "time", "Sleep")
}

func exits(h *house) []string {
	main := func(s *source) bool {
		return strings.HasPrefix(s.path, "cmd/authdrill/") && path.Base(s.path) == "main.go" // of each command
	}
	return slices.Concat(
		h.everyUse(" ends the process", main, "os", "Exit"),
		h.everyUse(" ends the process", main, "log", "Fatal", "Fatalf", "Fatalln"))
}

func environment(h *house) []string {
	command := func(s *source) bool { // and tests, which ask whether they may be skipped
		return s.room == "cmd/authdrill" || strings.HasPrefix(s.room, "cmd/authdrill/internal/") || strings.HasSuffix(s.path, "_test.go")
	}
	return h.everyUse(" reads the environment", command, "os", "Getenv", "LookupEnv", "Environ", "ExpandEnv", "Setenv")
}

func (h *house) everyUse(what string, except func(*source) bool, pkg string, names ...string) []string {
	var out []string
	for _, s := range h.sources {
		if except(s) {
			continue
		}
		for _, u := range s.uses(pkg, names...) {
			out = append(out, h.at(u)+what)
		}
	}
	return out
}

func inits(h *house) []string {
	var out []string
	for _, s := range h.sources {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				out = append(out, h.at(f)+" has an init function")
			}
		}
	}
	return out
}

// mutableVariables finds package-level variables that something writes, whose
// address is taken, or whose type is made to be written.
func mutableVariables(h *house) []string {
	var out []string
	for _, files := range h.packages() {
		pkg, info := h.names(files)
		ours := func(e ast.Expr) (string, bool) {
			for {
				switch x := e.(type) {
				case *ast.IndexExpr:
					e = x.X
				case *ast.SelectorExpr:
					e = x.X
				case *ast.ParenExpr:
					e = x.X
				case *ast.StarExpr:
					e = x.X
				case *ast.Ident:
					v, ok := info.Uses[x].(*types.Var)
					return x.Name, ok && v.Parent() == pkg.Scope()
				default:
					return "", false
				}
			}
		}
		for _, s := range files {
			report := func(n ast.Node, e ast.Expr) {
				if name, ok := ours(e); ok {
					out = append(out, fmt.Sprintf("%s writes the package's variable %s", h.at(n), name))
				}
			}
			ast.Inspect(s.file, func(n ast.Node) bool {
				switch x := n.(type) {
				case *ast.AssignStmt:
					for _, e := range x.Lhs {
						report(n, e)
					}
				case *ast.IncDecStmt:
					report(n, x.X)
				case *ast.UnaryExpr:
					if x.Op == token.AND {
						report(n, x.X)
					}
				case *ast.CallExpr:
					if f, ok := x.Fun.(*ast.Ident); ok && (f.Name == "delete" || f.Name == "clear") {
						report(n, x.Args[0])
					}
				}
				return true
			})
			out = append(out, h.statefulVariables(s)...)
		}
	}
	return out
}

func (h *house) statefulVariables(s *source) []string {
	var out []string
	for _, d := range s.file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, sp := range g.Specs {
			v := sp.(*ast.ValueSpec)
			state := false
			for _, e := range append([]ast.Expr{v.Type}, v.Values...) {
				if e == nil {
					continue
				}
				ast.Inspect(e, func(n ast.Node) bool {
					sel, ok := n.(*ast.SelectorExpr)
					if ok {
						if id, ok := sel.X.(*ast.Ident); ok && (id.Name == "sync" || id.Name == "atomic") && sel.Sel.Name != "OnceValue" && sel.Sel.Name != "OnceValues" {
							state = true
						}
					}
					return true
				})
			}
			switch {
			case state:
				out = append(out, fmt.Sprintf("%s %s is the state of a package", h.at(v), v.Names[0].Name))
			case len(v.Values) == 0 && v.Names[0].Name != "_" && !embedded(g, v):
				out = append(out, fmt.Sprintf("%s %s is never given a value but by writing it", h.at(v), v.Names[0].Name))
			}
		}
	}
	return out
}

func embedded(g *ast.GenDecl, v *ast.ValueSpec) bool {
	for _, doc := range []*ast.CommentGroup{g.Doc, v.Doc} {
		if doc == nil {
			continue
		}
		for _, c := range doc.List {
			if strings.HasPrefix(c.Text, "//go:embed ") {
				return true
			}
		}
	}
	return false
}
