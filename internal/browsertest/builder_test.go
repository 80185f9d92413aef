package browsertest

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestFieldsArePairedByClickByDragAndByKeyboard on one map, each of the three by its own pair of fields, and taken apart
// again with undo.
func TestFieldsArePairedByClickByDragAndByKeyboard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "--contacts", "20")
	b := w.tab(t)
	h, k := mouse{b}, keyboard{b}
	b.open(w.made.SignIn)
	b.at("^/$")
	connectBoth(b, h)
	h.press(button("Use this template"))
	b.at("^/flows/[^/]+/map$")
	b.see(testid("pairs"))
	free := func(side, label string) what {
		return css(fmt.Sprintf("[data-testid=free-%s] [data-fld]:not([disabled])", side), label)
	}
	paired := func(a, z string) {
		t.Helper()
		b.until(a+" and "+z+" are a pair", func() bool {
			return ask[bool](b, fmt.Sprintf(`[...document.querySelectorAll("[data-testid=pair]")].some((p) => [%s, %s].every((n) => p.innerText.includes(n)))`, quoted(a), quoted(z)))
		})
	}
	before := ask[int](b, `document.querySelectorAll("[data-testid=pair]").length`)

	h.press(free("a", "City"))
	h.press(free("b", "City"))
	paired("City", "City")

	b.drag(free("a", "State"), free("b", "Region"))
	paired("State", "Region")

	k.reach(free("a", "Time zone"))
	b.hit(kb.Enter)
	b.until("the focus is on the best partner", func() bool {
		return ask[string](b, `document.activeElement.dataset.side + " " + document.activeElement.dataset.label`) == "b Time zone"
	})
	b.hit(kb.Escape)
	b.until("it was let go, and the focus is back", func() bool { return b.focused(free("a", "Time zone")) })
	b.hit(kb.Enter)
	b.until("the focus is on the best partner", func() bool {
		return ask[string](b, `document.activeElement.dataset.side ?? ""`) == "b"
	})
	b.hit(kb.Enter)
	paired("Time zone", "Time zone")

	for n := 3; n > 0; n-- {
		if got := ask[int](b, `document.querySelectorAll("[data-testid=pair]").length`); got != before+n {
			t.Errorf("%d pairs, want %d", got, before+n)
		}
		h.press(testid("undo"))
		b.until("one pair less", func() bool {
			return ask[int](b, `document.querySelectorAll("[data-testid=pair]").length`) == before+n-1
		})
	}
}

// drag moves something onto something else with the mouse.
func (b *tab) drag(from, to what) {
	b.t.Helper()
	place := func(w what) (p point) {
		b.until("can be dragged: "+string(w), func() bool {
			at := ask[*point](b, fmt.Sprintf("ready() ? spot(%s) : null", w))
			if at != nil {
				p = *at
			}
			return at != nil
		})
		return p
	}
	place(to) // both are in view when the second is, last scrolled to
	a := place(from)
	z := ask[point](b, fmt.Sprintf("(() => { const r = %s.getBoundingClientRect(); return { X: r.left + r.width / 2, Y: r.top + r.height / 2 } })()", to))
	held := func(p *input.DispatchMouseEventParams) { p.Buttons = 1 }
	b.must(chromedp.Do(b.ctx, chromedp.MouseEvent(chromedp.MouseMoved, a.X, a.Y),
		chromedp.MouseEvent(chromedp.MousePressed, a.X, a.Y, chromedp.ButtonLeft, chromedp.ClickCount(1))))
	const steps = 12
	for i := 1; i <= steps; i++ {
		f := float64(i) / steps
		b.must(chromedp.Do(b.ctx, chromedp.MouseEvent(chromedp.MouseMoved, a.X+(z.X-a.X)*f, a.Y+(z.Y-a.Y)*f, chromedp.ButtonLeft, held)))
	}
	b.must(chromedp.Do(b.ctx, chromedp.MouseEvent(chromedp.MouseReleased, z.X, z.Y, chromedp.ButtonLeft, chromedp.ClickCount(1))))
}
