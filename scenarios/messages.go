package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

// messages is the conversation of a scenario in order.
func (st *stage) messages() []Message {
	return Conversation(st.provider.Journal().Entries(), st.arrows)
}

// Conversation is what happened in order: the journal's exchanges, secrets
// shortened, and between them the arrows that the journal does not show, each
// behind the exchange that its Seq names.
func Conversation(entries []*journal.Entry, arrows []Message) []Message {
	arrows = slices.Clone(arrows)
	var out []Message
	flush := func(upTo int64) {
		for len(arrows) > 0 && arrows[0].Seq < upTo {
			out = append(out, arrows[0])
			arrows = arrows[1:]
		}
	}
	for _, e := range entries {
		flush(e.Seq)
		out = append(out, exchange(e.Redacted())...)
	}
	return append(out, arrows...)
}

// exchange is the two arrows of one exchange.
func exchange(e *journal.Entry) []Message {
	from, to := "client", "provider"
	switch e.Endpoint {
	case protocol.AuthorizationEndpoint, protocol.SignIn, protocol.EndSessionEndpoint, protocol.DeviceVerification, protocol.Home:
		from = "browser"
	case protocol.Resource:
		to = "resource"
	}
	request := Message{From: from, To: to, Label: e.Method + " " + shortPath(e.Path), Detail: describeParams(e.Params), Seq: e.Seq, Time: e.Time}
	answer := Message{From: to, To: from, Reply: true, Label: "no answer", Seq: e.Seq, Time: e.Time.Add(e.Duration.D())}
	if e.Status != 0 {
		answer.Label = fmt.Sprint(e.Status)
		if e.Error != "" {
			answer.Label += " " + e.Error
		}
	}
	var detail []string
	for name, value := range e.Response {
		detail = append(detail, fmt.Sprintf("%s=%v", name, value))
	}
	answer.Detail = strings.Join(sorted(detail), " ")
	for _, f := range e.Faults {
		answer.Fault = f.What
	}
	return []Message{request, answer}
}

// shortPath leaves the issuer out of a path.
func shortPath(path string) string {
	if rest, ok := strings.CutPrefix(path, "/t/"); ok {
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			path = rest[i:]
		}
	}
	if strings.HasPrefix(path, "/interaction/") {
		return "/interaction"
	}
	return path
}

func sorted(s []string) []string {
	sort.Strings(s)
	return s
}

// verbValue is what a step's verb was given.
func verbValue(step *Step) any {
	v := reflect.ValueOf(step).Elem()
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name == step.Verb() {
			return v.Field(i).Interface()
		}
	}
	return nil
}
