package verb

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/failure"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/grade"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/report"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/say"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/scenarios"
	"github.com/authdrill/authdrill/scenarios/attack"
	"github.com/authdrill/authdrill/scenarios/catalog"
	"github.com/authdrill/authdrill/scenarios/clause"
	"github.com/authdrill/authdrill/scenarios/drill"
	"github.com/authdrill/authdrill/scenarios/result"
)

// explainVerb prints one entry of the catalogue, so that a developer can act on
// it.
func explainVerb() verb {
	var from source
	var page, card string
	return verb{
		name: "explain", args: "ID|CLAUSE", group: "scenarios",
		summary: "explain an entry of the failure catalogue, or list what is about a clause",
		example: "authdrill explain idt-nonce-wrong\n" +
			"authdrill explain RFC6749#4.1.2\n" +
			"authdrill explain idt-nonce-wrong --card card.json  # what decided the verdict on your app",
		words: from.entryWords,
		flags: func(f *setting.Flags) {
			from.define(f)
			f.Text(&card, "card", "FILE", "explain the verdict of this card, of attack --report json=FILE: witness, rule, observation, and the exchange that decided it; ID[LABEL] is that on a variant")
			f.Text(&page, "html", "FILE", "play it against the known-bad client, and write the report card with its sequence diagram there")
		},
		run: func(ctx context.Context, c *call) error {
			if len(c.args) != 1 {
				return failure.Usage(from.listing(), "explain wants one id, or a clause in quotes, got %d arguments", len(c.args))
			}
			if card != "" {
				return c.explainVerdict(card, c.args[0])
			}
			if err := from.check(); err != nil {
				return err
			}
			all, err := from.catalogue(ctx, c)
			if err != nil {
				return err
			}
			if isClause(c.args[0]) {
				return c.citing(ctx, all, from.options(), c.args[0])
			}
			e, err := all.Lookup(c.args[0])
			if err != nil {
				return failure.Usage(from.listing(), "%s", err)
			}
			c.explain(e, from.options())
			if page == "" {
				return nil
			}
			return c.drawDiagram(ctx, e, from.options(), page)
		},
	}
}

// explainVerdict prints what decided a verdict of a card.
func (v *call) explainVerdict(file, name string) error {
	card, err := grade.Read(file)
	if err != nil {
		return failure.Usage("authdrill attack .. --report json=card.json writes one", "--card: %s", failure.Reason(err))
	}
	f, nearest, found := grade.Find(card, name)
	if !found {
		hint := "authdrill explain " + name + " says what the entry is about"
		if nearest != "" {
			hint = "did you mean " + report.Quoted(report.Printable(nearest)) + "?"
		}
		return failure.Usage(hint, "%s has no verdict on %q", file, name)
	}
	if err := report.WriteVerdict(v.Out, f, report.Options{Color: v.Colour}); err != nil {
		return failure.Environmental("", "%s", err)
	}
	return nil
}

// spelled is a clause in one of the ways to write it: RFC6749#4.1.2.1,
// RFC 6749 §4.1.2.1, RFC 6749 section 4.1.2.1.
func spelled(text string) string {
	text = strings.NewReplacer("#", " ", "§", " ", "section", " ", "rfc", "rfc ", "oidc.", "oidc ", "oauth.", "oauth ", "cwe-", "cwe ").Replace(strings.ToLower(text))
	return strings.Join(strings.Fields(text), " ")
}

func isClause(text string) bool {
	document, _, _ := strings.Cut(spelled(text), " ")
	return slices.Contains([]string{"rfc", "oidc", "oauth", "cwe"}, document)
}

// citing lists the entries of a catalogue that cite a clause, or one of its
// subsections, and the examples that do.
func (v *call) citing(ctx context.Context, from *catalog.Catalogue, options, text string) error {
	wanted := spelled(text)
	cites := func(cited []clause.Clause) bool {
		return slices.ContainsFunc(cited, func(c clause.Clause) bool {
			rest, ok := strings.CutPrefix(spelled(c.String()), wanted)
			return ok && (rest == "" || rest[0] == '.' || rest[0] == ' ')
		})
	}
	examples, err := scenarios.Load(ctx, scenarios.Examples(), nil)
	if err != nil {
		return err
	}
	all := slices.DeleteFunc(slices.Clone(from.Entries), func(e *catalog.Entry) bool { return !cites(e.Spec) })
	examples = slices.DeleteFunc(examples, func(s *drill.Scenario) bool { return !cites(s.Spec) })
	if len(all)+len(examples) == 0 {
		return failure.Usage("write it like RFC6749#4.1.2.1, or 'OIDC Core 3.1.3.7'", "nothing here cites %s", text)
	}
	if len(all) > 0 {
		v.entries(all, options)
	}
	if len(examples) > 0 {
		v.Print("%s", v.Bold("examples"))
	}
	for _, s := range examples {
		v.Print("  %s", s.Name)
	}
	return nil
}

// drawDiagram plays an entry against the client that is known to fail it, and
// draws what went over the wire. The options name its catalogue, if it is not the
// embedded one.
func (v *call) drawDiagram(ctx context.Context, e *catalog.Entry, options, page string) error {
	if e.Planned != "" {
		return failure.Usage("authdrill catalog lists what runs", "%s cannot run yet: it needs %s", e.ID, e.Planned)
	}
	bench, err := attack.NewBench(0)
	if err != nil {
		return err
	}
	defer bench.Close()
	played := playEntry(ctx, bench, e, true)
	first := played.rows[0]
	name, shown := "the bundled client", first.strict
	if len(first.bad) > 0 {
		name, shown = name+" with "+strings.Join(first.variant.ProvenBy[0].Bugs(), " and "), first.bad[0]
	}
	shown.Repeat = "authdrill catalog --play" + options + flagText("only", first.variant.FullID())
	card := &attack.Card{Target: name, Calibration: []attack.Calibration{{Check: "the strict client", OK: true, Saw: string(first.strict.Verdict)}}, Findings: []result.Result{shown}}
	if err := v.writeOne(output{format: "html", file: page}, cardReport(card), report.Options{}); err != nil {
		return err
	}
	v.Print("  %-16s%s#%s", "diagram", page, e.ID)
	return nil
}

// explain prints an entry. The options name its catalogue, if it is not the embedded
// one.
func (v *call) explain(e *catalog.Entry, options string) {
	line := func(name, text string) {
		if text != "" {
			v.Print("  %-16s%s", name, say.Wrap(text, 18))
		}
	}
	v.Print("%s  %s", v.Bold(e.ID), e.Name)
	line("severity", string(e.Severity))
	line("group", e.Group)
	line("what happens", e.ProviderDoes)
	line("what is right", e.ClientDoes)
	line("why it matters", e.Why)
	line("what to change", e.Remedy)
	for _, c := range e.Spec {
		line("clause", c.String()+"  "+c.URL())
	}
	line("seen in", strings.Join(e.Sources, "; "))
	if e.Planned != "" {
		line("planned", "it cannot run yet: it needs "+e.Planned)
		return
	}
	line("needs", strings.Join(e.Needs, ", "))
	line("stimulus", v.ofVariants(e, func(s *drill.Scenario) string {
		if s.Stimulus == nil {
			return ""
		}
		text, _ := json.Marshal(s.Stimulus) // cannot fail: it was read from a text
		return string(text)
	}))
	if e.Stimulus != nil && options == "" {
		line("as an issuer", "authdrill serve, and http://127.0.0.1:9400/x/"+e.ID+" in the client's issuer setting")
	}
	v.variants(e, options, line)
	line("judged by", v.ofVariants(e, expectation))
	line("known bad", strings.Join(knownBad(e), ", "))
	line("your app", "authdrill attack LOGIN-URL --whoami URL"+options+" --only "+e.ID+" --report html=card.html draws the sequence diagram of the run")
	line("our client", "authdrill explain "+e.ID+options+" --html card.html draws how a client fails that has this bug")
}

// variants lists the variants of an entry, with the known-bad clients that they name
// themselves.
func (v *call) variants(e *catalog.Entry, options string, line func(name, text string)) {
	if e.Variant == "" {
		return
	}
	for i, one := range e.Variants {
		name, text := "", one.Variant
		if i == 0 {
			name = "variants"
		}
		if !slices.Equal(one.ProvenBy, e.ProvenBy) {
			text += "  " + v.Dim("known bad: "+strings.Join(namesOf(one.ProvenBy), ", "))
		}
		line(name, text)
	}
	line("one of them", "authdrill attack LOGIN-URL --whoami URL"+options+flagText("only", e.Variants[0].FullID()))
}

// ofVariants is what is said of an entry. Where its variants differ in that, it is
// that of the first, with its label.
func (v *call) ofVariants(e *catalog.Entry, about func(*drill.Scenario) string) string {
	text := about(e.Scenario)
	if slices.ContainsFunc(e.Variants, func(one *drill.Scenario) bool { return about(one) != text }) {
		text += " " + v.Dim("(variant "+e.Variant+")")
	}
	return text
}

// knownBad are the known-bad clients that an entry must fail.
func knownBad(e *catalog.Entry) []string { return namesOf(e.KnownBad()) }

func namesOf(clients []drill.KnownBad) []string {
	var out []string
	for _, bad := range clients {
		out = append(out, string(bad))
	}
	return out
}

// expectation is what an entry wants to be seen of a correct client, in a line.
func expectation(e *drill.Scenario) string {
	var out []string
	if e.Lint != "" {
		out = append(out, "the requests of three sign-ins are held to the rule "+string(e.Lint))
	}
	if text, err := json.Marshal(e.Outcome); err == nil && string(text) != "{}" {
		out = append(out, strings.NewReplacer(`"`, "", "{", "", "}", "", ",", ", ", ":", " ").Replace(string(text)))
	}
	if e.Example != "" {
		out = append(out, "the example scenario: "+e.Example)
	}
	if e.Record {
		out = append(out, "the specifications leave the choice: it is told what the app does")
	}
	return strings.Join(append(out, "no server error, and a plain sign-in works afterwards"), "; ")
}
