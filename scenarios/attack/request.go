package attack

import (
	"net/url"
	"strings"

	"github.com/authdrill/authdrill/scenarios/result"
)

// shortenRequests writes a word in capitals for what differs between two instances of
// an app in the requests that showed causes: its port, and its issuers.
func (w *worker) shortenRequests(causes []result.Cause) {
	var pairs []string
	for _, name := range []string{"issuer_2", "issuer"} {
		if value := w.placeholders[name]; value != "" {
			pairs = append(pairs, url.QueryEscape(value), strings.ToUpper(name), value, strings.ToUpper(name))
		}
	}
	if port := w.placeholders["port"]; port != "" {
		pairs = append(pairs, ":"+port, ":PORT", "%3A"+port, "%3APORT")
	}
	shorter := strings.NewReplacer(pairs...)
	for i := range causes {
		c := &causes[i]
		c.Request = shorter.Replace(c.Request)
		for n := range c.Cookies {
			if port := w.placeholders["port"]; port != "" { // a cookie is that of all ports, so apps put theirs into its name
				c.Cookies[n] = strings.ReplaceAll(c.Cookies[n], port, "PORT")
			}
		}
	}
}
