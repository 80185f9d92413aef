package automation

import (
	"fmt"
	"strings"
	"time"

	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// moment is a step of a pill that makes a moment out of a moment.
type moment struct {
	mapping.StepKind
	wrong func(with map[string]string) string
	make  func(at time.Time, with map[string]string, zone *time.Location) time.Time
}

// moments are the steps of pills besides those of the mapping.
var moments = map[string]moment{
	"at": {mapping.StepKind{Name: "at", Title: "The same day, at…", Icon: "clock", Group: "Dates", Help: "The same day at a time of day. One that is over already is the next day's.",
		Settings: []mapping.Setting{{Name: "time", Label: "Time of day", Kind: "line", Needed: true, Example: "17:00"}}},
		func(with map[string]string) string {
			if _, err := time.Parse("15:04", with["time"]); err != nil {
				return "at needs a time of day; write at time=17:00"
			}
			return ""
		},
		func(at time.Time, with map[string]string, zone *time.Location) time.Time {
			return clock(at, 0, with["time"], zone)
		}},
	"later": {mapping.StepKind{Name: "later", Title: "Later by…", Icon: "timer", Group: "Dates", Help: "That much after the moment: 30m, 2h, 72h.",
		Settings: []mapping.Setting{{Name: "by", Label: "By", Kind: "line", Needed: true, Example: "24h"}}},
		func(with map[string]string) string {
			if _, err := flow.ParseDuration(with["by"]); err != nil {
				return "later needs a time span; write later by=24h"
			}
			return ""
		},
		func(at time.Time, with map[string]string, zone *time.Location) time.Time {
			by, _ := flow.ParseDuration(with["by"]) // checked
			return at.Add(by.D())
		}},
	"working_day": {mapping.StepKind{Name: "working_day", Title: "The next working day, at…", Icon: "calendar-days", Group: "Dates", Help: "The next Monday to Friday after the day, at a time of day.",
		Settings: []mapping.Setting{{Name: "time", Label: "Time of day", Kind: "line", Needed: true, Example: "09:00"}}},
		func(with map[string]string) string {
			if _, err := time.Parse("15:04", with["time"]); err != nil {
				return "working_day needs a time of day; write working_day time=09:00"
			}
			return ""
		},
		func(at time.Time, with map[string]string, zone *time.Location) time.Time {
			return workingDay(at, with["time"], zone)
		}},
}

// owner is the step of a pill that finds a member of staff in the other account.
const owner = "owner"

// PillSteps are all steps that a pill may send its value through, those for members of staff and moments first.
func PillSteps() []mapping.StepKind {
	out := []mapping.StepKind{{Name: owner, Title: "The same person in the other account", Icon: "users", Group: "People",
		Help: "Who there has the same email. Where nobody has, it is empty."}}
	for _, name := range sorted(moments) {
		out = append(out, moments[name].StepKind)
	}
	for _, k := range mapping.StepKinds() {
		if k.Name != "join_fields" && k.Name != "split_name" {
			out = append(out, k)
		}
	}
	return out
}

// clock is a time of day, so many days after a moment; the next day's where that is over already.
func clock(at time.Time, days int, of string, zone *time.Location) time.Time {
	t, _ := time.Parse("15:04", of) // checked
	at = at.In(zone)
	out := time.Date(at.Year(), at.Month(), at.Day()+days, t.Hour(), t.Minute(), 0, 0, zone)
	if out.Before(at) {
		return time.Date(at.Year(), at.Month(), at.Day()+days+1, t.Hour(), t.Minute(), 0, 0, zone)
	}
	return out
}

// workingDay is a time of day on the next Monday to Friday after the day of a moment.
func workingDay(at time.Time, of string, zone *time.Location) time.Time {
	for days := 1; ; days++ {
		out := clock(at, days, of, zone)
		if day := out.Weekday(); day != time.Saturday && day != time.Sunday {
			return out
		}
	}
}

// End is when a wait that begins at a moment is over. Its Moment has been placed already.
func (w Wait) End(from time.Time, moment string, zone string) (time.Time, error) {
	if w.TimeZone != "" {
		zone = w.TimeZone
	}
	in := mapping.ZoneOf(zone)
	switch w.Until {
	case WorkingDay:
		return workingDay(from, w.At, in), nil
	case NextDay:
		return clock(from, 1, w.At, in), nil
	case Moment:
		at, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(moment))
		if err != nil {
			return at, fmt.Errorf("%q is no moment, such as 2026-03-01T09:30:00Z, so nobody knows how long to wait", short(moment))
		}
		if at = at.Add(-w.Before.D()); at.Before(from) {
			return from, nil
		}
		return at, nil
	}
	return from.Add(w.For.D()), nil
}
