package templates

import "strconv"

// CostSide is what a flow takes of one account: to carry the preview out, and each day after it. The shares are percent of what
// the system allows in a day, 0 when nobody counts days.
type CostSide struct {
	System               string
	Now, Daily           int
	NowShare, DailyShare int
}

func ofDay(percent int, of string) string {
	if percent == 0 {
		return ""
	}
	return " (" + strconv.Itoa(percent) + " %" + of + ")"
}

// says tells both in words.
func (c CostSide) says() string {
	return "About " + About(c.Now) + " requests" + ofDay(c.NowShare, " of a day’s") + ", then about " + About(c.Daily) + " a day for looking" + ofDay(c.DailyShare, "")
}

// SetsOff is what may begin by itself in a system, because records are made there.
type SetsOff struct {
	System System
	N      int
	What   string
}

func (x SetsOff) title() string {
	return Count(x.N, x.System.One+" is", x.System.Many+" are") + " new in " + x.System.Name
}

func (x SetsOff) text() string {
	return "There may be " + x.What + ": each would run for every one of them and may send messages. Pause these in " + x.System.Name +
		" until the first run is over, or have them leave out whoever carries our reference. Or choose on the last step that only what is new from now on goes over."
}
