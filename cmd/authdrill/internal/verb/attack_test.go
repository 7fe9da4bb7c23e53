package verb

import (
	"errors"
	"os/exec"
	"testing"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/scenarios/attack"
)

// The command that repeats an entry attacks the same app in the same way, and
// can be copied into a shell.
func TestAgainIsTheWholeCommand(t *testing.T) {
	seed := uint64(7)
	a := &attackFlags{whoami: "http://localhost:3000/me", logout: "http://localhost:3000/out", port: 9500, seed: &seed, allowHost: []string{"shop.test"}, browser: true}
	want := "authdrill attack 'http://localhost:3000/login?to=a&as=b' --whoami http://localhost:3000/me --logout http://localhost:3000/out" +
		" --allow-host shop.test --port 9500 --seed 7 --browser"
	if got := a.repeatCommand([]string{"http://localhost:3000/login?to=a&as=b"}); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// Without a Chromium, --browser says what to do.
func TestNoBrowser(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := attack.Run(t.Context(), attack.Options{Chromium: true})
	if !errors.Is(err, attack.ErrBrowser) {
		t.Fatal(err)
	}
	err = (&attackFlags{browser: true}).browserError(t.Context(), err)
	var f *failure.Error
	if !errors.As(err, &f) || f.Code != failure.ExitUsage || f.Hint == "" || !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("%+v", err)
	}
}
