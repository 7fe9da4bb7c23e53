package interop

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/authdrill/authdrill/client/agent"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/mockprovider"
	"github.com/authdrill/authdrill/mockprovider/journal"
)

// prove plays a case, and returns the version of the library that passed it.
func (c client) prove(t *testing.T, word string) string {
	t.Helper()
	p := c.start(t, word)
	said, succeeded := c.run(t, p, word)
	version, ok := strings.CutPrefix(said[0], "library "+c.library+" ")
	if !ok {
		t.Fatalf("the first line is %q, want %q and a version", said[0], "library "+c.library)
	}
	last := said[len(said)-1]
	switch refused, isRefusal := strings.CutPrefix(last, "refused: "); {
	case refuses(word):
		if succeeded || !isRefusal {
			t.Fatalf("the library takes it: %s", last)
		}
		c.rightly(t, p, word, refused)
	case !succeeded:
		t.Fatalf("%s", last)
	case slices.Contains([]string{signIn, userinfo, device}, word) && !strings.HasPrefix(last, "signed in as "):
		t.Fatalf("the last line is %q, want who signed in", last)
	}
	return strings.TrimSpace(version)
}

// rightly fails where the library refuses for another reason than the case's.
func (c client) rightly(t *testing.T, p *provider, word, refused string) {
	t.Helper()
	redeemed := len(p.Journal().Find(journal.Query{Endpoint: "token_endpoint", Status: 200}))
	denied := c.denied
	if denied == "" {
		denied = "access_denied"
	}
	switch {
	case word == denial && !strings.Contains(refused, denied):
		t.Errorf("the library says %q, want %q", refused, denied)
	case word == denial && redeemed > 0:
		t.Error("the library asks for tokens all the same")
	case word == tampered && redeemed == 0:
		t.Errorf("the library never had the forged token: %s", refused)
	}
}

// run runs the program at a case, and returns the lines it says.
func (c client) run(t *testing.T, p *provider, word string) (said []string, succeeded bool) {
	t.Helper()
	folder := commandtest.FolderOf(t, c.folder)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	command := c.program[0]
	if strings.Contains(command, "/") {
		command = filepath.Join(folder, command)
	}
	program, _, _ := strings.Cut(word, "-tampered") // the program does the same, with another token
	cmd := exec.CommandContext(ctx, command, append(slices.Clone(c.program[1:]), program)...)
	cmd.Dir, cmd.Env = folder, c.environment(t, p, word)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(io.LimitReader(out, 1<<20)); lines.Scan(); {
		said = append(said, lines.Text())
		if where, ok := strings.CutPrefix(lines.Text(), "visit "); ok {
			p.visit(t, where)
		}
	}
	err = cmd.Wait()
	if len(said) == 0 || err != nil && ctx.Err() != nil {
		t.Fatalf("%s %s: %v\n%s%s", strings.Join(c.program, " "), program, err, strings.Join(said, "\n"), complaints.String())
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s %s:\n%s\n%s", strings.Join(c.program, " "), program, strings.Join(said, "\n"), complaints.String())
		}
	})
	return said, err == nil
}

// environment is what the program knows of its provider.
func (c client) environment(t *testing.T, p *provider, word string) []string {
	t.Helper()
	issuer, key := c.issuer, secret
	if issuer == "" {
		issuer = p.Issuer()
	}
	if c.public {
		key = ""
	}
	env := append(os.Environ(), "ISSUER="+issuer, "CLIENT_ID="+c.clientID(), "CLIENT_SECRET="+key, "REDIRECT_URI="+c.redirectURI(),
		"OAUTHLIB_INSECURE_TRANSPORT=1", "NO_PROXY=127.0.0.1,localhost", "no_proxy=127.0.0.1,localhost")
	env = append(env, p.env...)
	if c.language == "Python" { // whose folders share case.py
		env = append(env, "PYTHONPATH="+filepath.Join(filepath.Dir(commandtest.FolderOf(t, c.folder)), "python-clients"))
	}
	if c.language == "Java" {
		env = append(env, "JAVA_TOOL_OPTIONS="+java(t, p.env))
	}
	if strings.HasPrefix(word, verify) {
		env = append(env, "ACCESS_TOKEN="+p.accessToken(t, c, word == verifyTampered))
	}
	return append(env, c.env...)
}

// accessToken is one for a resource server to check.
func (p *provider) accessToken(t *testing.T, c client, forged bool) string {
	t.Helper()
	minted, err := p.Mint(mockprovider.MintRequest{ClientID: c.clientID(), User: "alice", Issuer: c.issuer})
	if err != nil {
		t.Fatal(err)
	}
	token := minted.AccessToken
	if parts := strings.Split(token, "."); forged && len(parts) == 3 {
		first := "A"
		if strings.HasPrefix(parts[2], "A") {
			first = "B"
		}
		return parts[0] + "." + parts[1] + "." + first + parts[2][1:]
	}
	return token
}

// visit is alice with the device's code in her own browser.
func (p *provider) visit(t *testing.T, address string) {
	t.Helper()
	ctx := t.Context()
	page, err := p.browser.Visit(ctx, agent.Request{URL: address})
	if err == nil && strings.Contains(string(page.Body), "user_code") && page.URL.RawQuery == "" {
		err = fmt.Errorf("%s asks for a code: print verification_uri_complete", address)
	}
	if err == nil {
		page, err = page.Enter(ctx, url.Values{"user_code": {page.URL.Query().Get("user_code")}})
	}
	if err == nil {
		page, err = page.Login(ctx, "alice", "")
	}
	if err == nil {
		_, err = page.Consent(ctx, true, nil)
	}
	if err != nil {
		t.Errorf("the device's user: %v", err)
	}
}
