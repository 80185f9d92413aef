package browsertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// step is a step of the open pair, counted from 0, and a part of it.
func step(n int, part string) what {
	return css(fmt.Sprintf("[data-steps] > [data-step]:nth-child(%d) %s", n+2, part))
}

// steps waits for the open pair to have these steps, in their order.
func (b board) steps(titles ...string) {
	b.t.Helper()
	b.until("the steps are "+strings.Join(titles, ", "), func() bool {
		return ask[string](b.tab, `[...document.querySelectorAll("[data-steps] .ps-t")].map((e) => words(e.innerText)).join(", ")`) == strings.Join(titles, ", ")
	})
}

// makes waits for the value after the last step.
func (b board) makes(words string) {
	b.t.Helper()
	b.until("the last step makes "+words, func() bool {
		return strings.Contains(ask[string](b.tab, `[...document.querySelectorAll("[data-steps] > [data-step]")].at(-1)?.querySelector(":scope > .pv")?.innerText ?? ""`), words)
	})
}

// add takes a step from the list of all kinds.
func (b board) add(h hand, kind string) {
	b.t.Helper()
	if !b.shows(css(".allsteps[open]")) {
		h.press(css(".allsteps > summary"))
	}
	h.press(css(".allsteps button[value=" + kind + "]"))
}

// openCompany opens the pair of the company.
func (b board) openCompany(h hand) {
	b.t.Helper()
	b.see(testid("lines"))
	h.press(css("[data-key='companyName=company_name'] a.more"))
	b.see(testid("open"))
}

// TestStepsAreWorkedByMouse: added, typed in with the value following before anything is saved, dragged to another place, set up
// wrongly without losing what was typed, and taken out.
func TestStepsAreWorkedByMouse(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	h := mouse{b.tab}
	b.openCompany(h)
	b.add(h, "uppercase")
	b.steps("Upper case")
	b.add(h, "prefix")
	b.steps("Upper case", "Put before")
	b.until("the new step has the focus", func() bool { return b.focused(step(1, "")) })
	h.write(css("[name='step.1.text']"), "Firma ")
	b.makes("Firma ")
	if !b.focused(css("[name='step.1.text']")) {
		t.Error("what came while somebody typed took the focus away")
	}
	b.hit(kb.Tab)
	b.until("it is saved", func() bool {
		return ask[bool](b.tab, `document.querySelector("[name='step.1.text']").defaultValue === "Firma " && [...document.querySelectorAll("[data-testid=lines] li.on")].some((l) => l.innerText.includes("Firma "))`)
	})
	b.drag(step(1, "[data-grip]"), step(0, "[data-grip]"))
	b.steps("Put before", "Upper case")
	b.makes("FIRMA ")

	b.add(h, "extract")
	b.steps("Put before", "Upper case", "Take by pattern")
	b.expect(422)
	h.write(css("[name='step.2.pattern']"), "(")
	b.see(testid("setting-error"))
	b.hit(kb.Tab)
	b.see(testid("bad"))
	if got := ask[string](b.tab, `document.querySelector("[name='step.2.pattern']").value`); got != "(" {
		t.Errorf("what was typed became %q", got)
	}
	h.press(step(2, "[value='drop:2']"))
	b.steps("Put before", "Upper case")

	// A value map: Enter goes from cell to cell and makes the next row, two columns that are pasted fill rows, and a row moves with Alt.
	b.add(h, "map_values")
	b.steps("Put before", "Upper case", "Value map")
	h.write(css("[data-row]:last-child [data-cell]"), "Silver")
	b.hit(kb.Enter)
	b.must(chromedp.Do(b.ctx, chromedp.KeyEvent("Regular")))
	b.hit(kb.Enter)
	b.table("Gold=VIP", "Silver=Regular", "=")
	b.until("the empty row has the focus", func() bool { return b.focused(css("[data-row]:last-child [data-cell]")) })
	ask[bool](b.tab, `(() => { const d = new DataTransfer(); d.setData("text/plain", "Tin\tBasic\nBrass\tOther\n");
		return document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: d, bubbles: true, cancelable: true })) })()`)
	b.table("Gold=VIP", "Silver=Regular", "Tin=Basic", "Brass=Other", "=")
	h.press(css("[data-row]:nth-child(2) button"))
	b.table("Gold=VIP", "Tin=Basic", "Brass=Other", "=")
	ask[bool](b.tab, `!document.querySelector("[data-row]:nth-child(2) [data-cell]").focus()`)
	b.must(chromedp.Do(b.ctx, chromedp.KeyEvent(kb.ArrowUp, chromedp.KeyModifiers(chromedp.ModifierAlt))))
	b.table("Tin=Basic", "Gold=VIP", "Brass=Other", "=")
}

// TestALateAnswerUndoesNothing: what a value would become was asked for, and before the answer came a step was added.
func TestALateAnswerUndoesNothing(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	h := mouse{b.tab}
	b.openCompany(h)
	b.add(h, "prefix")
	b.steps("Put before")
	ask[bool](b.tab, `(() => { const real = window.fetch;
		window.fetch = (to, with_) => !String(to).endsWith("/try") || window.held ? real(to, with_) : new Promise((yes, no) => {
			with_.signal?.addEventListener("abort", () => no(with_.signal.reason));
			window.held = () => with_.signal?.aborted || yes(real(to, with_));
		});
		addEventListener("htmx:finally:request", e => { if (e.detail.ctx.request.action.endsWith("/try")) window.over = true; });
		return true })()`)
	h.write(css("[name='step.0.text']"), "Firma ")
	b.until("it is asked for", func() bool { return ask[bool](b.tab, "!!window.held") })
	b.add(h, "uppercase")
	b.steps("Put before", "Upper case")
	ask[bool](b.tab, "(window.held(), true)")
	b.until("the late answer was dealt with", func() bool { return ask[bool](b.tab, "!!window.over && ready()") })
	b.steps("Put before", "Upper case")
	b.makes("FIRMA ")
}

// table waits for the rows of a table.
func (b board) table(rows ...string) {
	b.t.Helper()
	b.until("the rows are "+strings.Join(rows, ", "), func() bool {
		return ask[string](b.tab, `ready() && [...document.querySelectorAll("[data-row]")].map((r) => [...r.querySelectorAll("[data-cell]")].map((c) => c.value).join("=")).join(", ")`) == strings.Join(rows, ", ")
	})
}

// TestStepsAreWorkedByKeyboard: a formula is completed from the list, its mistake leads to its place, and a step that is moved
// keeps the focus on the button that moved it.
func TestStepsAreWorkedByKeyboard(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	k := keyboard{b.tab}
	b.openCompany(k)
	k.press(css("[data-testid=add-step] > button[value=formula]"))
	b.steps("Formula")
	formula := css("[data-formula]")
	k.write(formula, "upp")
	b.see(css(".complete > [aria-selected=true]"))
	b.hit(kb.Tab)
	b.must(chromedp.Do(b.ctx, chromedp.KeyEvent("value) + phone")))
	b.until("it is completed", func() bool { return ask[string](b.tab, formula.value()) == "upper(value) + phone" })
	b.until("the mistake is marked", func() bool {
		return ask[string](b.tab, `document.querySelector(".where mark")?.innerText ?? ""`) == "phone"
	})
	b.says("line 1, character 16")
	b.expect(422)
	k.press(css("[data-goto]"))
	b.until("the place is selected", func() bool {
		return b.focused(formula) && ask[int](b.tab, fmt.Sprintf("%s.selectionStart", formula)) == 15
	})
	k.write(formula, `upper(value) + "!"`)
	b.makes("!")
	b.hit(kb.Tab)
	b.add(k, "trim")
	b.steps("Formula", "Trim spaces")
	b.add(k, "lowercase")
	b.steps("Formula", "Trim spaces", "Lower case")
	k.press(step(2, "[value='up:2']"))
	b.steps("Formula", "Lower case", "Trim spaces")
	b.until("the focus is where the step went", func() bool { return b.focused(step(1, "[value='up:1']")) })
}

// TestStepsAreWorkedByTouch on a narrow screen: by taps, and by a drag of the grip.
func TestStepsAreWorkedByTouch(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	b.openCompany(mouse{b.tab})
	b.seen(looks[2])
	f := finger{b.tab}
	f.press(css(".allsteps > summary"))
	b.see(css(".allsteps[open]"))
	f.press(css(".allsteps button[value=uppercase]"))
	b.steps("Upper case")
	f.press(css(".allsteps button[value=trim]"))
	b.steps("Upper case", "Trim spaces")
	f.press(step(1, "[value='up:1']"))
	b.steps("Trim spaces", "Upper case")
	f.drag(step(0, "[data-grip]"), step(1, "[data-grip]"))
	b.steps("Upper case", "Trim spaces")
	f.press(step(0, "[value='drop:0']"))
	b.steps("Trim spaces")
	if wide := ask[int](b.tab, "document.documentElement.scrollWidth"); wide > 390 {
		t.Errorf("the page is %d wide", wide)
	}
}

// value is what stands in a field.
func (w what) value() string { return string(w) + ".value" }
