package interop

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
)

// devtools speaks the DevTools protocol with a browser over two pipes: messages in
// JSON, each of which ends with a zero byte.
type devtools struct {
	in    *os.File
	out   *os.File
	event func(message) // gets the events in their order; it must not call
	ended chan struct{}

	mu      sync.Mutex
	last    int
	waiting map[int]chan message
}

// message is a call, its answer, or an event.
type message struct {
	ID        int             `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// read passes on what the browser says until it ends.
func (d *devtools) read() {
	defer close(d.ended)
	for r := bufio.NewReaderSize(d.out, 1<<20); ; {
		text, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(text[:len(text)-1], &m) != nil {
			continue
		}
		if m.ID == 0 {
			d.event(m)
			continue
		}
		d.mu.Lock()
		answer := d.waiting[m.ID]
		delete(d.waiting, m.ID)
		d.mu.Unlock()
		if answer != nil {
			answer <- m
		}
	}
}

// params are a call's parameters.
type params map[string]any

// call sends a call to a target, or to the browser without one, and reads the
// answer into a value.
func (d *devtools) call(ctx context.Context, session, method string, p params, into any) error {
	encoded, err := json.Marshal(p)
	if err != nil {
		return err
	}
	answer := make(chan message, 1)
	d.mu.Lock()
	d.last++
	text, err := json.Marshal(message{ID: d.last, SessionID: session, Method: method, Params: encoded})
	if err == nil {
		d.waiting[d.last] = answer
		_, err = d.in.Write(append(text, 0))
	}
	d.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case m := <-answer:
		switch {
		case m.Error != nil:
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		case into != nil:
			return json.Unmarshal(m.Result, into)
		}
		return nil
	case <-d.ended:
		return errors.New(method + ": the browser has ended")
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	}
}
