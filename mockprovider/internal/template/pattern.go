package template

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// Pattern is a text with places for random characters, such as
// "ya29.a0{base64url:200}".
type Pattern struct {
	text  string
	parts []part
}

type part struct {
	text     string
	alphabet string
	length   int
}

var placeholder = regexp.MustCompile(`\{([a-z0-9]+)(?::([0-9]+))?\}`)

const (
	digits = "0123456789"
	lower  = "abcdefghijklmnopqrstuvwxyz"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

func alphabetOf(kind string) string {
	switch kind {
	case "digits":
		return digits
	case "lower":
		return lower
	case "hex":
		return "0123456789abcdef"
	case "base36":
		return digits + upper
	case "base62":
		return digits + upper + lower
	case "base64url":
		return digits + upper + lower + "-_"
	}
	return ""
}

// ParsePattern reads a pattern. The error says which placeholder is none.
func ParsePattern(text string) (Pattern, error) {
	p := Pattern{text: text}
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(text, -1) {
		kind, length := text[m[2]:m[3]], 0
		if m[4] >= 0 {
			length, _ = strconv.Atoi(text[m[4]:m[5]]) // digits, and too many are too long below
		}
		p.parts = append(p.parts, part{text: text[at:m[0]]})
		at = m[1]
		if kind == "uuid" && m[4] < 0 {
			for n, size := range []int{8, 4, 4, 4, 12} {
				if n > 0 {
					p.parts = append(p.parts, part{text: "-"})
				}
				p.parts = append(p.parts, part{alphabet: alphabetOf("hex"), length: size})
			}
			continue
		}
		alphabet := alphabetOf(kind)
		if alphabet == "" || length < 1 || length > 4096 {
			return Pattern{}, fmt.Errorf("unknown random characters %s: want {digits:n}, {lower:n}, {hex:n}, {base36:n}, {base62:n}, {base64url:n} or {uuid}", text[m[0]:m[1]])
		}
		p.parts = append(p.parts, part{alphabet: alphabet, length: length})
	}
	if rest := text[at:]; strings.ContainsAny(rest, "{}") {
		return Pattern{}, fmt.Errorf("%q has a stray brace: want a pattern such as {digits:12}", rest)
	}
	p.parts = append(p.parts, part{text: text[at:]})
	return p, nil
}

// UnmarshalText reads a pattern.
func (p *Pattern) UnmarshalText(text []byte) error {
	read, err := ParsePattern(string(text))
	if err == nil {
		*p = read
	}
	return err
}

// MarshalText writes the pattern as it was read.
func (p Pattern) MarshalText() ([]byte, error) { return []byte(p.text), nil }

// Make returns a text of the pattern, with characters drawn from random.
func (p Pattern) Make(random io.Reader) string {
	var out strings.Builder
	for _, part := range p.parts {
		out.WriteString(part.text)
		raw := make([]byte, part.length)
		_, _ = io.ReadFull(random, raw) // no source of randomness here fails
		for _, b := range raw {
			out.WriteByte(part.alphabet[int(b)%len(part.alphabet)])
		}
	}
	return out.String()
}

// Always returns the text of the pattern that belongs to a name: always the
// same.
func (p Pattern) Always(name string) string { return p.Make(&stream{name: name}) }

// stream is random characters that follow from a name.
type stream struct {
	name  string
	block uint64
	rest  []byte
}

func (s *stream) Read(p []byte) (int, error) {
	for n := range p {
		if len(s.rest) == 0 {
			sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(s.name), s.block))
			s.block++
			s.rest = sum[:]
		}
		p[n], s.rest = s.rest[0], s.rest[1:]
	}
	return len(p), nil
}
