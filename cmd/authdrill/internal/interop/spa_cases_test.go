package interop

import "maps"

// step is a button of the page, and the outcome of pressing it.
type step struct{ button, outcome string }

// played are the cases of the SDK: the usual ones, in the words of its fields, and
// instead of them those that it has of its own.
func (s spa) played() map[string]func(*visit) {
	cases := map[string]func(*visit){
		signIn: func(v *visit) {
			v.signsIn(nil)
			if s.popup {
				v.again()
				v.start(nil)
				v.press("popup", spaSignsIn)
			}
		},
		refresh: func(v *visit) {
			v.signsIn(s.offline)
			v.press("refresh", "renewed")
		},
		renewal: func(v *visit) {
			v.signsIn(nil)
			v.press(s.silent.button, s.silent.outcome)
		},
		signOut: func(v *visit) {
			v.signsIn(nil)
			v.press("sign-out", s.signedOut)
			v.press(s.silent.button, s.afterwards)
		},
		denial: func(v *visit) {
			v.person.denies()
			v.start(nil)
			v.press("sign-in", s.denied)
			if s.popup {
				v.press("popup", s.denied)
			}
		},
		tampered: func(v *visit) {
			v.start(nil)
			v.tamper(s.forged)
			v.press("sign-in", s.refused)
		},
	}
	if s.userinfo {
		cases[userinfo] = func(v *visit) {
			v.signsIn(nil)
			v.press("userinfo", "alice@example.com")
		}
	}
	maps.Copy(cases, s.cases)
	return cases
}

// start opens the page and waits until the SDK is ready.
func (v *visit) start(settings map[string]any) {
	v.Helper()
	v.open(settings)
	if v.spa.ready != "" {
		v.hears(v.T, v.spa.ready)
	}
}

// signsIn signs in at a page that was just opened.
func (v *visit) signsIn(settings map[string]any) {
	v.Helper()
	v.start(settings)
	v.press("sign-in", spaSignsIn)
}
