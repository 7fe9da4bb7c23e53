package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"

	"github.com/authdrill/authdrill/mockprovider/fault"
	"github.com/authdrill/authdrill/mockprovider/internal/dialect"
	"github.com/authdrill/authdrill/mockprovider/internal/dialectfile"
	"github.com/authdrill/authdrill/mockprovider/internal/effect"
	"github.com/authdrill/authdrill/mockprovider/internal/record"
	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Answer is what an endpoint decided to answer: a *Document, an
// *Error, a *Raw, something Written, or what an endpoint has of its own.
type Answer interface {
	// Write makes the HTTP answer to r of it, in r.Out, and tells the journal.
	// What is an artifact has its faults applied first.
	Write(r *Request)
}

// Document is an answer of members: JSON that must not be cached (RFC 6749 section
// 5.1), or one of the encodings of a dialect.
type Document struct {
	Status   int
	Artifact protocol.Artifact // as faults name it; empty: they do not falsify it
	Members  map[string]any

	Words   dialect.Dialect  // whose encodings it has; nil: JSON
	Changes template.Changes // what the dialect has otherwise in it,
	Grant   *record.Grant    // with what it is about
	Scopes  []string
	More    template.Values

	// Sign makes a token of the members; nil: they are sent as they are.
	Sign func(members map[string]any) (string, error)
}

// NewDocument returns a document that a dialect leaves as it is.
func NewDocument(artifact protocol.Artifact, members map[string]any) *Document {
	return &Document{Status: http.StatusOK, Artifact: artifact, Members: members}
}

func (d *Document) Write(r *Request) {
	r.issuer.change(r.Context(), d.Changes, d.Members, d.Grant, d.Scopes, d.More)
	d.falsify(r)
	switch {
	case d.Sign != nil:
		d.writeSigned(r)
		return
	case r.Route.Call != nil:
		d.writeArranged(r, r.Route.Call)
		return
	}
	if d.Words != nil {
		if body, contentType := d.Words.Encode(d.Members, r.Exchange.Header("Accept")); contentType != "" {
			(&Raw{d.Status, contentType, "no-store", body, d.Members}).Write(r)
			return
		}
	}
	r.RecordResponse(d.Members)
	body, err := json.Marshal(d.Members)
	if err != nil {
		NotMarshalled(err).Write(r)
		return
	}
	h := r.Out.Header
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
	r.Out.Status, r.Out.Body = d.Status, body
}

func (d *Document) falsify(r *Request) {
	if d.Artifact == "" {
		return
	}
	earlier := r.issuer.earlierResponse(d)
	r.Falsify(d.Artifact, func(t *fault.Tamper) {
		effect.FalsifyDocument(t, d.Members, earlier, r.issuer.Clock.Now())
	})
}

func (d *Document) writeSigned(r *Request) {
	token, err := d.Sign(d.Members)
	if err != nil {
		Refuse("server_error", err.Error()).InForm(InJSON).Write(r)
		return
	}
	(&Raw{d.Status, "application/jwt", "no-store", []byte(token), d.Members}).Write(r)
}

// writeArranged has the members where a call has them. Those of an error are arranged
// already.
func (d *Document) writeArranged(r *Request, c *dialectfile.Call) {
	body, err := dialect.ArrangeCall(c, d.Members, r.issuer.Random)
	if d.Status != http.StatusOK {
		body, err = json.Marshal(d.Members)
	}
	if err != nil {
		NotMarshalled(err).Write(r)
		return
	}
	contentType := c.ContentType
	if contentType == "" {
		contentType = "application/json"
	}
	(&Raw{d.Status, contentType, "no-store", body, d.Members}).Write(r)
}

// NotMarshalled answers that no JSON can be made of a value.
func NotMarshalled(err error) Answer {
	return Written(func(w http.ResponseWriter) {
		http.Error(w, "the answer cannot be written as JSON: "+err.Error(), http.StatusInternalServerError)
	})
}

// Raw is an answer whose body is there already.
type Raw struct {
	Status       int
	ContentType  string
	CacheControl string
	Body         []byte
	Response     map[string]any // what the journal has of it
}

func (a *Raw) Write(r *Request) {
	if a.Response != nil {
		r.RecordResponse(a.Response)
	}
	if a.ContentType != "" {
		r.Out.Header.Set("Content-Type", a.ContentType)
	}
	if a.CacheControl != "" {
		r.Out.Header.Set("Cache-Control", a.CacheControl)
	}
	r.Out.Status, r.Out.Body = a.Status, a.Body
}

// Written is an answer that other packages write: a page, a redirection.
type Written func(http.ResponseWriter)

func (a Written) Write(r *Request) {
	b := &buffer{header: r.Out.Header}
	a(b)
	r.Out.Status, r.Out.Body = max(b.status, http.StatusOK), b.body.Bytes()
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

// change sets and removes members of an answer, as a dialect has it.
func (i *Pipeline) change(ctx context.Context, changes template.Changes, members map[string]any, g *record.Grant, scopes []string, more template.Values) {
	if len(changes) == 0 {
		return
	}
	v := i.Grants.Values(ctx, g, scopes)
	for name, value := range more {
		v[name] = value
	}
	for name, value := range members {
		if _, there := v[name]; !there {
			v[name] = value
		}
	}
	changes.Apply(members, v, i.Random)
}

// earlierResponse returns the token response before this one, and remembers this
// one. It is nil for every other document.
func (i *Pipeline) earlierResponse(d *Document) map[string]any {
	if d.Artifact != "token_response" {
		return nil
	}
	return i.Store.SwapResponse(maps.Clone(d.Members))
}
