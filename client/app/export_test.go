package app

import "github.com/authdrill/authdrill/client"

// LocalPath is localPath, for its fuzz test.
func LocalPath(s string) string { return (&App{client: &client.Client{}}).localPath(s) }
