package verb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/mockprovider/strict"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/drill"
)

// source is where entries are taken from.
type source struct {
	files
	from []string // files and folders of entries; the embedded catalogue if empty
}

func (s *source) define(f *setting.Flags) {
	f.List(&s.from, "catalog", "PATH", "take the entries of this file or folder, in place of the catalogue that comes with authdrill; may be repeated")
	s.files.define(f)
}

// catalogue returns the entries to choose from.
func (s *source) catalogue(ctx context.Context, c *call) (*catalog.Catalogue, error) {
	if len(s.from) == 0 {
		return catalog.Embedded(), nil
	}
	all, err := s.files.load(ctx, s.from)
	var nothing *failure.Error
	if errors.As(err, &nothing) && nothing.Code == failure.ExitNothing {
		return nil, &failure.Error{Code: failure.ExitNothing, Err: nothing.Err, Hint: "name a file or folder of entries; without --catalog the catalogue that comes with authdrill is taken"}
	}
	if err != nil {
		return nil, err
	}
	c.hideSecrets(all)
	out, err := catalog.New(all)
	if err == nil && len(out.Entries) == 0 {
		return nil, &failure.Error{
			Code: failure.ExitNothing, Err: fmt.Errorf("%s has %s, and no entry", strings.Join(s.from, ", "), say.Count(len(all), "scenario")),
			Hint: "give one of them a header: entry, severity, provider_does, client_does, why and remedy\nauthdrill help entries",
		}
	}
	return out, err
}

// check refuses a root of no files.
func (s *source) check() error {
	if s.root != "" && len(s.from) == 0 {
		return failure.Usage("add --catalog PATH, or leave --root out", "--root is the folder that the files of --catalog are in, and --catalog is missing")
	}
	return nil
}

// options are the flags that name the source, with a space before each.
func (s *source) options() string {
	return flagText("catalog", s.from...) + flagText("root", s.root)
}

// listing is the command that lists the entries to choose from.
func (s *source) listing() string { return "authdrill catalog" + s.options() + " lists the ids" }

// entrySelection chooses entries of a catalogue.
type entrySelection struct {
	source
	only, skip, groups, tags, severities []string
	least                                string
}

func (s *entrySelection) define(f *setting.Flags) {
	s.source.define(f)
	f.List(&s.only, "only", "ID", "only these entries, or variants as ID[LABEL]; may be repeated")
	f.Words["only"], f.Words["skip"], f.Words["tag"], f.Words["group"] = s.entryWords, s.entryWords, s.entryTags, s.entryGroups
	f.Words["severity"] = setting.Fixed(severityNames()...)
	f.List(&s.skip, "skip", "ID", "without these entries, or variants as ID[LABEL]; may be repeated")
	f.List(&s.groups, "group", "NAME", "only entries of these groups; may be repeated")
	f.List(&s.tags, "tag", "WORD", "only entries with one of these words; may be repeated")
	f.List(&s.severities, "severity", "critical|high|medium|low", "only entries of just that severity; may be repeated")
	f.One(&s.least, "min-severity", []string{"critical", "high", "medium", "low"}, "only entries at least so severe")
}

// groupsOf are the groups of a catalogue, in its order.
func groupsOf(c *catalog.Catalogue) []string {
	var out []string
	for _, e := range c.Entries {
		if !slices.Contains(out, e.Group) {
			out = append(out, e.Group)
		}
	}
	return out
}

// choose returns the entries that are selected. That none is left is exit 4.
func (s *entrySelection) choose(ctx context.Context, c *call) ([]*catalog.Entry, error) {
	from, err := s.catalogue(ctx, c)
	if err != nil {
		return nil, err
	}
	for _, id := range slices.Concat(s.only, s.skip) {
		if _, err := from.Lookup(id); err != nil {
			return nil, failure.Usage(s.listing(), "%s", err)
		}
	}
	known := groupsOf(from)
	for _, g := range s.groups {
		if !slices.Contains(known, g) {
			return nil, failure.Usage(orText(strict.Suggest(g, known), "the groups are "+strings.Join(known, ", ")), "unknown group %q", g)
		}
	}
	for _, name := range s.severities {
		if all := severityNames(); !slices.Contains(all, name) {
			return nil, failure.Usage(strict.Suggest(name, all), "unknown severity %q", name)
		}
	}
	out := slices.DeleteFunc(s.selectEntries(from.Entries), func(e *catalog.Entry) bool {
		return len(s.groups) > 0 && !slices.Contains(s.groups, e.Group) || !s.isSevere(e) ||
			len(s.tags) > 0 && !slices.ContainsFunc(s.tags, func(t string) bool { return slices.Contains(e.Tags, t) || strings.Contains(e.ID, t) })
	})
	if len(out) == 0 {
		return nil, &failure.Error{Code: failure.ExitNothing, Err: errors.New("no entry of the catalogue is selected"), Hint: s.listing()}
	}
	return out, nil
}

// selectEntries returns the entries that --only and --skip leave. Either names an entry, ID,
// or one of its variants, ID[LABEL].
func (s *entrySelection) selectEntries(all []*catalog.Entry) []*catalog.Entry {
	var out []*catalog.Entry
	for _, e := range all {
		chosen := func(name string) bool {
			named := len(s.only) == 0 || slices.Contains(s.only, e.ID) || slices.Contains(s.only, name)
			return named && !slices.Contains(s.skip, e.ID) && !slices.Contains(s.skip, name)
		}
		left := slices.DeleteFunc(slices.Clone(e.Variants), func(v *drill.Scenario) bool { return !chosen(v.FullID()) })
		out = append(out, catalog.EntriesOf(left)...)
	}
	return out
}

// known are the entries to complete with, as far as they can be read.
func (s *source) known() *catalog.Catalogue {
	if len(s.from) == 0 {
		return catalog.Embedded()
	}
	all, err := s.files.load(context.Background(), s.from)
	if err != nil {
		return &catalog.Catalogue{} // the verb says what is wrong
	}
	out, err := catalog.New(all)
	if err != nil {
		return &catalog.Catalogue{}
	}
	return out
}

// entryWords are the ids of the entries, each with its title.
func (s *source) entryWords([]string) []string {
	var out []string
	for _, e := range s.known().Entries {
		out = append(out, e.ID+"\t"+e.Name)
	}
	return out
}

// entryGroups are the groups that entries are in.
func (s *source) entryGroups([]string) []string { return groupsOf(s.known()) }

// entryTags are the words that entries have.
func (s *source) entryTags([]string) []string {
	var out []string
	for _, e := range s.known().Entries {
		out = append(out, e.Tags...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func severityNames() []string { return drill.Severity("").Values("") }

func (s *entrySelection) isSevere(e *catalog.Entry) bool {
	if len(s.severities) > 0 && !slices.Contains(s.severities, string(e.Severity)) {
		return false
	}
	if s.least == "" {
		return true
	}
	all := severityNames()
	return slices.Index(all, string(e.Severity)) <= slices.Index(all, s.least)
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
			if err := s.check(); err != nil {
				return err
			}
			chosen, err := s.choose(ctx, c)
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
			c.entries(chosen, s.options())
			return nil
		},
	}
}

// entries lists the catalogue, a line each. The options name another than the
// embedded one.
func (v *call) entries(chosen []*catalog.Entry, options string) {
	group, planned := "", 0
	for _, e := range chosen {
		if e.Group != group {
			group = e.Group
			v.Print("%s", v.Bold(group))
		}
		note := e.Name
		if n := len(e.Variants); e.Variant != "" {
			note += v.Dim(" (" + say.Count(n, "variant") + ")")
		}
		if e.Planned != "" {
			planned++
			note += v.Dim(" (planned: " + e.Planned + ")")
		}
		v.Print("  %-34s %-8s  %s", e.ID, e.Severity, note)
	}
	v.Print("%s: %d run, %d are planned · authdrill explain ID%s says more", say.Count(len(chosen), "entry"), len(chosen)-planned, planned, options)
}

// catalogJSON writes entries with the names that report cards have for the same:
// an entry has an id.
func (v *call) catalogJSON(chosen []*catalog.Entry) error {
	type entry struct {
		ID    string  `json:"id"`
		Title string  `json:"title"`
		Entry *string `json:"entry,omitempty"`    // always absent: these hide the keys that files have
		Name  *string `json:"scenario,omitempty"` //
		Group string  `json:"group"`
		*drill.Scenario
	}
	out := make([]entry, len(chosen))
	for i, e := range chosen {
		out[i] = entry{ID: e.ID, Title: e.Name, Group: e.Group, Scenario: e.Scenario}
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	v.Print("%s", text)
	return nil
}
