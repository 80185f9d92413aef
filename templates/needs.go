package templates

import "time"

// NeedsPage is everything that waits for a person.
type NeedsPage struct {
	Frame
	Clock   Clock
	MayEdit bool
	// Flow and Kind narrow the page; both are empty for all. Flows are those to choose from.
	Flow, Kind string
	Flows      []Choice
	Values     []NeedValue
	Groups     []NeedGroup
	Reviews    []NeedReview
	Failures   []NeedFailure
	Decided    []NeedDecided
	// More says that there is more than the page shows.
	More bool
}

// NeedValue is a field that changed on both sides.
type NeedValue struct {
	Name, Field, Flow string
	Systems           [2]System
	Values            [2]string
	Changed           [2]time.Time
	// Agreed is what the two last agreed on, Told whether that is known.
	Agreed string
	Told   bool
	Since  time.Time
	// Pair, Link and Key name it, Seen is what is shown, for the answer. Typed allows a third value.
	Pair, Link, Key, Seen string
	Typed                 bool
	// Again says why an earlier answer was withdrawn.
	Again string
}

// NeedGroup is a field of which several records wait, to be answered at once.
type NeedGroup struct {
	Field, Flow, Pair, Key string
	Systems                [2]System
	N                      int
}

// NeedReview is a record that cannot be told apart.
type NeedReview struct {
	Name, Flow, Why, Pair, Side, ID string
	System, Other                   System
	Facts                           []NeedFact
	Candidates                      []NeedCandidate
	Since                           time.Time
	Again                           string
}

// NeedCandidate is a record of the other side that it may be. Taken says that it has a partner.
type NeedCandidate struct {
	ID, Name string
	Facts    []NeedFact
	Taken    bool
}

// NeedFact is one field of a record; Differs says that the record that waits shows something else.
type NeedFact struct {
	Label, Value string
	Differs      bool
}

// NeedFailure is a cause for which a system does not take records.
type NeedFailure struct {
	Text, Flow, Pair, Problem string
	N                         int
}

// NeedDecided is an answer that no run has come to yet.
type NeedDecided struct {
	ID, Text, By string
	At           time.Time
}

// Empty reports whether nothing is shown.
func (v NeedsPage) Empty() bool {
	return len(v.Values)+len(v.Reviews)+len(v.Failures)+len(v.Decided) == 0
}

// needKinds are the kinds of what waits, for the filter.
var needKinds = []Choice{{"", "Everything"}, {"value", "Two values"}, {"review", "Not told apart"}, {"failure", "Not accepted"}, {"decided", "Decided"}}

// NeedKind is a kind of the filter, "" for one that nobody knows.
func NeedKind(kind string) string {
	for _, k := range needKinds {
		if k.ID == kind {
			return kind
		}
	}
	return ""
}

// Headline says how much waits, of what the page shows.
func (v NeedsPage) Headline() string {
	n := len(v.Values) + len(v.Reviews)
	for _, f := range v.Failures {
		n += f.N
	}
	switch {
	case n == 0:
		return "Nothing needs you"
	case v.More:
		return "More than " + Number(n) + " things need you"
	}
	return Count(n, "thing needs you", "things need you")
}

func needID(stem string, i int) string { return stem + "-" + Number(i) }

// orEmpty names an empty value.
func orEmpty(s string) string {
	if s == "" {
		return "(empty)"
	}
	return s
}
