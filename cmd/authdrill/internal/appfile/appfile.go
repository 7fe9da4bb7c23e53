// Package appfile writes the app: of an authdrill.yaml, from what its maintainer says
// of the app and from what the app answers. Begin with Description.
package appfile

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Description is what an attack has to know of an app. A page is a URL, with a method
// before it where that is not GET: POST http://localhost:3000/logout. Of an app that is
// started at ${port} a path is enough.
type Description struct {
	Login   string
	WhoAmI  string
	Account string // empty if it is not known
	Logout  string // empty if it is not known
	Start   string // command that starts the app, empty if it runs already
	Issuer  string // where an app that runs already signs in
}

// ErrIncomplete is a description without a page that an attack needs.
var ErrIncomplete = errors.New("the login page and the whoami page are needed")

// Complete fills in what is missing: it asks the app where that runs already, and then
// the maintainer, who answers in; nil where no question can be asked.
func (d *Description) Complete(ctx context.Context, in io.Reader, out io.Writer) error {
	dialogue := &dialogue{out: out}
	if in != nil {
		dialogue.in = bufio.NewScanner(in)
	}
	wasComplete := d.Login != "" && d.WhoAmI != ""
	dialogue.ask(&d.Login, "page that starts a sign-in, such as http://localhost:3000/login", "")
	if d.Login == "" {
		return ErrIncomplete
	}
	d.placePages()
	if err := checkPage("login", d.Login); err != nil {
		return err
	}
	found := d.probe(ctx)
	if in == nil || wasComplete {
		d.take(found)
	} else {
		dialogue.ask(&d.WhoAmI, "page for signed-in users only, which shows the e-mail address or the name", found.WhoAmI)
		dialogue.ask(&d.Account, "where that page has the app's own name for the account: a member of its JSON, a CSS selector, or nothing", "")
		dialogue.ask(&d.Logout, "page that signs out, as http://.. or POST http://.., or nothing", found.Logout)
		dialogue.ask(&d.Start, "command that starts the app, or nothing if it runs already", "")
	}
	if d.WhoAmI == "" {
		return ErrIncomplete
	}
	d.placePages()
	if err := checkPage("whoami", d.WhoAmI); err != nil {
		return err
	}
	if d.Logout != "" {
		return checkPage("logout", d.Logout)
	}
	return nil
}

// startedAt is where an app runs that is started at a port of its own.
const startedAt = "http://127.0.0.1:${port}"

// placePages completes the addresses of an app that is started with ${port}: it runs at
// another port each time, whatever port the maintainer knows it by.
func (d *Description) placePages() {
	if !strings.Contains(d.Start, "${port}") {
		return
	}
	_, login := split(d.Login)
	known := origin(login)
	u, err := url.Parse(known)
	if err != nil || u.Port() == "" || !isLoopback(u.Hostname()) {
		known = ""
	}
	for _, page := range []*string{&d.Login, &d.WhoAmI, &d.Logout} {
		method, address := split(*page)
		if rest, below := strings.CutPrefix(address, known); known != "" && below && (rest == "" || rest[0] == '/') {
			address = u.Scheme + "://" + u.Hostname() + ":${port}" + rest
		} else if strings.HasPrefix(address, "/") {
			address = startedAt + address
		}
		*page = strings.TrimSpace(method + " " + address)
	}
}

func (d *Description) take(found Description) {
	if d.WhoAmI == "" {
		d.WhoAmI = found.WhoAmI
	}
	if d.Logout == "" {
		d.Logout = found.Logout
	}
}

// dialogue asks for what is missing.
type dialogue struct {
	in  *bufio.Scanner // nil where no question can be asked
	out io.Writer
}

func (d *dialogue) ask(value *string, what, suggestion string) {
	if d.in == nil || *value != "" {
		return
	}
	if suggestion != "" {
		what += " [" + suggestion + "]"
	}
	_, _ = fmt.Fprintf(d.out, "%s: ", what)
	if d.in.Scan() {
		*value = strings.TrimSpace(d.in.Text())
	}
	if *value == "" {
		*value = suggestion
	}
}

// placeholder matches a ${name}: a URL may have one in place of its port.
var placeholder = regexp.MustCompile(`\$\{[^}]*\}`)

// split returns the method and the URL of a page.
func split(page string) (method, address string) {
	if before, after, ok := strings.Cut(page, " "); ok {
		return strings.ToUpper(before), strings.TrimSpace(after)
	}
	return "", page
}

func checkPage(name, page string) error {
	method, address := split(page)
	u, err := url.Parse(placeholder.ReplaceAllString(address, "1"))
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return fmt.Errorf("the %s page %q is not an http or https URL: want one such as http://localhost:3000/%s", name, page, name)
	case method != "" && method != "GET" && method != "POST":
		return fmt.Errorf("the %s page %q has the method %s: want GET or POST", name, page, method)
	}
	return nil
}

// origin returns what the addresses of an app have in common, without the slash.
func origin(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

// Text returns the file.
func (d *Description) Text() string {
	_, login := split(d.Login)
	base := origin(login)
	var out strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	line("# The app that authdrill attack drives. authdrill help app says what each key means.")
	line("app:")
	if d.Start != "" {
		line("  start:")
		env, start := splitAssignments(d.Start)
		line("    command: %s", command(start))
		if !strings.Contains(d.Start, "${issuer}") {
			line("    # The names are those that your app reads: change them. Each app that is started gets a provider of its own.")
			env = append(env, `OIDC_ISSUER: "${issuer}"`, `OIDC_CLIENT_ID: "${client_id}"`, `OIDC_CLIENT_SECRET: "${client_secret}"`)
		}
		if strings.Contains(base, "${port}") && !strings.Contains(d.Start, "${port}") {
			env = append(env, `PORT: "${port}"`)
		}
		if len(env) > 0 {
			line("    env: {%s}", strings.Join(env, ", "))
		}
		line("    timeout: 1m  # how long it may take to be ready: base_url answers")
		if u, err := url.Parse(base); err == nil && u.Port() != "" && !strings.Contains(d.Start, "${port}") { // not ${port}, which no URL has
			line(`    # An app that reads its port from the environment is started several times at once, which is faster: add PORT: "${port}" to env,`)
			line("    # and write base_url: %s", strconv.Quote(u.Scheme+"://"+u.Hostname()+":${port}"))
		}
	} else {
		line("  # The app runs already, and signs in at %s as client app with the secret app-secret.", cmp.Or(d.Issuer, "http://127.0.0.1:9400"))
		line("  # With start: authdrill starts it, several at once, and drills more:")
		line("  # start: {command: [npm, start], env: {OIDC_ISSUER: \"${issuer}\", OIDC_CLIENT_ID: \"${client_id}\", OIDC_CLIENT_SECRET: \"${client_secret}\"}}")
	}
	line("  base_url: %s", strconv.Quote(base))
	line("  login: %s", page(d.Login, base, ""))
	account := ""
	if d.Account != "" {
		account = "account: " + strconv.Quote(d.Account)
	}
	line("  whoami: %s", page(d.WhoAmI, base, account))
	if d.Account == "" {
		line("  # whoami: {url: .., account: id}  # the app's own name for the account: without it accounts are not compared")
	}
	if d.Logout != "" {
		line("  logout: %s", page(d.Logout, base, ""))
	} else {
		line("  # logout: {url: /logout, method: POST}")
	}
	line("  # Each of these exercises more entries:")
	line("  # api: {url: /orders, needs_scope: email}  # a page that uses the access token")
	line("  # admin: /admin")
	line("  # return_to_param: next")
	line("  # logout_token_endpoint: /backchannel_logout")
	line("  # logs: app.log")
	return out.String()
}

// page writes a page: its path below the base, and what else is known of it.
func page(of, base, more string) string {
	method, address := split(of)
	if rest, ok := strings.CutPrefix(address, base); ok && strings.HasPrefix(rest, "/") {
		address = rest
	}
	if method == "" && more == "" {
		return strconv.Quote(address)
	}
	out := "{url: " + strconv.Quote(address)
	if method != "" {
		out += ", method: " + method
	}
	if more != "" {
		out += ", " + more
	}
	return out + "}"
}

// assignment matches what a shell puts into the environment of a command: NAME=value.
var assignment = regexp.MustCompile(`^\s*([A-Za-z_][A-Za-z0-9_]*)=((?:[\w.,:/@%+-]|\$\{[^}]*\})*)\s+`)

// splitAssignments takes from a command the variables before it, as members of env; the
// word env before them is left out. A value in quotes is left to a shell.
func splitAssignments(text string) (env []string, rest string) {
	rest = strings.TrimSpace(text)
	if after, ok := strings.CutPrefix(rest, "env "); ok && assignment.MatchString(after) {
		rest = after
	}
	for {
		found := assignment.FindStringSubmatch(rest)
		if found == nil {
			break
		}
		env = append(env, found[1]+": "+strconv.Quote(found[2]))
		rest = rest[len(found[0]):]
	}
	if first, _, _ := strings.Cut(rest, " "); strings.Contains(first, "=") {
		return nil, text
	}
	return env, strings.TrimPrefix(rest, "exec ")
}

// command writes a command as a list; one for a shell is given to a shell.
func command(text string) string {
	words := strings.Fields(text)
	if strings.ContainsAny(placeholder.ReplaceAllString(text, ""), "\"'`$|&;<>()*?~#\\") || strings.Contains(words[0], "=") {
		words = []string{"sh", "-c", text}
	}
	for i, word := range words {
		words[i] = strconv.Quote(word)
	}
	return "[" + strings.Join(words, ", ") + "]"
}
