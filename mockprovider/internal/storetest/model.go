package storetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/internal/record"
)

// What the workers do not choose, and what follows from what they choose.
const (
	issueAccess verb = verbs + 1 + iota
	issueRefresh
)

// op is an operation on something that has a name.
type op struct {
	verb verb
	name string
}

func (o op) String() string {
	switch o.verb {
	case issueAccess, issueRefresh:
		return "keep " + o.name
	}
	return command{verb: o.verb}.String() + " " + o.name
}

// once reports whether an operation takes something that is there once, by a name
// that is given once.
func (o op) once() bool {
	return o.verb == redeem || o.verb == refresh || o.verb == take || o.verb == poll || o.verb == revoke || o.verb == end || o.verb == withdraw
}

// answer is what an operation answered.
type answer string

const (
	done    answer = "done"
	won     answer = "yes"
	lost    answer = "no"
	used    answer = "used"
	pending answer = "pending"
	early   answer = "too fast"
	denied  answer = "denied"
	expired answer = "expired"
)

func whether(ok bool) answer {
	if ok {
		return won
	}
	return lost
}

func claimed(c record.Claim) answer {
	return [...]answer{record.Gone: lost, record.Used: used, record.Won: won}[c]
}

func polled(p record.Poll) answer {
	return [...]answer{record.PollUnknown: lost, record.PollExpired: expired, record.PollTooFast: early, record.PollPending: pending, record.PollDenied: denied, record.PollGranted: won}[p]
}

// item is what the model knows of something that is kept.
type item struct {
	expires   time.Time
	forgotten time.Time
	used      bool
	revoked   bool
}

// model is what is known of one grant, device, pushed request or assertion. It is a
// value: do returns another.
type model struct {
	records  map[string]item
	revoked  bool
	answered answer // of a device: won, denied or ""
	polled   time.Time
	interval time.Duration
}

// key tells models apart.
func (m model) key() string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(m.records)) {
		fmt.Fprintf(&out, "%s %v;", name, m.records[name])
	}
	fmt.Fprintf(&out, "%t %s %v %d", m.revoked, m.answered, m.polled, m.interval)
	return out.String()
}

// keep returns the model with another item in it.
func (m model) keep(name string, r item) model {
	m.records = maps.Clone(m.records)
	if m.records == nil {
		m.records = map[string]item{}
	}
	m.records[name] = r
	return m
}

// do is what an operation does when nothing else happens.
func (m model) do(o op, now time.Time) (model, answer) {
	r, known := m.records[o.name]
	there := known && now.Before(r.forgotten)
	life := func(n int) item { return item{expires: now.Add(seconds(n)), forgotten: now.Add(seconds(n))} }
	switch o.verb {
	case reset:
		return model{}, done
	case authorize:
		return m.keep(o.name, item{expires: now.Add(seconds(codeLife)), forgotten: now.Add(seconds(codeLife + accessLife))}), done
	case issueAccess:
		return m.keep(o.name, life(accessLife)), done
	case issueRefresh:
		return m.keep(o.name, life(refreshLife)), done
	case push:
		return m.keep(o.name, life(codeLife)), done
	case redeem:
		return m.claim(o.name, there && r.used, there && !m.revoked && now.Before(r.expires))
	case refresh:
		alive := there && !m.revoked && now.Before(r.expires)
		return m.claim(o.name, alive && r.used, alive)
	case take:
		return m.claim(o.name, false, there && !r.used)
	case look:
		return m, whether(there && !m.revoked && !r.revoked && now.Before(r.expires))
	case drop:
		if there {
			r.revoked = true
			m = m.keep(o.name, r)
		}
		return m, done
	case revoke, end:
		newly := len(m.records) > 0 && !m.revoked
		m.revoked = m.revoked || newly
		return m, whether(newly)
	case assert:
		if there {
			return m, lost
		}
		return m.keep(o.name, life(codeLife)), won
	}
	return m.device(o, now)
}

// claim answers with used, or takes a item if it may.
func (m model) claim(name string, before, may bool) (model, answer) {
	switch {
	case before:
		return m, used
	case !may:
		return m, lost
	}
	r := m.records[name]
	r.used = true
	return m.keep(name, r), won
}

// device is what an operation does to a device. The item under its name is what
// the device knows, that under its user code what the user does.
func (m model) device(o op, now time.Time) (model, answer) {
	user := "user " + o.name
	d, known := m.records[o.name]
	u := m.records[user]
	switch o.verb {
	case ask:
		expires := now.Add(seconds(codeLife))
		m = m.keep(o.name, item{expires: expires, forgotten: expires.Add(seconds(codeLife))})
		return m.keep(user, item{expires: expires, forgotten: expires}), won
	case approve, deny:
		if !now.Before(u.forgotten) || u.used {
			return m, lost
		}
		u.used = true
		m = m.keep(user, u)
		m.answered = won
		if o.verb == deny {
			m.answered = denied
		}
		return m, won
	}
	if o.verb == withdraw {
		given := m.answered == won && !d.used
		if given {
			m.answered = denied
		}
		return m, whether(given)
	}
	switch {
	case !known || d.used || !now.Before(d.forgotten):
		return m, lost
	case !now.Before(d.expires):
		return m, expired
	}
	tooFast := !m.polled.IsZero() && now.Sub(m.polled) < m.interval
	m.polled = now
	switch {
	case tooFast:
		m.interval += 5 * time.Second
		return m, early
	case m.answered == "":
		return m, pending
	case m.answered == denied:
		return m, denied
	}
	d.used = true
	return m.keep(o.name, d), won
}
