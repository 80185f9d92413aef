package browsertest

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// board is the map of a flow that was just made, with what tests ask of it.
type board struct{ *tab }

// newBoard opens the map of a new flow between two accounts that were just connected.
func newBoard(t *testing.T) board {
	t.Helper()
	w := newWorld(t, "--contacts", "20")
	b := w.tab(t)
	b.open(w.made.SignIn)
	b.at("^/$")
	connectBoth(b, mouse{b})
	mouse{b}.press(button("Use this template"))
	b.at("^/flows/[^/]+/map$")
	b.see(testid("pairs"))
	return board{b}
}

// free is a field of a side that has no partner.
func free(side, label string) what {
	return css(fmt.Sprintf("[data-testid=free-%s] [data-fld]:not([disabled])", side), label)
}

// pairs counts the pairs.
func (b board) pairs() int {
	b.t.Helper()
	return demand[int](b.tab, `document.querySelectorAll("[data-testid=pair]").length`)
}

// paired waits for two fields to be a pair.
func (b board) paired(x, y string) {
	b.t.Helper()
	b.until(x+" and "+y+" are a pair", func() bool {
		return ask[bool](b.tab, fmt.Sprintf(`[...document.querySelectorAll("[data-testid=pair]")].some((p) => [%s, %s].every((n) => p.innerText.includes(n)))`, quoted(x), quoted(y)))
	})
}

// held waits for a field to be picked up, and idle for nothing to be.
func (b board) held(w what) {
	b.t.Helper()
	b.until("is picked up: "+string(w), func() bool {
		return ask[bool](b.tab, fmt.Sprintf(`%s?.getAttribute("aria-pressed") === "true" && "carry" in document.querySelector("[data-board]").dataset`, w))
	})
}

func (b board) idle() {
	b.t.Helper()
	b.until("nothing is picked up", func() bool { return ask[bool](b.tab, nothingHeld) })
}

// nothingHeld holds where no field is pressed, marked as a partner or drawn at the mouse, and no wire hangs.
const nothingHeld = `!("carry" in document.querySelector("[data-board]").dataset) &&
	!document.querySelector("[data-fld][aria-pressed=true], [data-fit], .carry-tag") &&
	!document.querySelector("[data-board] .wires .live").getAttribute("d")`

// TestFieldsArePairedByClickByDragAndByKeyboard on one map, each of the three by its own pair of fields, and taken apart
// again with undo.
func TestFieldsArePairedByClickByDragAndByKeyboard(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	h, k := mouse{b.tab}, keyboard{b.tab}
	before := b.pairs()

	h.press(free("a", "City"))
	b.held(free("a", "City"))
	h.press(free("b", "City"))
	b.paired("City", "City")

	b.drag(free("a", "State"), free("b", "Region"))
	b.paired("State", "Region")

	k.reach(free("a", "Time zone"))
	b.hit(kb.Enter)
	b.until("the focus is on the best partner", func() bool { return b.focused(free("b", "Time zone")) })
	b.hit(kb.Enter)
	b.paired("Time zone", "Time zone")

	for n := 3; n > 0; n-- {
		if got := b.pairs(); got != before+n {
			t.Errorf("%d pairs, want %d", got, before+n)
		}
		h.press(testid("undo"))
		b.until("one pair less", func() bool { return b.pairs() == before+n-1 })
	}

	// As many pairs are set, on a phone: low, and what a finger is for as large as one.
	b.seen(looks[2])
	demand[bool](b.tab, `(document.querySelector("[data-board]").dataset.dense = "", true)`)
	b.until("pairs are low", func() bool {
		return ask[bool](b.tab, `[...document.querySelectorAll("[data-testid=pair]")].every((e) => e.getBoundingClientRect().height <= 90)`)
	})
	if !demand[bool](b.tab, `[...document.querySelectorAll("[data-testid=pair] a")].every((e) => Math.min(e.getBoundingClientRect().width, e.getBoundingClientRect().height) >= 24)`) {
		t.Error("something is too small for a finger")
	}
}

// TestEscapeLetsGoHoweverAFieldWasPickedUp and pairs nothing, says so, and leaves nothing behind; what comes next works
// as if nothing had been held.
func TestEscapeLetsGoHoweverAFieldWasPickedUp(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	h, k := mouse{b.tab}, keyboard{b.tab}
	before := b.pairs()
	city := free("a", "City")
	letGo := func(how string) {
		t.Helper()
		b.hit(kb.Escape)
		b.idle()
		b.until("it is said after "+how, func() bool {
			return ask[string](b.tab, `document.querySelector("[data-say]").textContent`) == "Let go. Nothing changed."
		})
		if !b.focused(city) {
			t.Errorf("after %s the focus is not back on the field", how)
		}
	}

	h.press(city)
	b.held(city)
	letGo("a click")

	k.reach(city)
	b.hit(kb.Enter)
	b.until("the focus is on the best partner", func() bool { return b.focused(free("b", "City")) })
	letGo("a key")

	over := b.grab(city, free("b", "City"))
	b.held(city)
	letGo("a drag")
	b.release(over)
	// The mouse's own click comes after its release: a key that is heard behind it shows that nothing was picked up by it.
	b.hit(kb.Tab)
	if !demand[bool](b.tab, nothingHeld) {
		t.Error("letting the mouse go after Escape picked the field up again")
	}

	if got := b.pairs(); got != before {
		t.Errorf("%d pairs after letting go three times, want %d", got, before)
	}
	if demand[bool](b.tab, `!testid("undo").disabled`) {
		t.Error("letting go left something to undo")
	}
	h.press(city)
	b.held(city)
	h.press(free("b", "City"))
	b.paired("City", "City")
}

// drag moves something onto something else with the mouse.
func (b *tab) drag(from, to what) {
	b.t.Helper()
	b.release(b.grab(from, to))
}

// grab is a drag whose button is still down: it returns where the mouse is.
func (b *tab) grab(from, to what) point {
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
	return z
}

// release lets the mouse's button go.
func (b *tab) release(at point) {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.MouseEvent(chromedp.MouseReleased, at.X, at.Y, chromedp.ButtonLeft, chromedp.ClickCount(1))))
}
