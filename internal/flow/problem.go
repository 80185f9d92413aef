package flow

import (
	"fmt"
	"slices"
	"strings"
)

// Error is one thing that is wrong with a flow file: where, and what, why and how to mend it in one sentence.
type Error struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

func (e Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Text) }

// Errors is everything that is wrong with a flow file, in the order of its lines.
type Errors []Error

func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// err is nil for no errors, so that an empty list never becomes an error that is not nil.
func (e Errors) err() error {
	if len(e) == 0 {
		return nil
	}
	slices.SortStableFunc(e, func(a, b Error) int { return a.Line - b.Line })
	return e
}

// Problem is one value of a flow that cannot be, with the reason and the fix in words.
type Problem struct {
	// Field is the value's key as in a flow file: "schedule.every", or "map.2" for the third row.
	Field string `json:"field"`
	Text  string `json:"text"`
}
