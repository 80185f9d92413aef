package web

import (
	"context"
	"slices"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/store"
	"couplet/templates"
)

// trialsRead is how many lines of a rehearsal are looked through for records to suggest, trialsShown how many are offered.
const (
	trialsRead  = 300
	trialsShown = 8
)

// trials puts records of a rehearsal, and of the trial itself, into words.
type trials struct {
	s     *Server
	ws    string
	p     prospect
	named namer
}

// written are the groups of what is written.
var written = []store.PlanGroup{store.PlanUpdated, store.PlanCreated}

// lines are those of an entry of a run: one for each side that it is written to.
func (t *trials) lines(ctx context.Context, run engine.Run, entry string) (out []store.PlanRow, err error) {
	if entry == "" {
		return nil, nil
	}
	for _, g := range written {
		rows, err := t.s.o.Store.Plan(ctx, t.ws, run, store.PlanView{Group: g, Side: -1}, store.PlanPlace{Entry: entry, Side: -1}, 2)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if r.Entry.ID == entry {
				out = append(out, r)
			}
		}
	}
	return out, nil
}

// said are lines of a run in words, each with its group.
func (t *trials) said(ctx context.Context, run engine.Run, g store.PlanGroup, rows []store.PlanRow) ([]templates.Foretold, error) {
	labels, err := t.s.o.Store.FieldNames(ctx, t.ws, run.ID)
	if err != nil {
		return nil, err
	}
	return t.s.rows(ctx, t.ws, view{prospect: t.p, run: run, labels: labels, glance: glance{group: g, side: -1}, named: t.named}, rows)
}

// came is what came of a trial.
func (t *trials) came(ctx context.Context, run engine.Run) (*templates.TrialCame, error) {
	out := &templates.TrialCame{At: run.Started, Run: "/runs/" + run.ID, Undo: "/runs/" + run.ID + "/undo", Note: run.Note}
	for _, g := range append(slices.Clone(written), store.PlanNeed) {
		rows, err := t.s.o.Store.Plan(ctx, t.ws, run, store.PlanView{Group: g, Side: -1}, store.PlanPlace{}, 10)
		if err != nil {
			return nil, err
		}
		if g == store.PlanNeed && len(rows) > 1 { // it was looked at more than once
			rows = rows[len(rows)-1:]
		}
		if len(rows) > 0 && out.Both == nil {
			if out.Both, err = t.both(ctx, run, rows[0].Entry.IDs); err != nil {
				return nil, err
			}
		}
		said, err := t.said(ctx, run, g, rows)
		if err != nil {
			return nil, err
		}
		for i := range said {
			said[i].Open = true
			if g != store.PlanNeed {
				said[i].Head[1] = "Before"
			}
		}
		if g == store.PlanNeed {
			out.Waits = said
			continue
		}
		out.Wrote = append(out.Wrote, said...)
	}
	for _, x := range out.Wrote {
		if out.Name, out.Record = x.Name, x.Href; out.Record != "" {
			break
		}
	}
	return out, nil
}

// both is what the two records hold now, pair by pair.
func (t *trials) both(ctx context.Context, run engine.Run, ids [2]string) (out []templates.ForetoldField, err error) {
	labels, err := t.s.o.Store.FieldNames(ctx, t.ws, run.ID)
	if err != nil {
		return nil, err
	}
	v := view{prospect: t.p, run: run, labels: labels, named: t.named}
	var m [2]engine.Mirror
	for side, id := range ids {
		found, err := t.s.o.Store.Mirrors(ctx, t.ws, t.p.flow.Connections[side], t.p.flow.Object, []string{id})
		if err != nil {
			return nil, err
		}
		m[side] = found[id]
	}
	for _, row := range t.p.flow.Map {
		var says [2]string
		for side := range says {
			var all []string
			for _, name := range row.Side(connector.Side(side)) {
				one := engine.FieldChange{Field: mapping.Row{A: mapping.Names{name}, B: mapping.Names{name}}.Key()}
				all = append(all, v.says(one, [2]any{m[side].Fields[name], m[side].Fields[name]}, side))
			}
			says[side] = trimmed(strings.Join(all, " "))
		}
		if says != [2]string{} {
			out = append(out, templates.ForetoldField{Label: v.field(row.Key(), 0), Before: says[0], After: says[1], Kept: true})
		}
	}
	return out, nil
}

// candidate is a record that can be tried.
type candidate struct {
	entry  string
	rows   []templates.Foretold
	weight int
}

// weigh is how much harm a write could do: little where something empty is filled, more where a value is replaced, most where a
// record is made, above all one that no undo deletes.
func weigh(r store.PlanRow, g store.PlanGroup) (n int) {
	if g == store.PlanCreated {
		n += 100
	}
	for _, f := range r.Entry.Fields {
		switch {
		case f.Outcome == engine.Broken || f.Outcome == engine.OpenClash: // a part of it would wait for a person
			n += 50
			continue
		case !store.Changes(f, r.Side):
			continue
		}
		if n++; value(f, f.Before, r.Side) != "" {
			n += 9
		}
	}
	return n
}

// offer fills in what can be tried, and what would change in the chosen one: the mildest where nobody chose.
func (t *trials) offer(ctx context.Context, run engine.Run, tried []string, chosen string, v *templates.Trial) error {
	var all []*candidate
	of := map[string]*candidate{}
	for _, g := range written {
		look := view{prospect: t.p, glance: glance{group: g, side: -1, words: strings.TrimSpace(v.Words)}}.wanted()
		rows, err := t.s.o.Store.Plan(ctx, t.ws, run, look, store.PlanPlace{}, trialsRead)
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(r store.PlanRow) bool {
			return r.Entry.Result == engine.ResultDeleted || slices.ContainsFunc(tried, func(id string) bool { return slices.Contains(r.Entry.IDs[:], id) })
		})
		if err := t.gather(ctx, run, g, rows, of, &all); err != nil {
			return err
		}
	}
	slices.SortStableFunc(all, func(x, y *candidate) int { return x.weight - y.weight })
	v.More = len(all) > trialsShown
	pick := of[chosen]
	if pick == nil && chosen != "" { // beyond what was looked through
		for _, g := range written {
			rows, err := t.lines(ctx, run, chosen)
			if err != nil {
				return err
			}
			rows = slices.DeleteFunc(rows, func(r store.PlanRow) bool {
				return (g == store.PlanCreated) != (r.Entry.Result == engine.ResultCreated)
			})
			if err := t.gather(ctx, run, g, rows, of, &all); err != nil {
				return err
			}
		}
		pick = of[chosen]
	}
	if pick == nil && len(all) > 0 {
		pick = all[0]
	}
	for i, x := range all[:min(len(all), trialsShown)] {
		v.Choices = append(v.Choices, templates.TrialChoice{Entry: x.entry, Name: x.rows[0].Name, Address: x.rows[0].Address, Rows: x.rows, Chosen: x == pick, Mild: i == 0 && v.Words == ""})
	}
	if pick != nil {
		v.Entry, v.Name, v.Will = pick.entry, pick.rows[0].Name, pick.rows
		for i := range v.Will {
			v.Will[i].Open = true
		}
	}
	return nil
}

func (t *trials) gather(ctx context.Context, run engine.Run, g store.PlanGroup, rows []store.PlanRow, of map[string]*candidate, all *[]*candidate) error {
	said, err := t.said(ctx, run, g, rows)
	if err != nil {
		return err
	}
	for i, r := range rows {
		x := of[r.Entry.ID]
		if x == nil {
			x = &candidate{entry: r.Entry.ID}
			of[r.Entry.ID], *all = x, append(*all, x)
		}
		x.rows, x.weight = append(x.rows, said[i]), x.weight+weigh(r, g)
		if said[i].Stays {
			x.weight += 100
		}
	}
	return nil
}
