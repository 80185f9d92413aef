package templates

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"couplet/internal/mapping"
)

// The names of the inputs of a table, after the name of its setting: the cells on both sides, the choices that need no counterpart, and
// what was copied out of a sheet.
const (
	TableFrom  = ".from"
	TableTo    = ".to"
	TableOpen  = ".open"
	TableSheet = ".sheet"
)

// MapTable is a table of values: a row for each.
type MapTable struct {
	// Heads say what stands on both sides. Choices are what the field there offers, nil where it takes anything; Long says that they
	// are too many for a list.
	Heads   [2]string
	Choices [2][]string
	Long    [2]bool
	Rows    []MapTableRow
	// Open are the choices that may stay without a counterpart, Unmet those of the far side that nothing becomes.
	Open, Unmet []string
}

// MapTableRow is a row of a table. Fixed is one of a choice, which stays; Blank the one to go on in. Error is why it cannot be, Warn
// what is odd about it.
type MapTableRow struct {
	From, To     string
	Fixed, Blank bool
	Error, Warn  string
	Focus        bool
}

// Odd reports whether a value is none of the choices of a side that has some.
func (t *MapTable) Odd(side int, v string) bool {
	return v != "" && len(t.Choices[side]) > 0 && !slices.ContainsFunc(t.Choices[side], func(x string) bool { return same(x, v) })
}

// Lacking says what is missing in a table that cannot be saved.
func (t *MapTable) Lacking() string {
	n := 0
	for _, r := range t.Rows {
		if r.Error != "" {
			n++
		}
	}
	if n == 0 {
		return "The table has no row yet. Fill one in, or take the step out; until then what was saved before goes on."
	}
	return Count(n, "row cannot be used yet", "rows cannot be used yet") + ". The reason stands at the row; until it is mended, what was saved before goes on."
}

// open counts the choices that nothing stands for yet.
func (t *MapTable) open() (n int) {
	for _, r := range t.Rows {
		if r.Fixed && r.To == "" {
			n++
		}
	}
	return n
}

// unmet says which choices of the far side nothing becomes.
func (t *MapTable) unmet() string { return "Nothing becomes " + strings.Join(t.Unmet, ", ") + "." }

// named is a row in words.
func (r MapTableRow) named(i int) string {
	if r.Blank {
		return "new row"
	}
	return "row " + itoa(i+1)
}

// value is what stands on a side, first the side that a person writes in first.
func (r MapTableRow) value(side int) string { return [2]string{r.From, r.To}[side] }

func (r MapTableRow) first() int { return map[bool]int{true: 1}[r.Fixed] }

func same(x, y string) bool { return mapping.Element(x) == mapping.Element(y) }

func rowID(id string, i int) string { return id + "-" + itoa(i) }

func cellID(id string, i, side int) string { return rowID(id, i) + "-" + letter(side) }

// celled names a cell and ties it to what is said about its row, and to the choices that it may be completed from.
func celled(t *MapTable, id string, side, i int, r MapTableRow) templ.Attributes {
	a := templ.Attributes{"aria-label": t.Heads[side] + ", " + r.named(i)}
	if side == 1 && r.Fixed {
		a["aria-label"] = "What " + r.From + " becomes"
	}
	if r.Error+r.Warn != "" {
		a["aria-describedby"] = rowID(id, i) + "-err"
	}
	if r.Error != "" {
		a["aria-invalid"] = "true"
	}
	if t.Long[side] {
		a["list"] = id + "-list-" + itoa(side)
	}
	return a
}
