package templates

import (
	"strings"

	"github.com/a-h/templ"
)

// MapDone is a step of an open pair: what it is, what a person chose about it, and what it makes of the sample's value.
type MapDone struct {
	Do, Title, Icon, Help string
	Settings              []MapSetting
	// Shown says that there is a value after it; Problem why there is none.
	Value          string
	Shown, Blank   bool
	Problem        string
	First, Last    bool
	FocusUp, Focus bool // where the focus goes after a move, or after it was added
	FocusDown      bool
}

// MapSetting is something that a person chooses about a step. Kind is "line", "number", "choice", "pattern", "table" or "formula".
type MapSetting struct {
	Name, Label, Help, Kind, Value string
	Choices                        []MapOption
	// Error is why it cannot be so, and what to do. Line is the line of it that the error is about, At where in it from 0.
	Error string
	Line  string
	At    int
	// From and Till are the place in the whole text, for whoever wants to be taken there; both 0 for none.
	From, Till int
	// Terms are the words that it may be made of.
	Terms []MapTerm
	// Table is what a table is edited in.
	Table *MapTable
}

// MapTerm is a word of a formula: what is put in for it, and what it means.
type MapTerm struct{ Put, Means string }

// MapGroup are kinds of steps that belong together.
type MapGroup struct {
	Title string
	Kinds []MapOption
}

// MapTrip is what becomes of a value of a sample: there, and back again.
type MapTrip struct {
	Name                string
	Before, After, Back string
	// Returns says that the value comes back, Lost that it is another one then, Filled that nothing went and something was used for it,
	// Problem why it does not arrive.
	Returns, Lost, Filled bool
	Problem               string
}

// MapMeasure is what a pair does to the samples: how many values were sent there and back, and which were lost on the way. Filled are those
// of them that were empty and are something else on the other side.
type MapMeasure struct {
	Of, Filled int
	Lost       []MapTrip
}

// Words say it in a sentence or two.
func (m MapMeasure) words() string {
	of, lost := m.Of-m.Filled, len(m.Lost)-m.Filled
	said := ""
	switch {
	case of == 0:
	case lost == 0:
		said = Count(of, "value of your samples comes", "values of your samples come") + " back as " + map[bool]string{true: "it was.", false: "they were."}[of == 1]
	default:
		said = Number(lost) + " of " + Count(of, "value", "values") + " of your samples " + map[bool]string{true: "comes", false: "come"}[lost == 1] + " back as another one."
	}
	if m.Filled > 0 {
		said += " " + Count(m.Filled, "is empty, gets a value on the other side, and stays empty where it is.", "are empty, get a value on the other side, and stay empty where they are.")
	}
	return strings.TrimSpace(said)
}

// marked is the line of an error in three pieces: before it, where it is, and after it.
func (s MapSetting) marked() [3]string {
	c := []rune(s.Line)
	at := min(max(s.At, 0), len(c))
	end := at
	for end < len(c) && end-at < 12 && !strings.ContainsRune(" ()+,", c[end]) {
		end++
	}
	if end == at && at < len(c) {
		end++
	}
	return [3]string{string(c[:at]), string(c[at:end]), string(c[end:])}
}

// withoutSample is the state that hidden inputs carry where the sample has a control of its own.
func (s MapState) withoutSample() MapState {
	s.Sample = 0
	return s
}

// cityOf is the place of a time zone: people look for a city, not for its continent.
func cityOf(zone string) string {
	return strings.ReplaceAll(zone[strings.LastIndex(zone, "/")+1:], "_", " ")
}

// trying has whoever types see what comes of it, without saving it.
func trying(m Mapping, p MapPair) templ.Attributes {
	return templ.Attributes{"hx-post": string(m.post("try")), "hx-trigger": "input delay:250ms, again", "hx-target": "#open-" + p.ID, "hx-swap": "outerMorph", "hx-sync": "#form-" + p.ID + ":replace"}
}

// described ties a control to what is said about it.
func described(id string, s MapSetting) templ.Attributes {
	a, by := templ.Attributes{}, []string{}
	if s.Error != "" {
		a["aria-invalid"] = "true"
		by = append(by, id+"-err")
	}
	if s.Help != "" {
		by = append(by, id+"-hint")
	}
	if len(by) > 0 {
		a["aria-describedby"] = strings.Join(by, " ")
	}
	return a
}

// kinds counts the kinds of steps that can be added.
func (o MapOpen) kinds() (n int) {
	for _, g := range o.More {
		n += len(g.Kinds)
	}
	return n
}
