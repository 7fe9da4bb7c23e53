package verb

import (
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
)

// TestExamplesAreRead: every verb has an example of itself, whose flags it has.
func TestExamplesAreRead(t *testing.T) {
	for _, v := range verbs() {
		read := 0
		for line := range strings.Lines(v.example) {
			line, _, _ = strings.Cut(line, "  #")
			_, line, ok := strings.Cut(line, "authdrill "+v.name)
			if !ok {
				continue
			}
			line, _, _ = strings.Cut(line, ")") // of $(authdrill ..)
			args := strings.Fields(line)
			if end := slices.IndexFunc(args, func(w string) bool { return strings.ContainsAny(w[:1], "|>&") }); end >= 0 {
				args = args[:end]
			}
			f := setting.NewFlags()
			if v.flags != nil {
				v.flags(f)
			}
			if _, err := f.Parse(args, v.name != "exec"); err != nil {
				t.Errorf("%s%s: %v", v.name, line, err)
			}
			read++
		}
		if read == 0 {
			t.Errorf("%s has no example", v.name)
		}
	}
}

// TestProgramHasOneVerb: a start makes the command that it runs, and no other.
func TestProgramHasOneVerb(t *testing.T) {
	program, args, err := (&call{Voice: &say.Voice{}}).program([]string{"--port", "0"})
	if err != nil {
		t.Fatal(err)
	}
	if all := program.Commands(); len(all) != 1 || all[0].Name() != "serve" || !slices.Equal(args, []string{"serve", "--port", "0"}) {
		t.Errorf("%v %q", all, args)
	}
}
