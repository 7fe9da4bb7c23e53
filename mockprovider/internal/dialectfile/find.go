package dialectfile

import (
	"strings"

	"github.com/authdrill/authdrill/mockprovider/internal/template"
	"github.com/authdrill/authdrill/mockprovider/match"
)

// Find is an item that a list must have.
type Find struct {
	In    template.Tree            `json:"in" required:"true" doc:"the list"`
	Where map[string]template.Tree `json:"where" required:"true" doc:"what members of the item must be; letters count in either case"`
}

// Item returns the first item of the list that has the members.
func (f *Find) Item(v template.Values) (any, bool) {
	filled, _ := f.In.Fill(v, nil)
	list, _ := match.List(filled)
	for _, item := range list {
		if f.matches(item, v) {
			return item, true
		}
	}
	return nil, false
}

func (f *Find) matches(item any, v template.Values) bool {
	members, _ := item.(map[string]any)
	for name, want := range f.Where {
		got, ok := template.Values(members).Get(name)
		if !ok || !strings.EqualFold(match.Text(got), want.Text(v)) {
			return false
		}
	}
	return true
}
