package endpoint

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/grant"
	"github.com/authdrill/authdrill/mockprovider/journal"
)

// maxBody is how much of a request body is read.
const maxBody = 1 << 20

// exchange wraps an endpoint: it records the exchange and applies the faults
// that sit at the endpoint.
func (i *Issuer) exchange(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rt.cors && crossOrigin(w, r) {
			return
		}
		x := i.Journal.Begin(rt.name, r)
		rec := &recorder{ResponseWriter: w}
		defer func() { x.End(rec.status, rec.Header()) }()

		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		ctx := journal.With(r.Context(), x)
		if !jsonBody(r) {
			err := readForm(r)
			x.SetParams(r.Form)
			if err != nil {
				i.unreadable(rec, x, rt, err)
				return
			}
		}
		if d := i.Persona().Dialect; d != nil {
			i.translate(d, rt.name, r)
			ctx = context.WithValue(ctx, segmentsKey{}, segments(r))
			if d.Issuer != "" && slices.Contains(d.Hosts(), hostOf(r)) {
				ctx = grant.As(ctx, d.Issuer)
			}
		}
		noteSecrets(x, rt.name, r.URL.Query())
		if id, _, ok := r.BasicAuth(); ok {
			if id, err := url.QueryUnescape(id); err == nil {
				x.Bind("", id, "")
			}
		}
		if !i.before(rec, r, x, i.Faults.At(rt.name, x.Param), func(w http.ResponseWriter, e *oauthError) {
			rt.serve(i, w, r.WithContext(context.WithValue(ctx, forcedKey{}, e)), x)
		}) {
			rt.serve(i, rec, r.WithContext(ctx), x)
		}
	})
}

// unreadable refuses a malformed request (RFC 6749 sections 4.1.2.1 and 5.2). A
// browser gets a page: parameters that cannot be read name no client.
func (i *Issuer) unreadable(w http.ResponseWriter, x *journal.Exchange, rt route, err error) {
	e := refuse("invalid_request", "The parameters cannot be read: "+err.Error())
	if rt.cors {
		i.fail(w, x, e)
		return
	}
	i.errorPage(w, x, e)
}

// readForm reads the parameters of a request. That a form is no multipart one is
// no error, but it hides what else is wrong with the form.
func readForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	if err := r.ParseMultipartForm(maxBody); err != http.ErrNotMultipart {
		return err
	}
	return nil
}

// hostOf is the host name that a request was sent to.
func hostOf(r *http.Request) string {
	if name, _, err := net.SplitHostPort(r.Host); err == nil {
		return strings.ToLower(name)
	}
	return strings.ToLower(r.Host)
}

// noteSecrets notes what must never stand in a URL, where logs and histories
// keep it (RFC 6749 section 2.3.1, RFC 6750 section 2.3).
func noteSecrets(x *journal.Exchange, endpoint string, query url.Values) {
	if len(query) == 0 || endpoint == "authorization_endpoint" {
		return
	}
	for _, name := range []string{"client_secret", "client_assertion", "code", "code_verifier", "access_token", "refresh_token", "password"} {
		if query.Has(name) {
			x.Note(name + " stands in the URL, where logs keep it (RFC 6749 section 2.3.1, RFC 6750 section 2.3)")
		}
	}
}

// jsonBody reports whether a request carries something else than a form. What GET
// carries stands in its URL, whatever its Content-Type says.
func jsonBody(r *http.Request) bool {
	return r.Method != http.MethodGet && strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
}

// forcedKey carries the error that a fault wants the endpoint to answer with:
// the endpoint knows the form.
type forcedKey struct{}

// forced returns the error that a fault wants, or nil.
func forced(r *http.Request) *oauthError {
	e, _ := r.Context().Value(forcedKey{}).(*oauthError)
	return e
}

// crossOrigin lets browser applications of any origin call the endpoints that
// take no cookie (Fetch standard, CORS). It reports whether the request was a
// preflight, which it has answered.
func crossOrigin(w http.ResponseWriter, r *http.Request) bool {
	if r.Header.Get("Origin") == "" {
		return false
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "WWW-Authenticate, Retry-After")
	if r.Method != http.MethodOptions {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, DPoP")
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}

// recorder remembers the status that was sent.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// tamper lays the faults on a document over it.
func (i *Issuer) tamper(artifact string, x *journal.Exchange, document map[string]any, change func(map[string]any, *fault.Tamper)) {
	for _, f := range i.Faults.On(artifact, x.Param) {
		x.Fault(f.ID, f.String())
		change(document, f.Tamper)
	}
}
