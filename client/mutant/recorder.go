package mutant

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"

	"github.com/authdrill/authdrill/client"
	"github.com/authdrill/authdrill/client/internal/cookie"
)

// recorder keeps an answer of the strict app until it is decided what becomes of it.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// record returns what a handler answers.
func record(h http.Handler, w http.ResponseWriter, r *http.Request) *recorder {
	rec := &recorder{header: w.Header().Clone(), status: http.StatusOK}
	h.ServeHTTP(rec, r)
	return rec
}

// Header implements http.ResponseWriter.
func (rec *recorder) Header() http.Header { return rec.header }

// Write implements http.ResponseWriter.
func (rec *recorder) Write(p []byte) (int, error) { return rec.body.Write(p) }

// WriteHeader implements http.ResponseWriter.
func (rec *recorder) WriteHeader(status int) { rec.status = status }

// sendTo sends the answer.
func (rec *recorder) sendTo(w http.ResponseWriter) {
	maps.Copy(w.Header(), rec.header)
	w.WriteHeader(rec.status)
	_, _ = rec.body.WriteTo(w)
}

// location returns the redirect of the answer to another host, nil without one.
func (rec *recorder) location() *url.URL {
	u, err := url.Parse(rec.header.Get("Location"))
	if err != nil || u.Host == "" {
		return nil
	}
	return u
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func writeHTML(w http.ResponseWriter, status int, page string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(page))
}

// text returns a claim that is text, "" for any other.
func text(claim any) string {
	s, _ := claim.(string)
	return s
}

// isCookie reports whether a cookie is the app's own of that purpose.
func isCookie(c *http.Cookie, purpose string) bool {
	return cookie.IsOf(c.Name, purpose)
}

// cookieOf returns the value of the app's own cookie of that purpose.
func cookieOf(r *http.Request, purpose string) string {
	for _, c := range r.Cookies() {
		if isCookie(c, purpose) {
			return c.Value
		}
	}
	return ""
}

// withoutCookie returns a request without the app's own cookie of that purpose.
func withoutCookie(r *http.Request, purpose string) *http.Request {
	out := r.Clone(r.Context())
	out.Header.Del("Cookie")
	for _, c := range r.Cookies() {
		if !isCookie(c, purpose) {
			out.AddCookie(c)
		}
	}
	return out
}

// withQuery returns a request with its query changed.
func withQuery(r *http.Request, change func(url.Values)) *http.Request {
	out := r.Clone(r.Context())
	q := out.URL.Query()
	change(q)
	out.URL.RawQuery = q.Encode()
	return out
}

// fetch sends a GET request as the client does, and reports whether there was an
// answer that is not a server error.
func fetch(c *client.Client, address string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), c.Config().Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	h := *c.Config().HTTPClient
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := h.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode < http.StatusInternalServerError
}

// isFailure reports whether an answer of /api says that the resource could not be
// called, which is another thing than what the resource answered.
func (rec *recorder) isFailure() bool {
	var answer struct{ Error string }
	return json.Unmarshal(rec.body.Bytes(), &answer) == nil && answer.Error != "" && answer.Error != "no user is signed in"
}
