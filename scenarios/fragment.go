package scenarios

import (
	"path"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/strict"
)

// fragmentKeys are the parts of a scenario that a file without a name may have.
func fragmentKeys() []string {
	return []string{"include", "vars", "clock", "provider", "clients", "users", "client", "app", "faults", "steps"}
}

// compose returns the document's root with its fragments laid under it, and
// the steps of `use` put in their place. Places are those in the files that
// each part was written in.
func (l *loader) compose(doc *strict.Document) *strict.Node {
	root := doc.Root
	if root.Kind != strict.Mapping {
		return root
	}
	return l.included(root, []string{doc.File})
}

// included returns root with what it includes. The files being read are open.
func (l *loader) included(root *strict.Node, open []string) *strict.Node {
	merged := *root
	if n := root.Get("include"); n != nil {
		names := n.Items
		if n.Kind == strict.Scalar {
			names = []*strict.Node{n}
		}
		base := &strict.Node{Kind: strict.Mapping}
		for _, name := range names {
			if fragment := l.fragment(name, open); fragment != nil {
				base = lay(base, fragment)
			}
		}
		merged = *lay(base, root)
	}
	return l.withUses(&merged, open)
}

// fragment reads the file that a node names.
func (l *loader) fragment(name *strict.Node, open []string) *strict.Node {
	if name.Kind != strict.Scalar {
		l.report(name.Problem(strict.Type, "write it relative to this file", "wants the path of a fragment, got %s", name.Kind))
		return nil
	}
	if strings.Contains(name.Text, "${") {
		l.report(name.Problem(strict.Variable, "write the path out", "a path cannot be made of variables"))
		return nil
	}
	from := name.Place().File
	file := path.Join(path.Dir(from), name.Text)
	if slices.Contains(open, file) {
		l.report(name.Problem(strict.Check, "", "%s includes itself: %s", file, strings.Join(append(open, file), " -> ")))
		return nil
	}
	docs, err := l.read(file)
	switch {
	case err != nil:
		l.report(name.Problem(strict.Value, "the path is relative to this file", "cannot be read: %v", err))
		return nil
	case len(docs) > 1:
		l.report(docs[1].Root.Problem(strict.Syntax, "split the file", "a fragment is one document"))
		return nil
	case len(docs) == 0 || docs[0].Root.Kind != strict.Mapping:
		if len(docs) == 1 {
			l.report(docs[0].Root.Problem(strict.Type, "", "a fragment is a mapping, got %s", docs[0].Root.Kind))
		}
		return nil
	}
	root := *docs[0].Root
	root.Entries = slices.DeleteFunc(slices.Clone(root.Entries), func(e strict.Entry) bool {
		if slices.Contains(fragmentKeys(), e.Key.Text) {
			return false
		}
		l.report(e.Value.KeyProblem(strict.Unknown, strict.Suggest(e.Key.Text, fragmentKeys()), "a fragment has no key %q", e.Key.Text))
		return true
	})
	return without(l.included(&root, append(slices.Clone(open), file)), "include")
}

// lay returns the mapping over laid over base: mappings are merged, lists of
// faults and steps follow each other, and anything else of over wins.
func lay(base, over *strict.Node) *strict.Node {
	out := *over
	out.Entries = nil
	for _, e := range base.Entries {
		if over.Get(e.Key.Text) == nil {
			out.Entries = append(out.Entries, e)
		}
	}
	for _, e := range over.Entries {
		under := base.Get(e.Key.Text)
		switch {
		case under == nil || under.Kind != e.Value.Kind:
		case under.Kind == strict.Mapping:
			e.Value = lay(under, e.Value)
		case under.Kind == strict.Sequence && (e.Key.Text == "faults" || e.Key.Text == "steps"):
			joined := *e.Value
			joined.Items = slices.Concat(under.Items, e.Value.Items)
			e.Value = &joined
		}
		out.Entries = append(out.Entries, e)
	}
	return &out
}

// withUses puts the steps of fragments in the place of `use` steps.
func (l *loader) withUses(root *strict.Node, open []string) *strict.Node {
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
			l.report(item.Problem(strict.OneOf, "put the rest into the fragment", "use stands alone in its step"))
		}
		if fragment := l.fragment(use, open); fragment != nil {
			if own := fragment.Get("steps"); own != nil {
				steps.Items = append(steps.Items, own.Items...)
			} else {
				l.report(use.Problem(strict.Check, "", "%s has no steps", use.Text))
			}
			base = lay(base, without(fragment, "steps"))
		}
	}
	out := *root
	out.Entries = slices.Clone(root.Entries)
	out.Entries[i].Value = &steps
	if len(base.Entries) == 0 {
		return &out
	}
	merged := lay(base, &out)
	out.Entries = merged.Entries
	return &out
}

func without(n *strict.Node, key string) *strict.Node {
	out := *n
	out.Entries = slices.DeleteFunc(slices.Clone(n.Entries), func(e strict.Entry) bool { return e.Key.Text == key })
	return &out
}
