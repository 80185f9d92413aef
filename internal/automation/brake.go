package automation

import (
	"cmp"
	"fmt"
	"time"
)

// The brake of an automation keeps a mistake small: a list that somebody imports, a filter that lets too much through. Once so many
// were let begin within an hour, whatever comes after waits for a person: nothing of it is done, and nothing of it is lost. What the
// filter does not let through counts for nothing, and so does what a person starts or begins again.

// Loosed is when something began that a person let go on: it counts for no hour.
var Loosed = time.UnixMilli(1)

// BrakeHour is the time that a brake counts in.
const BrakeHour = time.Hour

// Brake is how many may begin within an hour.
func (a Automation) Brake() int { return cmp.Or(a.PerHour, UsualPerHour) }

// braked is where a firing stands that the brake holds.
func braked(most int) *halt {
	return &halt{State: Parked, Braked: true, Reason: fmt.Sprintf("Held by the brake: %d began within an hour, and that is the most. Nothing of it was done. Let it go on, or allow more within an hour and publish that.", most)}
}
