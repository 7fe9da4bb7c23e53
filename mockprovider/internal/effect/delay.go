package effect

import (
	"math"
	"time"

	"github.com/authdrill/authdrill/mockprovider/fault"
)

// delay waits first.
type delay fault.Delay

func (d *delay) needsHTTP1() string { return "" }
func (d *delay) needsAnswer() bool  { return false }
func (d *delay) answers() bool      { return false }
func (d *delay) strike(t Target)    { t.Sleep(t.Draw((*fault.Delay)(d))) }

// longestDelay is as long as a delay gets, in nanoseconds: the longest duration that
// a float64 holds exactly.
const longestDelay = 1 << 62

// Draw returns how long a delay takes. normal draws from the standard normal
// distribution.
func Draw(d *fault.Delay, normal func() float64) time.Duration {
	if d.Lognormal == nil {
		return d.Fixed.D()
	}
	factor := math.Exp(normal() * d.Lognormal.Sigma)
	return time.Duration(min(float64(d.Lognormal.Median)*factor, longestDelay))
}
