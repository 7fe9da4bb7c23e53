package chromium

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
)

// pipe speaks the DevTools protocol: texts that end with a zero byte.
type pipe struct {
	in      *os.File
	out     *os.File
	ended   chan struct{} // closed when Chromium says no more
	receive func(message) // gets the events, in order; it must not call

	mu      sync.Mutex
	next    int
	waiting map[int]chan message
}

// message is a call, its answer, or an event. A session is one target's.
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

// errEnded is said of a browser that is gone.
var errEnded = errors.New("chromium has ended")

func newPipe(in, out *os.File, receive func(message)) *pipe {
	return &pipe{in: in, out: out, receive: receive, ended: make(chan struct{}), waiting: map[int]chan message{}}
}

// read hands out what Chromium says until it ends.
func (p *pipe) read() {
	defer close(p.ended)
	r := bufio.NewReaderSize(p.out, 1<<20)
	for {
		text, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(text[:len(text)-1], &m) != nil {
			continue // nothing we asked for
		}
		if m.ID == 0 {
			p.receive(m)
			continue
		}
		p.mu.Lock()
		answer := p.waiting[m.ID]
		delete(p.waiting, m.ID)
		p.mu.Unlock()
		if answer != nil {
			answer <- m
		}
	}
}

// call asks for something and waits for the answer.
func (p *pipe) call(ctx context.Context, session, method string, params, into any) error {
	encoded, err := json.Marshal(params)
	if err != nil {
		return err
	}
	answer := make(chan message, 1)
	p.mu.Lock()
	p.next++
	id := p.next
	text, err := json.Marshal(message{ID: id, SessionID: session, Method: method, Params: encoded})
	if err == nil {
		p.waiting[id] = answer
		_, err = p.in.Write(append(text, 0))
	}
	p.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%s: %w", method, errEnded)
	}
	select {
	case m := <-answer:
		if m.Error != nil {
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		}
		if into != nil {
			return json.Unmarshal(m.Result, into)
		}
		return nil
	case <-p.ended:
		return fmt.Errorf("%s: %w", method, errEnded)
	case <-ctx.Done():
		p.mu.Lock()
		delete(p.waiting, id)
		p.mu.Unlock()
		return ctx.Err()
	}
}
