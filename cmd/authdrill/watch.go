package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// watchEvery is how often the files are looked at. A poll needs no dependency,
// and works on every file system.
const watchEvery = 250 * time.Millisecond

// watching runs, and again whenever a file below the paths changes, until
// Ctrl-C. What is wrong with a file is said, and then waited for to be mended.
func (r *runFlags) watching(ctx context.Context, c *call, outputs []output) error {
	if len(c.args) == 0 {
		return usage("authdrill run --watch scenarios", "--watch needs a path: the embedded examples do not change")
	}
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		seen := fingerprint(c.args)
		code := c.ending(r.once(ctx, c, outputs))
		if ctx.Err() != nil {
			return silent(exitInterrupted)
		}
		c.note("exit code %d; waiting for a change", code)
		for fingerprint(c.args) == seen {
			select {
			case <-ctx.Done():
				return silent(exitInterrupted)
			case <-ticker.C:
			}
		}
	}
}

// fingerprint tells whether anything below paths has changed: names, sizes and
// times of all files. What cannot be read counts as not there.
func fingerprint(paths []string) string {
	var out strings.Builder
	for _, p := range paths {
		found, err := filepath.Glob(p)
		if err != nil || found == nil {
			found = []string{p}
		}
		for _, f := range found {
			_ = filepath.WalkDir(f, func(name string, _ fs.DirEntry, err error) error {
				if info, e := os.Stat(name); err == nil && e == nil && !info.IsDir() {
					out.WriteString(name + " " + strconv.FormatInt(info.Size(), 10) + " " + info.ModTime().String() + "\n")
				}
				return nil
			})
		}
	}
	return out.String()
}
