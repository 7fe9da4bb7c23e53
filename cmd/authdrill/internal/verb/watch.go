package verb

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/signals"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// watchEvery is how often the files are looked at. A poll needs no dependency,
// and works on every file system.
const watchEvery = 250 * time.Millisecond

// watchFiles runs, and again whenever a file below the paths changes, until
// Ctrl-C. What is wrong with a file is said, and the next change is waited for.
func (r *runFlags) watchFiles(ctx context.Context, c *call, outputs []output) error {
	if len(c.args) == 0 {
		return failure.Usage("authdrill run --watch scenarios", "--watch needs a path: the embedded examples do not change")
	}
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	watched := append(slices.Clone(c.args), r.app) // which may be a file
	for {
		seen := fingerprint(ctx, watched)
		code := c.Ending(r.runOnce(ctx, c, outputs))
		if ctx.Err() != nil {
			return signals.Interrupted(ctx)
		}
		c.Note("exit code %d; waiting for a change", code)
		for fingerprint(ctx, watched) == seen {
			select {
			case <-ctx.Done():
				return signals.Interrupted(ctx)
			case <-ticker.C:
			}
		}
	}
}

// fingerprint tells whether anything below paths has changed: names, sizes and
// times of all files, up to so many as are ever read. What cannot be read counts
// as not there.
func fingerprint(ctx context.Context, paths []string) string {
	out := sha256.New()
	left := strict.NewBudget(ctx)
	for _, p := range paths {
		found, err := filepath.Glob(p)
		if err != nil || found == nil {
			found = []string{p}
		}
		for _, f := range found {
			_ = filepath.WalkDir(f, func(name string, _ fs.DirEntry, err error) error {
				if left.Take(strict.Names, 1, 1) != nil {
					return fs.SkipAll
				}
				if info, e := os.Stat(name); err == nil && e == nil && !info.IsDir() {
					_, _ = fmt.Fprintf(out, "%q %d %s\n", name, info.Size(), info.ModTime()) // a hash takes all
				}
				return nil
			})
		}
	}
	return string(out.Sum(nil))
}
