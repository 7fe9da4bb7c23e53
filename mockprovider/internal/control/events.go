package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/authdrill/authdrill/mockprovider/clock"
	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/mockprovider/strict"
)

const (
	defaultWait = 10 * time.Second
	longestWait = 2 * time.Minute
	mostWaiting = 64 // callers of wait and events at once, of all issuers
)

// journal answers with the exchanges that plain query parameters select.
func (a *API) journal(c *call) {
	v := c.URL.Query()
	q := journal.Query{
		Endpoint: protocol.Endpoint(v.Get("endpoint")), Method: v.Get("method"), Login: v.Get("login"), ClientID: v.Get("client_id"),
		Subject: v.Get("sub"), Event: protocol.Event(v.Get("event")),
	}
	for name, set := range map[string]*any{"status": &q.Status, "error": &q.Error} {
		if text := v.Get(name); text != "" {
			*set = text
			if n, err := strconv.Atoi(text); err == nil {
				*set = n
			}
		}
	}
	if text := v.Get("since"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			c.fail(http.StatusBadRequest, "since: "+strconv.Quote(text)+" is not the number of an exchange.")
			return
		}
		q.Since = n
	}
	if err := strict.CheckValue("", q); err != nil {
		c.fail(http.StatusBadRequest, err.Error())
		return
	}
	c.entries(c.issuer.Journal().Find(q))
}

func (a *API) queryJournal(c *call) {
	var q journal.Query
	if c.read(&q) {
		c.entries(c.issuer.Journal().Find(q))
	}
}

// waitBody asks for exchanges that may still be to come.
type waitBody struct {
	journal.Query
	Count   int            `json:"count,omitempty" min:"1" doc:"how many; default one"`
	Timeout clock.Duration `json:"timeout,omitempty" doc:"how long to wait, in real time; default 10s, at most 2m"`
}

func (a *API) waitJournal(c *call) {
	var body waitBody
	if !c.read(&body) {
		return
	}
	if !a.enter(c) {
		return
	}
	defer a.waiting.Add(-1)
	wait := min(body.Timeout.D(), longestWait)
	if wait <= 0 {
		wait = defaultWait
	}
	ctx, cancel := context.WithTimeout(c.Context(), wait)
	defer cancel()
	found, err := c.issuer.Journal().Wait(ctx, body.Query, max(body.Count, 1))
	if err != nil {
		c.fail(http.StatusRequestTimeout, fmt.Sprintf("%d of %d such exchanges after %s.", len(found), max(body.Count, 1), wait))
		return
	}
	c.entries(found)
}

// enter lets a caller wait for exchanges, unless too many do. The caller leaves by
// counting itself off again.
func (a *API) enter(c *call) bool {
	if a.waiting.Add(1) <= mostWaiting {
		return true
	}
	a.waiting.Add(-1)
	c.fail(http.StatusServiceUnavailable, fmt.Sprintf("%d callers wait for exchanges already: end one of them.", mostWaiting))
	return false
}

func (c *call) entries(found []*journal.Entry) {
	out := make([]*journal.Entry, len(found))
	for i, e := range found {
		out[i] = c.shortenSecrets(e)
	}
	c.answer(http.StatusOK, map[string]any{"entries": out, "last": c.issuer.Journal().Last()})
}

// shortenSecrets shortens tokens and secrets, unless the caller wants them whole.
func (c *call) shortenSecrets(e *journal.Entry) *journal.Entry {
	if c.URL.Query().Get("secrets") == "show" {
		return e
	}
	return e.Redacted()
}

// followJournal sends each exchange as a server-sent event, beginning after the
// one that Last-Event-ID names.
func (a *API) followJournal(c *call) {
	since, err := strconv.ParseInt(c.Header.Get("Last-Event-ID"), 10, 64) // absent: from the first that is kept
	if text := c.Header.Get("Last-Event-ID"); text != "" && err != nil {
		c.fail(http.StatusBadRequest, "Last-Event-ID: "+strconv.Quote(text)+" is not the number of an exchange.")
		return
	}
	if !a.enter(c) {
		return
	}
	defer a.waiting.Add(-1)
	c.w.Header().Set("Content-Type", "text/event-stream")
	c.w.Header().Set("Cache-Control", "no-store")
	c.w.WriteHeader(http.StatusOK)
	flush := http.NewResponseController(c.w)
	_ = flush.Flush()
	_ = c.issuer.Journal().Follow(c.Context(), since, journal.Query{}, func(e *journal.Entry) bool {
		raw, err := json.Marshal(c.shortenSecrets(e))
		if err != nil {
			return false
		}
		if _, err := fmt.Fprintf(c.w, "id: %d\nevent: exchange\ndata: %s\n\n", e.Seq, raw); err != nil {
			return false
		}
		return flush.Flush() == nil
	}) // ends when the caller goes
}
