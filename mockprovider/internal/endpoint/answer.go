package endpoint

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/effect"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// answer is what an endpoint decided to answer: a *document, a keySet, an
// *authorizationResponse, an *oauthError, a *raw or something written.
type answer interface {
	// write makes the HTTP answer to r of it, in r.out, and tells the journal.
	// What is an artifact has its faults applied first.
	write(r *request)
}

// document is an answer of members: JSON that must not be cached (RFC 6749 section
// 5.1), or one of the encodings of a dialect.
type document struct {
	status   int
	artifact protocol.Artifact // as faults name it; empty: they do not falsify it
	members  map[string]any

	words   dialect.Dialect  // whose encodings it has; nil: JSON
	changes template.Changes // what the dialect has otherwise in it,
	grant   *record.Grant    // with what it is about
	scopes  []string
	more    template.Values

	// sign makes a token of the members; nil: they are sent as they are.
	sign func(members map[string]any) (string, error)
}

// newDocument returns a document that a dialect leaves as it is.
func newDocument(artifact protocol.Artifact, members map[string]any) *document {
	return &document{status: http.StatusOK, artifact: artifact, members: members}
}

func (d *document) write(r *request) {
	r.issuer.change(r.Context(), d.changes, d.members, d.grant, d.scopes, d.more)
	d.falsify(r)
	switch {
	case d.sign != nil:
		d.writeSigned(r)
		return
	case r.route.call != nil:
		d.writeArranged(r, r.route.call)
		return
	}
	if d.words != nil {
		if body, contentType := d.words.Encode(d.members, r.x.Header("Accept")); contentType != "" {
			(&raw{d.status, contentType, "no-store", body, d.members}).write(r)
			return
		}
	}
	r.recordResponse(d.members)
	body, err := json.Marshal(d.members)
	if err != nil {
		notMarshalled(err).write(r)
		return
	}
	h := r.out.Header
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
	r.out.Status, r.out.Body = d.status, body
}

func (d *document) falsify(r *request) {
	if d.artifact == "" {
		return
	}
	earlier := r.issuer.earlierResponse(d)
	r.falsify(d.artifact, func(t *fault.Tamper) {
		effect.FalsifyDocument(t, d.members, earlier, r.issuer.Clock.Now())
	})
}

func (d *document) writeSigned(r *request) {
	token, err := d.sign(d.members)
	if err != nil {
		refuse("server_error", err.Error()).inForm(inJSON).write(r)
		return
	}
	(&raw{d.status, "application/jwt", "no-store", []byte(token), d.members}).write(r)
}

// writeArranged has the members where a call has them. Those of an error are arranged
// already.
func (d *document) writeArranged(r *request, c *dialectfile.Call) {
	body, err := dialect.ArrangeCall(c, d.members, r.issuer.Random)
	if d.status != http.StatusOK {
		body, err = json.Marshal(d.members)
	}
	if err != nil {
		notMarshalled(err).write(r)
		return
	}
	contentType := c.ContentType
	if contentType == "" {
		contentType = "application/json"
	}
	(&raw{d.status, contentType, "no-store", body, d.members}).write(r)
}

// notMarshalled answers that no JSON can be made of a value.
func notMarshalled(err error) answer {
	return written(func(w http.ResponseWriter) {
		http.Error(w, "the answer cannot be written as JSON: "+err.Error(), http.StatusInternalServerError)
	})
}

// raw is an answer whose body is there already.
type raw struct {
	status       int
	contentType  string
	cacheControl string
	body         []byte
	response     map[string]any // what the journal has of it
}

func (a *raw) write(r *request) {
	if a.response != nil {
		r.recordResponse(a.response)
	}
	if a.contentType != "" {
		r.out.Header.Set("Content-Type", a.contentType)
	}
	if a.cacheControl != "" {
		r.out.Header.Set("Cache-Control", a.cacheControl)
	}
	r.out.Status, r.out.Body = a.status, a.body
}

// written is an answer that other packages write: a page, a redirection.
type written func(http.ResponseWriter)

func (a written) write(r *request) {
	b := &buffer{header: r.out.Header}
	a(b)
	r.out.Status, r.out.Body = max(b.status, http.StatusOK), b.body.Bytes()
}

// buffer holds back what is written.
type buffer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (b *buffer) Header() http.Header { return b.header }

func (b *buffer) WriteHeader(status int) {
	if b.status == 0 {
		b.status = status
	}
}

func (b *buffer) Write(p []byte) (int, error) {
	b.WriteHeader(http.StatusOK)
	return b.body.Write(p)
}
