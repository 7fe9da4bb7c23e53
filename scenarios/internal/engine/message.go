package engine

import (
	"fmt"
	"net/url"
	"slices"
	"sort"
	"strings"

	"github.com/authdrill/authdrill/mockprovider/journal"
	"github.com/authdrill/authdrill/mockprovider/protocol"
	"github.com/authdrill/authdrill/scenarios/result"
)

// conversation returns what happened in order: the journal's exchanges, secrets
// shortened, and between them the arrows that the journal does not show, each
// behind the exchange that its Seq names.
func (p *playing) conversation() []result.Message {
	arrows := slices.Clone(p.subject.Arrows())
	var out []result.Message
	flush := func(upTo int64) {
		for len(arrows) > 0 && arrows[0].Seq < upTo {
			out = append(out, arrows[0])
			arrows = arrows[1:]
		}
	}
	for _, e := range p.provider().Journal().Entries() {
		flush(e.Seq)
		out = append(out, exchange(e.Redacted())...)
	}
	return append(out, arrows...)
}

// mostDeciding is how many messages are kept with a cause.
const mostDeciding = 8

// deciding returns the messages of the exchange that decided, and those of exchanges
// that a fault struck.
func deciding(messages []result.Message, seq int64) []result.Message {
	struck := map[int64]bool{seq: seq > 0}
	for _, m := range messages {
		if m.Fault != "" {
			struck[m.Seq] = true
		}
	}
	var out []result.Message
	for _, m := range messages {
		provided := m.From == "provider" || m.To == "provider" || m.From == "resource" || m.To == "resource"
		if provided && struck[m.Seq] && len(out) < mostDeciding {
			out = append(out, m)
		}
	}
	return out
}

// exchange is the two arrows of one exchange.
func exchange(e *journal.Entry) []result.Message {
	from, to := "client", "provider"
	switch e.Endpoint {
	case protocol.AuthorizationEndpoint, protocol.SignIn, protocol.EndSessionEndpoint, protocol.DeviceVerification, protocol.Home:
		from = "browser"
	case protocol.Resource:
		to = "resource"
	}
	request := result.Message{From: from, To: to, Label: e.Method + " " + shortPath(e.Path), Detail: DescribeParams(e.Params), Seq: e.Seq, Time: e.Time}
	answer := result.Message{From: to, To: from, Reply: true, Label: "no answer", Seq: e.Seq, Time: e.Time.Add(e.Duration.D())}
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
	return []result.Message{request, answer}
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

// DescribeParams shows parameters in one line, secrets shortened.
func DescribeParams(v url.Values) string {
	e := journal.Entry{Params: v}
	var out []string
	for name, values := range e.Redacted().Params {
		out = append(out, name+"="+strings.Join(values, ","))
	}
	return strings.Join(sorted(out), " ")
}

// Shorten returns a text in one line, without what is too long to be shown.
func Shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}
