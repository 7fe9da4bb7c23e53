package chromium

import (
	"context"

	"github.com/authdrill/authdrill/client/agent"
)

// locateScript is where the first element of a selector is seen, and whether pressing it
// certainly leads to another page: no script can prevent that.
const locateScript = `(selector) => {
	const e = document.querySelector(selector)
	if (!e) throw new Error("no element matches " + selector)
	e.scrollIntoView({block: "center"})
	const r = e.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2
	const top = document.elementFromPoint(x, y)
	if (!top || !e.contains(top)) throw new Error(selector + " is not seen")
	return {x, y, goes: document.scripts.length === 0 && e.matches("a[href], form button")}
}`

// Click clicks on the first element of a selector with the mouse, where it is
// seen, and waits for what becomes of the page.
func (p *Profile) Click(ctx context.Context, selector string) (*agent.Page, error) {
	ctx, cancel := p.withTimeout(ctx)
	defer cancel()
	v := &visit{ctx: ctx}
	t, err := p.beginVisit(ctx, v)
	if err != nil {
		return nil, err
	}
	var at struct {
		X, Y float64
		Goes bool
	}
	if err := t.evaluate(ctx, locateScript, &at, selector); err != nil {
		return nil, err
	}
	v.from = t.address()
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		click := map[string]any{"type": kind, "x": at.X, "y": at.Y, "button": "left", "clickCount": 1}
		if err := t.call(ctx, "Input.dispatchMouseEvent", click, nil); err != nil {
			return nil, err
		}
	}
	return p.follow(ctx, t, v, at.Goes)
}
