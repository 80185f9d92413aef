package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/templates"
)

func trimmed(s string) string { return strings.TrimSpace(s) }

func cut(pick string) (side, name string, ok bool) { return strings.Cut(pick, ":") }

// pairs are the rows that need somebody, and the others.
func (b *board) pairs() (needs, fine []templates.MapPair) {
	next := 0 // of the rules, which are in the order of the rows that make one
	for i, row := range b.flow().Map {
		p := templates.MapPair{Key: row.Key(), ID: templates.MapAnchor(row.Key()), Way: "both",
			Ends: [2]templates.MapField{b.end(connector.A, row.A), b.end(connector.B, row.B)}}
		if bad := slices.IndexFunc(b.problems, func(p mapping.Problem) bool { return p.Row == i }); bad >= 0 {
			b.broken(&p, row, b.problems[bad])
			needs = append(needs, p)
			continue
		}
		r := &b.rules.Rules[next]
		next++
		b.works(&p, i, row, r)
		fine = append(fine, p)
	}
	return needs, fine
}

func (b *board) broken(p *templates.MapPair, row mapping.Row, bad mapping.Problem) {
	p.Problem = bad.Plain
	p.Way, p.WayWords = way(row.Direction), b.wayWords(row.Direction)
	p.Chips = chips(row.Chain())
	for _, f := range mapping.Fixes(b.flow().Map, bad, b.fields(connector.A), b.fields(connector.B), b.options()) {
		if len(p.Fixes) < 3 {
			p.Fixes = append(p.Fixes, templates.MapFix{Text: f.Text, Row: formRow(f.Row)})
		}
	}
}

func (b *board) works(p *templates.MapPair, i int, row mapping.Row, r *mapping.Rule) {
	p.Way, p.WayWords = way(r.Direction), b.wayWords(r.Direction)
	p.OneWay = r.Direction != mapping.Both
	p.Chips = chips(row.Chain())
	if r.Kind == mapping.Consent {
		p.Chips = append(p.Chips, templates.MapChip{Title: "Only ever tightened", Icon: "lock"})
	}
	p.MatchKey = b.matchKey(r)
	for _, to := range []connector.Side{connector.B, connector.A} {
		for _, s := range r.Loses(to, b.systems[to].Name) {
			if !slices.Contains(p.Lost, s) {
				p.Lost = append(p.Lost, s)
			}
		}
	}
	p.Measure = b.measure(r)
	p.Lessons = b.learned(row)
	if b.at.Open == p.Key {
		o := b.open(i, row, r)
		p.Open = &o
	}
}

// chips are the steps of a row.
func chips(steps []mapping.Step) (out []templates.MapChip) {
	for _, st := range steps {
		k, _ := mapping.StepKindNamed(st.Do)
		out = append(out, templates.MapChip{Title: k.Title, Icon: k.Icon})
	}
	return out
}

func (b *board) wayWords(d mapping.Direction) string {
	switch d {
	case mapping.AToB:
		return b.systems[0].Name + " fills " + b.systems[1].Name
	case mapping.BToA:
		return b.systems[1].Name + " fills " + b.systems[0].Name
	}
	return "Both ways"
}

// matchKey is the kind of key by which the two fields of a rule tell who is who, "" when they do not.
func (b *board) matchKey(r *mapping.Rule) string {
	for _, kind := range b.flow().Match {
		is := true
		for side := range r.Fields {
			key := slices.IndexFunc(b.fields(connector.Side(side)), func(f connector.Field) bool { return f.KeyKind() == kind && f.Read })
			is = is && key >= 0 && len(r.Fields[side]) == 1 && r.Fields[side][0].Name == b.fields(connector.Side(side))[key].Name
		}
		if is {
			return kind
		}
	}
	return ""
}

// open is what an open pair shows and lets one choose.
func (b *board) open(i int, row mapping.Row, r *mapping.Rule) templates.MapOpen {
	o := templates.MapOpen{Row: formRow(row), Consent: r.Kind == mapping.Consent}
	for _, w := range b.ways[i] {
		o.Ways = append(o.Ways, templates.MapOption{Value: string(w.Direction), Text: b.wayWords(w.Direction), Icon: templates.WayIcon(way(w.Direction)),
			Chosen: r.Direction == w.Direction, Why: w.Why})
	}
	var bad *mapping.Problem
	live := r
	if b.typed != nil && b.typed.row.Key() == row.Key() {
		row = b.typed.row
		live, bad = b.compiled(i, row)
		o.Row = formRow(row)
	}
	o.Steps = b.stepsOf(row)
	if b.typed != nil {
		focus(o.Steps, *b.typed)
	}
	o.More, o.Likely = b.more(i)
	b.live(&o, i, row, live, bad)
	for n, s := range b.seen.sampling.Samples {
		o.Samples = append(o.Samples, templates.MapOption{Value: strconv.Itoa(n), Text: b.sampleName(s), Chosen: n == b.at.Sample})
	}
	o.Conflict = b.conflicts(row.Conflict, r)
	o.Blank = []templates.MapOption{{Value: "", Text: "As in the rules of this flow", Chosen: row.Blank == ""},
		{Value: string(mapping.Keep), Text: "Leave the other side as it is", Chosen: row.Blank == mapping.Keep},
		{Value: string(mapping.Clear), Text: "Empty the other side too", Chosen: row.Blank == mapping.Clear}}
	for side := range r.Fields {
		if s := r.Limits(connector.Side(side), b.systems[side].Name); s != "" {
			o.Notes = append(o.Notes, s)
		}
		for _, f := range r.Fields[side] {
			if slices.Contains(b.seen.ground.Made[side], f.Name) {
				o.Notes = append(o.Notes, f.Label+" is not there yet. Couplet makes this field when you switch on.")
			}
			if f.Help != "" {
				o.Notes = append(o.Notes, b.systems[side].Name+", "+f.Label+": "+f.Help)
			}
		}
	}
	return o
}

// focus marks what a person looks at after a step was added or moved: the step, or the button that was pressed, or the row of
// its table.
func focus(steps []templates.MapDone, t typedRow) {
	if t.at < 0 || t.at >= len(steps) {
		return
	}
	st := &steps[t.at]
	for i := range st.Settings {
		if table := st.Settings[i].Table; table != nil && t.how == "table" {
			table.Rows[min(t.line, len(table.Rows)-1)].Focus = true
			return
		}
	}
	st.FocusUp = t.how == "up" && !st.First
	st.FocusDown = t.how == "down" && !st.Last
	st.Focus = !st.FocusUp && !st.FocusDown
}

// inParts is a value as a person reads it, with the seams of one that is in parts.
func inParts(v mapping.Value) string {
	if p, ok := v.(mapping.Parts); ok {
		return strings.Join(p, " + ")
	}
	return mapping.Words(v)
}

// conflicts are the ways to settle a field that changed on both sides.
func (b *board) conflicts(chosen mapping.Policy, of *mapping.Rule) []templates.MapOption {
	var out []templates.MapOption
	policies := mapping.Policies
	if of != nil {
		policies = of.Policies()
		out = append(out, templates.MapOption{Text: "As in the rules of this flow", Chosen: chosen == ""})
	}
	for _, p := range policies {
		if p == mapping.Union { // the same as richer for single values, and lists are always joined
			continue
		}
		out = append(out, templates.MapOption{Value: string(p), Text: b.policyChoice(p), Chosen: chosen == p || chosen == mapping.Union && p == mapping.Richer})
	}
	return out
}

// policyChoice says a way to settle it in full, also what decides where the way itself does not.
func (b *board) policyChoice(p mapping.Policy) string {
	if p == mapping.Newest {
		return b.policyWords(p) + "; where both were changed between two looks, " + b.systems[0].Name + " wins"
	}
	return b.policyWords(p)
}

func (b *board) policyWords(p mapping.Policy) string {
	switch p {
	case mapping.AWins:
		return b.systems[0].Name + " wins"
	case mapping.BWins:
		return b.systems[1].Name + " wins"
	case mapping.Newest:
		return "The newest change wins"
	case mapping.Richer, mapping.Union:
		return "The fuller value wins"
	case mapping.MostAdvanced:
		return "Done wins"
	case mapping.KeepBoth:
		return "Both texts are kept, one under the other"
	}
	return "Neither wins: somebody decides on Needs you"
}

// suggestions are pairs that somebody most likely wants.
func (b *board) suggestions() []templates.MapSuggestion {
	var samples []mapping.Sample
	for _, s := range b.seen.sampling.Samples {
		if s.Both() {
			samples = append(samples, s.Values())
		}
	}
	var out []templates.MapSuggestion
	for _, s := range mapping.Suggest(b.mappable(connector.A), b.mappable(connector.B), b.flow().Map, samples, b.options(), b.dismissed) {
		out = append(out, templates.MapSuggestion{Key: s.Row.Key(), Why: s.Why, Sure: s.Score >= mapping.Sure,
			Ends: [2]templates.MapField{b.end(connector.A, s.Row.A), b.end(connector.B, s.Row.B)}})
	}
	return out
}

// mappable are the fields of a side without our own references.
func (m *mapOf) mappable(side connector.Side) []connector.Field {
	return slices.DeleteFunc(slices.Clone(m.fields(side)), func(f connector.Field) bool { return m.stamp(side, f.Name) })
}

// formRow is a row as a form sends it.
func formRow(r mapping.Row) templates.MapRow {
	return templates.MapRow{A: r.A, B: r.B, Direction: string(r.Direction), Steps: formSteps(r), Conflict: string(r.Conflict), Blank: string(r.Blank)}
}

// flowRules are the rules of the whole flow.
func (b *board) flowRules() templates.MapRules {
	f := b.flow()
	r := templates.MapRules{Same: "person"}
	if f.Object == "company" {
		r.Same = f.Object
	}
	for _, d := range []mapping.Direction{mapping.Both, mapping.AToB, mapping.BToA} {
		chosen := f.Direction == d || f.Direction == "" && d == mapping.Both
		r.Direction = append(r.Direction, templates.MapOption{Value: string(d), Text: b.wayWords(d), Icon: templates.WayIcon(way(d)), Chosen: chosen})
	}
	matched := "matched by what they say, contact by contact"
	keys := matchChoices[f.Object]
	if keys == nil {
		keys = matchChoices["contact"]
	}
	if b.hangs() {
		keys = nil
	} else {
		matched = "matched by " + strings.ToLower(matchWords(f.Match))
	}
	for _, kinds := range keys {
		r.Match = append(r.Match, templates.MapOption{Value: strings.Join(kinds, ","), Text: matchWords(kinds), Chosen: slices.Equal(kinds, f.Match)})
	}
	conflict := f.Conflict
	if conflict == "" {
		conflict = mapping.Newest
	}
	r.Conflict = b.conflicts(conflict, nil)
	clears := f.Blank == mapping.Clear
	r.Blank = []templates.MapOption{{Value: string(mapping.Keep), Text: "Leave the other side as it is", Chosen: !clears}, {Value: string(mapping.Clear), Text: "Empty the other side too", Chosen: clears}}
	for _, d := range f.Deletes() {
		r.Delete = append(r.Delete, templates.MapOption{Value: string(d), Text: deleteWords[d].option, Chosen: d == f.Delete || f.Delete == "" && d == flow.Detach})
	}
	r.Region = regions(f.Region)
	empties := "an emptied value deletes nothing"
	if clears {
		empties = "an emptied value empties the other side"
	}
	r.Summary = []string{b.wayWords(f.Direction), matched, lowerFirst(b.policyWords(conflict), b.systems), empties, deleteWords[cmp.Or(f.Delete, flow.Detach)].short}
	return r
}

// deleteWords say what becomes of the partner of a deleted record: as something to choose, in short, and in full.
var deleteWords = map[flow.Delete]struct{ option, short, long string }{
	flow.Detach: {"Leave its partner alone", "partners of deleted records stay", "Its partner on the other side is left alone and is not made again. This flow deletes nothing."},
	flow.Tag:    {"Tag its partner “deleted in …”", "partners of deleted records get a tag", "Its partner on the other side gets a tag that says so, and is not made again. This flow deletes nothing."},
	flow.Approve: {"Ask whether its partner is deleted, too", "deletes ask you first", "Somebody is asked on the page Needs you whether its partner is deleted, too, or kept. Nothing is deleted without an answer, " +
		"and nothing brings back what was."},
	flow.Restore: {"Make it again, once", "deleted records are made again", "It is made again from what it held last, once. This flow deletes nothing."},
}

// hangs reports whether the flow's records hang on others, so that they have no keys.
func (b *board) hangs() bool { return b.flow().Parent() != "" }

// matchChoices are the orders of keys that a person can choose from, by object.
var matchChoices = map[string][][]string{
	"contact": {{"email", "phone"}, {"phone", "email"}, {"email"}, {"phone"}},
	"company": {{"domain", "name", "email"}, {"name", "domain", "email"}, {"domain", "name"}, {"name"}, {"domain"}},
}

// matchWords says an order of keys.
func matchWords(kinds []string) string {
	words := map[string]string{"email": "email", "phone": "phone", "name": "name", "domain": "the website's domain"}
	var said []string
	for _, kind := range kinds {
		said = append(said, words[kind])
	}
	if len(said) == 1 {
		return templates.Capital(said[0]) + " only"
	}
	return templates.Capital(strings.Join(said, ", else "))
}

// lowerFirst begins a phrase small, unless it begins with a name.
func lowerFirst(s string, systems [2]templates.System) string {
	for _, x := range systems {
		if strings.HasPrefix(s, x.Name) {
			return s
		}
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// rowAt finds a row by its key.
func rowAt(f flow.Flow, key string) int {
	return slices.IndexFunc(f.Map, func(r mapping.Row) bool { return r.Key() == key })
}
