package app

// LocalPath is localPath, for its fuzz test.
func LocalPath(s string) string { return localPath(s) }
