package browsertest

import "testing"

// stop is a page in one of its states. drawn names the design's drawing of it, "" where there is none.
type stop struct{ name, drawn string }

// tour goes once through every page and every state of it that a person can bring about, and calls visit at each.
func tour(t *testing.T, visit func(*tab, stop)) {
	w := newWorld(t, "--contacts", "60", "--first-run")
	b := w.tab(t)
	h := mouse{b}
	tourOfTheWayIn(w, b, h, visit)
	tourOfThePeople(w, b, h, visit)
}

// tourOfTheWayIn ends signed in as the owner.
func tourOfTheWayIn(w *world, b *tab, h hand, visit func(*tab, stop)) {
	b.open("/setup")
	visit(b, stop{"first run", "01-first-run"})
	h.write(field("Your name"), "Ana Lima")
	h.write(field("Work email"), "ana@example.com")
	h.write(field("Password"), "wide river small boat")
	h.write(field("Workspace"), "Harbour Studio")
	h.write(field("Set-up code"), "aaaa-aaaa")
	h.press(button("Create the owner"))
	b.see(testid("code-error"))
	visit(b, stop{"first run, a wrong code", "01-first-run"})
	h.write(field("Password"), "wide river small boat")
	h.write(field("Set-up code"), w.made.SetupCode)
	h.press(button("Create the owner"))
	b.at("^/$")
}

// TestEveryPageIsSound holds that axe finds nothing, that nothing scrolls sideways on a phone, and that the browser has
// nothing to complain about, on every page of the tour in light, in dark and at 390 pixels.
func TestEveryPageIsSound(t *testing.T) {
	t.Parallel()
	tour(t, func(b *tab, s stop) { b.sound(s.name) })
}
