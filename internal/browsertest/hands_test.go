package browsertest

import (
	"os"
	"slices"
	"testing"
)

// TestEveryPageIsWorkedWithoutAMouse goes the ways of the tours by keyboard alone, and with a finger on a screen that is 390 pixels wide:
// some of them, and with COUPLET_HANDS=all every one.
func TestEveryPageIsWorkedWithoutAMouse(t *testing.T) {
	t.Parallel()
	require(t)
	some := []string{"keyboard: to both accounts", "touch: what a person decides"}
	for name, hands := range map[string]func(*tab) hand{
		"keyboard": func(b *tab) hand { return keyboard{b} },
		"touch":    func(b *tab) hand { return touching(b) },
	} {
		for way, tour := range tours {
			by := name + ": " + way
			t.Run(by, func(t *testing.T) {
				if os.Getenv("COUPLET_HANDS") != "all" && !slices.Contains(some, by) {
					t.Skip("gone by mouse only; COUPLET_HANDS=all (make prove) goes all ways with every hand")
				}
				t.Parallel()
				w := newWorld(t, tour.world...)
				b := w.tab(t)
				tour.way(&guide{w: w, b: b, h: hands(b), visit: func(*tab, stop) {}})
			})
		}
	}
}
