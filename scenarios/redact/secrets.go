// Package redact hides secrets in everything that leaves the process: results,
// report cards, and what is printed. Secrets learns what is secret, from wherever
// it was configured; Hide replaces it in a text, and Value in every text of a
// value, however deep, so that no member of it can be forgotten.
//
// The package is shared by the command, scenarios and attack, and is no API to
// build on.
package redact

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/authdrill/authdrill/mockprovider/journal"
)

const (
	// shortest is how many characters a secret has at least that is hidden
	// wherever it appears. A shorter one would hide half a report: it is hidden
	// where it is a whole word or value.
	shortest = 5
	// keyLength is how many bytes of a needle it is looked up by. A text that was
	// cut before that shows no more.
	keyLength = 4
	// shortestLine is how many characters a line of a secret has at least that is
	// hidden without the others.
	shortestLine = 8
	// enough is how many characters of a secret are known to be of it, also
	// where the rest is missing.
	enough = 24
)

// Secrets are the texts that must not be shown. The zero value knows none, and a
// nil one learns nothing. It is safe for parallel use.
type Secrets struct {
	mu      sync.RWMutex
	known   map[string]bool
	short   []string
	needles map[[keyLength]byte][]needle
	begins  []uint64 // a bit for the first two bytes of each needle, once there is one
}

// needle is one form in which a secret may appear.
type needle struct {
	text, tag string
	encoded   bool // a part of base64: what is around it belongs to it
}

// Learn adds a secret that somebody configured, in every form in which it may
// leave: as it is, escaped for a URL, JSON or HTML, and in base64, as the whole or
// a part, as in Basic credentials.
func (s *Secrets) Learn(secret string) {
	if s == nil || secret == "" || isWord(secret) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.know(secret) {
		return
	}
	if len(secret) < shortest {
		s.short = append(s.short, escaped(secret)...)
		return
	}
	tag := journal.Digest(secret)
	for _, form := range escaped(secret) {
		s.add(needle{form, tag, false})
		for _, part := range encoded(form) {
			s.add(needle{part, tag, true})
		}
	}
	if !strings.Contains(secret, "\n") {
		return
	}
	for line := range strings.SplitSeq(secret, "\n") { // where lines are quoted there is one of them
		if line = strings.TrimSpace(line); len(line) >= shortestLine && s.know(line) {
			for _, form := range escaped(line) {
				s.add(needle{form, tag, false})
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
	if !s.know(id + ":" + secret) {
		return
	}
	for _, form := range basic(id, secret) {
		s.add(needle{form, journal.Digest(form), true})
	}
}

// LearnIssued adds what was issued while running, such as tokens. There are many
// of them, and nothing encodes them.
func (s *Secrets) LearnIssued(secrets ...string) {
	if s == nil || len(secrets) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range secrets {
		if len(secret) < shortest || isWord(secret) || !s.know(secret) {
			continue
		}
		tag := journal.Tag(secret)
		for _, form := range escaped(secret) {
			s.add(needle{form, tag, false})
		}
	}
}

// isWord tells the values that are no secret whatever they are called: to hide
// them would hide answers.
func isWord(s string) bool { return s == "true" || s == "false" || s == "null" }

// know notes a secret, and reports whether it is new.
func (s *Secrets) know(secret string) bool {
	if s.known == nil {
		s.known, s.needles = map[string]bool{}, map[[keyLength]byte][]needle{}
	}
	if s.known[secret] {
		return false
	}
	s.known[secret] = true
	return true
}

// add keeps a needle where it is looked up.
func (s *Secrets) add(n needle) {
	if len(n.text) < keyLength {
		return
	}
	if s.begins == nil {
		s.begins = make([]uint64, 1<<16/64)
	}
	key := [keyLength]byte([]byte(n.text))
	s.needles[key] = append(s.needles[key], n)
	at := pairOf(n.text[0], n.text[1])
	s.begins[at/64] |= 1 << (at % 64)
}

func pairOf(a, b byte) uint { return uint(a)<<8 | uint(b) }

// Clone returns a copy that learns on its own.
func (s *Secrets) Clone() *Secrets {
	out := &Secrets{}
	out.Add(s)
	return out
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
		fresh = s.know(secret) || fresh
	}
	if !fresh {
		return
	}
	for _, all := range others.needles {
		for _, n := range all {
			s.add(n)
		}
	}
	for _, short := range others.short {
		if !slices.Contains(s.short, short) {
			s.short = append(s.short, short)
		}
	}
}

// Hide replaces each secret in a text by its tag (journal.Digest, and journal.Tag
// of what was issued), also one that was cut: at its end, or before an ellipsis.
func (s *Secrets) Hide(text string) string {
	if s == nil || text == "" {
		return text
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, short := range s.short {
		text = hideWhole(text, short)
	}
	if len(s.needles) == 0 {
		return text
	}
	var out strings.Builder
	at := 0
	for i := 0; i+keyLength <= len(text); {
		from, to, tag := s.find(text, at, i)
		if tag == "" {
			i++
			continue
		}
		out.WriteString(text[at:from])
		out.WriteString(tag)
		at, i = to, to
	}
	if at == 0 {
		return text
	}
	out.WriteString(text[at:])
	return out.String()
}

// tagged is what follows the first characters in a tag of journal.Tag.
var tagged = regexp.MustCompile("^…[0-9a-f]{8}")

// find looks for a needle at i, and says what of the text it hides, not before
// from.
func (s *Secrets) find(text string, from, i int) (begin, end int, tag string) {
	if pair := pairOf(text[i], text[i+1]); s.begins[pair/64]&(1<<(pair%64)) == 0 {
		return 0, 0, ""
	}
	longest := 0
	for _, n := range s.needles[[keyLength]byte([]byte(text[i:i+keyLength]))] {
		length := common(text[i:], n.text)
		rest := text[i+length:]
		switch {
		case length == len(n.text), length >= enough:
		case !n.encoded && strings.HasPrefix(rest, "…") && !tagged.MatchString(rest):
		default:
			continue
		}
		if length <= longest {
			continue
		}
		longest, begin, end, tag = length, i, i+length, n.tag
		if n.encoded {
			for begin > from && isBase64(text[begin-1]) {
				begin--
			}
			for end < len(text) && (isBase64(text[end]) || text[end] == '=') {
				end++
			}
		}
	}
	return begin, end, tag
}

// common is how many bytes two texts begin with alike.
func common(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// wordLength is how many characters a short secret has at least that is hidden
// wherever it is a word. Shorter ones, such as numbers, are hidden as values.
const wordLength = 3

// hideWhole replaces a short secret where it is a whole word; one of one or two
// characters where it is the whole text, in quotes, or the value behind =.
func hideWhole(text, short string) string {
	const tag = "…" // whatever form it is in: journal.Tag of the secret itself
	if text == short {
		return tag
	}
	var out strings.Builder
	at := 0
	for {
		i := strings.Index(text[at:], short)
		if i < 0 {
			break
		}
		begin, end := at+i, at+i+len(short)
		out.WriteString(text[at:begin])
		at = end
		if isWhole(text[:begin], short, text[end:]) {
			out.WriteString(tag)
		} else {
			out.WriteString(short)
		}
	}
	out.WriteString(text[at:])
	return out.String()
}

// isWhole reports whether a short secret is whole between what is before and
// after it.
func isWhole(before, short, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	switch {
	case (last == '"' || last == '\'') && next == last:
		return true
	case last == '=' && (after == "" || strings.ContainsRune(`&,; "'`+"\n", next)):
		return true
	case len(short) < wordLength:
		return false
	}
	first, _ := utf8.DecodeRuneInString(short)
	end, _ := utf8.DecodeLastRuneInString(short)
	return !(isOfWord(last) && isOfWord(first)) && !(isOfWord(next) && isOfWord(end))
}

func isOfWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
