package templates

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
)

// Mapping is the page on which fields are paired.
type Mapping struct {
	Frame Frame
	Clock Clock
	// Path is the address of this page, Name what the flow is called.
	Path, Name string
	// Steps are those of the way to a flow, empty once the flow was on.
	Steps   []string
	CanEdit bool
	Systems [2]System
	At      MapState
	// Revision is what a change must name, so that nobody overwrites a colleague.
	Revision string

	// Saved is when the draft was saved, zero without one. Draft says that it differs from what runs; Behind that the flow
	// was changed by another way since the draft was begun.
	Saved         time.Time
	Draft, Behind bool
	Undo, Redo    bool
	// Announce is said to screen readers. Bad is what could not be done and why, Clash what a colleague's change prevented.
	Announce, Bad string
	Clash         *MapClash

	Accounts [2]MapAccount
	// Lacks are accounts that do not allow yet what the flow needs.
	Lacks []Permits
	// Lost leads to where an account is connected again that lets nobody in, nil where there is none: nothing can be
	// rehearsed until then.
	Lost    *Link
	Needs   []MapPair
	Pairs   []MapPair
	Suggest []MapSuggestion
	// Matching shows what would be paired together, before it is.
	Matching []MapSuggestion
	Free     [2][]MapField
	Rules    MapRules
	Preview  MapPreview
	// Drift are fields that changed in their system.
	Drift []FieldDrift
	// Dense sets the pairs tighter. Custom counts the accounts' own fields.
	Dense  bool
	Custom int
}

// MapState is what of the page is open. It travels in the address, so that a reload and a colleague see the same.
type MapState struct {
	// Open is the key of the open pair, Pick the field that is picked up ("a:email"), Sample counts the samples from 0.
	Open, Pick string
	Sample     int
	// Side is the side that the preview shows, "a" or "b".
	Side string
	// Match shows what matches.
	Match bool
}

// MapAccount is one side's account: whether its fields could be read, and when.
type MapAccount struct {
	Fields  int
	Read    time.Time
	Problem string
}

// MapField is a field of an account, as a line of the page.
type MapField struct {
	Name, Label string
	// Type is its kind in a word, Icon its drawing or Mark two letters in its place.
	Type, Kind, Icon, Mark string
	// Value is what the chosen sample has in it, "" when there is none to show; Blank says that it is empty there.
	Value  string
	Blank  bool
	Custom bool
	// Made says that the field is not there yet and is made when the flow is switched on.
	Made bool
	// Locked is why the field can be no end of a pair; Note is what is odd about it.
	Locked, Note string
	Picked       bool
}

// MapPair is one pair on its line.
type MapPair struct {
	// ID is the anchor of the line, Key what changes name.
	ID, Key string
	Ends    [2]MapField
	// Way is "to", "from" or "both".
	Way      string
	WayWords string
	Chips    []MapChip
	MatchKey string
	// Lost are sentences about what does not survive the way.
	Lost   []string
	OneWay bool
	// Measure is what was lost of the samples.
	Measure MapMeasure
	Fresh   bool
	Open    *MapOpen
	// Lessons are what was learned of its fields from the answers of a system.
	Lessons []MapLesson
	// Problem is why the pair cannot work, with what mends it.
	Problem string
	Fixes   []MapFix
}

// MapLesson is something learned about a field. Side and Field name it.
type MapLesson struct{ Text, Side, Field string }

// MapChip is a step on its way between two fields.
type MapChip struct{ Title, Icon string }

// MapFix is a button that mends a pair: it replaces the pair by another.
type MapFix struct {
	Text string
	Row  MapRow
}

// MapRow is a row as a form sends it.
type MapRow struct {
	A, B                       []string
	Direction, Conflict, Blank string
	Steps                      []MapRowStep
}

// MapRowStep is a step as a form sends it: its kind, and its settings by name.
type MapRowStep struct {
	Do   string
	With [][2]string
}

// MapOpen is what an open pair shows.
type MapOpen struct {
	Row  MapRow
	Ways []MapOption
	// From is where the steps begin, Start what the sample has there.
	From  System
	Start MapStep
	Steps []MapDone
	// More are the steps that can be added, Likely those that most people look for.
	More   []MapGroup
	Likely []MapOption
	// Back shows the sample's value on the way back, nil where there is none.
	Back *MapWalk
	// Samples are those that can be chosen.
	Samples []MapOption
	// Trips are what becomes of the samples, and Measure what is lost of them on the way back.
	Trips   []MapTrip
	Measure MapMeasure
	// Unsaved says that what is shown is not saved: Error says why it cannot be, where that is not about one setting.
	Unsaved         bool
	Error           string
	Conflict, Blank []MapOption
	// Consent says that the pair has no such rules: it is only ever tightened.
	Consent bool
	Notes   []string
}

// MapOption is one of several choices. Why says why it cannot be chosen, "" when it can.
type MapOption struct {
	Value, Text, Icon string
	Chosen            bool
	Why               string
}

// MapWalk is a value on its way from one system to the other.
type MapWalk struct {
	From  System
	Steps []MapStep
}

// MapStep is a value after a step.
type MapStep struct {
	Title, Icon, Value string
	Blank              bool
	Problem            string
}

// MapSuggestion is a pair that is not one yet.
type MapSuggestion struct {
	Key  string
	Ends [2]MapField
	Why  string
	A, B string
	Sure bool
}

// MapRules are the rules of the whole flow. Summary says them in a line.
type MapRules struct {
	Summary                           []string
	Direction, Match, Conflict, Blank []MapOption
	Delete                            []MapOption
	Region                            []MapOption
	// Same is what two records are that are matched: person.
	Same string
}

// MapClash is a change that was not made because a colleague was faster.
type MapClash struct {
	Who    string
	When   time.Time
	Wanted string
	// Theirs is what the colleague changed, as far as that is known.
	Theirs []DiffLine
	// Action and Inputs make the change again.
	Action string
	Inputs [][2]string
}

// MapPreview is what a real person would look like.
type MapPreview struct {
	// Reading says that the samples are still being read; Problems why a side could not be.
	Reading  bool
	Problems []string
	Of       int
	Name     string
	// Href leads to its page, "" when the two are not linked.
	Href string
	// About says where the sample is: on both sides, or what would happen to it.
	About string
	// On says on whom a task or note hangs, "" for what hangs on nobody.
	On    string
	Sides [2]MapSide
}

// MapSide is what one system would hold.
type MapSide struct {
	System System
	// Changes counts the lines that would be written. New says that the record would be made.
	Changes int
	New     bool
	Lines   []MapLine
	// Absent says in words why there is nothing to show on this side.
	Absent string
}

// MapLine is one field before and after.
type MapLine struct {
	Label    string
	Was, Now string
	// Writes says that Now would be written. Note says why not, or what is special.
	Writes, On, Warn bool
	Note             string
}

// here is the address of the page with something of its state changed.
func (m Mapping) here(change func(*MapState), anchor string) templ.SafeURL {
	at := m.At
	if change != nil {
		change(&at)
	}
	to := m.Path
	if q := at.query().Encode(); q != "" {
		to += "?" + q
	}
	if anchor != "" {
		to += "#" + anchor
	}
	return templ.SafeURL(to)
}

// Address is the path of the page with its state and an anchor.
func (m Mapping) Address(anchor string) string { return string(m.here(nil, anchor)) }

func (s MapState) query() url.Values {
	q := url.Values{}
	for _, p := range s.inputs() {
		q.Set(p[0], p[1])
	}
	if s.Pick != "" {
		q.Set("pick", s.Pick)
	}
	if s.Match {
		q.Set("match", "1")
	}
	return q
}

// inputs are the parts of the state that a change keeps.
func (s MapState) inputs() [][2]string {
	var out [][2]string
	if s.Open != "" {
		out = append(out, [2]string{"open", s.Open})
	}
	if s.Sample > 0 {
		out = append(out, [2]string{"sample", itoa(s.Sample)})
	}
	if s.Side == "a" {
		out = append(out, [2]string{"side", "a"})
	}
	return out
}

func (m Mapping) post(act string) templ.SafeURL { return templ.SafeURL(m.Path + "/" + act) }

func opening(key string) func(*MapState) { return func(s *MapState) { s.Open, s.Pick = key, "" } }

func sampling(n, of int) func(*MapState) {
	return func(s *MapState) { s.Sample = (n + of) % max(of, 1) }
}

func showing(side string) func(*MapState) { return func(s *MapState) { s.Side = side } }

// picked splits what is picked up into its side and its name.
func (s MapState) picked() (side, name string) {
	side, name, _ = strings.Cut(s.Pick, ":")
	return side, name
}

// letter is the letter of a side.
func letter(side int) string { return [...]string{"a", "b"}[side] }

// one is the side that the preview shows.
func (m Mapping) one() MapSide {
	if m.At.Side == "a" {
		return m.Preview.Sides[0]
	}
	return m.Preview.Sides[1]
}

// WayIcon is the arrow of a direction.
func WayIcon(way string) string {
	return map[string]string{"to": "arrow-right", "from": "arrow-left"}[way] + map[bool]string{true: "arrow-left-right"}[way == "both"]
}

// shown are the chips that a lane has room for; a key takes the place of one.
func (p MapPair) shown() []MapChip {
	room := 2
	if p.MatchKey != "" {
		room = 1
	}
	return p.Chips[:min(room, len(p.Chips))]
}

// titles names steps in their order.
func titles(chips []MapChip) string {
	var all []string
	for _, c := range chips {
		all = append(all, c.Title)
	}
	return strings.Join(all, ", ")
}

// title is a pair in words.
func (p MapPair) title() string { return p.Ends[0].Label + " and " + p.Ends[1].Label }

func itoa(n int) string { return strconv.Itoa(n) }

// trimMap is the address of the flow.
func trimMap(path string) string { return strings.TrimSuffix(path, "/map") }

// sure counts the suggestions that may be accepted together.
func (m Mapping) sure() (n int) {
	for _, s := range m.Suggest {
		if s.Sure {
			n++
		}
	}
	return n
}

// all are the fields of a side that may be an end of another pair: those without a partner first.
func (m Mapping) all(side int) []MapField {
	out := append([]MapField{}, m.Free[side]...)
	for _, p := range append(append([]MapPair{}, m.Pairs...), m.Needs...) {
		f := p.Ends[side]
		if f.Name != "" && !slices.ContainsFunc(out, func(g MapField) bool { return g.Name == f.Name }) {
			out = append(out, f)
		}
	}
	return out
}

// MapAnchor is the id of a pair's line: letters and digits only, the same for the same key.
func MapAnchor(key string) string { return anchor("pair", key) }

func anchor(prefix, key string) string {
	sum := sha256.Sum256([]byte(key))
	return prefix + "-" + hex.EncodeToString(sum[:5])
}

// StepInput is the name of the input of a setting: that of the step i of a row.
func StepInput(i int, setting string) string { return "step." + strconv.Itoa(i) + "." + setting }
