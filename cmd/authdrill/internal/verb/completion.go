package verb

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// completionVerb prints a script by which a shell completes commands, flags and values.
// The script asks authdrill itself.
func completionVerb() verb {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return verb{
		name: "completion", args: "SHELL", group: "help",
		summary: "print the script by which a shell completes commands, flags and values",
		example: "source <(authdrill completion bash)                  # in ~/.bashrc\n" +
			"authdrill completion zsh > \"${fpath[1]}/_authdrill\"\n" +
			"authdrill completion fish > ~/.config/fish/completions/authdrill.fish\n" +
			"authdrill completion powershell | Out-String | Invoke-Expression",
		words: setting.Fixed(shells...),
		run: func(_ context.Context, c *call) error {
			if len(c.args) != 1 {
				return failure.Usage("authdrill completion bash", "completion takes one shell: %s", strings.Join(shells, ", "))
			}
			write := map[string]func(*cobra.Command, io.Writer) error{
				"bash":       func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) },
				"zsh":        (*cobra.Command).GenZshCompletion,
				"fish":       func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) },
				"powershell": (*cobra.Command).GenPowerShellCompletionWithDesc,
			}[c.args[0]]
			if write == nil {
				return failure.Usage(strict.Suggest(c.args[0], shells), "no completion for %q: want one of %s", c.args[0], strings.Join(shells, ", "))
			}
			return write(c.root(), c.Out)
		},
	}
}
