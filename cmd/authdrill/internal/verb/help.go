package verb

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/manual"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// helpVerb prints the list of verbs, the help of one, or a topic.
func helpVerb() verb {
	return verb{
		name: "help", args: "[COMMAND|TOPIC]", group: "help",
		summary: "this list, a command's flags, or a topic",
		example: "authdrill help run     # the flags of a command\n" +
			"authdrill help faults  # a topic",
		run: func(_ context.Context, c *call) error {
			if len(c.args) == 0 {
				c.overview()
				return nil
			}
			name := c.args[0]
			for _, v := range verbs() {
				if v.name == name {
					return c.verbHelp(v)
				}
			}
			text, err := fs.ReadFile(c.topics, "help/"+name+".md")
			if err != nil {
				all := c.topicNames()
				for _, v := range verbs() {
					all = append(all, v.name)
				}
				return failure.Usage(strict.Suggest(name, all), "unknown help topic %q", name)
			}
			c.Print("%s", strings.TrimSuffix(manual.Fill(string(text)), "\n"))
			return nil
		},
	}
}

func (v *call) topicNames() []string {
	entries, err := fs.ReadDir(v.topics, "help")
	if err != nil {
		return nil // cannot be: the folder is embedded
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), path.Ext(e.Name())))
	}
	return out
}

// overview lists the verbs by group.
func (v *call) overview() {
	v.Print("%s", overviewText)
	var groups []string
	for _, verb := range verbs() {
		if !slices.Contains(groups, verb.group) {
			groups = append(groups, verb.group)
		}
	}
	for _, g := range groups {
		v.Print("\n%s", v.Bold(g))
		for _, verb := range verbs() {
			if verb.group == g {
				v.Print("  %-26s%s", strings.TrimSpace(verb.name+" "+verb.args), verb.summary)
			}
		}
	}
	v.Print("\n%s\n  %s", v.Bold("topics"), strings.Join(v.topicNames(), ", "))
	v.Print("\nauthdrill help COMMAND lists a command's flags. Each can be set by a variable too: --client-port by %s.", setting.EnvName("client-port"))
}

// verbHelp lists a verb's flags with their defaults, and examples.
func (v *call) verbHelp(verb verb) error {
	v.Print("%s", strings.TrimSpace("authdrill "+verb.name+" "+verb.args))
	v.Print("  %s", verb.summary)
	if verb.flags != nil {
		v.flagsHelp(verb)
	}
	if verb.example != "" {
		v.Print("\n%s\n  %s", v.Bold("examples"), strings.ReplaceAll(verb.example, "\n", "\n  "))
	}
	return nil
}

func (v *call) flagsHelp(verb verb) {
	f := setting.NewFlags()
	verb.flags(f)
	v.Print("")
	label := func(fl *pflag.Flag) string {
		return strings.TrimSpace(setting.Dashed(fl.Name) + " " + f.Holder[fl.Name])
	}
	width := 0
	f.Set.VisitAll(func(fl *pflag.Flag) { width = max(width, len(label(fl))) })
	f.Set.VisitAll(func(fl *pflag.Flag) {
		def := ""
		if fl.DefValue != "" && fl.DefValue != "false" && !strings.Contains(fl.Usage, "; default ") {
			def = fmt.Sprintf(" (default %s)", fl.DefValue)
		}
		v.Print("  %-*s  %s%s", width, label(fl), fl.Usage, def)
	})
}

// helpWords are what there is help about.
func (v *call) helpWords([]string) []string {
	var out []string
	for _, verb := range verbs() {
		out = append(out, verb.name+"\t"+verb.summary)
	}
	return append(out, v.topicNames()...)
}
