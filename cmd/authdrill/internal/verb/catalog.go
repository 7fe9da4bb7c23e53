package verb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/catalog"
)

// entrySelection chooses entries of the catalogue.
type entrySelection struct {
	only, skip, groups, tags, severities []string
	least                                string
}

func (s *entrySelection) define(f *setting.Flags) {
	f.List(&s.only, "only", "ID", "only these entries, or variants as ID[LABEL]; may be repeated")
	f.Words["only"], f.Words["skip"], f.Words["tag"] = entryWords, entryWords, entryTags
	f.Words["group"], f.Words["severity"] = setting.Fixed(catalog.Groups()...), setting.Fixed(severityNames()...)
	f.List(&s.skip, "skip", "ID", "without these entries, or variants as ID[LABEL]; may be repeated")
	f.List(&s.groups, "group", "NAME", "only entries of these groups; may be repeated")
	f.List(&s.tags, "tag", "WORD", "only entries with one of these words; may be repeated")
	f.List(&s.severities, "severity", "critical|high|medium|low", "only entries of just that severity; may be repeated")
	f.One(&s.least, "min-severity", []string{"critical", "high", "medium", "low"}, "only entries at least so severe")
}

// choose returns the entries that are selected. That none is left is exit 4.
func (s *entrySelection) choose() ([]*catalog.Entry, error) {
	all, err := catalog.All()
	if err != nil {
		return nil, err
	}
	for _, id := range slices.Concat(s.only, s.skip) {
		if _, err := catalog.Lookup(id); err != nil {
			return nil, failure.Usage("authdrill catalog lists the ids", "%s", err)
		}
	}
	for _, g := range s.groups {
		if !slices.Contains(catalog.Groups(), g) {
			return nil, failure.Usage(orText(strict.Suggest(g, catalog.Groups()), "the groups are "+strings.Join(catalog.Groups(), ", ")), "unknown group %q", g)
		}
	}
	for _, name := range s.severities {
		if all := severityNames(); !slices.Contains(all, name) {
			return nil, failure.Usage(strict.Suggest(name, all), "unknown severity %q", name)
		}
	}
	all = s.narrow(all)
	out := slices.DeleteFunc(all, func(e *catalog.Entry) bool {
		return len(s.groups) > 0 && !slices.Contains(s.groups, e.Group) || !s.severe(e) ||
			len(s.tags) > 0 && !slices.ContainsFunc(s.tags, func(t string) bool { return slices.Contains(e.Tags, t) || strings.Contains(e.ID, t) })
	})
	if len(out) == 0 {
		return nil, &failure.Error{Code: failure.ExitNothing, Err: errors.New("no entry of the catalogue is selected"), Hint: "authdrill catalog lists them all"}
	}
	return out, nil
}

// narrow returns the entries that --only and --skip leave. Either names an entry, ID,
// or one of its variants, ID[LABEL].
func (s *entrySelection) narrow(all []*catalog.Entry) []*catalog.Entry {
	var out []*catalog.Entry
	for _, e := range all {
		chosen := func(name string) bool {
			named := len(s.only) == 0 || slices.Contains(s.only, e.ID) || slices.Contains(s.only, name)
			return named && !slices.Contains(s.skip, e.ID) && !slices.Contains(s.skip, name)
		}
		switch {
		case len(e.Variants) == 0 && chosen(e.ID):
			out = append(out, e)
		case len(e.Variants) > 0:
			if left := e.Narrow(chosen); left != nil {
				out = append(out, left)
			}
		}
	}
	return out
}

// entryWords are the ids of the catalogue, each with its title.
func entryWords([]string) []string {
	all, err := catalog.All()
	if err != nil {
		return nil // cannot be: the catalogue is embedded, and a test reads it
	}
	var out []string
	for _, e := range all {
		out = append(out, e.ID+"\t"+e.Title)
	}
	return out
}

// entryTags are the words of the catalogue's entries.
func entryTags([]string) []string {
	all, err := catalog.All()
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range all {
		out = append(out, e.Tags...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func severityNames() []string {
	var out []string
	for _, s := range catalog.Severities() {
		out = append(out, string(s))
	}
	return out
}

func (s *entrySelection) severe(e *catalog.Entry) bool {
	if len(s.severities) > 0 && !slices.Contains(s.severities, string(e.Severity)) {
		return false
	}
	if s.least == "" {
		return true
	}
	all := catalog.Severities()
	return slices.Index(all, e.Severity) <= slices.Index(all, catalog.Severity(s.least))
}

func orText(text, def string) string {
	if text == "" {
		return def
	}
	return text
}

// catalogVerb lists the failure catalogue, or plays it against the bundled
// client.
func catalogVerb() verb {
	s := &entrySelection{}
	var asJSON, matrix, play bool
	var seed *uint64
	return verb{
		name: "catalog", group: "scenarios",
		summary: "list the failure catalogue, or play it against the bundled client",
		example: "authdrill catalog --min-severity high\n" +
			"authdrill catalog --matrix  # plays each entry against the bundled client and its known-bad ones",
		flags: func(f *setting.Flags) {
			s.define(f)
			f.Boolean(&asJSON, "json", "as JSON, with everything that an entry says")
			f.Boolean(&play, "play", "play each entry against the bundled client")
			f.Boolean(&matrix, "matrix", "play each against the bundled client, and against the known-bad client that must fail it")
			f.Seed(&seed, "seed", "derive keys, codes and tokens from this number; default 0")
		},
		run: func(ctx context.Context, c *call) error {
			chosen, err := s.choose()
			if err != nil {
				return err
			}
			number := uint64(0)
			if seed != nil {
				number = *seed
			}
			switch {
			case matrix || play:
				if err := c.Begin(ctx); err != nil {
					return err
				}
				return c.matrix(ctx, chosen, matrix, number)
			case asJSON:
				return c.catalogJSON(chosen)
			}
			c.entries(chosen)
			return nil
		},
	}
}

// entries lists the catalogue, a line each.
func (v *call) entries(chosen []*catalog.Entry) {
	group, planned := "", 0
	for _, e := range chosen {
		if e.Group != group {
			group = e.Group
			v.Print("%s", v.Bold(group))
		}
		note := e.Title
		if n := len(e.Variants); n > 0 {
			note += v.Dim(" (" + variantsCount(n) + ")")
		}
		if !e.Runnable() {
			planned++
			note += v.Dim(" (planned: " + e.Planned + ")")
		}
		v.Print("  %-34s %-8s  %s", e.ID, e.Severity, note)
	}
	v.Print("%s: %d run, %d are planned · authdrill explain ID says more", entriesCount(len(chosen)), len(chosen)-planned, planned)
}

func variantsCount(n int) string {
	if n == 1 {
		return "1 variant"
	}
	return fmt.Sprintf("%d variants", n)
}

func entriesCount(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// catalogJSON writes entries with the names that report cards have for the same:
// an entry has an id.
func (v *call) catalogJSON(chosen []*catalog.Entry) error {
	type entry struct {
		ID    string  `json:"id"`
		Key   *string `json:"entry,omitempty"` // always absent: it hides the key that files have
		Group string  `json:"group"`
		*catalog.Entry
	}
	out := make([]entry, len(chosen))
	for i, e := range chosen {
		out[i] = entry{ID: e.ID, Group: e.Group, Entry: e}
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	v.Print("%s", text)
	return nil
}
