package main

import "testing"

// The command that repeats an entry attacks the same app in the same way, and
// can be copied into a shell.
func TestAgainIsTheWholeCommand(t *testing.T) {
	seed := uint64(7)
	a := &attackFlags{whoami: "http://localhost:3000/me", logout: "http://localhost:3000/out", port: 9500, seed: &seed, allowHost: []string{"shop.test"}, browser: true}
	want := "authdrill attack 'http://localhost:3000/login?to=a&as=b' --whoami http://localhost:3000/me --logout http://localhost:3000/out" +
		" --allow-host shop.test --port 9500 --seed 7 --browser"
	if got := a.again([]string{"http://localhost:3000/login?to=a&as=b"}); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
