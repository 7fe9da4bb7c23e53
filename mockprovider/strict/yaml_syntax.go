package strict

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// yamlSyntax gives the parser's complaint, which has a line at best, a place
// and a remedy for the slips that are made most.
func (d *document) yamlSyntax(err error) Problem {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if m := regexp.MustCompile(`^line (\d+): `).FindStringSubmatch(text); m != nil {
		text = text[len(m[0]):]
		line, _ = strconv.Atoi(m[1])
		if strings.HasPrefix(text, "did not find expected") {
			line++ // the parser counts these from 0, the others from 1
		}
	}
	line = max(1, min(line, len(d.lines)))
	slip := func(hint string, at int) Problem {
		source := d.line(line)
		if at < 0 || at > len(source) {
			at = len(source) - len(strings.TrimLeft(source, " "))
		}
		return d.problem(line, 1+utf8.RuneCountInString(source[:at]), "", Syntax, hint, "not YAML: %s", text)
	}
	source := d.line(line)
	source = source[:min(len(source), 1<<16)] // a slip behind that has the line's beginning for its place
	switch {
	case strings.Contains(text, "tab character"):
		return slip("YAML is indented with spaces, not with tabs", strings.IndexByte(source, '\t'))
	case strings.HasPrefix(text, "unknown anchor"):
		name, _, _ := strings.Cut(strings.TrimPrefix(text, "unknown anchor '"), "'")
		line = d.lineOf("*" + name)
		return slip("quote a text that begins with *", strings.Index(d.line(line), "*"+name))
	case strings.Contains(text, "mapping values are not allowed"):
		at := -1
		if colons := regexp.MustCompile(`:( |$)`).FindAllStringIndex(source, 2); len(colons) == 2 {
			at = colons[1][0]
		}
		return slip("quote a text that has a colon and a space in it; indent the keys of one mapping alike", at)
	case strings.Contains(text, "cannot start any token"):
		at := regexp.MustCompile("(^|[ ,{[])[@`%]").FindStringIndex(source)
		if at == nil {
			return slip("", -1)
		}
		return slip("quote a text that begins with @, ` or %", at[1]-1)
	case strings.HasPrefix(text, "did not find expected ',' or"):
		if at := regexp.MustCompile(`[{,[]\s*[^"',{}[\]]*\$\{`).FindStringIndex(source); at != nil {
			return slip("quote a text with a ${name} within { } or [ ]", at[1]-2)
		}
		return slip("close the bracket, or quote a text with brackets in it", -1)
	}
	return slip("", -1)
}

func (d *document) lineOf(text string) int {
	for i, l := range d.lines {
		if strings.Contains(l, text) {
			return i + 1
		}
	}
	return 1
}
