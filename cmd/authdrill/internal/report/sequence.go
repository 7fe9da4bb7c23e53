package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/authdrill/authdrill/scenarios/result"
)

// Measures of the diagram, in its own units, which are pixels where it is not
// scaled. A letter's width is an estimate for 12 px of a system font: text that
// is cut a little early is better than text that runs into its neighbour.
const (
	seqLeft    = 96  // of the first lifeline: step and time are written before it
	seqWide    = 720 // for all lifelines, as long as each gap stays in its limits
	seqGapMin  = 184
	seqGapMax  = 250
	seqRight   = 70
	seqHead    = 44 // heads of the lifelines
	seqLetter  = 6.6
	seqSmall   = 5.6 // a letter of the small text
	seqRow     = 34
	seqDetail  = 14 // more for a second line of text
	seqLater   = 26 // a row that says that time passes
	seqLongest = 64 // letters of a label before it is cut in any case
)

// Sequence draws messages as a sequence diagram: SVG, a lifeline for each of
// user, browser, client, provider and resource that takes part, a request as a
// solid arrow, an answer dashed, a fault in its own colour with its text, the
// step's number and the issuer's time at the left, and a row where time passed
// between two messages. A text that is too long is cut; its title has all of
// it. The colours are the page's, by class; without a stylesheet it is black on
// white. No messages make no diagram.
func Sequence(messages []result.Message) string {
	if len(messages) == 0 {
		return ""
	}
	d := &diagram{at: map[string]int{}}
	d.lifelines(messages)
	for i, m := range messages {
		if i > 0 {
			d.passing(messages[i-1], m)
		}
		d.margin(i, messages)
		d.message(m)
	}
	return d.svg(len(messages))
}

type diagram struct {
	names []string       // of the lifelines, from the left
	at    map[string]int // and the horizontal place of each
	gap   int            // between two of them
	width int
	y     int // the line drawn last
	body  strings.Builder
}

// lifelines finds who takes part. A name that is none of the five is put at the
// right, so that no message is lost.
func (d *diagram) lifelines(messages []result.Message) {
	known := []string{"user", "browser", "client", "provider", "resource"}
	used := map[string]bool{}
	var others []string
	for _, m := range messages {
		for _, name := range []string{m.From, m.To} {
			if !used[name] && !slices.Contains(known, name) {
				others = append(others, name)
			}
			used[name] = true
		}
	}
	d.names = slices.DeleteFunc(known, func(name string) bool { return !used[name] })
	d.names = append(d.names, others...)
	d.gap = max(seqGapMin, min(seqGapMax, seqWide/max(1, len(d.names)-1)))
	for i, name := range d.names {
		d.at[name] = seqLeft + 40 + i*d.gap
	}
	d.width = max(seqLeft+40+(len(d.names)-1)*d.gap+seqRight, 360)
	d.y = seqHead
}

// passing draws the row between two messages where the issuer's clock moved.
func (d *diagram) passing(before, m result.Message) {
	passed := m.Time.Sub(before.Time).Truncate(time.Second)
	if before.Time.IsZero() || m.Time.IsZero() || passed == 0 {
		return
	}
	text := elapsed(passed) + " later"
	if passed < 0 {
		text = elapsed(-passed) + " earlier"
	}
	y := d.y + seqLater
	d.line("later", seqLeft, y, d.width-8, y)
	fmt.Fprintf(&d.body, `<text class="later" x="%d" y="%d" text-anchor="middle">%s</text>`, (seqLeft+d.width)/2, y+4, svgText(text))
	d.y = y + 4
}

// margin writes the number of a step where it begins, and the time where it is
// another than before.
func (d *diagram) margin(i int, messages []result.Message) {
	m := messages[i]
	y := d.y + seqRow
	if m.Step > 0 && (i == 0 || messages[i-1].Step != m.Step) {
		if i > 0 {
			d.line("step", 4, d.y+12, d.width-8, d.y+12)
			y, d.y = y+8, d.y+8
		}
		fmt.Fprintf(&d.body, `<g class="step"><title>step %d</title><circle cx="14" cy="%d" r="10" fill="none"/><text x="14" y="%d" text-anchor="middle">%d</text></g>`, m.Step, y-4, y, m.Step)
	}
	if at := second(m); at != "" && (i == 0 || second(messages[i-1]) != at) {
		fmt.Fprintf(&d.body, `<text class="time" x="32" y="%d">%s%s</text>`, y, svgTitle(at), m.Time.UTC().Format("15:04:05"))
	}
}

// message draws one arrow, its label above it and its detail below.
func (d *diagram) message(m result.Message) {
	from, to := d.at[m.From], d.at[m.To]
	d.y += seqRow
	full := []string{m.From + " → " + m.To + ": " + m.Label}
	for _, more := range []string{m.Detail, m.Fault} {
		if more != "" {
			full = append(full, more)
		}
	}
	class := "request"
	if m.Reply {
		class = "answer"
	}
	if m.Fault != "" {
		class += " fault"
	}
	fmt.Fprintf(&d.body, `<g class="%s">%s`, class, svgTitle(strings.Join(full, "\n")))
	room := max(to-from, from-to) - 22
	middle := (from + to) / 2
	if from == to {
		d.loop(from, m.Reply)
		room, middle = min(d.gap, d.width-from)-20, from
	} else {
		d.arrow(from, to, m.Reply)
	}
	d.text("label", m.Label, from == to, middle, d.y-6, room, seqLetter)
	if m.Detail != "" {
		d.text("detail", m.Detail, from == to, middle, d.y+seqDetail, room, seqSmall)
		d.y += seqDetail
	}
	if m.Fault != "" {
		d.text("struck", "fault: "+m.Fault, from == to, middle, d.y+seqDetail, room, seqSmall)
		d.y += seqDetail
	}
	d.body.WriteString("</g>")
}

// text writes a text in the middle of an arrow, or to the right of a loop.
func (d *diagram) text(class, s string, right bool, x, y, room int, letter float64) {
	anchor := "middle"
	if right {
		anchor, x = "start", x+30
	}
	cut := shorten(Printable(s), min(seqLongest, int(float64(room)/letter)))
	fmt.Fprintf(&d.body, `<text class="%s" x="%d" y="%d" text-anchor="%s">%s</text>`, class, x, y, anchor, svgText(cut))
}

func (d *diagram) arrow(from, to int, reply bool) {
	tip, back := to-2, -8
	if to < from {
		tip, back = to+2, 8
	}
	fmt.Fprintf(&d.body, `<path d="M%d %dH%d" fill="none" stroke="currentColor"%s/>`, from, d.y, tip, dashes(reply))
	d.tip(tip, d.y, back, reply)
}

// loop draws a message that one sends to itself.
func (d *diagram) loop(x int, reply bool) {
	fmt.Fprintf(&d.body, `<path d="M%d %dh22v14H%d" fill="none" stroke="currentColor"%s/>`, x, d.y-10, x+2, dashes(reply))
	d.tip(x+2, d.y+4, 8, reply)
}

// tip draws the head of an arrow: filled for a request, open for an answer.
func (d *diagram) tip(x, y, back int, reply bool) {
	if reply {
		fmt.Fprintf(&d.body, `<path d="M%d %dL%d %dL%d %d" fill="none" stroke="currentColor"/>`, x+back, y-4, x, y, x+back, y+4)
		return
	}
	fmt.Fprintf(&d.body, `<path d="M%d %dL%d %dL%d %dz" fill="currentColor" stroke="none"/>`, x+back, y-4, x, y, x+back, y+4)
}

func dashes(reply bool) string {
	if reply {
		return ` stroke-dasharray="5 4"`
	}
	return ""
}

func (d *diagram) line(class string, x1, y1, x2, y2 int) {
	fmt.Fprintf(&d.body, `<path class="%s" d="M%d %dL%d %d" stroke="currentColor" fill="none"/>`, class, x1, y1, x2, y2)
}

// svg puts the lifelines behind what was drawn. Title and description are what
// a screen reader says.
func (d *diagram) svg(n int) string {
	height := d.y + 24
	heads, end := []int{22}, height-6
	if n > 12 { // a long diagram names the lifelines at its end as well
		height += seqHead - 12
		heads, end = append(heads, height-22), height-35
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="sequence" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 %d %d" width="%d" height="%d" font-size="12">`, d.width, height, d.width, height)
	who := make([]string, len(d.names))
	for i, name := range d.names {
		who[i] = Printable(name)
	}
	fmt.Fprintf(&b, `<title>Sequence diagram</title><desc>%s between %s, in the order they were sent</desc>`,
		count(n, "message", "messages"), svgText(strings.Join(who, ", ")))
	for _, name := range d.names {
		x := d.at[name]
		fmt.Fprintf(&b, `<path class="life" d="M%d 34V%d" stroke="currentColor" fill="none"/>`, x, end)
		for _, y := range heads {
			fmt.Fprintf(&b, `<g class="head">%s<rect x="%d" y="%d" width="96" height="26" rx="8" fill="white" stroke="currentColor"/><text x="%d" y="%d" text-anchor="middle">%s</text></g>`,
				svgTitle(name), x-48, y-13, x, y+4, svgText(shorten(Printable(orElse(name, "?")), 13)))
		}
	}
	b.WriteString(d.body.String())
	b.WriteString("</svg>")
	return b.String()
}

func svgTitle(s string) string {
	return "<title>" + svgText(strings.Join(lines(s), "\n")) + "</title>"
}

// svgText escapes a text for HTML and XML alike.
func svgText(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;").Replace(xmlText(s))
}

// second is when a message was sent, to the second; empty where it is not known.
func second(m result.Message) string {
	if m.Time.IsZero() {
		return ""
	}
	return m.Time.UTC().Format(time.RFC3339)
}

// elapsed is a virtual time without parts that are zero: 6m, 1h30m, 1d2s.
func elapsed(d time.Duration) string {
	var text string
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if n := d / unit.length; n > 0 {
			text += fmt.Sprint(int64(n)) + unit.name
			d -= n * unit.length
		}
	}
	if d > 0 || text == "" {
		text += d.Round(time.Millisecond).String()
	}
	return text
}
