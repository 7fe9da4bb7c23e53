package journal

import (
	"net/url"

	"github.com/authdrill/authdrill/mockprovider/match"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// Query selects exchanges. An empty member selects all. Params, Status and
// Error take values or matchers.
type Query struct {
	Endpoint protocol.Endpoint `json:"endpoint,omitempty" doc:"RFC 8414 name of the endpoint"`
	Method   string            `json:"method,omitempty" doc:"HTTP method"`
	Params   map[string]any    `json:"params,omitempty" vocab:"oauth-param" match:"true" doc:"request parameters, by value or matcher"`
	Status   any               `json:"status,omitempty" match:"true" of:"integer" doc:"HTTP status answered"`
	Error    any               `json:"error,omitempty" match:"true" of:"string" doc:"truthful OAuth error code"`
	Login    string            `json:"login,omitempty" doc:"sign-in it belongs to"`
	ClientID string            `json:"client_id,omitempty" doc:"client that called"`
	Subject  string            `json:"sub,omitempty" doc:"user it was about"`
	Event    protocol.Event    `json:"event,omitempty" doc:"event that happened in it"`
	Since    int64             `json:"since,omitempty" doc:"only exchanges after this number"`
}

// matches reports whether q describes e.
func (q Query) matches(e *Entry) bool {
	same := func(want, got string) bool { return want == "" || want == got }
	switch {
	case e.Seq <= q.Since,
		q.Endpoint != "" && q.Endpoint != e.Endpoint, !same(q.Method, e.Method), !same(q.Login, e.Login),
		!same(q.ClientID, e.ClientID), !same(q.Subject, e.Subject):
		return false
	case q.Status != nil && !match.OK(q.Status, e.Status):
		return false
	case q.Error != nil && !match.OK(q.Error, orMissing(e.Error)):
		return false
	case len(q.Params) > 0 && !match.OK(q.Params, Params(e.Params)):
		return false
	}
	return q.Event == "" || e.Event(q.Event) != nil
}

func (q Query) filter(all []*Entry) []*Entry {
	var out []*Entry
	for _, e := range all {
		if q.matches(e) {
			out = append(out, e)
		}
	}
	return out
}

// Event returns the first event of that name in e, or nil.
func (e *Entry) Event(name protocol.Event) *Event {
	for i := range e.Events {
		if e.Events[i].Name == name {
			return &e.Events[i]
		}
	}
	return nil
}

// Params turns parameters into what match compares: a text each, or a list
// where one is repeated.
func Params(v url.Values) map[string]any {
	out := make(map[string]any, len(v))
	for name, values := range v {
		if len(values) == 1 {
			out[name] = values[0]
			continue
		}
		list := make([]any, len(values))
		for i, s := range values {
			list[i] = s
		}
		out[name] = list
	}
	return out
}

func orMissing(s string) any {
	if s == "" {
		return match.Missing{}
	}
	return s
}
