package load

import (
	"errors"
	"path"

	"github.com/authdrill/authdrill/mockprovider/confined"
	"github.com/authdrill/authdrill/mockprovider/persona"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/drill"
)

// readKeys reads the signing keys that a scenario names, relative to its file.
func (l *loader) readKeys(s *drill.Scenario, root *strict.Node, h *folder) strict.Problems {
	if len(s.Provider.Keys) == 0 {
		return nil
	}
	err := s.Provider.ReadKeys(func(file string) ([]byte, error) {
		name := path.Join(path.Dir(s.File), file)
		data, err := h.readFile(name, l.budget)
		if err == nil && len(data) > persona.MaxKeyFile {
			err = confined.ErrTooLarge
		}
		if err != nil {
			message, _ := h.explainRefusal(name, err)
			return nil, errors.New(message)
		}
		return data, nil
	})
	return strict.ProblemsAt(root.Find("provider"), err)
}
