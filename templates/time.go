package templates

import (
	"strconv"
	"time"
)

// Clock says times the way pages say them: in the workspace's zone, on a 24-hour clock, relative for less than a day and
// as a date after that (design, section 3). A page is given one; nothing in templates asks what time it is.
type Clock struct {
	Now time.Time
	// Zone is where the workspace lives; nil is UTC.
	Zone *time.Location
	// Kept is how long the workspace remembers what happened.
	Kept Kept
}

// Kept is how long runs are kept, those that found nothing to do, and values that gave way.
type Kept struct{ Runs, Quiet, Losses time.Duration }

// Days writes a length of time in days.
func Days(d time.Duration) string { return Count(int(d/(24*time.Hour)), "day", "days") }

func (c Clock) in(t time.Time) time.Time {
	if c.Zone == nil {
		return t.UTC()
	}
	return t.In(c.Zone)
}

// Ago is how long a moment is past: "just now", "2 min ago", "5 h ago", and from a day on its date. A moment to come is
// said as [Clock.Until] says it, "" stands for never.
func (c Clock) Ago(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	switch d := c.Now.Sub(t); {
	case d < 0:
		return c.Until(t)
	case d < 5*time.Second:
		return "just now"
	case d < 24*time.Hour:
		return Took(d) + " ago"
	}
	return c.Date(t)
}

// Until is how far off a moment is: "in 40 s", "in 5 min", and from a day on "on 2 Mar 2025". What is due is "now".
func (c Clock) Until(t time.Time) string {
	switch d := t.Sub(c.Now); {
	case t.IsZero():
		return ""
	case d < time.Second:
		return "now"
	case d < 24*time.Hour:
		return "in " + Took(d)
	}
	return "on " + c.Date(t)
}

// Date is a day: "2 Mar 2025".
func (c Clock) Date(t time.Time) string { return c.in(t).Format("2 Jan 2006") }

// Hour is a time of day: "09:05".
func (c Clock) Hour(t time.Time) string { return c.in(t).Format("15:04") }

// Day heads what belongs to one day: "Today", "Yesterday", then the date.
func (c Clock) Day(t time.Time) string {
	switch c.days(t) {
	case 0:
		return "Today"
	case 1:
		return "Yesterday"
	}
	return c.Date(t)
}

// Midnight is when the day began.
func (c Clock) Midnight() time.Time {
	now := c.in(c.Now)
	return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
}

// Moment is a day with its time, as it stands in a sentence: "today at 11:19", "yesterday at 23:50", "2 Mar 2025 at 11:19".
func (c Clock) Moment(t time.Time) string {
	day := c.Date(t)
	switch c.days(t) {
	case 0:
		day = "today"
	case 1:
		day = "yesterday"
	case -1:
		day = "tomorrow"
	}
	return day + " at " + c.Hour(t)
}

// Exact is a moment with everything about it, for the title of a short form: "2 Mar 2025, 11:19:46 CET".
func (c Clock) Exact(t time.Time) string { return c.in(t).Format("2 Jan 2006, 15:04:05 MST") }

// whose says in which zone a page tells its times, once for all of them.
func (c Clock) whose() string {
	if c.Zone == nil || c.Zone == time.UTC {
		return "Times are in UTC."
	}
	return "Times are those of " + c.Zone.String() + " (" + c.in(c.Now).Format("MST") + ")."
}

// days is how many midnights lie between a moment and now.
func (c Clock) days(t time.Time) int {
	day := func(t time.Time) time.Time {
		y, m, d := c.in(t).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(day(c.Now).Sub(day(t)) / (24 * time.Hour))
}

// Took is a length of time with its unit: "under 1 s", "48 s", "4 min", "3 h 20 min", "2 days".
func Took(d time.Duration) string {
	switch {
	case d < time.Second:
		return "under 1 s"
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	case d < 24*time.Hour:
		h, m := int(d/time.Hour), int(d%time.Hour/time.Minute)
		if m == 0 || h >= 6 {
			return strconv.Itoa(h) + " h"
		}
		return strconv.Itoa(h) + " h " + strconv.Itoa(m) + " min"
	}
	return Count(int(d/(24*time.Hour)), "day", "days")
}

// stamp is a moment as programs read it, for the datetime of a time element.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
