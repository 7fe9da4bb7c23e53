// Command reference writes the man pages of authdrill and a Markdown reference into
// the subfolders man and reference of a folder. go generate ./cmd/authdrill runs it for
// cmd/authdrill/dist. It is a program of its own, so that its dependencies are not linked into
// authdrill.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra/doc"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/verb"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "reference: want one folder")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "reference:", err)
		os.Exit(1)
	}
}

// write writes both below a folder. The date of the man pages is SOURCE_DATE_EPOCH, where
// that is set.
func write(folder string) error {
	man, markdown := filepath.Join(folder, "man"), filepath.Join(folder, "reference")
	if err := errors.Join(os.MkdirAll(man, 0o755), os.MkdirAll(markdown, 0o755)); err != nil {
		return err
	}
	root := verb.Tree()
	return errors.Join(
		doc.GenManTree(root, &doc.GenManHeader{Title: "AUTHDRILL", Section: "1", Source: "authdrill", Manual: "authdrill"}, man),
		doc.GenMarkdownTree(root, markdown))
}
