package strict

import "testing"

func TestPrintableObeysNobody(t *testing.T) {
	for text, want := range map[string]string{
		"plain text, grüße 花子": "plain text, grüße 花子",
		"a\tb":                 "a b",
		"\x1b[31mred\x1b[0m":   "·[31mred·[0m",
		"\u009b31m\u0085":      "·31m·",
		"\u202eevil\u2066":     "·evil·",
		"a\r\nb":               "a··b",
		"\xff":                 "·",
		"::error::x":           "·::error::x",
		"  ::add-mask::x":      "  ·::add-mask::x",
		"a::b":                 "a::b",
		"##[error]x":           "#·[error]x",
		"a ##vso[task.x]":      "a #·vso[task.x]",
		"##teamcity[x]":        "#·teamcity[x]",
		"## [x]":               "## [x]",
	} {
		if got := Printable(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestProblemInAHostileFile(t *testing.T) {
	text := Problem{File: "::error::\x1b[2J.yaml", Line: 1, Column: 1, Message: "unknown key"}.Error()
	if want := "·::error::·[2J.yaml:1:1: unknown key"; text != want {
		t.Errorf("%q, want %q", text, want)
	}
}
