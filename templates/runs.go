package templates

import (
	"net/url"
	"time"

	"couplet/internal/engine"
)

// RunsPage lists runs: those under way on top, the finished ones by day.
type RunsPage struct {
	Frame   Frame
	Clock   Clock
	Live    bool
	MayEdit bool

	Running Runnings
	Filter  RunsFilter
	Flows   []Choice
	// All, Changed, Needs and Failed count the finished runs that the filter's flow and time leave, by result.
	All, Changed, Needs, Failed int
	Days                        []RunsDay
	// Shown counts the lines, Quiet the runs that are folded away.
	Shown, Quiet int
	// Older leads to the page of older runs, "" when there are none. Paged says that this is such a page.
	Older string
	Paged bool
	// None says that there is no finished run at all.
	None bool
	// Looked says what a search was for and how far it looks, "" when nothing was searched for.
	Looked string
}

// RunsFilter is what is shown, as the address says it.
type RunsFilter struct {
	Flow, When, Result, Text string
	Quiet                    bool
}

// Href is the address of the list with this filter.
func (f RunsFilter) Href() string {
	q := url.Values{}
	for name, value := range map[string]string{"flow": f.Flow, "when": f.When, "result": f.Result, "q": f.Text} {
		if value != "" && !(name == "when" && value == "7d") && !(name == "result" && value == "all") {
			q.Set(name, value)
		}
	}
	if f.Quiet {
		q.Set("quiet", "1")
	}
	if len(q) == 0 {
		return "/runs"
	}
	return "/runs?" + q.Encode()
}

// with is the filter with or without quiet runs.
func (f RunsFilter) with(quiet bool) string {
	f.Quiet = quiet
	return f.Href()
}

// whens are the times that can be chosen.
var whens = []Choice{{"24h", "Last 24 hours"}, {"7d", "Last 7 days"}, {"30d", "Last 30 days"}, {"all", "All that is kept"}}

// results are the results that can be chosen, with how many runs have each.
func (v RunsPage) results() []struct {
	Choice
	N int
} {
	return []struct {
		Choice
		N int
	}{{Choice{"all", "All"}, v.All}, {Choice{"changed", "Changed something"}, v.Changed}, {Choice{"needs", "Needs you"}, v.Needs}, {Choice{"failed", "Failed"}, v.Failed}}
}

// RunsDay is a day of the list.
type RunsDay struct {
	Name string
	// At is a moment of the day.
	At    time.Time
	Lines []RunLine
	// Quiet counts runs of this day that found nothing to do and are folded away.
	Quiet int
}

// DayOf is the day of a moment, added to the list when it is not there.
func (v *RunsPage) DayOf(at time.Time) *RunsDay {
	name := v.Clock.Day(at)
	for i := range v.Days {
		if v.Days[i].Name == name {
			return &v.Days[i]
		}
	}
	v.Days = append(v.Days, RunsDay{Name: name, At: at})
	return &v.Days[len(v.Days)-1]
}

// RunFlow is which flow a run is of, as a list shows it.
type RunFlow struct {
	Name      string
	Systems   [2]System
	Direction string // of the couplet
}

func (f RunFlow) arrow() string {
	switch f.Direction {
	case "to":
		return "arrow-right"
	case "from":
		return "arrow-left"
	}
	return "arrow-left-right"
}

// RunLine is a finished run as a line of the list.
type RunLine struct {
	ID   string
	Flow RunFlow
	Why  string // it began, in words
	// Kind, Icon and Word say how it ended.
	Kind, Icon, Word         string
	Created, Updated, Failed int
	Took                     time.Duration
	Started                  time.Time
	Rehearsal, Recovered     bool
	// Watched says that the flow only watches.
	Watched bool
}

// Runnings are the runs under way, and those that ended while they were watched.
type Runnings struct {
	Clock   Clock
	MayEdit bool
	Boxes   []RunBox
	Ended   []RunLine
}

// RunBox is a run under way.
type RunBox struct {
	Run  engine.Run
	Flow RunFlow
}

// doing says what a run is at.
func (b RunBox) doing(c Clock) string { return Doing(b.Run, b.Flow.Systems, c) }

// sums are what a run wrote so far, and what was not accepted, both ways.
func sums(r engine.Run) (c engine.Counts) {
	for _, x := range r.To {
		c.Created, c.Updated, c.Deleted, c.Failed = c.Created+x.Created, c.Updated+x.Updated, c.Deleted+x.Deleted, c.Failed+x.Failed
	}
	return c
}

// would says what a rehearsal counts.
func (b RunBox) would(word string) string {
	if b.Run.DryRun {
		return "would be " + word
	}
	return word
}

// of is how many runs there are of the chosen result.
func (v RunsPage) of() int {
	for _, r := range v.results() {
		if r.ID == v.Filter.Result {
			return r.N
		}
	}
	return v.All
}
