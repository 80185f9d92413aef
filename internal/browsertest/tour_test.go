package browsertest

import "testing"

// stop is a page in one of its states. drawn names the design's drawing of it, "" where there is none.
type stop struct{ name, drawn string }

// guide goes through pages and has each of them looked at.
type guide struct {
	w     *world
	b     *tab
	h     hand
	visit func(*tab, stop)

	flow string // path of the flow that was made
}

// look has the page looked at that is open now.
func (g *guide) look(name, drawn string) {
	g.b.t.Helper()
	g.visit(g.b, stop{name, drawn})
}

// page opens an address and has it looked at.
func (g *guide) page(path, name, drawn string) {
	g.b.t.Helper()
	g.b.open(path)
	g.look(name, drawn)
}

// tour goes once through every page and every state of it that a person can bring about.
func tour(t *testing.T, visit func(*tab, stop)) {
	w := newWorld(t, "--first-run")
	b := w.tab(t)
	g := &guide{w: w, b: b, h: mouse{b}, visit: visit}
	g.wayIn()
	g.people()
	g.connecting()
	g.mapping()
	g.previewing()
	g.watching()
}

// TestEveryPageIsSound holds that axe finds nothing, that nothing scrolls sideways on a phone, and that the browser has
// nothing to complain about, on every page of the tour in light, in dark and at 390 pixels.
func TestEveryPageIsSound(t *testing.T) {
	t.Parallel()
	tour(t, func(b *tab, s stop) { b.sound(s.name) })
}
