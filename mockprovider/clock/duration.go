package clock

import (
	"fmt"
	"strings"
	"time"
)

// Duration is a time.Duration written as Go writes one: "90s", "5m", "1h30m".
// Its text form is what files, the control API and reports show.
type Duration time.Duration

// D returns d as a time.Duration.
func (d Duration) D() time.Duration { return time.Duration(d) }

func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText writes d as Go does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads "5m" and the like. A bare number is refused, because it
// does not say whether it means seconds.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || strings.Trim(string(text), "+-0") == "" {
		return fmt.Errorf("invalid duration %q: want a number and a unit, such as 90s, 5m or 1h30m", text)
	}
	*d = Duration(v)
	return nil
}

// JSONSchema describes what UnmarshalText reads.
func (Duration) JSONSchema() map[string]any {
	return map[string]any{
		"type":     "string",
		"pattern":  `^[-+]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$`,
		"examples": []any{"90s", "5m", "1h30m"},
	}
}
