package record

import (
	"math"
	"time"
)

// Instant is a time on the issuer's clock, in nanoseconds since 1970. There may
// be very many codes and tokens: as a number a time takes a third of the room,
// and has no pointer for the garbage collector to follow. It reaches from the
// year 1678 to 2262; what lies beyond is the last or the first instant.
type Instant int64

// At returns t as an Instant.
func At(t time.Time) Instant {
	const most = math.MaxInt64/int64(time.Second) - 1
	switch sec := t.Unix(); {
	case sec > most:
		return math.MaxInt64
	case sec < -most:
		return math.MinInt64
	}
	return Instant(t.UnixNano())
}

// Time returns the instant in UTC.
func (i Instant) Time() time.Time { return time.Unix(0, int64(i)).UTC() }

// After reports whether the instant lies after now.
func (i Instant) After(now time.Time) bool { return i > At(now) }
