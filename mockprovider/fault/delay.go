package fault

import (
	"errors"

	"github.com/authdrill/authdrill/mockprovider/clock"
)

// Delay is a time to wait on the issuer's clock. A plain duration is short for
// a fixed one.
type Delay struct {
	Fixed     clock.Duration `json:"fixed,omitempty" oneof:"delay" short:"true" doc:"how long"`
	Lognormal *Lognormal     `json:"lognormal,omitempty" oneof:"delay" doc:"a lognormal distribution, drawn from the seed"`
}

// Lognormal is a distribution of delays as real networks have them.
type Lognormal struct {
	Median clock.Duration `json:"median" required:"true" doc:"half of the delays are shorter"`
	Sigma  float64        `json:"sigma" required:"true" doc:"spread of the logarithm; 0.5 is a calm network"`
}

func (d *Delay) describe() string {
	if d.Fixed > 0 {
		return "delay " + d.Fixed.String()
	}
	return "delay"
}

func (d *Delay) check(*Fault) error {
	if d.Fixed <= 0 && d.Lognormal == nil {
		return errors.New("delay needs a duration above zero, like 2s, or lognormal")
	}
	return nil
}
