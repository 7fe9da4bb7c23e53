package load

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// fragmentKeys returns the keys that a fragment, a file without a scenario's name, may
// have.
func fragmentKeys() []string {
	return []string{"include", "vars", "clock", "provider", "clients", "users", "client", "app", "faults", "steps"}
}

// fragment is a file that others include or use, read and composed once however
// often it is named.
type fragment struct {
	root *strict.Node // with what it includes; nil if it cannot be used
	size documentSize
	err  error // the budget does not have what it would be
	open bool  // it is being composed: what names it now is part of it
}

type fragmentKey struct {
	folder *folder
	file   string
}

// documentSize is how many values a composed document has: added up before they are put
// together, for a few files that include each other twice make billions.
type documentSize struct{ values, data int }

func sizeOf(root *strict.Node) documentSize {
	values, data := root.Count()
	return documentSize{values: values, data: data}
}

// composer puts one file together with its fragments.
type composer struct {
	*loader
	folder    *folder
	openFiles []string // the files being composed, each named by the one before
	size      documentSize
	at        *strict.Node // the include or use with which the budget is exceeded
	err       error
}

// compose returns the document's root merged with its fragments, and with the steps
// of fragments in place of `use`. Places are those in the files where each part was
// written. It returns false for a document that is too large, after a problem at the
// document's own include or use that names the place in the fragments.
func (l *loader) compose(doc *strict.Node, h *folder) (*strict.Node, bool) {
	root := doc
	if root.Kind != strict.Mapping {
		return root, true
	}
	c := &composer{loader: l, folder: h, openFiles: []string{doc.Place().File}, size: sizeOf(root)}
	root = c.addFragments(root)
	if c.err != nil {
		l.report(strict.ProblemsAt(c.at, c.err)...)
		return nil, false
	}
	return copyShared(root), true
}

// reportExceeded ends the composition at an include or use, for an error of the budget.
func (c *composer) reportExceeded(at *strict.Node, err error) {
	if c.err == nil && err != nil {
		c.at, c.err = at, err
	}
}

// copyShared gives steps and faults that occur twice a node each.
func copyShared(root *strict.Node) *strict.Node {
	out := *root
	out.Entries = slices.Clone(root.Entries)
	for i, e := range out.Entries {
		if e.Value.Kind != strict.Sequence || !isJoined(e.Key.Text) {
			continue
		}
		list, seen := *e.Value, make(map[*strict.Node]bool, len(e.Value.Items))
		list.Items = slices.Clone(list.Items)
		for n, item := range list.Items {
			if seen[item] {
				list.Items[n] = copyNode(item)
			}
			seen[item] = true
		}
		out.Entries[i].Value = &list
	}
	return &out
}

// copyNode returns a deep copy of a node with the same places, for a second occurrence
// in a document.
func copyNode(n *strict.Node) *strict.Node {
	out := *n
	out.Entries = slices.Clone(n.Entries)
	for i, e := range n.Entries {
		key, value := *e.Key, copyNode(e.Value)
		key.Parent = &out
		value.Parent, value.Key = &out, &key
		out.Entries[i] = strict.Entry{Key: &key, Value: value}
	}
	out.Items = slices.Clone(n.Items)
	for i, item := range n.Items {
		out.Items[i] = copyNode(item)
		out.Items[i].Parent = &out
	}
	return &out
}

// isJoined reports whether the lists of a key follow each other, rather than
// one in place of the other.
func isJoined(key string) bool { return key == "faults" || key == "steps" }

// addFragments returns root with the fragments that it includes and uses.
func (c *composer) addFragments(root *strict.Node) *strict.Node {
	merged := *root
	if n := root.Get("include"); n != nil {
		names := n.Items
		if n.Kind == strict.Scalar {
			names = []*strict.Node{n}
		}
		base := &strict.Node{Kind: strict.Mapping}
		for _, name := range names {
			if f := c.takeFragment(name); f != nil {
				base = c.merge(name, base, f.root)
			}
		}
		merged = *c.merge(n, base, root)
	}
	return c.replaceUses(&merged)
}

// takeFragment returns the fragment that a node names, nil after a problem: that it
// cannot be used, or that with it the document would be too large.
func (c *composer) takeFragment(name *strict.Node) *fragment {
	if c.err != nil || c.budget.Context.Err() != nil {
		return nil
	}
	f := c.readFragment(name)
	if f == nil {
		return nil
	}
	c.reportExceeded(name, f.err)
	if f.root == nil {
		return nil
	}
	c.size.values += f.size.values
	c.size.data += f.size.data
	if c.reportExceeded(name, cmp.Or(c.budget.Take(strict.Values, c.size.values, 0), c.budget.Take(strict.Data, c.size.data, 0),
		c.budget.Take(strict.Values, f.size.values, 1), c.budget.Take(strict.Data, f.size.data, 1))); c.err != nil {
		return nil
	}
	return f
}

// readFragment reads the file that a node names.
func (c *composer) readFragment(name *strict.Node) *fragment {
	if name.Kind != strict.Scalar {
		c.report(name.Problem(strict.Type, "write it relative to this file", "wants the path of a fragment, got %s", name.Kind))
		return nil
	}
	if strings.Contains(name.Text, "${") {
		c.report(name.Problem(strict.Variable, "write the path out", "a path cannot be made of variables"))
		return nil
	}
	if !isYAML(name.Text) || path.IsAbs(name.Text) {
		c.report(name.Problem(strict.Value, "write it relative to this file, like _login.yaml", "%q is not the path of a fragment", name.Text))
		return nil
	}
	file := path.Join(path.Dir(name.Place().File), name.Text)
	key := fragmentKey{c.folder, file}
	f := c.fragments[key]
	if slices.Contains(c.openFiles, file) || f != nil && f.open {
		c.report(name.Problem(strict.Check, "", "%s includes itself: %s", file, strings.Join(append(c.openFiles, file), " -> ")))
		return nil
	}
	if f == nil {
		f = &fragment{open: true}
		c.fragments[key] = f
		if root := c.readMapping(name, file); root != nil {
			inner := &composer{loader: c.loader, folder: c.folder, openFiles: append(slices.Clone(c.openFiles), file), size: sizeOf(root)}
			root = removeKey(inner.addFragments(root), "include")
			f.root, f.size = root, inner.size
			if inner.err != nil {
				f.root, f.err = nil, inner.err
				if limit, ok := inner.err.(strict.Problem); ok && limit.File == "" {
					at := inner.at.Place()
					limit.File, limit.Message = at.File, fmt.Sprintf("%s, at %s", limit.Message, at)
					f.err = limit
				}
			}
		}
		f.open = false
	}
	return f
}

// readMapping reads the mapping of a fragment, nil after a problem.
func (c *composer) readMapping(name *strict.Node, file string) *strict.Node {
	data, err := c.folder.readFile(file, c.budget)
	if err != nil {
		message, hint := c.folder.explainRefusal(file, err)
		c.report(name.Problem(strict.Value, cmp.Or(hint, "the path is relative to this file"), "%s", message))
		return nil
	}
	docs, ps := c.parseFile(file, data)
	c.report(ps...)
	switch {
	case len(docs) == 0 && len(ps) == 0:
		c.report(name.Problem(strict.Value, "the path is relative to this file", "cannot be read: %s is empty", file))
		return nil
	case len(docs) > 1:
		c.report(docs[1].Problem(strict.Syntax, "split the file", "a fragment is one document"))
		return nil
	case len(docs) == 0:
		return nil
	case docs[0].Kind != strict.Mapping:
		c.report(docs[0].Problem(strict.Type, "", "a fragment is a mapping, got %s", docs[0].Kind))
		return nil
	}
	root := *docs[0]
	root.Entries = slices.DeleteFunc(slices.Clone(root.Entries), func(e strict.Entry) bool {
		if slices.Contains(fragmentKeys(), e.Key.Text) {
			return false
		}
		c.report(e.Value.KeyProblem(strict.Unknown, strict.Suggest(e.Key.Text, fragmentKeys()), "a fragment has no key %q", e.Key.Text))
		return true
	})
	return &root
}

// merge is mergeMappings for what a node names. It takes the comparisons from the
// budget.
func (c *composer) merge(at, base, over *strict.Node) *strict.Node {
	compared := 0
	out := mergeMappings(base, over, &compared)
	c.reportExceeded(at, c.budget.Take(strict.Data, compared, 1))
	return out
}

// mergeMappings returns over merged into base: mappings are merged, lists of faults
// and steps are joined, and any other value of over replaces that of base.
func mergeMappings(base, over *strict.Node, compared *int) *strict.Node {
	*compared += len(base.Entries) + len(over.Entries)
	out := *over
	out.Entries = make([]strict.Entry, 0, len(base.Entries)+len(over.Entries))
	above, below := indexOf(over), indexOf(base)
	for _, e := range base.Entries {
		if above(e.Key.Text) == nil {
			out.Entries = append(out.Entries, e)
		}
	}
	for _, e := range over.Entries {
		under := below(e.Key.Text)
		switch {
		case under == nil || under.Kind != e.Value.Kind:
		case under.Kind == strict.Mapping:
			e.Value = mergeMappings(under, e.Value, compared)
		case under.Kind == strict.Sequence && isJoined(e.Key.Text):
			joined := *e.Value
			joined.Items = slices.Concat(under.Items, e.Value.Items)
			e.Value = &joined
		}
		out.Entries = append(out.Entries, e)
	}
	return &out
}

// indexOf returns Get of a mapping, by an index where it is large.
func indexOf(n *strict.Node) func(key string) *strict.Node {
	const large = 16
	if len(n.Entries) <= large {
		return n.Get
	}
	index := make(map[string]*strict.Node, len(n.Entries))
	for _, e := range n.Entries {
		index[e.Key.Text] = e.Value
	}
	return func(key string) *strict.Node { return index[key] }
}

// replaceUses puts the steps of fragments in the place of `use` steps.
func (c *composer) replaceUses(root *strict.Node) *strict.Node {
	i := slices.IndexFunc(root.Entries, func(e strict.Entry) bool { return e.Key.Text == "steps" && e.Value.Kind == strict.Sequence })
	if i < 0 {
		return root
	}
	steps := *root.Entries[i].Value
	steps.Items = nil
	base := &strict.Node{Kind: strict.Mapping}
	for _, item := range root.Entries[i].Value.Items {
		use := item.Get("use")
		if use == nil {
			steps.Items = append(steps.Items, item)
			continue
		}
		if len(item.Entries) > 1 {
			c.report(item.Problem(strict.OneOf, "put the rest into the fragment", "use must be the only key of its step"))
		}
		if f := c.takeFragment(use); f != nil {
			if own := f.root.Get("steps"); own != nil {
				steps.Items = append(steps.Items, own.Items...)
			} else {
				c.report(use.Problem(strict.Check, "", "%s has no steps", use.Text))
			}
			base = c.merge(use, base, removeKey(f.root, "steps"))
		}
	}
	out := *root
	out.Entries = slices.Clone(root.Entries)
	out.Entries[i].Value = &steps
	if len(base.Entries) == 0 {
		return &out
	}
	merged := c.merge(root.Entries[i].Value, base, &out)
	out.Entries = merged.Entries
	return &out
}

func removeKey(n *strict.Node, key string) *strict.Node {
	out := *n
	out.Entries = slices.DeleteFunc(slices.Clone(n.Entries), func(e strict.Entry) bool { return e.Key.Text == key })
	return &out
}
