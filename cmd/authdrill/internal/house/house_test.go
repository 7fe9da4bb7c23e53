package house

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// rule is something that holds for every file of the house. Each brings an
// offence of its own, which it must find.
type rule struct {
	name    string
	check   func(*house) []string
	planted map[string]string // files with the offence
	caught  []string          // what the rule must say of them, in order
}

func rules() []rule {
	return []rule{
		{"only the clock reads the time", timeOfDay, map[string]string{
			"client/late.go":             "package client\nimport \"time\"\nvar _ = time.Since(time.Time{})\n",
			"client/default.go":          "package client\nimport \"time\"\nfunc now() func() time.Time { return time.Now }\n",
			"mockprovider/clock/ok.go":   "package clock\nimport \"time\"\nvar _ = time.Now()\n",
			"scenarios/x_test.go":        "package scenarios\nimport clock \"time\"\nvar _ = clock.Now()\n",
			"client/agent/agent.go":      "package agent\nimport \"time\"\nvar _ = time.Now()\n",
			"mockprovider/store/time.go": "package store\n// time.Now is only spoken of\n",
		}, []string{
			"client/agent/agent.go:3 reads the machine's time",
			"client/late.go:3 reads the machine's time",
			"scenarios/x_test.go:3 reads the machine's time",
		}},
		{"nobody sleeps", sleeps, map[string]string{
			"scenarios/x_test.go": "package scenarios\nimport \"time\"\nfunc f() { time.Sleep(1) }\n",
		}, []string{"scenarios/x_test.go:3 sleeps: wait for an event"}},
		{"no init", inits, map[string]string{
			"client/zz.go": "package client\nfunc init() {}\ntype t int\nfunc (t) init() {}\n",
		}, []string{"client/zz.go:2 has an init function"}},
		{"no variable of a package is written", mutableVariables, map[string]string{
			"client/a.go": "package client\nimport \"sync\"\nvar fixed = map[string]int{}\nvar count = 1\nvar table = map[string]int{}\nvar mu sync.Mutex\nvar point struct{ x int }\nvar _ error = nil\nvar errX = error(nil)\n",
			"client/b.go": "package client\nfunc f(fixed int) { fixed = 2; count++; table[\"a\"] = 1; delete(table, \"a\"); _ = errX }\nfunc g() { p := &count; _ = p; count := 3; count = 4; _ = count }\n",
		}, []string{
			"client/a.go:6 mu is the state of a package",
			"client/a.go:7 point is never given a value but by writing it",
			"client/b.go:2 writes the package's variable count",
			"client/b.go:2 writes the package's variable table",
			"client/b.go:2 writes the package's variable table",
			"client/b.go:3 writes the package's variable count",
		}},
		{"a file has at most 400 lines", long, map[string]string{
			"client/long.go":      "package client\n" + strings.Repeat("// x\n", 400),
			"client/long_test.go": "package client\n" + strings.Repeat("// x\n", 400),
		}, []string{"client/long.go has 401 lines", "client/long_test.go has 401 lines"}},
		{"a room has at most 25 files", full, fullRoom(), []string{"client has 26 files, at most 25"}},
		{"only main ends the process", exits, map[string]string{
			"cmd/authdrill/main.go":  "package main\nimport \"os\"\nfunc main() { os.Exit(1) }\n",
			"cmd/authdrill/serve.go": "package main\nimport \"log\"\nfunc f() { log.Fatalf(\"\") }\n",
			"client/x.go":            "package client\nimport \"os\"\nvar _ = os.Exit\n",
		}, []string{
			"client/x.go:3 ends the process",
			"cmd/authdrill/serve.go:3 ends the process",
		}},
		{"only the command reads the environment", environment, map[string]string{
			"cmd/authdrill/ok.go": "package main\nimport \"os\"\nvar _ = os.Getenv(\"X\")\n",
			"client/x.go":         "package client\nimport \"os\"\nvar _, _ = os.LookupEnv(\"X\")\n",
		}, []string{"client/x.go:3 reads the environment"}},
		{"fosite stays behind its door", fositeShown, map[string]string{
			"mockprovider/internal/grant/a.go": "package grant\nimport \"github.com/ory/fosite\"\ntype Seen struct{ R fosite.Requester }\ntype Plain struct{ A int }\n",
			"mockprovider/mint.go":             "package mockprovider\nimport \"" + module + "/mockprovider/internal/grant\"\ntype A = grant.Seen\ntype B = grant.Plain\nfunc (B) X(grant.Seen) {}\nfunc hidden(grant.Seen) {}\n",
		}, []string{
			"mockprovider/mint.go:3 shows a fosite type through grant.Seen",
			"mockprovider/mint.go:5 shows a fosite type through grant.Seen",
		}},
		{"files are named by nouns", fileNames, map[string]string{
			"client/utils.go":         "package client\n",
			"client/helpers_test.go":  "package client\n",
			"scenarios/types.go":      "package scenarios\n",
			"mockprovider/common.go":  "package mockprovider\n",
			"mockprovider/persona.go": "package mockprovider\n",
		}, []string{
			"client/helpers_test.go: name the file by what is in it",
			"client/utils.go: name the file by what is in it",
			"mockprovider/common.go: name the file by what is in it",
			"scenarios/types.go: name the file by what is in it",
		}},
		{"the top of the tree stays as it is", topLevel, map[string]string{
			"client/a.go": "package client\n", "docs/a.md": "", "main.go": "package main\n", ".ci/run": "", "README.md": "",
		}, []string{"docs is not a folder of the plan", "main.go is not a file of the plan"}},
		{"what is exported is documented", undocumented, map[string]string{
			"client/a.go":          "package client\n// A is.\ntype A struct{}\ntype B struct{}\nfunc (A) M() {}\nfunc (b) N() {}\ntype b int\n",
			"scenarios/a.go":       "package scenarios\n// The outcomes.\nconst (\n\tX = 1\n)\nvar Y = 1\nvar (\n\tZ = 2 // is documented\n)\n",
			"cmd/authdrill/doc.go": "package main\nfunc Exported() {}\n",
		}, []string{
			"client/a.go:4 B has no comment",
			"client/a.go:5 M has no comment",
			"scenarios/a.go:6 Y has no comment",
		}},
		{"a package exports few names", largeFaces, map[string]string{
			"client/fresh/a.go":     "package fresh\ntype A struct{ B int }\nfunc (A) M() {}\nfunc (a) N() {}\ntype a interface{ N() }\nconst C = 1\n",
			"client/mutant/a.go":    "// Package mutant is not an\n// API to build on.\npackage mutant\n",
			"scenarios/clause/a.go": "package clause\nvar A, B = 1, 2\ntype C interface{ D(); E() }\nfunc F() {}\nfunc g() {}\n",
		}, []string{
			"client/fresh exports 2 names and has no limit",
			"client/mutant says that it is not an API to build on, but users import it",
			"scenarios/clause does not say that it is not an API to build on",
			"scenarios/clause exports 6 names, at most 5",
		}},
		{"every package says what it is", packageComments, map[string]string{
			"client/a.go":    "package client\n",
			"scenarios/a.go": "// Package scenarios runs.\npackage scenarios\n",
			"attic/a.go":     "// Package attic is long.\n" + strings.Repeat("// x\n", 10) + "package attic\n",
		}, []string{
			"attic/a.go:1 has a package comment of 11 lines, at most 10",
			"client has no package comment",
		}},
		{"the English is plain", unplainWords, map[string]string{
			"attic/a.go":                 "// Package attic is what\n// nobody is.\npackage attic\n\nfunc nobody() string { return `no\n\tone stands` }\n",
			"attic/b.go":                 "package attic\n\nvar standalone = \"is normal\" // There are 2 and more.\n",
			"attic/a_test.go":            "package attic\n// it stands alone\n",
			"README.md":                  "Plain.\nOpen to who has it.\n",
			"cmd/authdrill/help/one.md":  "That is no help.\n",
			"cmd/authdrill/notes/one.md": "That is no help.\n",
		}, []string{
			"README.md:2 says \"who has\"",
			"cmd/authdrill/help/one.md:1 says \"is no\"",
			"attic/a.go:1 says \"nobody\"",
			"attic/a.go:5 says \"stands\"",
			"attic/b.go:3 says \"There are 2 and\"",
		}},
		{"what is linked is no test", testingLinked, map[string]string{
			"client/a.go":      "package client\nimport _ \"testing\"\n",
			"client/b.go":      "package client\nimport _ \"net/http/httptest\"\n",
			"client/a_test.go": "package client\nimport _ \"testing\"\n",
		}, []string{"client/a.go links testing", "client/b.go links net/http/httptest"}},
		{"each dependency has its reason", dependencies, map[string]string{
			"go.mod":           "module x\nrequire example.test/one v1.2.3\nrequire (\n\texample.test/two v0.1.0\n\texample.test/far v0.1.0 // indirect\n)\n",
			".dependencies.md": "- `example.test/one`: reads.\n- `example.test/old`: was used.\n",
		}, []string{
			".dependencies.md names example.test/old, which go.mod does not require",
			".dependencies.md has no line for example.test/two",
		}},
	}
}

func TestHouse(t *testing.T) {
	h := thisHouse(t)
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) {
			for _, offence := range r.check(h) {
				t.Error(offence)
			}
		})
	}
}

// Every rule finds the offence planted for it: a rule that finds nothing proves
// nothing.
func TestHouseCatches(t *testing.T) {
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) {
			files := fstest.MapFS{}
			for name, text := range r.planted {
				files[name] = &fstest.MapFile{Data: []byte(text)}
			}
			h, err := readHouse(files)
			if err != nil {
				t.Fatal(err)
			}
			got := r.check(h)
			slices.Sort(got)
			want := slices.Sorted(slices.Values(r.caught))
			if !slices.Equal(got, want) {
				t.Errorf("caught:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// Half of the files are short: at most 120 lines.
func TestMedianFile(t *testing.T) {
	var lines []int
	for _, s := range thisHouse(t).sources {
		if !s.test {
			lines = append(lines, s.lines)
		}
	}
	slices.Sort(lines)
	if median := lines[len(lines)/2]; median > 120 {
		t.Errorf("the median file has %d lines", median)
	}
}

func long(h *house) []string {
	var out []string
	for _, s := range h.sources {
		if s.lines > 400 {
			out = append(out, fmt.Sprintf("%s has %d lines", s.path, s.lines))
		}
	}
	return out
}

// full finds rooms with more files than somebody can look through, tests left out.
// Some are still fuller: their numbers may only fall.
func full(h *house) []string {
	limits := map[string]int{"scenarios": 38, "cmd/authdrill/internal/verb": 28}
	files := map[string]int{}
	for _, s := range h.sources {
		if !s.test {
			files[s.room]++
		}
	}
	var out []string
	for room, n := range files {
		limit, fuller := limits[room]
		if !fuller {
			limit = 25
		}
		if n > limit {
			out = append(out, fmt.Sprintf("%s has %d files, at most %d", room, n, limit))
		}
	}
	return out
}

// fullRoom is a room with a file too many, and one whose tests do not count.
func fullRoom() map[string]string {
	files := map[string]string{"client/agent/a_test.go": "package agent\n"}
	for n := range 26 {
		files[fmt.Sprintf("client/a%d.go", n)] = "package client\n"
		if n > 0 {
			files[fmt.Sprintf("client/agent/a%d.go", n)] = "package agent\n"
		}
	}
	return files
}

func fileNames(h *house) []string {
	var out []string
	for _, s := range h.sources {
		switch name := strings.TrimSuffix(strings.TrimSuffix(path.Base(s.path), ".go"), "_test"); name {
		case "util", "utils", "helper", "helpers", "common", "types", "misc":
			out = append(out, s.path+": name the file by what is in it")
		}
	}
	return out
}

func topLevel(h *house) []string {
	var out []string
	for _, e := range h.entries {
		info, err := fs.Stat(h.fsys, e)
		folder := err == nil && info.IsDir()
		switch {
		case strings.HasPrefix(e, "."):
		case folder && !slices.Contains([]string{"cmd", "mockprovider", "client", "scenarios", "testdata"}, e):
			out = append(out, e+" is not a folder of the plan")
		case !folder && !slices.Contains([]string{"README.md", "LICENSE", "CHANGELOG.md", "go.mod", "go.sum"}, e):
			out = append(out, e+" is not a file of the plan")
		}
	}
	return out
}

// packageComments finds packages without a comment, and comments that are longer than
// a screen of go doc: what is said of a type belongs to the type.
func packageComments(h *house) []string {
	said := map[string]bool{}
	var out []string
	for _, s := range h.sources {
		if s.test {
			continue
		}
		said[s.room] = said[s.room] || s.file.Doc != nil
		if n := strings.Count(s.file.Doc.Text(), "\n"); n > 10 && s.room != "scenarios" {
			out = append(out, fmt.Sprintf("%s has a package comment of %d lines, at most 10", h.at(s.file.Doc), n))
		}
	}
	for room, ok := range said {
		if !ok {
			out = append(out, room+" has no package comment")
		}
	}
	return out
}

// testingLinked returns the sources that link package testing. Rooms of helpers for
// tests, such as clienttest, may: the plan opens them to tests only.
func testingLinked(h *house) []string {
	var out []string
	for _, s := range h.sources {
		helpers := strings.HasPrefix(s.room, "cmd/authdrill/internal/") || strings.HasSuffix(s.room, "test")
		for _, i := range s.imports() {
			if !s.test && !helpers && (i == "testing" || strings.HasPrefix(i, "net/http/httptest")) {
				out = append(out, s.path+" links "+i)
			}
		}
	}
	return out
}

func dependencies(h *house) []string {
	mod, err := fs.ReadFile(h.fsys, "go.mod")
	if err != nil {
		return []string{err.Error()}
	}
	said, err := fs.ReadFile(h.fsys, ".dependencies.md")
	if err != nil {
		return []string{err.Error()}
	}
	var out, direct []string
	for line := range strings.Lines(string(mod)) {
		m := regexp.MustCompile(`^(?:require )?\s*([a-z0-9.]+\.[a-z]+(?:/\S+)?) v\S+\s*$`).FindStringSubmatch(line)
		if m != nil {
			direct = append(direct, m[1])
		}
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^- `([^`]+)`: \\S").FindAllStringSubmatch(string(said), -1) {
		named[m[1]] = true
		if !slices.Contains(direct, m[1]) {
			out = append(out, fmt.Sprintf(".dependencies.md names %s, which go.mod does not require", m[1]))
		}
	}
	for _, d := range direct {
		if !named[d] {
			out = append(out, ".dependencies.md has no line for "+d)
		}
	}
	return out
}
