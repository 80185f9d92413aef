package templates

import "time"

// NeedHeld is a record that waits because nobody approved what would be written: whose it is, what that is, and what the answer
// names.
type NeedHeld struct {
	Name, Href, Address, Flow, FlowID, Why string
	// Makes is the system in which a record would be made, Ends are both.
	Makes  string
	Ends   [2]System
	Fields []RunField
	Since  time.Time
	// Pair, Side and ID name it, Seen is what is shown.
	Pair, Side, ID, Seen string
	Again                string
}

// does says in a sentence what would be written.
func (x NeedHeld) does() string {
	if x.Makes != "" {
		return "It would be made in " + x.Makes + ", with this:"
	}
	return "This would be written:"
}

// NeedHeldAll accepts all such records of a flow at once.
type NeedHeldAll struct {
	Flow, Pair string
	N          int
	// Seen names the records and what they wait with, for the answer.
	Seen string
}

// beyond says what of a run the approved preview did not show.
func (v RunPage) beyond() string {
	text := ""
	if n := v.Run.Beyond; n > 0 {
		text = Count(n, "record was", "records were") + " written otherwise than the preview showed, because something changed since. A few may be."
	}
	if n := v.Run.Held; n > 0 {
		text = joined(text, Count(n, "record waits", "records wait")+" until somebody accepts what would be written. Everything else went on.")
	}
	return text
}

func (v RunPage) beyondKind() string {
	if v.Run.Held > 0 {
		return "warn"
	}
	return ""
}

// joined are two sentences, or the one that there is.
func joined(first, second string) string {
	if first == "" {
		return second
	}
	return first + " " + second
}
