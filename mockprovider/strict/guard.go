package strict

import "github.com/authdrill/authdrill/mockprovider/internal/vocabulary"

// typeOf is the JSON type the value of a key has in an expectation.
func typeOf(w *vocabulary.Words, key string, t tags) string {
	if w == nil || t.match != "true" {
		return ""
	}
	if w.All != "" {
		return w.All
	}
	return w.Types[key]
}

// known reports whether the key of value is allowed in its mapping.
func (d *decoder) known(value *Node, w *vocabulary.Words) bool {
	if w == nil {
		return true
	}
	key := value.Key
	if _, ok := w.Types[key.Text]; ok {
		return true
	}
	if w.Closed {
		d.unknown(value, w.Names)
		return false
	}
	if key.style == free || key.style == quoted && !d.isJSON(key) {
		return true
	}
	near, ok := w.Slip(key.Text, d.isJSON(key))
	if !ok {
		return true
	}
	p := value.KeyProblem(NearMiss, `did you mean "`+near+`"?`+escapeHint(d.isJSON(key)), "%q is almost a registered name", key.Text)
	p.Path = pathOf(value.Parent)
	d.Report(p)
	return false
}

func escapeHint(json bool) string {
	if json {
		return ""
	}
	return " If not, put the key in quotes"
}

func (d *decoder) isJSON(n *Node) bool { return n.doc.json }

// Slip returns the registered name of a vocabulary that name is so close to,
// without being one, that it is most likely meant. See package vocabulary for
// what there is.
func Slip(words, name string) (string, bool) {
	w := vocabulary.Of(words)
	if w == nil {
		return "", false
	}
	if _, ok := w.Types[name]; ok {
		return "", false
	}
	return w.Slip(name, false)
}
