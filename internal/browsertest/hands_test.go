package browsertest

import (
	"os"
	"slices"
	"testing"
)

// TestEveryPageIsWorkedWithoutAMouse goes the ways of the tours by keyboard alone, and with a finger on a screen that is 390 pixels wide:
// two of the six, and with COUPLET_HANDS=all (make prove) every one.
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
			if os.Getenv("COUPLET_HANDS") != "all" && !slices.Contains(some, by) {
				continue
			}
			t.Run(by, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, tour.world...)
				b := w.tab(t)
				tour.way(&guide{w: w, b: b, h: hands(b), visit: func(*tab, stop) {}})
			})
		}
	}
}
