package mockprovider

import (
	"net/http"
	"strings"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/internal/address"
	"github.com/authdrill/authdrill/mockprovider/internal/endpoint"
	"github.com/authdrill/authdrill/mockprovider/internal/exchange"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/tag"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Logged is a request that a Host has answered, for a log. It has no parameters, and
// no code, token or secret.
type Logged struct {
	Time     time.Time      // when it came, on this machine's clock
	Duration time.Duration  // until it was answered, on this machine's clock
	From     string         // IP address of the client
	Method   string         //
	Path     string         // of the URL, without the query
	Status   int            // of the answer; 0: none was sent
	Refused  bool           // that a device has to wait for its user is not a refusal (RFC 8628 section 3.5)
	Endpoint string         // as the journal names it, "" where it was no endpoint's
	ClientID string         //
	User     string         // sub of the user
	Error    string         // OAuth error code of a refusal, also where a fault hid it
	Cause    protocol.Cause // of a refusal, as finely as it is known
	Reason   string         // of a refusal, for people
	Remedy   string         // what to do about it, where the Host knows
}

// requestLogger hands requests to a log: all of them, or those that are refused.
type requestLogger struct {
	log     func(Logged)
	all     bool
	proxies address.Proxies // that are believed about the client
}

// follow has an issuer tell of its requests. prefix is the path that they begin with.
func (g *requestLogger) follow(i *endpoint.Issuer, prefix string) {
	i.Ended = func(r *http.Request, x *exchange.Exchange, began time.Time) {
		g.logRequest(i, prefix, r, x, began)
	}
	i.Stray = func(r *http.Request, status int, why string) {
		sent := r.Clone(r.Context())
		sent.URL.Path = prefix + i.Store.HideSecrets(r.URL.Path)
		g.refusal(sent, clock.Machine(), status, i.Store.HideSecrets(tag.Words(why)), "take the URL from the discovery document")
	}
}

// logRequest hands on a request to an endpoint of an issuer.
func (g *requestLogger) logRequest(i *endpoint.Issuer, prefix string, r *http.Request, x *exchange.Exchange, began time.Time) {
	e := x.Outcome()
	refused := e.Status >= 400 || e.Error != ""
	if !g.all && !refused {
		return
	}
	l := g.logged(r, began)
	l.Path = safePath(prefix+r.URL.Path, r.PathValue("ticket"))
	l.Status, l.Endpoint, l.ClientID, l.User = e.Status, string(e.Endpoint), e.ClientID, e.Subject
	if refused {
		l.Error, l.Cause, l.Reason = e.Error, e.Cause, x.Why()
		if n := len(e.Faults); n > 0 {
			l.Reason, l.Remedy = "the fault "+e.Faults[n-1].ID+" struck: "+e.Faults[n-1].What, "DELETE /_/api/faults disarms it"
		}
		hideSecrets(i.Store, &l)
	}
	l.Refused = refused && l.Error != "authorization_pending"
	if g.all || l.Refused {
		g.log(l)
	}
}

// logged returns what is known of a request before it is answered.
func (g *requestLogger) logged(r *http.Request, began time.Time) Logged {
	l := Logged{Time: began, Duration: clock.Machine().Sub(began), Method: r.Method, Path: safePath(r.URL.Path, "")}
	if at, err := address.Of(r, g.proxies); err == nil {
		l.From = at.Client
	}
	return l
}

// safePath returns a path without what may be a token in it.
func safePath(path, ticket string) string {
	if ticket != "" {
		path = strings.Replace(path, ticket, "…", 1)
	}
	return tag.Words(path)
}

// hideSecrets takes the secrets of clients and the passwords of users out of a refusal: they
// may have been sent as something else.
func hideSecrets(s record.Store, l *Logged) {
	for _, text := range []*string{&l.Reason, &l.ClientID, &l.Path} {
		*text = s.HideSecrets(*text)
	}
}

// refusal hands on a request that no endpoint has answered.
func (g *requestLogger) refusal(r *http.Request, began time.Time, status int, reason, remedy string) {
	if g == nil {
		return
	}
	l := g.logged(r, began)
	l.Status, l.Refused, l.Reason, l.Remedy = status, true, reason, remedy
	g.log(l)
}

// watch lets a handler answer, and hands on what it answered with.
func (g *requestLogger) watch(w http.ResponseWriter, r *http.Request, serve func(http.ResponseWriter)) {
	if g == nil {
		serve(w)
		return
	}
	began := clock.Machine()
	seen := &statusWriter{ResponseWriter: w}
	serve(seen)
	if l := g.logged(r, began); g.all || seen.status >= 400 {
		if l.Status = seen.status; l.Status == 0 {
			l.Status = http.StatusOK
		}
		if l.Status >= 400 {
			l.Refused, l.Reason, l.Remedy = true, http.StatusText(l.Status), "the answer says what is wrong; no journal has requests of the control API"
		}
		g.log(l)
	}
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (s *statusWriter) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }
