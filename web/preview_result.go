package web

import (
	"context"
	"strings"

	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

// foreseen is what a rehearsal found, as far as somebody looks at it.
func (s *Server) foreseen(ctx context.Context, ws string, p prospect, r rehearsed, g glance) (*templates.Foreseen, error) {
	counts, err := s.o.Store.PlanCounts(ctx, ws, r.run.ID)
	if err != nil {
		return nil, err
	}
	if g.group == "" {
		g.group = firstOf(counts)
	}
	values, err := s.o.Store.PlanFields(ctx, ws, r.run.ID, g.side)
	if err != nil {
		return nil, err
	}
	labels, err := s.o.Store.FieldNames(ctx, ws, r.run.ID)
	if err != nil {
		return nil, err
	}
	out := &templates.Foreseen{At: r.run.Started, Changes: r.changes(), Outdated: !r.of(p), Since: r.since(p), Costs: p.costs(r, counts), SetsOff: p.setsOff(r), Trial: p.tryable() && r.changes() > 0}
	h, err := s.house(ctx, ws)
	if err != nil {
		return nil, err
	}
	if out.Orphans, err = s.orphans(ctx, ws, h, h.pairs[r.run.Pair], r.run.Waiting); err != nil {
		return nil, err
	}
	if a := p.published.Approval; a != nil && a.Rehearsal == r.run.ID {
		out.Approved = a.At
	}
	v := view{prospect: p, run: r.run, counts: counts, values: values, labels: labels, glance: g, named: h.named}
	out.Tally, out.Ribbon = v.tally()
	out.Sides, out.Fields = v.sides(), v.fields()
	out.Find = templates.Finder{Action: p.path("preview"), Words: g.words, Said: p.flow.Parent() != ""}
	for name, value := range g.another(func(g *glance) { g.words = "" }).query() {
		out.Find.Keep = append(out.Find.Keep, [2]string{name, value[0]})
	}
	rows, err := s.o.Store.Plan(ctx, ws, r.run, v.wanted(), store.PlanPlace{}, g.most+1)
	if err != nil {
		return nil, err
	}
	out.Total = v.total()
	if more := len(rows) > g.most; more {
		rows = rows[:g.most]
		if g.most < mostRows {
			next := g
			next.most = min(g.most+pageful, mostRows)
			out.More = next.at(p.path("preview")) + "#" + rowID(rows[len(rows)-1])
		}
	} else if g.words != "" {
		out.Total = len(rows)
	}
	out.Shown = len(rows)
	if out.Rows, err = s.rows(ctx, ws, v, rows); err != nil {
		return nil, err
	}
	out.Title, out.Aside = v.title(out), v.aside()
	return out, nil
}

// firstOf is the group to look at first: what changes, then what needs somebody.
func firstOf(counts store.PlanCounts) store.PlanGroup {
	for _, g := range []store.PlanGroup{store.PlanUpdated, store.PlanCreated, store.PlanNeed, store.PlanSkipped, store.PlanSame} {
		if counts.All(g) > 0 {
			return g
		}
	}
	return store.PlanUpdated
}

// view is a rehearsal with what is known of it, to be put into words.
type view struct {
	prospect
	run    engine.Run
	counts store.PlanCounts
	values []store.FieldCount
	labels map[string][2]string
	glance glance
	named  namer
}

// groupWords are what the five results are called, and how they are shown.
var groupWords = map[store.PlanGroup]struct{ word, kind, stripe string }{
	store.PlanCreated: {"created", "ok", "c"},
	store.PlanUpdated: {"updated", "", "u"},
	store.PlanSame:    {"the same already", "q", "s"},
	store.PlanSkipped: {"skipped", "q", "k"},
	store.PlanNeed:    {"need you", "warn", "n"},
}

// number is how many records a group counts. Those that were in step before, and those that have no partner because the
// flow goes the other way, have no lines.
func (v view) number(g store.PlanGroup) int {
	n := v.counts.All(g)
	switch g {
	case store.PlanSame:
		n += v.run.Same
	case store.PlanSkipped:
		n += v.run.OneWay[0] + v.run.OneWay[1] + v.run.Outside[0] + v.run.Outside[1]
	}
	return n
}

func (v view) tally() (counts []templates.Count5, ribbon []templates.Stripe) {
	all := 0
	for _, g := range store.PlanGroups {
		all += v.number(g)
	}
	x := 0
	for _, g := range store.PlanGroups {
		n, w := v.number(g), groupWords[g]
		word := w.word
		if g == store.PlanNeed && n == 1 {
			word = "needs you"
		}
		counts = append(counts, templates.Count5{N: n, Word: word, Small: v.small(g), Kind: w.kind, Current: g == v.glance.group,
			Href: v.glance.another(func(x *glance) { *x = glance{group: g, side: -1, words: x.words, most: pageful} }).at(v.path("preview"))})
		if n == 0 {
			continue
		}
		width := max(4, 1000*n/all)
		ribbon = append(ribbon, templates.Stripe{Kind: w.stripe, X: x, Width: max(2, width-3)})
		x += width
	}
	return counts, ribbon
}

// small is the line under a count.
func (v view) small(g store.PlanGroup) string {
	if v.number(g) == 0 {
		return "None"
	}
	switch g {
	case store.PlanCreated:
		return v.bySide(v.counts[g])
	case store.PlanUpdated:
		n := 0
		for _, f := range v.values {
			n += f.N
		}
		if v.glance.side >= 0 { // the values are then those of one side
			return v.bySide(v.counts[g])
		}
		return templates.Count(n, "value", "values") + " in all"
	case store.PlanSame:
		return "Left alone"
	case store.PlanSkipped:
		if v.run.Outside != [2]int{} {
			return "Also what the flow leaves alone"
		}
		if v.counts.All(g) == 0 {
			return "Only on one side"
		}
		return "Differences that stay"
	}
	return "Left alone until they can be told apart"
}

// bySide is a number split by side: "31 in B, 7 in A".
func (v view) bySide(n [2]int) string {
	var parts []string
	for _, side := range []int{1, 0} {
		if n[side] > 0 {
			parts = append(parts, templates.Number(n[side])+" in "+v.specs[side].Name)
		}
	}
	return strings.Join(parts, ", ")
}

// wanted is what of the list is looked at.
func (v view) wanted() store.PlanView {
	out := store.PlanView{Group: v.glance.group, Side: v.glance.side, Field: v.glance.field, Find: v.glance.words}
	if out.Find != "" {
		out.Is = func(m [2]engine.Mirror) bool {
			a, at := v.prospect.title(0, m[0])
			b, bt := v.prospect.title(1, m[1])
			return finds(out.Find, a, at, b, bt)
		}
	}
	return out
}

// total is how many lines the list has, as far as the filters say it without a search.
func (v view) total() int {
	if v.glance.field != "" {
		for _, f := range v.values {
			if f.Field == v.glance.field {
				return f.N
			}
		}
		return 0
	}
	if v.glance.side >= 0 {
		return v.counts[v.glance.group][v.glance.side]
	}
	return v.counts.All(v.glance.group)
}

// sides filter by side what changes on a side.
func (v view) sides() (out []templates.Filter) {
	n := v.counts[v.glance.group]
	if v.glance.group == store.PlanSame || v.glance.group == store.PlanSkipped || n[0] == 0 || n[1] == 0 {
		return nil
	}
	at := func(side int) string {
		return v.glance.another(func(g *glance) { g.side, g.field = side, "" }).at(v.path("preview"))
	}
	out = append(out, templates.Filter{Text: "Both sides", N: n[0] + n[1], Href: at(-1), Current: v.glance.side < 0})
	systems := v.systems()
	for _, side := range []int{1, 0} {
		out = append(out, templates.Filter{Text: systems[side].Name, System: &systems[side], N: n[side], Href: at(side), Current: v.glance.side == side})
	}
	return out
}

// fields filter what is updated by field.
func (v view) fields() (out []templates.Filter) {
	if v.glance.group != store.PlanUpdated {
		return nil
	}
	for _, f := range v.values {
		current := f.Field == v.glance.field
		out = append(out, templates.Filter{Text: v.field(f.Field, max(v.glance.side, 0)), N: f.N, Current: current, Href: v.glance.another(func(g *glance) {
			if g.field = f.Field; current {
				g.field = ""
			}
		}).at(v.path("preview"))})
	}
	return out
}

// field is what a rule of the map is called on a side.
func (v view) field(key string, side int) string {
	if l, ok := v.labels[key]; ok && l[side] != "" {
		return l[side]
	}
	return key
}

// title heads the list.
func (v view) title(out *templates.Foreseen) string {
	n := out.Total
	text := templates.Number(n) + " " + groupWords[v.glance.group].word
	switch {
	case v.glance.words != "" && out.More != "":
		return "Found in " + text
	case v.glance.words != "":
		return templates.Count(n, "record", "records") + " found"
	case v.glance.group == store.PlanNeed && n == 1:
		return "1 needs you"
	case v.glance.group == store.PlanSame && n == 0:
		return "Nothing new that is the same"
	}
	return text
}

// aside is said about what has no line in the list.
func (v view) aside() string {
	var out []string
	switch v.glance.group {
	case store.PlanSame:
		if n := v.run.Same; n > 0 {
			out = append(out, templates.Count(n, "pair", "pairs")+" were in step before and still are.")
		}
	case store.PlanSkipped:
		for side, n := range v.run.OneWay {
			if n > 0 {
				x := v.systems()[side]
				out = append(out, templates.Count(n, x.One, x.Many)+" of "+x.Name+" have no partner and get none, because this flow goes the other way.")
			}
		}
		for side, n := range v.run.Outside {
			if n > 0 {
				x := v.systems()[side]
				out = append(out, templates.Count(n, x.One, x.Many)+" of "+x.Name+" are left alone, because the flow is set to leave them alone.")
			}
		}
	case store.PlanNeed:
		if earlier := v.run.Review - v.run.Asked; earlier > 0 {
			out = append(out, templates.Count(earlier, "record waits", "records wait")+" for you already, from earlier runs.")
		}
	}
	return strings.Join(out, " ")
}
