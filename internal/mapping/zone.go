package mapping

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// A time zone is a place. Whoever types one may choose from those that there are, and is told a near one where there is none of that name.

//go:embed zones.txt
var zoneNames string

var allZones = sync.OnceValue(func() []string { return strings.Fields(zoneNames) })

// Zones are the time zones that there are to choose from, one for each place, by name. Older names are taken too.
func Zones() []string { return allZones() }

// KnownZone reports whether there is a time zone of that name.
func KnownZone(name string) bool {
	_, err := time.LoadLocation(name)
	return name != "" && err == nil && !strings.EqualFold(name, "local")
}

// BadZone says why a name is no time zone, "" when it is one, or when there is none.
func BadZone(name string) string {
	if name == "" || KnownZone(name) {
		return ""
	}
	meant := "write it like Europe/Lisbon"
	if near := NearZone(name); near != "" {
		meant = "perhaps you mean " + near
	}
	return fmt.Sprintf("time zone %q is not known; %s", name, meant)
}

// NearZone is the time zone that somebody may have meant, "" where none is near: the one of that place, of a place that begins so, or one
// whose name is at most two letters away.
func NearZone(name string) string {
	plain := func(s string) string {
		return strings.ToLower(strings.NewReplacer(" ", "_", "-", "_").Replace(strings.TrimSpace(s)))
	}
	want := plain(name)
	if want == "" {
		return ""
	}
	place := want[strings.LastIndex(want, "/")+1:]
	best, far := "", 3
	for _, z := range Zones() {
		whole := plain(z)
		city := whole[strings.LastIndex(whole, "/")+1:]
		switch d := min(edits(whole, want), edits(city, place)+1); {
		case whole == want || city == want:
			return z
		case len(want) > 2 && strings.HasPrefix(city, want) && far > 1:
			best, far = z, 1
		case len(place) > 3 && d < far:
			best, far = z, d
		}
	}
	return best
}

// edits counts the letters that make the one word of the other.
func edits(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		before := row[0]
		row[0] = i + 1
		for j := range y {
			cost := before
			if x[i] != y[j] {
				cost++
			}
			before, row[j+1] = row[j+1], slices.Min([]int{cost, row[j] + 1, row[j+1] + 1})
		}
	}
	return row[len(y)]
}
