package storetest

import (
	"github.com/authdrill/authdrill/mockprovider/internal/record"
)

func (r *request) authorize(slot int) {
	g, name := r.family(), r.name("code")
	r.fill(slot, func(t *thing) { t.code, t.family, t.access, t.refresh = name, g, none, none })
	r.record(g.UserLogin, op{authorize, name}, func() answer {
		expires := r.now.Add(seconds(codeLife))
		key := r.on.PutGrant(*g, expires)
		r.on.KeepCode(name, record.Code{GrantKey: key, Expires: record.At(expires)}, expires.Add(seconds(accessLife)))
		return done
	})
}

func (r *request) useGrant(c command, s thing) {
	about, key := s.family.UserLogin, record.GrantKey(0)
	switch c.verb {
	case redeem:
		if r.record(about, op{redeem, s.code}, func() answer {
			held, claim := r.on.RedeemCode(s.code, r.now)
			key = held.GrantKey
			return claimed(claim)
		}) == won {
			r.issue(c.slot, s.family, key)
		}
	case refresh:
		if r.record(about, op{refresh, s.refresh}, func() answer {
			held, claim := r.on.RotateRefresh(s.refresh, r.now, 0)
			key = held.GrantKey
			return claimed(claim)
		}) == won {
			r.issue(c.slot, s.family, key)
		}
	case look:
		r.record(about, op{look, s.access}, func() answer { return whether(r.accepts(s.access)) })
	case drop:
		r.record(about, op{drop, s.access}, func() answer {
			r.on.RevokeAccess(s.access, r.now)
			return done
		})
	case end:
		if held, ok := r.on.Code(s.code, r.now); ok {
			r.record(about, op{end, about}, func() answer { return whether(r.on.EndGrant(held.GrantKey)) })
		}
	case revoke:
		r.record(about, op{revoke, about}, func() answer { return whether(r.on.EndGrants(about, "app") == 1) })
	}
}

func (r *request) accepts(token string) bool {
	held, ok := r.on.Access(token, r.now)
	return ok && held.Live(r.now)
}

// issue keeps an access token and a refresh token of a grant.
func (r *request) issue(slot int, g *record.Grant, key record.GrantKey) {
	access, next := r.name("access"), r.name("refresh")
	r.record(g.UserLogin, op{issueAccess, access}, func() answer {
		expires := r.now.Add(seconds(accessLife))
		r.on.KeepAccess(access, record.Access{GrantKey: key, Issued: record.At(r.now), Expires: record.At(expires)}, expires, record.GiveWay{})
		return done
	})
	r.record(g.UserLogin, op{issueRefresh, next}, func() answer {
		expires := r.now.Add(seconds(refreshLife))
		r.on.KeepRefresh(next, record.Refresh{GrantKey: key, Issued: record.At(r.now), Expires: record.At(expires), Ends: record.At(expires)}, expires, 0)
		return done
	})
	r.fill(slot, func(t *thing) {
		if t.family == g {
			t.access, t.refresh = access, next
		}
	})
}

func (r *request) ask(slot int) {
	g, name := r.family(), r.name("device")
	r.fill(slot, func(t *thing) { t.device, t.answered = name, g })
	r.record(name, op{ask, name}, func() answer {
		d := record.Device{Code: name, UserCode: name, ClientID: "app", Expires: r.now.Add(seconds(codeLife))}
		return whether(r.on.KeepDevice(d, d.Expires.Add(seconds(codeLife)), r.now))
	})
}

func (r *request) push(slot int) {
	name := r.name("request")
	r.fill(slot, func(t *thing) { t.pushed = name })
	r.record(name, op{push, name}, func() answer {
		r.on.KeepPushed(name, record.Pushed{ClientID: "app", Expires: r.now.Add(seconds(codeLife))})
		return done
	})
}

func (r *request) useDevice(c command, s thing) {
	name := s.device
	switch c.verb {
	case poll:
		r.record(name, op{poll, name}, func() answer {
			_, p := r.on.PollDevice(name, "app", r.now)
			return polled(p)
		})
	case withdraw:
		r.record(name, op{withdraw, name}, func() answer { return whether(r.on.EndGrants(s.answered.UserLogin, "app") == 1) })
	case deny:
		r.record(name, op{deny, name}, func() answer { return whether(r.on.AnswerDevice(name, nil, r.now)) })
	default:
		r.record(name, op{approve, name}, func() answer { return whether(r.on.AnswerDevice(name, s.answered, r.now)) })
	}
}
