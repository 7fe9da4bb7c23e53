package endpoint

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// readSeconds reads a number of seconds, 0 or more, in decimal digits. One too large
// for an integer is the largest there is: no age comes near either.
func readSeconds(text string) (int64, bool) {
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return math.MaxInt64, true // digits, and too many
	}
	return n, true
}

// longer reports whether a duration is longer than a number of seconds, of any size.
func longer(d time.Duration, seconds int64) bool {
	return seconds < int64(math.MaxInt64/time.Second) && d > time.Duration(seconds)*time.Second
}
