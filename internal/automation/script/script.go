// Package script runs the small programs that people write into the steps of an automation: Starlark, a little Python, that
// defines run(input) and returns what comes out. Input and output are what JSON can say.
//
// Nobody here trusts a script. The language itself has no network, no files, no clock and no chance, and counts its steps; but
// it does not count memory, and nineteen steps can take two gigabytes. So a script never runs in the program that serves
// people: a [Runner] starts the program once more with a hidden command, which is [Child]. The child has an empty environment,
// limits its own memory and processor time before it reads anything, and is killed when its time is over. Two run at once, the
// others wait.
//
// Whatever a script does, Run returns a [Result] or an [Error] that says in words what happened, with the line where there is
// one. [Check] looks at a script without running it.
package script

import (
	"fmt"
	"slices"
	"time"
)

// What a script may use at most.
const (
	// MostTime is how long one may take, its start included.
	MostTime = 2 * time.Second
	// MostSteps is how many steps of the language it may make, about a second's worth.
	MostSteps = 10_000_000
	// MostMemory is how much memory its process may ask for, beyond what it has when it starts.
	MostMemory = 256 << 20
	// MostJSON is how large its input may be, and its output, as JSON.
	MostJSON = 1 << 20
	// MostPrinted is how much of what it prints is kept.
	MostPrinted = 8 << 10
	// AtOnce is how many run at the same time.
	AtOnce = 2
	// mostCPU is how much processor time its process may use, whoever watches the clock.
	mostCPU = 2 * MostTime
	// deepest is how many lists and dicts may stand in each other, in and out.
	deepest = 100
)

// Result is what a script gave.
type Result struct {
	// Output is what run returned: nil, a bool, float64, string, []any or map[string]any.
	Output any
	// Printed is what it printed, cut at MostPrinted. It is there when the script failed, too.
	Printed string
}

// The ways in which a script can end without a result.
const (
	Failed   = "failed"   // it is wrong, or did something that cannot be done; it would end so again
	TooLong  = "too_long" // its time was over, or its steps were
	TooLarge = "too_large"
	NoMemory = "no_memory"
	Stopped  = "stopped" // it is not to blame: it could not be started, or was ended from outside
)

// Error is why there is no result.
type Error struct {
	// Kind is one of the ways to end.
	Kind string `json:"kind"`
	// Line and Column are where in the script, from 1, or 0 where no place is known.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// Text says what happened, without the place.
	Text string `json:"text"`
}

// Error is the text, with the place before it.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Text)
}

func failed(format string, args ...any) *Error {
	return &Error{Kind: Failed, Text: fmt.Sprintf(format, args...)}
}

// Fact is one thing that people should know about scripts.
type Fact struct{ About, Text string }

// Facts are what a script may do and what it may not, for the pages that tell people.
func Facts() []Fact {
	return slices.Clone(facts)
}

var facts = []Fact{
	{"Form", "`def run(input):` with one parameter, a dict of what the step is given, by name; what is empty is left out, so ask with `input.get(…)`. What it returns is the step's result, `{{step.result}}`. Other functions may stand beside it. One that calls itself is refused."},
	{"Values", "Texts, numbers (12 comes in as a whole number), `True` and `False`, `None`, lists and dicts whose keys are texts. Anything else cannot be returned, nor can a whole number beyond " +
		"9007199254740992, which would lose digits: return `str(…)` of it."},
	{"At hand", "All that Starlark has, `while` and sets with it, and the modules `json` and `math`. `fail(\"…\")` ends it with words of its own, `print(…)` shows something in a try."},
	{"Not there", "Network, files, other scripts (`load`), chance, and the clock: give it `{{now}}` where it needs the moment."},
	{"Time", fmt.Sprintf("%d seconds and %d million steps. Two run at once, the others wait, which does not count.", MostTime/time.Second, MostSteps/1_000_000)},
	{"Memory", fmt.Sprintf("%d MB, held by the system on Linux. On another system only time and steps are limited, so let only people write scripts there whom you trust with the machine.", MostMemory>>20)},
	{"Size", fmt.Sprintf("%d MB for what goes in and for what comes out, as JSON; %d lists and dicts in each other. Of what it prints, %d KB are kept.", MostJSON>>20, deepest, MostPrinted>>10)},
	{"When it fails", "The message says what happened and in which line. It has a process of its own with an empty environment, so nothing else notices."},
}
