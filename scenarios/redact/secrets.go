// Package redact hides secrets in everything that leaves the process: results,
// report cards, and what is printed. Secrets learns what is secret, from wherever
// it was configured; Hide replaces it in a text, and Value in every text of a
// value, however deep, so that no member of it can be forgotten.
//
// The package is shared by the command, scenarios and attack. It is not an API
// to build on.
package redact

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/authdrill/authdrill/mockprovider/mask"
)

const (
	// minLength is how many characters a secret has at least that is hidden
	// wherever it appears. A shorter one would hide half a report: it is hidden
	// where it is a whole word or value.
	minLength = 5
	// longestWord is how many characters a word of the language has at most.
	longestWord = 12
	// minNeedleLength is how many bytes a needle has at least, and how many a text that
	// was cut must show of it: less shows nothing.
	minNeedleLength = 4
	// minLineLength is how many characters a line of a secret has at least that is
	// hidden without the others.
	minLineLength = 8
	// prefixLength is how many characters of a secret are known to be of it, also
	// where the rest is missing.
	prefixLength = 24
)

// Secrets are the texts that must not be shown. The zero value knows none, and a
// nil one learns nothing. It is safe for parallel use.
type Secrets struct {
	mu      sync.RWMutex
	known   map[string]bool
	short   words
	needles index
}

// Learn adds a configured secret in every form in which it may leave the process: as
// it is, escaped for a URL, JSON or HTML, and in base64, as the whole or as a part, as
// in Basic credentials.
func (s *Secrets) Learn(secret string) {
	if s == nil || secret == "" || isWord(secret) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.noteSecret(secret) {
		return
	}
	if len(secret) < minLength {
		s.short.add(escapedForms(secret))
		return
	}
	tag := mask.Digest(secret)
	for _, form := range escapedForms(secret) {
		s.needles.add(needle{form, tag, false})
		for _, part := range base64Forms(form) {
			s.needles.add(needle{part, tag, true})
		}
	}
	for _, form := range append(changedForms(secret), unescapedTexts(secret)...) {
		s.needles.add(needle{form, tag, false})
	}
	if !strings.Contains(secret, "\n") {
		return
	}
	for line := range strings.SplitSeq(secret, "\n") { // where lines are quoted there is one of them
		if line = strings.TrimSpace(line); len(line) >= minLineLength && s.noteSecret(line) {
			for _, form := range escapedForms(line) {
				s.needles.add(needle{form, tag, false})
			}
		}
	}
}

// LearnCredentials adds a secret, and the Basic credentials that it makes with
// an identifier: a short secret cannot be told from chance in base64 without it.
func (s *Secrets) LearnCredentials(id, secret string) {
	s.Learn(secret)
	if s == nil || secret == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.noteSecret(id + ":" + secret) {
		return
	}
	for _, form := range basicCredentials(id, secret) {
		s.needles.add(needle{form, mask.Digest(form), true})
	}
}

// LearnIssued adds secrets that were issued at run time, such as tokens. They are
// many, and are not encoded further.
func (s *Secrets) LearnIssued(secrets ...string) {
	if s == nil || len(secrets) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range secrets {
		if len(secret) < minLength || isWord(secret) || isPlainWord(secret) || !s.noteSecret(secret) {
			continue
		}
		tag := mask.Tag(secret)
		for _, form := range escapedForms(secret) {
			s.needles.add(needle{form, tag, false})
		}
	}
}

// isWord reports whether a value is not a secret whatever its name: hiding it would
// hide answers.
func isWord(s string) bool { return s == "true" || s == "false" || s == "null" }

// isPlainWord reports whether a value is not one that a provider issues: a stimulus
// sends state=another, and hiding that would hide the word everywhere.
func isPlainWord(s string) bool {
	return len(s) <= longestWord && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz-") == ""
}

// noteSecret notes a secret, and reports whether it is new.
func (s *Secrets) noteSecret(secret string) bool {
	if s.known == nil {
		s.known = map[string]bool{}
	}
	if s.known[secret] {
		return false
	}
	s.known[secret] = true
	return true
}

// Add learns all that others know.
func (s *Secrets) Add(others *Secrets) {
	if s == nil || others == nil || s == others {
		return
	}
	others.mu.RLock()
	defer others.mu.RUnlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := false
	for secret := range others.known {
		fresh = s.noteSecret(secret) || fresh
	}
	if !fresh {
		return
	}
	for n := range others.needles.needles() {
		s.needles.add(n)
	}
	s.short.add(slices.Collect(maps.Keys(others.short.texts)))
}

// Hide replaces each secret in a text by its tag: mask.Digest, or mask.Tag for an
// issued one. It also finds secrets that are escaped in any way, and those that are
// cut at the end of the text or before an ellipsis.
func (s *Secrets) Hide(text string) string {
	if s == nil || text == "" {
		return text
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	text = s.short.hide(text)
	if s.needles.isEmpty() {
		return text
	}
	for layers := maxLayers; canEscape(text); layers-- { // the deepest first, in which there is most of a secret
		var v view
		if v, layers = unescapeLayers(text, layers); layers == 0 {
			break
		}
		hits := s.findSpans(v.text)
		for n := range hits {
			hits[n].from, hits[n].to = v.origins[hits[n].from], v.origins[hits[n].to]
		}
		text = replaceSpans(text, hits)
	}
	return replaceSpans(text, s.findSpans(text))
}

// span is a part of a text, and the tag that is shown in its place.
type span struct {
	from, to int
	tag      string
}

// findSpans returns the places of secrets in a text, in order.
func (s *Secrets) findSpans(text string) []span {
	var out []span
	at := 0
	for i := 0; i+minNeedleLength <= len(text); {
		if !s.needles.mayBegin(text[i], text[i+1]) {
			i++
			continue
		}
		from, to, tag := s.findNeedle(text, at, i)
		if tag == "" {
			i++
			continue
		}
		out = append(out, span{from, to, tag})
		at, i = to, to
	}
	return out
}

// replaceSpans returns a text with tags in place of spans.
func replaceSpans(text string, spans []span) string {
	if len(spans) == 0 {
		return text
	}
	var out strings.Builder
	at := 0
	for _, x := range spans {
		out.WriteString(text[at:x.from])
		out.WriteString(x.tag)
		at = x.to
	}
	out.WriteString(text[at:])
	return out.String()
}

// findNeedle looks for a needle at i, and returns the part of the text that it hides,
// which begins at from or later.
func (s *Secrets) findNeedle(text string, from, i int) (begin, end int, tag string) {
	n, length := s.needles.longestMatch(text[i:])
	begin, end = i, i+length
	if n.encoded {
		for begin > from && isBase64(text[begin-1]) {
			begin--
		}
		for end < len(text) && (isBase64(text[end]) || text[end] == '=') {
			end++
		}
	}
	return begin, end, n.tag
}
