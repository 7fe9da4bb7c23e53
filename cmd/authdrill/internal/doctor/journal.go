package doctor

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

type entry struct {
	Seq       int64
	Endpoint  string
	ClientID  string `json:"client_id"`
	Error     string
	Cause     string
	Params    map[string][]string
	Decisions []struct {
		Passed bool
		Detail string
	}
}

func (r *entry) why() string {
	text := r.Error
	for _, d := range r.Decisions {
		if !d.Passed && d.Detail != "" {
			text += ": " + d.Detail
		}
	}
	return text
}

const mostRefusals = 5

func (e *examination) refusals() {
	var journal struct{ Entries []entry }
	if status, err := e.control("/journal", &journal); err != nil || status != http.StatusOK {
		return
	}
	entries, told := journal.Entries, map[string]bool{}
	for n := len(entries) - 1; n >= 0 && len(told) < mostRefusals; n-- {
		r := entries[n]
		key := r.Cause + r.Error + r.ClientID
		if r.Error == "" && r.Cause == "" || told[key] {
			continue
		}
		told[key] = true
		if strings.HasSuffix(r.Cause, "redirect_uri_mismatch") {
			e.redirect(r.Seq, r.ClientID, strings.Join(r.Params["redirect_uri"], " "))
			continue
		}
		e.warn("refused", fmt.Sprintf("request %d, %s of %s: %s", r.Seq, r.Endpoint, quotedOr(r.ClientID, "no client"), r.why()), e.Remedy(r.Cause, r.Error))
	}
	if len(told) == 0 {
		e.ok("refused", "no request was refused")
	}
}

func (e *examination) redirect(seq int64, clientID, sent string) {
	var client struct {
		RedirectURIs []string `json:"redirect_uris"`
	}
	_, _ = e.control("/clients/"+url.PathEscape(clientID), &client) // without an answer nothing is registered
	registered := strings.Join(client.RedirectURIs, ", ")
	if registered == "" {
		registered = "none, so that only addresses of this machine will do"
	}
	what := fmt.Sprintf("request %d of %s sent the redirect URI %s; registered: %s", seq, clientID, sent, registered)
	remedy := "register it: clients: {" + clientID + ": {redirect_uris: [\"" + sent + "\"]}}"
	for _, one := range client.RedirectURIs {
		if why := describeDifference(one, sent); why != "" {
			what += "; it differs from " + one + " in " + why
			remedy = "send " + one + ", or " + remedy
			break
		}
	}
	e.fail("redirect_uri", what, remedy)
}

func describeDifference(registered, sent string) string {
	a, errA := url.Parse(registered)
	b, errB := url.Parse(sent)
	if errA != nil || errB != nil {
		return ""
	}
	var in []string
	for _, part := range []struct {
		name string
		a, b string
	}{{"the scheme", a.Scheme, b.Scheme}, {"the host", a.Hostname(), b.Hostname()}, {"the port", a.Port(), b.Port()}, {"the path", a.Path, b.Path}, {"the query", a.RawQuery, b.RawQuery}, {"the fragment", a.Fragment, b.Fragment}} {
		if part.a != part.b {
			in = append(in, part.name)
		}
	}
	if len(in) != 1 {
		return ""
	}
	if in[0] == "the path" && strings.TrimSuffix(a.Path, "/") == strings.TrimSuffix(b.Path, "/") {
		return "the slash at the end"
	}
	return in[0]
}

func quotedOr(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
