package verb

import (
	"context"
	"runtime"
	"runtime/debug"
)

// versionVerb prints what was built, of what.
func versionVerb() verb {
	return verb{name: "version", group: "help", summary: "what this binary was built of", example: "authdrill version", run: func(_ context.Context, c *call) error {
		version, revision := "(unknown)", ""
		if info, ok := debug.ReadBuildInfo(); ok {
			version = info.Main.Version
			for _, s := range info.Settings {
				if s.Key == "vcs.revision" && len(s.Value) > 12 {
					revision = " " + s.Value[:12]
				}
			}
		}
		c.Print("authdrill %s%s %s %s/%s", version, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return nil
	}}
}
