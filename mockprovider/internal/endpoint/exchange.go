package endpoint

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/journal"
)

// maxBody is how much of a request body is read: no form and no client metadata
// of this world is larger.
const maxBody = 64 << 10

// exchange wraps an endpoint: it records the exchange and applies the faults
// that sit at the endpoint.
func (i *Issuer) exchange(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if i.crossOrigin(w, r, rt.shared) {
			return
		}
		x := i.Journal.Begin(rt.name, r)
		rec := &recorder{ResponseWriter: w}
		defer func() {
			x.End(rec.status, rec.Header())
			i.count(r)
		}()
		if from := i.foreign(r, rt.shared); from != "" {
			i.failForeign(rec, x, from)
			return
		}

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
		i.Grants.Dialect().Translate(rt.name, r, i.redirectURIs, i.Random)
		ctx = i.Grants.Receive(ctx, r, rt.n)
		noteSecrets(x, rt.name, r.URL.Query())
		if id, _, ok := r.BasicAuth(); ok {
			if id, err := url.QueryUnescape(id); err == nil {
				x.Bind("", id, "")
			}
		}
		faults := i.Faults.At(rt.name, x.Param)
		if len(faults) == 0 {
			rt.serve(i, rec, r.WithContext(ctx), x)
			return
		}
		s := &struck{Issuer: i, route: rt, w: w, r: r, x: x}
		s.strike(faults, func(w http.ResponseWriter, e *oauthError) {
			rt.serve(i, w, r.WithContext(context.WithValue(ctx, forcedKey{}, e)), x)
		})
	})
}

// unreadable refuses a malformed request (RFC 6749 sections 4.1.2.1 and 5.2). A
// browser gets a page: parameters that cannot be read name no client.
func (i *Issuer) unreadable(w http.ResponseWriter, x *journal.Exchange, rt route, err error) {
	e := unread("invalid_request", "The parameters cannot be read: ", err)
	if rt.shared != unshared {
		i.fail(w, x, e)
		return
	}
	i.errorPage(w, x, e)
}

// unread is the error of a request whose body is not what was announced, too
// large, or too late.
func unread(code, what string, err error) *oauthError {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return refuse(code, fmt.Sprintf("The body is larger than %d bytes.", large.Limit))
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refuse(code, "The body did not arrive in time.")
	}
	return refuse(code, what+err.Error())
}

// readForm reads the parameters of a request. That a form is no multipart one is
// no error, but it hides what else is wrong with the form.
func readForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	if err := r.ParseMultipartForm(maxBody); err != nil && err != http.ErrNotMultipart {
		return err
	}
	values := 0
	for _, list := range r.Form {
		values += len(list)
	}
	if values > mostParameters {
		return fmt.Errorf("there are %d parameters, want at most %d", values, mostParameters)
	}
	return checkWords(r.Form)
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
