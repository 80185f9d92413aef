package mapping

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What is typed into the rows of a table is read again as it was typed, whatever it is.
func TestATableIsReadAsItWasTyped(t *testing.T) {
	cell := rapid.StringMatching(`[a-zA-ZéŁ=;,"' .|-]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		var typed, want []TableRow
		for range rapid.IntRange(0, 6).Draw(t, "rows") {
			r := TableRow{cell.Draw(t, "from"), cell.Draw(t, "to")}
			typed = append(typed, r)
			if r = (TableRow{oneLine(r.From), oneLine(r.To)}); r != (TableRow{}) {
				want = append(want, r)
			}
		}
		if got := TableRows(TableText(typed)); !slices.Equal(got, want) {
			t.Fatalf("typed %q, read %q from %q", typed, got, TableText(typed))
		}
	})
}

func TestTwoColumnsOfASheetBecomeRows(t *testing.T) {
	gold := []TableRow{{"Gold", "VIP"}, {"Silver", "Regular, old"}}
	for name, c := range map[string]struct {
		text string
		want []TableRow
		more int
	}{
		"tabs":             {"Gold\tVIP\r\nSilver\tRegular, old\r\n", gold, 0},
		"semicolons":       {"Gold;VIP\n\nSilver;Regular, old", gold, 0},
		"commas, quoted":   {"Gold,VIP\nSilver,\"Regular, old\"", gold, 0},
		"equal signs":      {"Gold = VIP\nSilver = Regular, old", gold, 0},
		"a quoted newline": {"\"Go\nld\"\tVIP\nSilver\tRegular, old", []TableRow{{"Go ld", "VIP"}, gold[1]}, 0},
		"three columns":    {"Gold\tVIP\tyes\nSilver\tRegular, old\t\n", gold, 1},
		"one column":       {"Gold\nSilver", []TableRow{{"Gold", ""}, {"Silver", ""}}, 0},
		"a stray quote":    {"5\" pipe\tthin\n6\" pipe\tthick", []TableRow{{"5\" pipe", "thin"}, {"6\" pipe", "thick"}}, 0},
		"nothing":          {" \n\t\n", nil, 0},
	} {
		if rows, more := ReadSheet(c.text); !slices.Equal(rows, c.want) || more != c.more {
			t.Errorf("%s: %q, %d", name, rows, more)
		}
	}
}

// Each row that cannot be says why for itself, and the step refuses exactly the tables that have one.
func TestEachRowOfATableSaysWhatItLacks(t *testing.T) {
	rows := []TableRow{{"Gold", "VIP"}, {"gold ", "Best"}, {"", "Guest"}, {"Tin", ""}}
	for both, want := range map[bool][]string{true: {"", "row 1 already", "what becomes “Guest”", "what “Tin” becomes"}, false: {"", "row 1 already", "what becomes “Guest”", ""}} {
		for i, fault := range TableFaults(rows, both) {
			if (want[i] == "") != (fault == "") || !strings.Contains(fault, want[i]) {
				t.Errorf("both ways %v, row %d: %q", both, i+1, fault)
			}
			if _, _, err := parseTable(TableText(rows[i:i+1]), both); i != 1 && (err == nil) != (fault == "") {
				t.Errorf("both ways %v, row %d alone: %v, and the page says %q", both, i+1, err, fault)
			}
		}
	}
}
