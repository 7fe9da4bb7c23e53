package storetest

import "github.com/authdrill/authdrill/mockprovider/store"

func (r *request) authorize(slot int) {
	g, name := r.family(), r.name("code")
	r.fill(slot, func(t *thing) { t.code, t.family, t.access, t.refresh = name, g, none, none })
	r.record(g.UserLogin, op{authorize, name}, func() answer {
		expires := r.now.Add(seconds(codeLife))
		r.on.KeepCode(name, &store.Code{Grant: g, Expires: store.At(expires)}, expires.Add(seconds(accessLife)))
		return done
	})
}

func (r *request) useGrant(c command, s thing) {
	about := s.family.UserLogin
	switch c.verb {
	case redeem:
		if r.record(about, op{redeem, s.code}, func() answer {
			_, claim := r.on.RedeemCode(s.code, r.now)
			return claimed(claim)
		}) == won {
			r.issue(c.slot, s.family)
		}
	case refresh:
		if r.record(about, op{refresh, s.refresh}, func() answer {
			_, claim := r.on.RotateRefresh(s.refresh, r.now, 0)
			return claimed(claim)
		}) == won {
			r.issue(c.slot, s.family)
		}
	case look:
		r.record(about, op{look, s.access}, func() answer { return whether(r.on.Accepts(s.access, r.now)) })
	case revoke:
		r.record(about, op{revoke, about}, func() answer { return whether(r.on.EndGrants(about, "app") == 1) })
	}
}

// issue keeps an access token and a refresh token of a grant.
func (r *request) issue(slot int, g *store.Grant) {
	access, next := r.name("access"), r.name("refresh")
	r.record(g.UserLogin, op{issueAccess, access}, func() answer {
		expires := r.now.Add(seconds(accessLife))
		r.on.KeepAccess(access, &store.Access{Grant: g, Issued: store.At(r.now), Expires: store.At(expires)}, expires, store.GiveWay{})
		return done
	})
	r.record(g.UserLogin, op{issueRefresh, next}, func() answer {
		expires := r.now.Add(seconds(refreshLife))
		r.on.KeepRefresh(next, &store.Refresh{Grant: g, Issued: store.At(r.now), Expires: store.At(expires), Ends: store.At(expires)}, expires, 0)
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
		d := store.NewDevice(0)
		d.Code, d.UserCode, d.ClientID, d.Expires = name, name, "app", r.now.Add(seconds(codeLife))
		return whether(r.on.KeepDevice(d, d.Expires.Add(seconds(codeLife)), r.now))
	})
}

func (r *request) push(slot int) {
	name := r.name("request")
	r.fill(slot, func(t *thing) { t.pushed = name })
	r.record(name, op{push, name}, func() answer {
		r.on.KeepPushed(name, &store.Pushed{ClientID: "app", Expires: r.now.Add(seconds(codeLife))})
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
	case deny:
		r.record(name, op{deny, name}, func() answer { return whether(r.on.AnswerDevice(name, nil, r.now)) })
	default:
		r.record(name, op{approve, name}, func() answer { return whether(r.on.AnswerDevice(name, s.answered, r.now)) })
	}
}
