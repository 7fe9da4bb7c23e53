package journal

import (
	"fmt"
	"iter"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unsafe"

	"github.com/authdrill/authdrill/mockprovider/internal/budget"
	"github.com/authdrill/authdrill/mockprovider/protocol"
)

const (
	mostBytes = 4 << 20  // what one journal keeps
	mostEntry = 64 << 10 // what one exchange may weigh before it is shortened
	mostText  = 1 << 10  // bytes of a text in one that is,
	mostItems = 64       // and members of a map or a list

	mapCost  = 48 // of the runtime for a map,
	itemCost = 96 // for a name and its value in one,
	listCost = 24 // and for a list
)

// Bound lets a journal share a pool with others until leave is called, and has full
// called whenever an exchange is forgotten for its bytes. It is called before the
// first exchange.
func (j *Journal) Bound(pool *budget.Pool, full func()) (leave func()) {
	j.log.pool, j.log.full = pool, full
	pool.Join(&j.log)
	return func() { pool.Leave(&j.log) }
}

// measure measures an exchange, its maps and lists included, and shortens one that is
// out of all proportion.
func (e *Entry) measure() {
	e.weight = e.bytes()
	if e.weight > mostEntry {
		before := e.weight
		e.shorten()
		e.Notes = append(e.Notes, fmt.Sprintf("the journal keeps a part of this exchange: it would take %d bytes", before))
		e.weight = e.bytes()
	}
}

// bytes is how many an exchange takes, as nearly as that can be told.
func (e *Entry) bytes() int {
	n := int(unsafe.Sizeof(*e)) + len(e.Endpoint) + len(e.Login) + len(e.ClientID) + len(e.Subject) + len(e.Method) + len(e.Path) + len(e.Error) + len(e.Cause)
	n += valueBytes(e.Response) + textsBytes(e.Headers) + textsBytes(e.ResponseHeaders)
	if e.Params != nil {
		n += mapCost
		for name, values := range e.Params {
			n += itemCost + len(name) + listBytes(values)
		}
	}
	for _, d := range e.Decisions {
		n += int(unsafe.Sizeof(d)) + len(d.Check) + len(d.Detail) + len(d.Spec)
	}
	for _, v := range e.Events {
		n += int(unsafe.Sizeof(v)) + len(v.Name) + textsBytes(v.Attrs)
	}
	for _, f := range e.Faults {
		n += int(unsafe.Sizeof(f)) + len(f.ID) + len(f.What)
	}
	return n + listBytes(e.Lax) + listBytes(e.Notes)
}

func textsBytes(m map[string]string) int {
	if m == nil {
		return 0
	}
	n := mapCost
	for name, v := range m {
		n += itemCost + len(name) + len(v)
	}
	return n
}

func listBytes(list []string) int {
	n := listCost
	for _, s := range list {
		n += int(unsafe.Sizeof(s)) + len(s)
	}
	return n
}

// valueBytes measures what a member of an answer holds.
func valueBytes(v any) int {
	switch t := v.(type) {
	case string:
		return len(t) + int(unsafe.Sizeof(t))
	case []string:
		return listBytes(t)
	case []any:
		n := listCost
		for _, item := range t {
			n += int(unsafe.Sizeof(item)) + valueBytes(item)
		}
		return n
	case map[string]any:
		n := mapCost
		for name, item := range t {
			n += itemCost + len(name) + valueBytes(item)
		}
		return n
	}
	return int(unsafe.Sizeof(v))
}

// shorten cuts what is long, and leaves out what is many. Texts are copied: a piece
// of one would keep all of it.
func (e *Entry) shorten() {
	for _, text := range []*string{&e.Login, &e.ClientID, &e.Subject, &e.Method, &e.Path, &e.Error} {
		*text = shortened(*text)
	}
	e.Cause = protocol.Cause(shortened(string(e.Cause)))
	e.Headers, e.ResponseHeaders = shortTexts(e.Headers), shortTexts(e.ResponseHeaders)
	e.Response, _ = shortValue(e.Response, 0).(map[string]any)
	if e.Params != nil {
		params := url.Values{}
		for _, name := range firstOf(maps.Keys(e.Params)) {
			params[shortened(name)] = shortList(e.Params[name])
		}
		e.Params = params
	}
	e.Decisions = slices.Clone(e.Decisions[:min(len(e.Decisions), mostItems)])
	for n := range e.Decisions {
		e.Decisions[n].Detail = shortened(e.Decisions[n].Detail)
	}
	e.Events = slices.Clone(e.Events[:min(len(e.Events), mostItems)])
	for n := range e.Events {
		e.Events[n].Attrs = shortTexts(e.Events[n].Attrs)
	}
	e.Lax, e.Notes = shortList(e.Lax), shortList(e.Notes)
}

func shortened(s string) string {
	if len(s) <= mostText {
		return strings.Clone(s)
	}
	return strings.ToValidUTF8(s[:mostText], "") + fmt.Sprintf("… (%d bytes)", len(s))
}

func shortTexts(m map[string]string) map[string]string {
	if m == nil {
		return nil
	}
	out := map[string]string{}
	for _, name := range firstOf(maps.Keys(m)) {
		out[shortened(name)] = shortened(m[name])
	}
	return out
}

func shortList(list []string) []string {
	if list == nil {
		return nil
	}
	var out []string
	for _, s := range list[:min(len(list), mostItems)] {
		out = append(out, shortened(s))
	}
	return out
}

func shortValue(v any, depth int) any {
	switch t := v.(type) {
	case string:
		return shortened(t)
	case []string:
		return shortList(t)
	case []any:
		var out []any
		for _, item := range t[:min(len(t), mostItems)] {
			out = append(out, shortValue(item, depth+1))
		}
		return out
	case map[string]any:
		if t == nil || depth > 3 {
			return nil
		}
		out := map[string]any{}
		for _, name := range firstOf(maps.Keys(t)) {
			out[shortened(name)] = shortValue(t[name], depth+1)
		}
		return out
	}
	return v
}

// firstOf is the beginning of the names in order, so that what is left out is the
// same each time.
func firstOf(names iter.Seq[string]) []string {
	all := slices.Sorted(names)
	return all[:min(len(all), mostItems)]
}
