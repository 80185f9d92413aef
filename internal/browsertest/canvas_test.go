package browsertest

import (
	"strings"
	"testing"
)

// TestAnAutomationIsBuiltByMouseAndByKeyboard: made of a template, a step added where it was marked, moved, opened, filled in with a
// value, and tried; what was announced and where the focus is, on the way.
func TestAnAutomationIsBuiltByMouseAndByKeyboard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "--contacts", "4")
	b := w.tab(t)
	b.open(w.made.SignIn)
	b.see(testid("headline"))
	for _, h := range []hand{mouse{b}, keyboard{b}} {
		t.Run(h.name(), func(t *testing.T) {
			b := &canvas{b, t}
			b.open("/automations/new?template=appointment-booked")
			h.press(testid("make"))
			b.at("^/automations/auto_")
			before := b.titles()
			h.press(css("#plus-1"))
			b.until("the place is marked", func() bool { return b.shows(css("#plus-1[href='#oq']")) })
			h.press(css("#plus-1")) // which leads to the search
			b.until("the search has the focus", func() bool { return b.focused(css("#oq")) })
			h.write(css("#oq"), "add tag contact")
			b.until("the list is narrowed", func() bool { return !b.shows(css(".ops-g")) && b.shows(testid("op", "Add tags to a contact")) })
			h.press(testid("op", "Add tags to a contact"))
			b.announces("Step 2 is added: Add tags to a contact.")
			b.until("what is new has the focus", func() bool { return b.focused(css("#h-insp")) })
			id := ask[string](b.tab, "document.querySelector('.stp.sel').id.slice('card-'.length)")

			up, down := css("[value='up:"+id+"']"), css("[value='down:"+id+"']")
			h.press(up)
			b.announces("is step 1 now")
			b.until("the focus stays with the step", func() bool { return b.focused(up) })
			h.press(down)
			b.announces("is step 2 now")
			if h.name() == "mouse" {
				b.drag(css("#card-"+id+" [data-lift]"), css("#plus-0"))
				b.announces("is step 1 now")
				h.press(down)
				b.announces("is step 2 now")
			}

			h.press(css("#open-" + id))
			tags := css("[name='with.tags']")
			h.write(tags, "from ")
			b.saved("from ")
			h.press(css("[value='values:with.tags']"))
			b.until("the list of values has the focus", func() bool { return b.focused(css("#find-value")) })
			h.write(css("#find-value"), "city")
			h.press(css("[data-testid=value]", "City"))
			b.until("the value is where the caret was", func() bool {
				return ask[string](b.tab, `document.querySelector("[name='with.tags']").value`) == "from {{contact.city}}"
			})
			b.until("it becomes the sample's", func() bool { return strings.Contains(b.see(testid("becomes", "from Portland")), "from Portland") })
			h.press(testid("try"))
			b.see(testid("tried"))
			b.until("the card says what would be", func() bool {
				return strings.Contains(ask[string](b.tab, "document.querySelector('#card-"+id+" [data-testid=result]')?.innerText ?? ''"), "“from Portland”")
			})
			h.press(css("#b-more-" + id))
			h.press(css("#more-" + id + " .danger"))
			b.announces("is removed")
			b.until("it can be taken back at once", func() bool { return b.focused(css("#b-back")) })
			h.press(css("#b-back"))
			b.announces("undone")
			if got := b.titles(); len(got) != len(before)+1 {
				t.Errorf("the steps are %v, and were %v", got, before)
			}
		})
	}
}

// TestAnAutomationIsPublishedTakenBackAndDeleted by mouse, by keyboard, and with a finger.
func TestAnAutomationIsPublishedTakenBackAndDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "--contacts", "4")
	b := w.tab(t)
	b.open(w.made.SignIn)
	b.see(testid("headline"))
	for _, take := range []func() hand{func() hand { return mouse{b} }, func() hand { return keyboard{b} }, func() hand { return touching(b) }} {
		h := take()
		t.Run(h.name(), func(t *testing.T) {
			b.open("/automations/new?template=new-contact-follow-up")
			h.press(testid("make"))
			at := b.at("^/automations/auto_")
			g := &guide{w: w, b: b, h: h}
			h.press(css("#open-ring"))
			h.write(css("[name='with.name']"), "")
			h.press(testid("publish")) // at once: what was typed counts
			b.see(testid("bad", "Not published"))
			b.until("the field that lacks something has the focus", func() bool { return b.focused(css("[name='with.name']")) })
			h.write(css("[name='with.name']"), "Call")
			g.published()
			h.press(css("[data-version='1'] [data-testid=take]"))
			b.see(testid("taken", "Version 1 is the draft now"))
			h.press(testid("undo"))
			b.see(testid("said", "That is undone"))
			h.press(testid("to-draft"))
			b.until("the page of the automation is open", func() bool { return b.path() == at })
			h.press(testid("delete"))
			b.see(css("#delete", "its one version and the list of what it did"))
			h.press(testid("really-delete"))
			b.at("^/flows")
			b.see(testid("said", "is deleted"))
		})
	}
}

// canvas is a tab that shows an automation.
type canvas struct {
	*tab
	t *testing.T
}

func (b *canvas) titles() []string {
	b.t.Helper()
	return ask[[]string](b.tab, "[...document.querySelectorAll('[data-testid=step] .stp-t > b')].map((e) => words(e.innerText))")
}

// announces waits for what a screen reader is told.
func (b *canvas) announces(part string) {
	b.t.Helper()
	b.until("it is said that "+part, func() bool {
		return strings.Contains(ask[string](b.tab, "document.querySelector('[data-testid=announce]')?.textContent ?? ''"), part)
	})
}

// saved waits until the server has what was typed.
func (b *canvas) saved(text string) {
	b.t.Helper()
	b.until("it is saved", func() bool {
		return ask[string](b.tab, `document.querySelector("[name='with.tags']").defaultValue`) == text
	})
}
