package verb

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
)

const (
	overviewText = "A fire drill for OAuth: a mock authorization server, a strict client, and scenarios for both."
	defaultVerb  = "serve" // of authdrill without a command, as in authdrill --port 0
)

// program returns the cobra command that runs some arguments, and these with the name of
// the verb first. It has that verb only: the others, and what all their flags say, would
// cost each start.
func (c *call) program(args []string) (*cobra.Command, []string, error) {
	if len(args) > 0 && slices.Contains([]string{cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd}, args[0]) {
		return c.tree(), args, nil
	}
	name := defaultVerb
	switch {
	case len(args) > 0 && (args[0] == "-h" || args[0] == "--help"):
		name, args = "help", nil
	case len(args) > 0 && args[0] == "--version":
		name, args = "version", args[1:]
	case len(args) > 0 && !strings.HasPrefix(args[0], "-"):
		name, args = args[0], args[1:]
	}
	v, err := verbNamed(name)
	if err != nil {
		return nil, nil, err
	}
	root, cmd := c.root(), v.command(c)
	root.AddGroup(&cobra.Group{ID: v.group, Title: v.group})
	root.AddCommand(cmd)
	if root.SetHelpCommand(&cobra.Command{Hidden: true}); name == "help" {
		root.SetHelpCommand(cmd)
	}
	return root, append([]string{name}, args...), nil
}

func (c *call) root() *cobra.Command {
	root := &cobra.Command{
		Use: "authdrill", Short: overviewText, SilenceErrors: true, SilenceUsage: true, DisableSuggestions: true, DisableAutoGenTag: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true}, // completionVerb is ours
	}
	root.SetOut(c.Out)
	root.SetErr(c.Err)
	return root
}

// command is the verb as cobra runs it. Its arguments are read by setting.Flags: flags go
// over variables of the environment, and those over the settings file.
func (v verb) command(c *call) *cobra.Command {
	use := strings.TrimSpace(v.name + " " + strings.Replace(v.args, "-- ", "[flags] -- ", 1)) // cobra adds [flags] to the others
	return &cobra.Command{
		Use: use, Short: v.summary, Example: v.example, GroupID: v.group, DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error { return v.call(cmd.Context(), c, args) },
	}
}

// Tree returns the command with all verbs and their flags, for a reference.
func Tree() *cobra.Command { return (&call{Voice: &say.Voice{}}).tree() }

// tree has all verbs with their flags, as cobra itself reads them: for completion.
func (c *call) tree() *cobra.Command {
	root := c.root()
	root.Long = overviewText + "\n\nWithout a command it serves: the flags are those of authdrill serve. Each flag can be set by a variable of the environment too: --client-port by " +
		setting.EnvName("client-port") + "."
	for _, v := range verbs() {
		if !root.ContainsGroup(v.group) {
			root.AddGroup(&cobra.Group{ID: v.group, Title: v.group})
		}
		cmd := v.command(c)
		v.complete(cmd)
		root.AddCommand(cmd)
		if v.name == "help" {
			cmd.ValidArgsFunction = completing(c.helpWords, "")
			root.SetHelpCommand(cmd)
		}
		if v.name == defaultVerb {
			v.complete(root)
			root.ValidArgsFunction = nil
		}
	}
	return root
}

// complete gives a command the flags of the verb, and what completes their values and the
// arguments.
func (v verb) complete(cmd *cobra.Command) {
	cmd.DisableFlagParsing = false
	cmd.Flags().SetInterspersed(v.name != "exec")
	switch {
	case v.words != nil:
		cmd.ValidArgsFunction = completing(v.words, v.args)
	case v.args == "":
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
	if v.flags == nil {
		return
	}
	f := setting.NewFlags()
	v.flags(f)
	f.Set.VisitAll(func(fl *pflag.Flag) {
		shown, holder := *fl, f.Holder[fl.Name]
		if holder != "" {
			shown.Value = heldValue{fl.Value, holder}
		}
		if strings.Contains(fl.Usage, "; default ") {
			shown.DefValue = ""
		}
		cmd.Flags().AddFlag(&shown)
		if holder == "" {
			return
		}
		if err := cmd.RegisterFlagCompletionFunc(fl.Name, completing(f.Words[fl.Name], holder)); err != nil {
			panic(err) // cannot be: the flag is there, and it is new
		}
	})
}

// heldValue is a value whose type is shown by its placeholder.
type heldValue struct {
	pflag.Value
	holder string
}

// Type returns the placeholder.
func (v heldValue) Type() string { return v.holder }

// completing completes with words, and with files and folders where a placeholder says
// that the value may be one. Of several values between commas it completes the last.
func completing(words setting.Words, holder string) cobra.CompletionFunc {
	directive := cobra.ShellCompDirectiveNoFileComp
	switch {
	case strings.Contains(holder, "FILE"):
		directive = cobra.ShellCompDirectiveDefault
	case slices.Contains([]string{"FOLDER", "DIR"}, holder):
		directive = cobra.ShellCompDirectiveFilterDirs
	}
	return func(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if words == nil {
			return nil, directive
		}
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		var out []cobra.Completion
		for _, word := range words(args) {
			if strings.HasPrefix(before+word, typed) {
				out = append(out, before+word)
			}
		}
		return out, directive
	}
}
