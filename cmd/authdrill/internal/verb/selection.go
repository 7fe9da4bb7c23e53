package verb

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/scenarios/drill"
)

// selection chooses scenarios by name and tags.
type selection struct {
	files
	run, tags string
}

func (s *selection) define(f *setting.Flags) {
	s.files.define(f)
	f.Text(&s.run, "run", "REGEX", "only scenarios whose name, or file, matches")
	f.Text(&s.tags, "tags", "EXPR", "only scenarios with these tags: a,b is a or b, a+b is a and b, !a is without a")
	f.Words["run"], f.Words["tags"] = s.names, s.tagWords
}

// load reads scenarios and chooses among them. That none is left is exit 4: a
// run that ran nothing is never green.
func (s *selection) load(ctx context.Context, paths []string) ([]*drill.Scenario, error) {
	pattern, err := regexp.Compile(s.run)
	if err != nil {
		return nil, failure.Usage("quote characters that mean something, like \\( for (", "--run %s is not a regular expression: %s", s.run, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	tags, err := parseTags(s.tags)
	if err != nil {
		return nil, err
	}
	all, err := s.files.load(ctx, paths)
	if err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(slices.Clone(all), func(sc *drill.Scenario) bool {
		return !pattern.MatchString(sc.Name) && !(sc.ID != "" && (pattern.MatchString(sc.ID) || pattern.MatchString(sc.FullID()))) && !pattern.MatchString(sc.Place.String()) || !tags.match(sc.Tags)
	})
	if len(chosen) == 0 {
		return nil, &failure.Error{Code: failure.ExitNothing, Err: errors.New("none of " + say.Count(len(all), "scenario") + " is selected by " + s.describeSelection()), Hint: "authdrill list shows names and tags"}
	}
	return chosen, nil
}

func (s *selection) describeSelection() string {
	var out []string
	if s.run != "" {
		out = append(out, "--run "+s.run)
	}
	if s.tags != "" {
		out = append(out, "--tags "+s.tags)
	}
	return strings.Join(out, " ")
}

// tagExpr is a list of alternatives, each a list of tags that must be there, or
// with ! must not.
type tagExpr [][]string

func parseTags(text string) (tagExpr, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var out tagExpr
	for alternative := range strings.SplitSeq(text, ",") {
		var all []string
		for tag := range strings.SplitSeq(alternative, "+") {
			tag = strings.TrimSpace(tag)
			if strings.Trim(tag, "!") == "" || strings.ContainsAny(tag, " &|()") || strings.LastIndex(tag, "!") > 0 {
				return nil, failure.Usage("write a,b for a or b, a+b for a and b, !a for without a", "--tags %s cannot be read at %q", text, tag)
			}
			all = append(all, tag)
		}
		out = append(out, all)
	}
	return out, nil
}

func (e tagExpr) match(tags []string) bool {
	if len(e) == 0 {
		return true
	}
	return slices.ContainsFunc(e, func(all []string) bool {
		return !slices.ContainsFunc(all, func(tag string) bool {
			name, without := strings.CutPrefix(tag, "!")
			return slices.Contains(tags, name) == without
		})
	})
}

// known are the scenarios of paths, as far as they can be read, to complete with.
func (s *selection) known(paths []string) []*drill.Scenario {
	all, err := s.files.load(context.Background(), paths)
	if err != nil {
		return nil // run says what is wrong
	}
	return all
}

// names are the names of scenarios, as regular expressions.
func (s *selection) names(paths []string) []string {
	var out []string
	for _, one := range s.known(paths) {
		out = append(out, regexp.QuoteMeta(one.Name))
	}
	return out
}

// tagWords are the tags that scenarios have.
func (s *selection) tagWords(paths []string) []string {
	var out []string
	for _, one := range s.known(paths) {
		out = append(out, one.Tags...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
