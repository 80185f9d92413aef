package templates

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"couplet/internal/engine"
)

// RunPage is one run: what it came to, what went wrong and how that is mended, and each record with its reasons.
type RunPage struct {
	Frame   Frame
	Clock   Clock
	Live    bool
	MayEdit bool

	Run   engine.Run
	Flow  RunFlow
	Ends  [2]End
	State string // of the couplet
	// FlowID is "" when the flow is gone. On says that it can be run.
	FlowID string
	On     bool
	Why    string // it began
	// Stop is why it ended before its end, nil when it did not.
	Stop *RunStop
	// Orphans are what waits for its contact, nil when nothing does.
	Orphans *Orphans
	// Beyond is what a run would do that the brake stopped, nil for all others.
	Beyond *RunBeyond
	// Undid leads to the run that this one took back, "" when it undid none. CanUndo says that it wrote something itself, and
	// Undone are the undos of that.
	Undid string
	// UndidText says what it did.
	UndidText string
	CanUndo   bool
	Undone    []UndoneLine
	Tabs      []RunTab
	Tab       string

	// Drift are fields that the run found changed.
	Drift []FieldDrift

	// Problems are of the problems tab; Only says that the page shows one of them with all its records.
	Problems []RunProblem
	Only     bool
	// Records are of the other tabs, and More leads to those that follow.
	Records []RunRecord
	More    string
	Calls   []RunCall
	// Lost are the values that gave way, and Here the address of that list.
	Lost []RecordLoss
	Here string
}

// RunBeyond is what goes beyond the brake: records, and what of them, by field.
type RunBeyond struct {
	N     int
	Lines []string
}

// RunTab is a view of a run with an address of its own.
type RunTab struct {
	ID, Name string
	N        int
}

// RunStop is why a run ended before its end.
type RunStop struct {
	// Grave draws it as something that needs a person; otherwise it is only told.
	Grave bool
	// Failed says that the run itself failed, rather than wait for a person.
	Failed          bool
	Title, Why, Fix string
	// Safe says what is not affected.
	Safe string
	// Quoted says that Why and Fix are in the words of a system.
	Quoted  bool
	Buttons []RunButton
}

// tone is how it is drawn: a failure, or something that waits for a person.
func (s RunStop) tone() string {
	if s.Failed {
		return "bad"
	}
	return "warn"
}

// RunButton is a button that mends something: a link, or a form that posts one value.
type RunButton struct {
	Text, Href  string
	Post        bool
	Name, Value string
	Primary     bool
}

// RunProblem is one cause for which records failed.
type RunProblem struct {
	ID              string // of the first entry
	Title, Why, Fix string
	N               int
	Records         []RunRecord
	// More leads to all records of this cause, "" when they are all here.
	More    string
	Buttons []RunButton
}

// RunRecord is what a run did with one record.
type RunRecord struct {
	ID            string
	Name, Address string
	// Systems are those that were written, or would be; of a record that nothing was written to, the one it is in.
	Systems          []System
	Kind, Icon, Word string
	Reason           string
	// Now says how it stands today, where that may be otherwise.
	Now    string
	Fix    string
	Others []RunOther
	Fields []RunField
	Ends   [2]System
	// Href leads to the page of the two records, "" where they are no pair.
	Href  string
	Calls []string
	Quote string // what the system said
	Open  bool
	// Decide is where somebody decides about it, where it waits for that.
	Decide string
}

// decideText leads to where somebody decides.
func decideText(may bool) string {
	if may {
		return "Decide about it"
	}
	return "See it among what waits"
}

// RunOther is a record that may be meant.
type RunOther struct {
	System        System
	Name, Address string
	// Href leads to its page, "" when it is not linked.
	Href string
}

// RunField is the decision about one field, as both sides show it.
type RunField struct {
	Label string
	Sides [2]RunValue
	Why   string
}

// RunValue is what a side showed before and after. Kept says that it did not change.
type RunValue struct {
	Before, After string
	Kept          bool
}

// RunCall is how often a path was asked for with one outcome.
type RunCall struct {
	System       System
	Method, Path string
	Status, N    int
}

// undoText is what its undo is called.
func (v RunPage) undoText() string {
	if v.Undid != "" {
		return "Undo the undo…"
	}
	return "Undo this run…"
}

// at is the address of this run with a tab.
func (v RunPage) at(tab string) string {
	return "/runs/" + v.Run.ID + "?" + url.Values{"tab": {tab}}.Encode()
}

// title is the headline: which flow and when.
func (v RunPage) title() string {
	return v.Flow.Name + ", " + v.Clock.Moment(v.Run.Started)
}

// summary says in sentences what the run came to.
func (v RunPage) summary() string {
	said := []string{v.Why + "."}
	over := v.Run.Status.Final()
	if over {
		said = append(said, "It took "+Took(TookOf(v.Run, v.Clock.Now))+".")
	}
	was, were := "was ", "were "
	if v.Run.DryRun {
		was, were = "would be ", "would be "
	}
	nothing := true
	for side, c := range v.Run.To {
		x := v.Flow.Systems[side]
		var parts []string
		if c.Created > 0 {
			parts = append(parts, Count(c.Created, x.One, x.Many)+" "+plural(c.Created, was, were)+"created")
		}
		if c.Updated > 0 {
			parts = append(parts, Count(c.Updated, x.One, x.Many)+" "+plural(c.Updated, was, were)+"updated")
		}
		if c.Deleted > 0 {
			parts = append(parts, Count(c.Deleted, x.One, x.Many)+" "+plural(c.Deleted, was, were)+"deleted")
		}
		if len(parts) > 0 {
			nothing = false
			said = append(said, "In "+x.Name+" "+strings.Join(parts, " and ")+".")
		}
	}
	if n := v.Run.Linked; n > 0 {
		nothing = false
		said = append(said, Count(n, "pair was", "pairs were")+" found on both sides and linked.")
	}
	if n := sums(v.Run).Failed; n > 0 {
		said = append(said, Count(n, "record was", "records were")+" not accepted.")
	}
	if nothing && over && v.Run.Status == engine.Done && v.Run.Asked == 0 {
		said = append(said, "Nothing had to be changed.")
	}
	return strings.Join(said, " ")
}

// RunFigure is one of the six results with its number.
type runFigure struct {
	name  string
	n     int
	class string
}

// figures are the six results, always in this order (design, section 3), counted as the preview counts them. Deletes, of which
// there are hardly ever any, come after them.
func (v RunPage) figures() []runFigure {
	c := sums(v.Run)
	loud := func(n int, class string) string {
		if n > 0 {
			return class
		}
		return ""
	}
	same, skipped := v.Run.Same+v.Run.Alike, v.Run.Left+v.Run.OneWay[0]+v.Run.OneWay[1]+v.Run.Outside[0]+v.Run.Outside[1]
	figures := []runFigure{{"Created", c.Created, ""}, {"Updated", c.Updated, ""}, {"The same", same, ""}, {"Skipped", skipped, ""},
		{"Needs you", v.Run.Asked, loud(v.Run.Asked, "w")}, {"Failed", c.Failed, loud(c.Failed, "b")}}
	if c.Deleted > 0 {
		figures = append(figures, runFigure{"Deleted", c.Deleted, "b"})
	}
	return figures
}

// runPhase is a part of a run on its bar.
type runPhase struct {
	name, detail, class, x, w string
}

// phaseWide is the width of the bar of phases.
const phaseWide = 1000.0

// phases are the parts of the run to scale. Both sides are read at once, so their parts may add up to more than the run.
func (v RunPage) phases() (out []runPhase) {
	var sum time.Duration
	for _, s := range v.Run.Progress.Stages {
		sum += s.Lasted(v.Clock.Now)
	}
	if sum <= 0 {
		return nil
	}
	room := phaseWide - 3*float64(len(v.Run.Progress.Stages)-1)
	x := 0.0
	for _, s := range v.Run.Progress.Stages {
		took := s.Lasted(v.Clock.Now)
		w := room * float64(took) / float64(sum)
		p := v.phase(s)
		p.x, p.w = px(x), px(w)
		if p.detail != "" {
			p.detail += " · "
		}
		p.detail += Took(took)
		out = append(out, p)
		x += w + 3
	}
	return out
}

func (v RunPage) phase(s engine.Stage) runPhase {
	switch s.Phase {
	case engine.PhasePrepare:
		return runPhase{name: "Ask for the fields", class: "ph-ask"}
	case engine.PhaseRead:
		if s.Side < 0 || s.Side > 1 {
			return runPhase{name: "Read", class: "ph-cmp"}
		}
		x, r := v.Flow.Systems[s.Side], v.Run.Progress.Read[s.Side]
		p := runPhase{name: "Read " + x.Name, class: "ph-" + x.Mark}
		if r.N > 0 {
			p.detail = Count(r.N, x.One, x.Many)
			if r.Of > r.N {
				p.detail = Number(r.N) + " of " + Number(r.Of) + " " + x.Many
			}
		}
		return p
	case engine.PhaseCompare:
		return runPhase{name: "Compare", class: "ph-cmp"}
	case engine.PhaseWrite:
		p := runPhase{name: "Write what differs", class: "ph-wrt"}
		if v.Run.Progress.Due > 0 {
			p.detail = SoFar(v.Run)
		}
		return p
	}
	return runPhase{name: "Wait", class: "ph-wait"}
}

// phaseWords says the phases in a sentence.
func phaseWords(all []runPhase) string {
	var said []string
	for _, p := range all {
		said = append(said, p.name+", "+p.detail)
	}
	return "What happened, in order: " + strings.Join(said, "; ") + "."
}

// answer is how a system answered, in words.
func (c RunCall) answer() string {
	if c.Status == 0 {
		return "No answer"
	}
	return strconv.Itoa(c.Status)
}

func (c RunCall) refused() bool { return c.Status == 0 || c.Status >= 400 }

func requestsOf(calls []RunCall) (n int) {
	for _, c := range calls {
		n += c.N
	}
	return n
}

// noProblem is said where no record failed.
func noProblem(v RunPage) string {
	if !v.Run.Status.Final() {
		return "The run is under way. What fails shows here when it is over, or when you load this page again."
	}
	if v.Stop != nil && v.Stop.Grave {
		return "The run stopped for another reason, which stands above."
	}
	return "Every record that this run had in hand went through, or waits for you under the next tab."
}

// listed is how many records the run has a line for.
func (v RunPage) listed() (n int) {
	for _, t := range v.Tabs {
		if t.ID == "all" {
			n = t.N
		}
	}
	return n
}

// noRecords is said where a tab has none.
func noRecords(v RunPage) (title, text string) {
	if !v.Run.Status.Final() {
		return "Nothing here yet", "The run is under way. What it does shows here when it is over, or when you load this page again."
	}
	if v.Stop != nil && v.Stop.Grave && v.Tab != "needs" {
		return "Nothing was changed", "The run stopped before it changed a record."
	}
	if c := sums(v.Run); v.Run.DryRun && v.listed() == 0 && c.Created+c.Updated+v.Run.Linked+v.Run.Asked > 0 {
		return "Its list is no longer kept", "A newer rehearsal of this flow took its place. The numbers above are those of this one."
	}
	switch v.Tab {
	case "needs":
		return "Nothing waits for you here", "This run found no record that only a person can decide about."
	case "changed":
		return "Nothing was changed", "Where this run looked, both sides said the same already, or could not be brought to it."
	}
	return "No record needed anything", "A record that needs nothing has no line here."
}
