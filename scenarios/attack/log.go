package attack

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// appLog is what an app writes for its operators.
type appLog interface {
	// Mark is where the log ends now.
	Mark() int64
	// Since is what was written after a mark.
	Since(mark int64) string
}

// logLimit is how much of a log is read after a mark.
const logLimit = 1 << 20

// logFile is a file that an app logs to.
type logFile string

func (f logFile) Mark() int64 {
	info, err := os.Stat(string(f))
	if err != nil {
		return 0 // the app has not made it yet
	}
	return info.Size()
}

func (f logFile) Since(mark int64) string {
	if info, err := os.Stat(string(f)); err != nil || !info.Mode().IsRegular() {
		return "" // a pipe or a device has no end to wait for
	}
	file, err := os.Open(string(f))
	if err != nil {
		return ""
	}
	defer file.Close()
	if _, err := file.Seek(mark, io.SeekStart); err != nil {
		return ""
	}
	text, _ := io.ReadAll(io.LimitReader(file, logLimit)) // what could be read is what there is
	return string(text)
}

// fileLogs are the file that an app logs to, where it is known.
func fileLogs(folder, file string) []appLog {
	switch {
	case file == "":
		return nil
	case filepath.IsAbs(file):
		return []appLog{logFile(file)}
	}
	return []appLog{logFile(filepath.Join(folder, file))}
}

// marks are where an app's logs end now.
func (s *site) marks() []int64 {
	out := make([]int64, len(s.logs))
	for n, l := range s.logs {
		out[n] = l.Mark()
	}
	return out
}

// logged is what the app has logged since the marks.
func (s *site) logged(marks []int64) string {
	var out strings.Builder
	for n, l := range s.logs {
		out.WriteString(l.Since(marks[n]))
	}
	return out.String()
}

// settled waits until an app that runs beside us has written what it had to: its
// output comes to us by a pipe.
func (s *site) settled(ctx context.Context) error {
	if s.virtual {
		return nil
	}
	for range 10 {
		before := s.marks()
		if err := s.sleep(ctx, 50*time.Millisecond); err != nil {
			return err
		}
		if slices.Equal(before, s.marks()) {
			return nil
		}
	}
	return nil
}
