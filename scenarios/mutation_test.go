package scenarios_test

import (
	"context"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios"
)

// anything matches the places where the grammar takes any JSON value, so that
// no type is wrong there: what a fault puts in place of the truth, claims that are
// configured, what a request sends, the values of a matrix' combinations, and expectations of
// members that no registry gives a type.
var anything = regexp.MustCompile(`^matrix\.(include|exclude)\[\d+\]\.|^(set\.)?(provider|clients|users)\..*(access_token|id_token|userinfo|scopes\.\w+)\.claims\.|(^|\.)(tamper\.(claims|header|set)|metadata|form|params|attrs|(authorize|login)\.claims|users\.\w+\.claims|jwks)\.|(respond|request|expect)\.json(\.|$)|\.aud$|\.\$(not|contains)$`)

// TestMisspeltKeysNeverPass is the promise of the format: for every key of
// every scenario that is shipped, a slip of the keyboard, a duplicate and a
// value of the wrong type are refused, at the right line and column.
func TestMisspeltKeysNeverPass(t *testing.T) {
	var all []*mutator
	t.Run("document", func(t *testing.T) { all = mutateAll(t) })
	keys, mutants, exempt := 0, 0, 0
	for _, m := range all {
		keys, mutants, exempt = keys+m.keys, mutants+m.mutants, exempt+m.exempt
	}
	t.Logf("%d keys, %d mutants, all refused; %d values may have any type", keys, mutants, exempt)
	if keys < 700 {
		t.Error("too few keys to prove anything")
	}
}

// mutateAll starts a test for each shipped document.
func mutateAll(t *testing.T) []*mutator {
	var all []*mutator
	for _, fsys := range []fs.FS{scenarios.Examples(), os.DirFS("testdata")} {
		files, err := fs.Glob(fsys, "*.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := fs.ReadFile(fsys, file)
			if err != nil {
				t.Fatal(err)
			}
			docs, ps := strict.Parse(file, text, strict.Options{})
			if ps != nil {
				t.Fatal(ps)
			}
			for i, doc := range docs {
				m := &mutator{fsys: fsys, file: file, lines: isolate(string(text), docs, i)}
				all = append(all, m)
				t.Run(file, func(t *testing.T) {
					t.Parallel()
					m.t = t
					m.walk(doc)
				})
			}
		}
	}
	return all
}

// isolate blanks every other document, so that the lines keep their numbers.
func isolate(text string, docs []*strict.Node, i int) []string {
	lines := strings.Split(text, "\n")
	from, to := docs[i].Place().Line, len(lines)
	if i+1 < len(docs) {
		to = docs[i+1].Place().Line - 1
	}
	for n := range lines {
		if n+1 < from || n+1 > to || strings.HasPrefix(lines[n], "---") {
			lines[n] = ""
		}
	}
	return lines
}

type mutator struct {
	t                     *testing.T
	fsys                  fs.FS
	file                  string
	lines                 []string
	keys, mutants, exempt int
}

func (m *mutator) walk(n *strict.Node) {
	for _, e := range n.Entries {
		m.keys++
		if !testing.Short() || m.keys%16 == 1 { // some of the keys, where it has to be quick
			m.misspell(e)
			m.duplicate(n, e)
			m.mistype(e)
		}
		m.walk(e.Value)
	}
	for _, item := range n.Items {
		m.walk(item)
	}
}

// load reads the file with a piece of one line, or of several, replaced, and
// returns the problems.
func (m *mutator) load(at strict.Place, length int, with string) strict.Problems {
	m.mutants++
	text := strings.Join(m.lines, "\n")
	offset := 0
	for _, l := range m.lines[:at.Line-1] {
		offset += len(l) + 1
	}
	offset += len(string([]rune(m.lines[at.Line-1])[:at.Column-1]))
	text = text[:offset] + with + text[offset+length:]
	_, err := scenarios.Load(context.Background(), overlay{m.fsys, m.file, text}, []string{m.file})
	ps := scenarios.Problems(err)
	for i := 1; i < len(ps); i++ {
		if a, b := ps[i-1], ps[i]; a.Line == b.Line && a.Column == b.Column {
			m.t.Errorf("two problems of one value:\n%v", strict.Problems{a, b})
		}
	}
	return ps
}

func (m *mutator) want(ps strict.Problems, what string, at strict.Place, from, to int) {
	m.t.Helper()
	for _, p := range ps {
		if p.File == m.file && p.Line == at.Line && p.Column >= from && p.Column <= to {
			return
		}
	}
	m.t.Errorf("%v: %s is not refused there\n%s\n%v", at, what, m.lines[at.Line-1], ps)
}

func (m *mutator) misspell(e strict.Entry) {
	name, at := e.Key.Text, e.Key.Place()
	source := []rune(m.lines[at.Line-1])[at.Column-1]
	if source == '"' || source == '\'' {
		return // a key in quotes is meant
	}
	if strings.HasPrefix(e.Value.Path(), "app.start.env.") || strings.Contains(name, "://") {
		return // the app's own names, and addresses
	}
	for _, wrong := range slips(name) {
		ps := m.load(at, len(name), wrong)
		if name == "client" && wrong == "clients" && len(ps) > 0 {
			continue // another key, refused for what is in it
		}
		m.want(ps, name+" as "+wrong, at, at.Column, at.Column)
	}
}

// slips are two letters swapped, one left out, one too many.
func slips(name string) []string {
	var out []string
	for i := 1; i < len(name); i++ {
		if name[i] != name[i-1] && isLetter(name[i]) && isLetter(name[i-1]) {
			out = append(out, name[:i-1]+name[i:i+1]+name[i-1:i]+name[i+1:])
			break
		}
	}
	middle := len(name) / 2
	if len(name) > 2 {
		out = append(out, name[:middle]+name[middle+1:])
	}
	return append(out, name[:middle]+"x"+name[middle:], name+"s")
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func (m *mutator) duplicate(parent *strict.Node, e strict.Entry) {
	at := e.Key.Place()
	raw := e.Key.Text
	if source := m.lines[at.Line-1][at.Column-1]; source == '"' || source == '\'' {
		raw = string(source) + raw + string(source)
	}
	p := parent.Place()
	want := at
	with := raw + ": x, "
	if m.lines[p.Line-1][p.Column-1] == '{' {
		want.Column += len(with)
	} else {
		with = raw + ": x\n" + strings.Repeat(" ", at.Column-1)
		want.Line++
	}
	for _, p := range m.load(at, 0, with) {
		if p.Rule == strict.Duplicate && p.Line == want.Line && p.Column == want.Column {
			return
		}
	}
	m.t.Errorf("%v: a duplicate of %s is not refused at %v", at, e.Key.Text, want)
}

func (m *mutator) mistype(e strict.Entry) {
	at := e.Value.Place()
	if e.Value.Kind == strict.Null {
		return
	}
	if anything.MatchString(relative(e.Value.Path())) {
		m.exempt++
		return
	}
	wrong := "{zzz: [1]}"
	if e.Value.Kind == strict.Mapping {
		wrong = "[[zzz]]"
	}
	ps := m.load(at, m.extent(e.Value), wrong)
	key := e.Key.Place()
	for _, p := range ps {
		if p.Line == key.Line && p.Column == key.Column {
			return
		}
	}
	m.want(ps, e.Key.Text+" of the wrong type", at, at.Column, at.Column+len(wrong))
}

// relative leaves the number and the verb of a step out of a path.
func relative(path string) string {
	return regexp.MustCompile(`^steps\[\d+\]\.`).ReplaceAllString(path, "")
}

// extent is how many bytes of the source a value takes.
func (m *mutator) extent(n *strict.Node) int {
	at := n.Place()
	rest := string([]rune(m.lines[at.Line-1])[at.Column-1:]) + "\n" + strings.Join(m.lines[at.Line:], "\n")
	switch c := rest[0]; {
	case c == '{' || c == '[':
		depth := 0
		for i, r := range rest {
			switch r {
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
	case c == '"' || c == '\'':
		return 2 + strings.IndexByte(rest[1:], c)
	case n.Kind == strict.Scalar:
		return len(n.Text)
	}
	lines := lastLine(n) - at.Line + 1
	return len(strings.Join(strings.SplitN(rest, "\n", lines+1)[:lines], "\n"))
}

func lastLine(n *strict.Node) int {
	last := n.Place().Line
	for _, e := range n.Entries {
		last = max(last, e.Key.Place().Line, lastLine(e.Value))
	}
	for _, item := range n.Items {
		last = max(last, lastLine(item))
	}
	return last
}

// overlay is a file system with another text for one file.
type overlay struct {
	fs.FS
	file, text string
}

func (o overlay) Open(name string) (fs.File, error) {
	if name == o.file {
		return fstest.MapFS{name: &fstest.MapFile{Data: []byte(o.text)}}.Open(name)
	}
	return o.FS.Open(name)
}
