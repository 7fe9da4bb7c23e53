// Package requestlog writes the log of serve and exec: a line for each request, or for
// those that were refused, as text or as JSON. Lines are handed to a goroutine that
// writes them, so that no request waits for a slow terminal. Begin with Log.
package requestlog

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

// The forms of a log.
const (
	Refusals = "refusals" // text, and only requests that were refused
	Text     = "text"
	JSON     = "json"
	Off      = "off"
)

const (
	mostWaiting = 1024 // lines that wait to be written; further ones are counted and left out
	longestText = 400  // bytes of a path or a reason
)

// Log writes lines about requests.
type Log struct {
	form  string
	hide  func(string) string
	lines chan string
	left  atomic.Int64 // lines that were left out
	ended sync.WaitGroup
	once  sync.Once
}

// New returns a log that writes to w until Close. hide takes secrets out of a text.
func New(w io.Writer, form string, hide func(string) string) *Log {
	l := &Log{form: form, hide: hide, lines: make(chan string, mostWaiting)}
	l.ended.Add(1)
	go l.write(w)
	return l
}

// Close writes what waits. The log may be nil.
func (l *Log) Close() {
	if l == nil {
		return
	}
	l.once.Do(func() { close(l.lines) })
	l.ended.Wait()
}

func (l *Log) write(w io.Writer) {
	defer l.ended.Done()
	for line := range l.lines {
		if n := l.left.Swap(0); n > 0 {
			line = l.gapLine(n) + line
		}
		_, _ = io.WriteString(w, line) // a log that cannot be written has no other log
	}
}

// Request writes a line about a request, unless too many wait.
func (l *Log) Request(r mockprovider.Logged) {
	select {
	case l.lines <- l.line(&r):
	default:
		l.left.Add(1)
	}
}

// entry is a line of JSON. Its members are documented, and stay.
type entry struct {
	Time     string  `json:"time"`
	Method   string  `json:"method"`
	Path     string  `json:"path"`
	Status   int     `json:"status"`
	Millis   float64 `json:"duration_ms"`
	From     string  `json:"from,omitempty"`
	Endpoint string  `json:"endpoint,omitempty"`
	ClientID string  `json:"client_id,omitempty"`
	User     string  `json:"user,omitempty"`
	Error    string  `json:"error,omitempty"`
	Cause    string  `json:"cause,omitempty"`
	Reason   string  `json:"reason,omitempty"`
	Remedy   string  `json:"remedy,omitempty"`
}

func (l *Log) entry(r *mockprovider.Logged) entry {
	e := entry{
		Time: r.Time.UTC().Format(time.RFC3339Nano), Method: l.text(r.Method), Path: l.text(r.Path), Status: r.Status,
		Millis: float64(r.Duration.Microseconds()) / 1000, From: r.From, Endpoint: r.Endpoint,
		ClientID: l.text(r.ClientID), User: l.text(r.User), Error: l.text(r.Error), Cause: string(r.Cause),
	}
	if r.Refused {
		e.Reason, e.Remedy = l.text(r.Reason), r.Remedy
		if e.Remedy == "" {
			e.Remedy = Remedy(r.Cause, r.Error)
		}
	}
	return e
}

// text is a text without secrets, and not too long.
func (l *Log) text(text string) string {
	text = l.hide(strings.TrimSpace(text))
	if len(text) > longestText {
		text = strings.ToValidUTF8(text[:longestText], "") + "…"
	}
	return text
}

func (l *Log) line(r *mockprovider.Logged) string {
	e := l.entry(r)
	if l.form == JSON {
		text, err := json.Marshal(e)
		if err != nil {
			return "" // cannot be: it has texts and numbers
		}
		return string(text) + "\n"
	}
	var b strings.Builder
	answer := "no answer"
	if e.Status != 0 {
		answer = fmt.Sprint(e.Status)
	}
	fmt.Fprintf(&b, "%s %s %s %s %.1fms", r.Time.UTC().Format("15:04:05.000"), e.Method, e.Path, answer, e.Millis)
	for _, part := range []struct{ name, value string }{{"from", e.From}, {"client", e.ClientID}, {"user", e.User}, {"error", e.Error}, {"cause", e.Cause}} {
		if part.value != "" {
			fmt.Fprintf(&b, " %s=%s", part.name, quoted(part.value))
		}
	}
	if e.Reason != "" {
		b.WriteString(": " + e.Reason)
	}
	if e.Remedy != "" {
		b.WriteString(" -> " + e.Remedy)
	}
	line := strict.Printable(strings.ReplaceAll(b.String(), "\n", " "))
	if l.form == Refusals {
		line = "authdrill: refused " + line
	}
	return line + "\n"
}

// gapLine is the line in place of those that were left out.
func (l *Log) gapLine(n int64) string {
	if l.form == JSON {
		return fmt.Sprintf("{\"left_out\":%d}\n", n)
	}
	return fmt.Sprintf("authdrill: %d lines of the log were left out: they came too fast\n", n)
}

// quoted is a value that may have spaces.
func quoted(text string) string {
	if strings.ContainsAny(text, " \t\"") {
		return fmt.Sprintf("%q", text)
	}
	return text
}
