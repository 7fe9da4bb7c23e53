package grade

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Expectation is a line of a list of expected failures:
//
//	ID or ID[LABEL], until DATE, # REASON
//
// written as `idt-nonce-wrong  until 2027-03-01  # the library is updated in March`.
// Date and reason may be left out.
type Expectation struct {
	Name    string `json:"name"`
	Until   string `json:"until,omitempty"` // the last day on which it may fail
	Reason  string `json:"reason,omitempty"`
	Expired bool   `json:"expired,omitempty"`
	Line    int    `json:"-"`
}

// expiring matches a name with a date.
var expiring = regexp.MustCompile(`^(.*\S)\s+until\s+([^\s\]]+)$`)

// ReadExpectations reads a list of expected failures, a line each. The day is that of
// now, in UTC.
func ReadExpectations(list string, now time.Time) ([]Expectation, error) {
	today := now.UTC().Format(time.DateOnly)
	var out []Expectation
	for n, line := range strings.Split(list, "\n") {
		name, reason, _ := strings.Cut(line, "#")
		x := Expectation{Name: strings.TrimSpace(name), Reason: strings.TrimSpace(reason), Line: n + 1}
		if x.Name == "" {
			continue
		}
		if m := expiring.FindStringSubmatch(x.Name); m != nil {
			x.Name, x.Until = m[1], m[2]
			if _, err := time.Parse(time.DateOnly, x.Until); err != nil {
				return nil, &LineError{x.Line, fmt.Sprintf("invalid date %q: want a day such as 2027-03-01", x.Until)}
			}
			x.Expired = today > x.Until
		}
		out = append(out, x)
	}
	return out, nil
}

// LineError is what is wrong with a line of a list.
type LineError struct {
	Line int
	What string
}

func (e *LineError) Error() string { return fmt.Sprintf("%d: %s", e.Line, e.What) }

// Current returns the names that may fail today.
func Current(all []Expectation) []string {
	var out []string
	for _, x := range all {
		if !x.Expired {
			out = append(out, x.Name)
		}
	}
	return out
}

// Reason returns why an entry, or its variant, may fail, with the date on which that
// ends; "" where no reason is known.
func (g *Grade) Reason(name string) string {
	if g == nil {
		return ""
	}
	id, _, _ := strings.Cut(name, "[")
	for _, x := range g.Expected {
		if x.Expired || x.Name != name && x.Name != id {
			continue
		}
		switch {
		case x.Until == "":
			return x.Reason
		case x.Reason == "":
			return "until " + x.Until
		}
		return "until " + x.Until + ": " + x.Reason
	}
	return ""
}
