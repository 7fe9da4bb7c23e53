package signals

import "os"

// Interactive reports whether a person types into f. The null device is a
// character device too, but not interactive.
func Interactive(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}
