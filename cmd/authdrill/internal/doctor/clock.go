package doctor

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"
)

func (e *examination) date(r *reply) {
	there, err := http.ParseTime(r.header.Get("Date"))
	if err != nil {
		return
	}
	skew := there.Sub(e.Now()).Round(time.Second)
	remedy := "set the clocks of both machines: tokens are not valid yet, or expired, where they differ"
	switch size := skew.Abs(); {
	case size <= allowedSkew:
		e.ok("clock", "the server's clock is that of this machine")
	case size <= tolerableSkew:
		e.warn("clock", "the server's clock differs from this machine's by "+skew.String(), remedy)
	default:
		e.fail("clock", "the server's clock differs from this machine's by "+skew.String(), remedy)
	}
}

func (e *examination) cookies() {
	if e.url.Scheme == "https" {
		e.ok("cookies", "over TLS the provider's cookies can be Secure, and SameSite=None in an iframe of another site")
		return
	}
	e.warn("cookies", "over http browsers send no cookie to an iframe of another site: silent renewal (prompt=none) finds no signed-in user", "start authdrill with --tls, or renew with refresh tokens")
}

func (e *examination) authdrill() {
	var clock struct {
		Now    time.Time
		Frozen bool
	}
	switch status, err := e.control("/clock", &clock); {
	case err != nil && e.Control != "":
		e.warn("control", "the control API at "+e.Control+" does not answer: "+rootOf(err), "name it with --control")
		return
	case status == http.StatusUnauthorized:
		e.warn("control", "the control API asks for its token, so that clock and journal were not looked at", "name it with --control-token, or AUTHDRILL_CONTROL_TOKEN")
		return
	case err != nil || status != http.StatusOK || clock.Now.IsZero():
		return // another provider
	}
	moved := clock.Now.Sub(e.Now()).Round(time.Second)
	switch {
	case moved.Abs() > tolerableSkew:
		frozen := ""
		if clock.Frozen {
			frozen = ", and is frozen"
		}
		e.warn("clock", "the issuer's virtual clock says "+clock.Now.Format(time.RFC3339)+", "+moved.String()+" from this machine's"+frozen+": apps that judge tokens by their own clock refuse them", "move it back in the console, "+e.urlOf("/_/")+", or start authdrill without clock")
	case clock.Frozen:
		e.warn("clock", "the issuer's virtual clock is frozen: tokens do not expire", "let it run in the console, "+e.urlOf("/_/"))
	}
	e.refusals()
}

func (e *examination) control(path string, into any) (status int, err error) {
	base := e.urlOf("/_/api")
	if e.Control != "" {
		base = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(e.Control, "/"), "/_/api"), "/_") + "/_/api"
	}
	var header []string
	if e.Token != "" && (e.Control != "" || isLoopback(e.url.Hostname())) {
		header = []string{"Authorization", "Bearer " + e.Token}
	}
	r, err := e.ask(http.MethodGet, base+path, header...)
	if err != nil {
		return 0, err
	}
	if r.status == http.StatusOK && json.Unmarshal(r.body, into) != nil {
		return 0, errors.New("it is not JSON")
	}
	return r.status, nil
}
