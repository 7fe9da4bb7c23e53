package load

import (
	"fmt"
	"strings"

	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/internal/matrix"
)

// fillInEntry fills in the defaults of an entry: its variant, and that its faults
// strike every time.
func fillInEntry(s *drill.Scenario, c matrix.Combination, m *matrix.Matrix, number int) {
	s.Variant = labelOf(c, m)
	if s.Key = s.ID; number > 0 {
		s.Key += fmt.Sprintf(".%d", number+1)
	}
	if own := c.ProvenBy(m); len(own) > 0 {
		s.ProvenBy = nil
		for _, bad := range own {
			s.ProvenBy = append(s.ProvenBy, drill.KnownBad(bad))
		}
	}
	if s.Stimulus == nil {
		return
	}
	always := 0
	for i := range s.Stimulus.Faults {
		f := &s.Stimulus.Faults[i]
		if f.Times == nil {
			f.Times = &always
		}
		if f.ID == "" {
			f.ID = s.ID
			if i > 0 {
				f.ID = fmt.Sprintf("%s-%d", s.ID, i+1)
			}
		}
	}
}

// groupOf returns the group of a scenario, the name of its file.
func groupOf(file string) string {
	name := file[strings.LastIndexByte(file, '/')+1:]
	name, _, _ = strings.Cut(name, ".")
	return name
}

func labelOf(c matrix.Combination, m *matrix.Matrix) string {
	var labels []string
	for _, s := range c.In(m) {
		labels = append(labels, s.Value)
	}
	return strings.Join(labels, "; ")
}
