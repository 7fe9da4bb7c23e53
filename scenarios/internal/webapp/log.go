package webapp

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Log is what an app writes for its operators.
type Log interface {
	// Mark returns where the log ends now.
	Mark() int64
	// Since returns what was written after a mark.
	Since(mark int64) string
}

// LogLimit is how many bytes of a log are read after a mark.
const LogLimit = 1 << 20

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
	text, _ := io.ReadAll(io.LimitReader(file, LogLimit)) // an error keeps what was read
	return string(text)
}

// LogFile returns the file that an app logs to, if it is known.
func LogFile(folder, file string) []Log {
	switch {
	case file == "":
		return nil
	case filepath.IsAbs(file):
		return []Log{logFile(file)}
	}
	return []Log{logFile(filepath.Join(folder, file))}
}

// LogEnds returns where the app's logs end now.
func (s *Site) LogEnds() []int64 {
	out := make([]int64, len(s.Logs))
	for n, l := range s.Logs {
		out[n] = l.Mark()
	}
	return out
}

// LoggedSince returns what the app has logged since it ended there.
func (s *Site) LoggedSince(marks []int64) string {
	var out strings.Builder
	for n, l := range s.Logs {
		out.WriteString(l.Since(marks[n]))
	}
	return out.String()
}

// WaitForLogs waits until an app in another process has written its last lines: its
// output comes through a pipe.
func (s *Site) WaitForLogs(ctx context.Context) error {
	if s.Virtual {
		return nil
	}
	for range 10 {
		before := s.LogEnds()
		if err := s.Sleep(ctx, 50*time.Millisecond); err != nil {
			return err
		}
		if slices.Equal(before, s.LogEnds()) {
			return nil
		}
	}
	return nil
}
