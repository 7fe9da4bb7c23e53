package report

import (
	"fmt"
	"regexp"
	"strings"
)

// What fits on a screen, with what was shown while the attack went on.
const (
	screenRows    = 40
	screenColumns = 80
	screenCauses  = 5
	mostNamed     = 3 // of what a list is about, such as expected failures that no longer fail
	labelColumns  = 10
)

// shortHead is what is known of an app whose calibration succeeded, in three rows.
func (t *Text) shortHead(d *document) {
	t.print("  %s", t.bold(shorten(d.Title+" "+Printable(d.Target), screenColumns-2)))
	has, lacks := traits(d)
	var failing []string
	for _, x := range d.Checks {
		if !x.OK {
			failing = append(failing, x.Check)
		}
	}
	line := "calibrated: " + count(len(d.Checks)-len(failing), "check holds", "checks hold")
	if len(failing) > 0 {
		line += ", and not that " + Printable(strings.Join(failing, ", "))
	}
	if len(has) > 0 {
		line += "; it uses " + Printable(strings.Join(has, ", "))
	}
	if len(lacks) > 0 {
		line += "; without " + Printable(strings.Join(lacks, ", "))
	}
	mark := t.green("✓")
	for _, row := range wrap(line, screenColumns-4, 2) {
		t.print("  %s %s", mark, row)
		mark = " "
	}
	t.print("")
}

// progress shows after each quarter of the entries how many were played, in one row.
func (t *Text) progress() {
	t.played++
	quarter := t.o.Entries / 4
	if quarter < 10 || t.played%quarter != 0 || t.played > 3*quarter {
		return
	}
	if t.played == quarter {
		t.write(fmt.Sprintf("  of %d entries played:", t.o.Entries))
		t.open = true
	}
	t.write(fmt.Sprintf(" %d", t.played))
}

// endProgress ends the row of the progress, if there is one.
func (t *Text) endProgress() {
	if t.open {
		t.open = false
		t.print("\n")
	}
}

// depth is how many rows the texts of a cause may take.
type depth struct{ happened, why, change int }

// depths are those to try, until all causes to be shown fit: the reason gives way before
// what to change does.
func depths() []depth {
	return []depth{{3, 3, 3}, {2, 2, 3}, {2, 2, 2}, {2, 1, 2}, {1, 1, 2}, {2, 0, 2}, {1, 0, 2}, {1, 0, 1}}
}

// screen writes a card for one screen: the causes to fix first, and how much more there
// is.
func (t *Text) screen(d *document) {
	if !d.Judged || len(d.Results) == 0 {
		t.card(d)
		return
	}
	for _, line := range t.fitting(d) {
		t.print("%s", line)
	}
}

// fitting returns the card that fits, with shorter texts before fewer causes.
func (t *Text) fitting(d *document) []string {
	shown := min(screenCauses, len(d.Causes))
	fits := func(lines []string) bool { return t.rows+rowsOf(lines) <= screenRows }
	var lines []string
	for _, deep := range depths() {
		if lines = t.screenLines(d, shown, deep); fits(lines) {
			return lines
		}
	}
	for shown > 1 && !fits(lines) {
		shown--
		lines = t.screenLines(d, shown, depth{1, 0, 1})
	}
	return lines
}

// screenLines returns a card with that many causes, each with texts of that depth.
func (t *Text) screenLines(d *document, shown int, deep depth) []string {
	var out []string
	for _, c := range d.Causes[:shown] {
		out = append(out, t.screenCause(c, deep)...)
	}
	out = append(out, "")
	more := "everything, with the requests as curl: --verbose" + t.elsewhere()
	if left := d.Causes[shown:]; len(left) > 0 {
		more = fmt.Sprintf("%s more; %s", count(len(left), "cause", "causes"), more)
	}
	out = append(out, "  "+t.dim(shorten(more, screenColumns-2)))
	out = append(out, t.screenRest(d)...)
	return append(out, wrap(d.Counts+" · "+d.Lasted, screenColumns, 2)...)
}

// elsewhere names the files that have everything.
func (t *Text) elsewhere() string {
	if len(t.o.Files) == 0 {
		return ", or --report html=card.html"
	}
	return ", " + Printable(strings.Join(t.o.Files, ", "))
}

func (t *Text) screenCause(c *cause, deep depth) []string {
	head := fmt.Sprintf("%d  %s", c.Number, t.red(c.Verdict))
	if c.Severity != "" {
		head += "  " + Printable(c.Severity)
	}
	if len(c.Clauses) > 0 {
		head += "  " + shorten(clauses(c.Clauses[:1]), 30)
	}
	shown := c.Shown() + ": " + Printable(firstOf(c.Names, mostNamed))
	out := []string{"  " + head + "  " + shorten(shown, screenColumns-4-columns(plain(head)))}
	for _, x := range []struct {
		label, text string
		most        int
	}{{"happened", c.Happened(), deep.happened}, {"why", c.Why, deep.why}, {"change", c.Remedy, deep.change}} {
		if x.text == "" || x.most == 0 {
			continue
		}
		for _, row := range wrap(Printable(x.text), screenColumns-labelColumns-5, x.most) {
			out = append(out, "     "+t.dim(pad(x.label, labelColumns))+row)
			x.label = ""
		}
	}
	if c.Again != "" { // it is to be copied, so it is not cut
		out = append(out, "     "+t.dim(pad("again", labelColumns))+Printable(c.Again))
	}
	return out
}

// screenRest is what did not fail, and lists that are no longer true, two rows each at
// most.
func (t *Text) screenRest(d *document) []string {
	var out []string
	add := func(text string) { out = append(out, "  "+shorten(Printable(text), screenColumns-2)) }
	for _, text := range []string{describeUnexercised(d.Results), describeChoices(d.Results)} {
		for _, row := range wrap(Printable(text), screenColumns-2, 2) {
			if row != "" {
				out = append(out, "  "+row)
			}
		}
	}
	if u := d.Unjudged; len(u) > 0 {
		add(fmt.Sprintf("%d could not be judged, for %s: %s", countOf(u), count(len(u), "reason", "reasons"), u[0].Reason))
	}
	notices, each := d.Notices(), 2
	if len(notices) > 2 {
		each = 1
	}
	for i, text := range notices {
		if i == mostNamed {
			add(fmt.Sprintf("and %d more like that", len(notices)-i))
			break
		}
		for _, row := range wrap(Printable(text), screenColumns-2, each) {
			out = append(out, "  "+row)
		}
	}
	if d.CutShort != "" {
		for _, row := range wrap(d.CutShort, screenColumns-2, 2) {
			out = append(out, "  "+row)
		}
	}
	return out
}

func countOf(reasons []reason) int {
	n := 0
	for _, r := range reasons {
		n += r.Count
	}
	return n
}

// firstOf names the first of many.
func firstOf(names []string, most int) string {
	if n := len(names) - most; n > 1 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), n)
	}
	return strings.Join(names, ", ")
}

// wrap breaks a text into at most that many rows, the last of them shortened.
func wrap(text string, width, most int) []string {
	var out []string
	row := ""
	words := strings.Split(text, " ")
	for i, word := range words {
		if row != "" && columns(row)+1+columns(word) > width {
			if len(out) == most-1 {
				return append(out, shorten(row+" "+strings.Join(words[i:], " "), width))
			}
			out, row = append(out, row), word
			continue
		}
		if i > 0 {
			row += " "
		}
		row += word
	}
	return append(out, shorten(row, width))
}

// steering are the sequences that colour a text.
var steering = regexp.MustCompile("\x1b\\[[0-9;]*m")

// plain is a text without colours.
func plain(text string) string { return steering.ReplaceAllString(text, "") }

// rowsOf is how many rows of a terminal lines take.
func rowsOf(lines []string) int {
	n := 0
	for _, line := range lines {
		n += max(1, (columns(plain(line))+screenColumns-1)/screenColumns)
	}
	return n
}

// causeText is everything about a cause, and the entries that show it.
func (t *Text) causeText(c *cause) {
	head := fmt.Sprintf("cause %d  %s", c.Number, t.red(c.Verdict))
	if c.Severity != "" {
		head += " · " + Printable(c.Severity)
	}
	t.print("\n  %s", t.bold(head+" · "+c.Shown()))
	for _, x := range []struct{ label, text string }{
		{"what happened", c.Happened()}, {"why it matters", c.Why}, {"what to change", c.Remedy}, {"request", c.Request}, {"again", c.Again}, {"shown by", strings.Join(c.Names, ", ")},
	} {
		if x.text != "" {
			t.print("  %s %s", pad(x.label, 15), Printable(x.text))
		}
	}
	for _, cited := range c.Clauses {
		t.print("  clause          %s", strings.TrimSpace(clauseText(cited)+"  "+clauseURL(cited)))
	}
	for _, r := range c.Rows {
		if r.Causes[0] == c {
			t.failure(r)
			continue
		}
		t.print("\n  %s is told of under cause %d", t.bold(Printable(r.ID)), r.Causes[0].Number)
	}
}

// traits are what an app was seen to do, and not to do.
func traits(d *document) (has, lacks []string) {
	for _, trait := range d.Learned {
		switch {
		case !trait.Has:
			lacks = append(lacks, trait.Name)
		case trait.Saw != "":
			has = append(has, trait.Name+" ("+trait.Saw+")")
		default:
			has = append(has, trait.Name)
		}
	}
	return has, lacks
}
