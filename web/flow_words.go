package web

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/templates"
)

// flowWords say what a flow says, and how two states of one differ, in the words of pages.
type flowWords struct {
	board  *board
	labels func(side connector.Side, field string) string
	conns  map[string]string
}

// flowWords looks up what the fields of a flow are called: in the systems' data, among the known fields, and for what is in
// neither in the accounts themselves.
func (s *Server) flowWords(ctx context.Context, ws string, p prospect) (flowWords, error) {
	known, err := s.o.Store.KnownFields(ctx, ws, p.flow.Connections, p.flow.Object)
	if err != nil {
		return flowWords{}, err
	}
	w := flowWords{board: &board{systems: p.systems()}, conns: map[string]string{}}
	conns, err := s.o.Store.Connections(ctx, ws)
	for _, c := range conns {
		w.conns[c.ID] = c.Name
	}
	var asked *[2][]connector.Field
	w.labels = func(side connector.Side, name string) string {
		if o, ok := p.specs[side].Object(p.flow.Object); ok {
			if f, ok := connector.FieldNamed(o.Fields, name); ok {
				return f.Label
			}
		}
		for _, k := range known {
			if k.Conn == p.flow.Connections[side] && k.Name == name && k.Field.Label != "" {
				return k.Field.Label
			}
		}
		if asked == nil {
			fields := s.looks.fields(ctx, ws, p.flow, p.specs)
			asked = &fields
		}
		if f, ok := connector.FieldNamed(asked[side], name); ok && f.Label != "" {
			return f.Label
		}
		return name
	}
	return w, err
}

// pair is what the two ends of a pair are called.
func (w flowWords) pair(r mapping.Row) string {
	var ends [2]string
	for side := range ends {
		var names []string
		for _, n := range r.Side(connector.Side(side)) {
			names = append(names, w.labels(connector.Side(side), n))
		}
		ends[side] = cmp.Or(strings.Join(names, " + "), "no field")
	}
	return ends[0] + " and " + ends[1]
}

// row is what a pair does.
func (w flowWords) row(r *mapping.Row) string {
	if r == nil {
		return ""
	}
	said := []string{"The way of the flow"}
	if r.Direction == mapping.AToB || r.Direction == mapping.BToA {
		said[0] = w.board.wayWords(r.Direction)
	}
	for _, st := range r.Chain() {
		said = append(said, stepSays(st))
	}
	if r.Conflict != "" {
		said = append(said, lowerFirst(w.board.policyWords(r.Conflict), w.board.systems))
	}
	switch r.Blank {
	case mapping.Keep:
		said = append(said, "an emptied value empties nothing")
	case mapping.Clear:
		said = append(said, "an emptied value empties the other side")
	}
	return strings.Join(said, " · ")
}

// stepSays is a step with what somebody chose about it.
func stepSays(st mapping.Step) string {
	k, _ := mapping.StepKindNamed(st.Do)
	var set []string
	for _, s := range k.Settings {
		v, given := st.With[s.Name]
		if !given || v == "" {
			continue
		}
		for _, c := range s.Choices {
			if c.Value == v {
				v = c.Text
			}
		}
		set = append(set, s.Label+": "+strings.Join(strings.Fields(v), " "))
	}
	if len(set) == 0 {
		return k.Title
	}
	return k.Title + " (" + strings.Join(set, ", ") + ")"
}

// namedInSentence is how many pairs a sentence names before it counts them.
const namedInSentence = 2

// sentence says in what two states differ.
func (w flowWords) sentence(changes []flow.Change) string {
	var pairs [3][]string
	var others []string
	for _, c := range changes {
		if c.Setting == flow.PairSetting {
			kind := pairKind(c)
			pairs[kind] = append(pairs[kind], w.pair(rowIn(c)))
		} else {
			others = append(others, settingWords[c.Setting].short)
		}
	}
	var said []string
	for kind, names := range pairs {
		switch done := pairDone[kind].past; {
		case len(names) == 0:
		case len(names) <= namedInSentence:
			said = append(said, "The "+map[bool]string{true: "pair", false: "pairs"}[len(names) == 1]+" of "+strings.Join(names, ", and of ")+map[bool]string{true: " was ", false: " were "}[len(names) == 1]+done+".")
		default:
			said = append(said, templates.Number(len(names))+" pairs were "+done+".")
		}
	}
	if len(others) > 0 {
		said = append(said, "Changed: "+listed(others)+".")
	}
	if len(said) == 0 {
		return "Nothing differs."
	}
	return strings.Join(said, " ")
}

// pairDone are the things that can happen to a pair: added, removed, changed.
var pairDone = [3]struct{ word, past string }{{"Added", "added"}, {"Removed", "removed"}, {"Changed", "changed"}}

func pairKind(c flow.Change) int {
	switch {
	case c.Rows[0] == nil:
		return 0
	case c.Rows[1] == nil:
		return 1
	}
	return 2
}

func rowIn(c flow.Change) mapping.Row {
	if c.Rows[1] != nil {
		return *c.Rows[1]
	}
	return *c.Rows[0]
}

// listed joins words: "a, b and c".
func listed(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

// groups are how two states differ: pairs, rules, settings.
func (w flowWords) groups(changes []flow.Change, was, now flow.Flow) []templates.DiffGroup {
	pairs, rules, rest := templates.DiffGroup{Title: "Pairs"}, templates.DiffGroup{Title: "Rules"}, templates.DiffGroup{Title: "Settings"}
	for _, c := range changes {
		if c.Setting == flow.PairSetting {
			pairs.Lines = append(pairs.Lines, templates.DiffLine{Label: w.pair(rowIn(c)), Word: pairDone[pairKind(c)].word, Was: w.row(c.Rows[0]), Now: w.row(c.Rows[1]), None: "No pair"})
			continue
		}
		s := settingWords[c.Setting]
		line := templates.DiffLine{Label: s.label, Was: s.say(w, was), Now: s.say(w, now), None: "Nothing"}
		if s.rule {
			rules.Lines = append(rules.Lines, line)
		} else {
			rest.Lines = append(rest.Lines, line)
		}
	}
	return slices.DeleteFunc([]templates.DiffGroup{pairs, rules, rest}, func(g templates.DiffGroup) bool { return len(g.Lines) == 0 })
}
