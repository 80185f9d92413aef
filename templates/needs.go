package templates

import (
	"net/url"
	"strings"
	"time"
)

// NeedsPage is everything that waits for a person.
type NeedsPage struct {
	Frame
	Clock   Clock
	MayEdit bool
	NeedsFilter
	// Live says that the list follows what happens, Streamed that this is the list alone, as it is sent then.
	Live, Streamed bool
	// Lists are what waits, kind by kind, and Counts how much that is. One of it is shown in full. Missed says that what was asked
	// for does not wait any more.
	Lists  []NeedList
	Counts map[string]int
	Missed bool
	// Stop is why a run of StopFlow waits for a person.
	Stop              *RunStop
	StopFlow, StopRun string
	StopAt            time.Time
	// Flows are those to choose from.
	Flows    []Choice
	Values   []NeedValue
	Groups   []NeedGroup
	Held     []NeedHeld
	HeldAll  []NeedHeldAll
	Reviews  []NeedReview
	Deletes  []NeedDelete
	Doomed   []NeedDoomed
	Failures []NeedFailure
	Firings  []NeedFiring
	Decided  []NeedDecided
	Offers   []NeedOffer
	Rules    []NeedRule

	// Drift are fields whose pairs are paused.
	Drift []FieldDrift
	// More says that more waits than the page shows, MoreDecided that more is decided.
	More, MoreDecided bool
}

// NeedList is what waits of one kind: N in all, of which the first have a line.
type NeedList struct {
	Kind, Title string
	N           int
	Lines       []NeedLine
}

// NeedLine is a line of the list: who, and what about.
type NeedLine struct {
	Key, Name, Sub, Flow string
	Since                time.Time
}

// NeedsFilter narrows the page to a flow and a kind; both are empty for all. Item is the line that is shown in full, and Next the
// one after it.
type NeedsFilter struct{ Flow, Kind, Item, Next string }

// Narrow reports whether it leaves anything out.
func (f NeedsFilter) Narrow() bool { return f.Flow != "" || f.Kind != "" }

// Of is the filter with another line in full.
func (f NeedsFilter) Of(item string) NeedsFilter {
	return NeedsFilter{Flow: f.Flow, Kind: f.Kind, Item: item}
}

// Onward is the address of the page after an answer: with the next one in full.
func (f NeedsFilter) Onward() string { return f.Of(f.Next).Href() }

// Action is the address that forms are sent to: it says where one was and goes on, so that whoever answered sees the same list
// again.
func (f NeedsFilter) Action() string {
	if f.Next == "" {
		return f.Href()
	}
	return f.Href() + "&next=" + url.QueryEscape(f.Next)
}

// Href is the address of the page that shows this.
func (f NeedsFilter) Href() string {
	q := ""
	if f.Flow != "" {
		q += "&flow=" + url.QueryEscape(f.Flow)
	}
	if f.Kind != "" {
		q += "&kind=" + url.QueryEscape(f.Kind)
	}
	if f.Item != "" {
		q += "&item=" + url.QueryEscape(f.Item)
	}
	if q == "" {
		return "/needs-you"
	}
	return "/needs-you?" + q[1:]
}

// NeedValue is a field that a person decides about; Why says how that came.
type NeedValue struct {
	Name, Field, Flow, Why string
	Systems                [2]System
	Values                 [2]string
	Changed                [2]time.Time
	// Agreed is what the two last agreed on, Told whether that is known.
	Agreed string
	Told   bool
	Since  time.Time
	// Pair, Link and Key name it, Seen is what is shown, for the answer. Typed allows a third value.
	Pair, Link, Key, Seen string
	Typed                 bool
	// Put is what somebody typed that was not taken, Wrong why.
	Put, Wrong string
	// Again says why an earlier answer was withdrawn.
	Again string
}

// NeedGroup is a field of which several records wait, to be answered at once.
type NeedGroup struct {
	Field, Flow, Pair, Key string
	Systems                [2]System
	N                      int
	// Seen names the records and their values, for the answer.
	Seen string
}

// NeedReview is a record that cannot be told apart. Fix is what helps in the system itself. Twins are the records of its own
// side that it is like.
type NeedReview struct {
	Name, Flow, Why, Fix, Pair, Side, ID string
	Twins                                []RunOther
	System, Other                        System
	Facts                                []NeedFact
	Candidates                           []NeedCandidate
	Since                                time.Time
	Again                                string
}

// NeedDelete is a record whose partner was deleted in Gone, of which somebody says whether it is deleted in System, too.
type NeedDelete struct {
	Name, Href, Flow, Pair, Side, ID string
	System, Gone                     System
	Fields                           []NeedBeside
	// Kin is what is known to hang on it, Seen which state of it the page shows.
	Kin   NeedKin
	Seen  string
	Since time.Time
	Again string
}

// NeedBeside is a field of a record that is left and of the one that was deleted, by side. Since says that the one that is
// left was changed after the two last agreed.
type NeedBeside struct {
	Label  string
	Values [2]string
	Since  bool
}

// NeedDoomed are several records of one side that wait to be deleted or kept, to be answered at once.
type NeedDoomed struct {
	Flow, Pair, Side string
	System           System
	N                int
	// Seen names the records and the states of them that the page was made of, for the answer. Kin is what hangs on them.
	Seen string
	Kin  NeedKin
}

// NeedCandidate is a record of the other side that it may be. Taken says that it has a partner.
type NeedCandidate struct {
	ID, Name string
	Facts    []NeedFact
	// Seen is which state of the two is shown, for the answer.
	Seen string
	// Taken says that it has a partner already, and Href leads to the two.
	Taken bool
	Href  string
}

// NeedFact is one field of a record; Differs says that the record that waits shows something else.
type NeedFact struct {
	Label, Value string
	Differs      bool
}

// NeedFailure is a cause for which a system does not take records: what, why, and what to do. Records are a few of them, Href
// leads to where they can be seen, and Try is the button.
type NeedFailure struct {
	Title, Why, Fix, Flow, FlowID, Pair, Problem, Href, Try string
	Records                                                 []RunOther
	N                                                       int
}

// NeedOffer is a choice that was made N times in a row for a field and may become the rule. Waiting is how many records wait in
// the field, and are decided by it.
type NeedOffer struct {
	Field, Flow, Pair, Key, Side string
	System                       System
	N, Waiting                   int
}

// then says what else making the rule does.
func (o NeedOffer) then() string {
	text := "From now on it wins when both sides change " + o.Field + " before a run of " + o.Flow + "."
	if o.Waiting > 0 {
		text += " " + Count(o.Waiting, "record that waits is", "records that wait are") + " decided the same way."
	}
	if o.Waiting == 0 {
		text += " Making it the rule writes nothing by itself."
	} else {
		text += " Nothing else is written by it."
	}
	return text + " It can be taken back."
}

// NeedRule is a rule that was made of choices and holds.
type NeedRule struct {
	ID, Pair, Field, Flow, By string
	System                    System
	At                        time.Time
}

// NeedDecided is an answer that no run has come to yet: about whom, about which field ("" for the record), and what it does.
type NeedDecided struct {
	ID, Pair, Name, Field, Text, By string
	// Href leads to the page of the record, "" when it is not linked or the page is that.
	Href string
	// Value is what is put, if Valued. Partner is the record to link with, and Of its system.
	Value       string
	Valued      bool
	Partner, Of string
	At          time.Time
}

// colon stands between what is done and the value that is put.
func (d NeedDecided) colon() string {
	if d.Valued {
		return ":"
	}
	return ""
}

// called is the answer in a few words, for a button that is read out.
func (d NeedDecided) called() string {
	if d.Field != "" {
		return d.Name + ", " + d.Field
	}
	return d.Name
}

// Empty reports whether nothing is shown.
func (v NeedsPage) Empty() bool {
	return len(v.Lists)+len(v.Decided)+len(v.Offers)+len(v.Rules) == 0
}

// NeedKinds are the kinds of what waits, in the order of the list.
func NeedKinds() []Choice { return needLists }

var needLists = []Choice{{"value", "Changed on both sides"}, {"held", "Changed since the preview"}, {"review", "Not told apart"}, {"delete", "Deleted on one side"}, {"failure", "Not accepted"}, {"firing", "In automations"}, {"field", "Changed fields"}, {"stop", "Stopped"}}

// sideNames and sideKeys are what the two sides are called in a form, and the keys that take them.
var sideNames, sideKeys = [2]string{"a", "b"}, [2]string{"1", "2"}

// events is the address of the stream of the list.
func (v NeedsPage) events() string {
	_, q, _ := strings.Cut(v.Href(), "?")
	return "/needs-you/events?" + q
}

// with is an address of the page with one thing more.
func (v NeedsPage) with(more string) string {
	if href := v.Href(); strings.Contains(href, "?") {
		return href + "&" + more
	}
	return v.Href() + "?" + more
}

// settled says that what is shown in full is not in the list any more, which a watched list may find.
func (v NeedsPage) settled() bool { return v.Streamed && v.Missed }

// needKinds are the kinds of what waits, for the filter.
var needKinds = []Choice{{"", "Everything"}, {"value", "Two values"}, {"held", "Changed since the preview"}, {"review", "Not told apart"}, {"delete", "Deleted on one side"}, {"failure", "Not accepted"}, {"firing", "In automations"}, {"field", "Changed fields"}, {"stop", "Stopped"}, {"decided", "Decided"}}

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
	if v.Kind == "decided" && len(v.Decided) > 0 {
		return atLeast(len(v.Decided), v.MoreDecided, "answer is not carried out yet", "answers are not carried out yet")
	}
	n := 0
	for _, k := range v.Counts {
		n += k
	}
	if n == 0 {
		return v.nothing()
	}
	return Count(n, "thing needs you", "things need you")
}

func atLeast(n int, more bool, one, many string) string {
	if more {
		return "More than " + Count(n, one, many)
	}
	return Count(n, one, many)
}

// nothing says that nothing waits, of what the page was asked for.
func (v NeedsPage) nothing() string {
	text := "Nothing needs you"
	if v.Kind != "" {
		text = "Nothing of this kind needs you"
	}
	if v.Flow != "" {
		text += " in this flow"
	}
	return text
}

func needID(stem string, i int) string { return stem + "-" + Number(i) }

// orEmpty names an empty value.
func orEmpty(s string) string {
	if s == "" {
		return "(empty)"
	}
	return s
}

// left reports whether a side is that of the record that is left.
func (x NeedDelete) left(side int) bool { return (x.Side == "b") == (side == 1) }

// heading is the head of a side's column.
func (x NeedDelete) heading(side int) string {
	if x.left(side) {
		return x.System.Name + ", still there"
	}
	return x.Gone.Name + ", deleted"
}
