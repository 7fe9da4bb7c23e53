package strict

import "bytes"

// scan bounds what a text may be parsed into, by the characters that begin a
// value, before the parser spends memory on it: 200 bytes and more for each.
// It counts too many rather than too few, but for line ends that only YAML 1.1
// knows; the values themselves are counted once they are there.
//
// It returns the offset at which an allowance is used up, -1 if none is.
func (b *Budget) scan(data []byte) (Resource, int) {
	s := scanner{data: data, section: Values}
	for s.at < len(data) {
		s.next()
		if s.counts[s.section] > b.Allowances[s.section].One {
			return s.section, min(s.at, len(data)) - 1
		}
	}
	return 0, -1
}

// scanner knows below which key of the document it is: by the keys at the
// beginnings of lines, and by those of a document in braces.
type scanner struct {
	data    []byte
	at      int
	section Resource
	counts  [Data + 1]int
	braces  bool // the document is a mapping in braces
	depth   int  // of brackets and braces within such a document
}

func (s *scanner) next() {
	c := s.data[s.at]
	if s.depth == 0 && s.column0() && c != '\n' && c != '\r' {
		s.line(c)
	}
	s.at++
	switch c {
	case '\n':
		s.counts[s.section]++
	case ',':
		s.counts[s.section] += 2 // a key, and the value that it lacks
		if s.depth == 1 {
			s.key()
		}
	case '[', '{':
		s.counts[s.section]++
		if s.braces {
			if s.depth++; s.depth == 1 {
				s.key()
			}
		}
	case ']', '}':
		s.depth = max(0, s.depth-1)
	case '"':
		if s.braces {
			s.text()
		}
	case ':', '-', '?', '\r':
		if s.at == len(s.data) || s.braces || isSeparator(s.data[s.at]) {
			s.counts[s.section]++
		}
	}
}

// isSeparator reports whether a character after : - or ? makes that an indicator.
// After "key": a value may follow at once, so a quote is taken for one.
func isSeparator(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '"' }

func (s *scanner) column0() bool {
	return s.at == 0 || s.data[s.at-1] == '\n' || s.data[s.at-1] == '\r'
}

// line looks at the beginning of a line.
func (s *scanner) line(c byte) {
	switch c {
	case ' ', '\t', '#', '-', '}', ']':
		if bytes.HasPrefix(s.data[s.at:], []byte("---")) {
			s.section, s.braces = Values, false
		}
	case '{':
		s.braces = true
	default:
		s.section, s.braces = sectionOf(s.data[s.at:]), false
	}
}

// key looks at a key within the outermost braces.
func (s *scanner) key() {
	s.section = sectionOf(bytes.TrimLeft(s.data[s.at:min(len(s.data), s.at+64)], " \t\r\n"))
}

// text passes over a text in quotes.
func (s *scanner) text() {
	for ; s.at < len(s.data); s.at++ {
		switch s.data[s.at] {
		case '\\':
			s.at++
		case '"':
			s.at++
			return
		}
	}
}

// sectionOf is the resource that the values of a key are.
func sectionOf(line []byte) Resource {
	key, _, _ := bytes.Cut(line[:min(len(line), 16)], []byte(":"))
	if isData(string(bytes.Trim(key, " \"'"))) {
		return Data
	}
	return Values
}
