// Package doctor finds out why an app cannot use a provider: the provider does not
// answer at the app's URL, calls itself something else, has another time, or has a
// certificate that the app does not trust. It sends no secrets, and does not sign
// in. Begin with Examine.
package doctor

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Level is how a check ended.
type Level string

// The levels.
const (
	OK   Level = "ok"
	Warn Level = "warn"
	Fail Level = "FAIL"
)

// Finding is the outcome of a check.
type Finding struct {
	Level  Level  `json:"level"`
	Check  string `json:"check"`
	What   string `json:"what"`
	Remedy string `json:"remedy,omitempty"`
}

// Options are what a set-up is examined with.
type Options struct {
	URL     string // the issuer, as the app is told it
	Control string // its control API, where that is elsewhere; "" below the issuer
	Token   string // of the control API
	Now     func() time.Time
	Lookup  func(variable string) (string, bool)
	Remedy  func(cause, code string) string // what to do about a refusal
	Timeout time.Duration                   // of each request

	Authority []byte // in PEM, that signs for authdrill --tls on this machine; nil where there is none
	CAFile    string // where it is
	CABundle  string // the same with those of the machine
	CAInstall string // command that has it trusted
}

const (
	mostBody      = 1 << 20 // bytes that are read of an answer
	allowedSkew   = 5 * time.Second
	tolerableSkew = time.Minute
)

// examination is one run of the checks.
type examination struct {
	Options
	ctx      context.Context
	url      *url.URL
	issuer   string // as it was given, without what is not part of it
	client   *http.Client
	findings []Finding
	dead     bool // nothing answers: the other checks are in vain
}

// Examine runs the checks in an order in which each makes sense of the next. The
// second result tells that the provider did not answer at all.
func Examine(ctx context.Context, o Options) (findings []Finding, unreachable bool) {
	e := &examination{Options: o, ctx: ctx}
	if !e.readURL() {
		return e.findings, false
	}
	e.proxies()
	if !e.connect() {
		return e.findings, e.dead
	}
	e.client = e.newClient()
	defer e.client.CloseIdleConnections()
	if d := e.discover(); d != nil {
		e.names(d)
		e.members(d)
		e.keySet(d)
		e.crossOrigin(d)
	}
	e.cookies()
	e.authdrill()
	return e.findings, e.dead
}

func (e *examination) ok(check, what string)           { e.add(OK, check, what, "") }
func (e *examination) warn(check, what, remedy string) { e.add(Warn, check, what, remedy) }
func (e *examination) fail(check, what, remedy string) { e.add(Fail, check, what, remedy) }

func (e *examination) add(level Level, check, what, remedy string) {
	e.findings = append(e.findings, Finding{level, check, what, remedy})
}

// Failed reports whether a check failed.
func Failed(findings []Finding) bool {
	for _, f := range findings {
		if f.Level == Fail {
			return true
		}
	}
	return false
}
