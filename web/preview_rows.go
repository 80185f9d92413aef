package web

import (
	"cmp"
	"context"

	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

// rows are records with what would be done about them. Who they are is read from what was last seen of them: the log of a
// run says which, not who.
func (s *Server) rows(ctx context.Context, ws string, v view, rows []store.PlanRow) ([]templates.Foretold, error) {
	pair, err := s.o.Store.PairByID(ctx, ws, v.run.Pair)
	if err != nil {
		return nil, err
	}
	seen, err := s.o.Store.Ends(ctx, ws, pair, rows)
	if err != nil {
		return nil, err
	}
	k, err := s.kin(ctx, ws, pair.Conns, v.specs, pair.Object, seen)
	if err != nil {
		return nil, err
	}
	out := make([]templates.Foretold, len(rows))
	for i, row := range rows {
		m := [2]engine.Mirror{seen[0][row.Entry.IDs[0]], seen[1][row.Entry.IDs[1]]}
		out[i] = v.row(row, m)
		out[i].Address = cmp.Or(out[i].Address, k.of(m))
		out[i].Open = i == 0
	}
	return out, nil
}

func rowID(r store.PlanRow) string { return r.Entry.ID + "-" + sides[r.Side] }

// kindOf is the badge of a group's rows.
var kindOf = map[store.PlanGroup]templates.Badge{
	store.PlanCreated: {Kind: "ok", Text: "Create", Icon: "plus"},
	store.PlanUpdated: {Text: "Update", Icon: "pencil"},
	store.PlanSame:    {Text: "The same", Icon: "equal"},
	store.PlanSkipped: {Text: "Left alone", Icon: "minus"},
	store.PlanNeed:    {Kind: "warn", Text: "Needs you", Icon: "circle-alert"},
}

func (v view) row(r store.PlanRow, m [2]engine.Mirror) templates.Foretold {
	x := v.systems()
	out := templates.Foretold{ID: rowID(r), Href: hrefOf(r.Entry), System: x[r.Side], Kind: kindOf[v.glance.group]}
	if r.Entry.Result == engine.ResultDeleted {
		out.Kind = templates.Badge{Kind: "bad", Text: "Delete", Icon: "trash-2"}
	}
	out.Name, out.Address = v.titles(r.Side, m)
	if out.Name == "" {
		out.Name, out.Address = out.Address, ""
	}
	if out.Name == "" {
		out.Name = "A " + x[r.Side].One + " without a name"
	}
	switch v.glance.group {
	case store.PlanCreated, store.PlanUpdated:
		v.changes(&out, r)
	default:
		v.stays(&out, r, m)
	}
	return out
}

// changes lists what a record gets.
func (v view) changes(out *templates.Foretold, r store.PlanRow) {
	out.Head = [3]string{out.System.Name + " field", "Now", "After"}
	for _, f := range r.Entry.Fields {
		if !store.Changes(f, r.Side) {
			continue
		}
		out.Lines = append(out.Lines, templates.ForetoldField{Label: v.field(f.Field, r.Side), Before: v.says(f, f.Before, r.Side), After: v.says(f, f.After, r.Side)})
	}
	out.Many = templates.Count(len(out.Lines), "value", "values")
	if r.Entry.Result == engine.ResultDeleted {
		out.Why = "Somebody decided that it is deleted, because its partner was. Nothing brings it back."
	}
	if v.glance.group == store.PlanCreated {
		if o, ok := v.specs[r.Side].Object(v.flow.Object); ok {
			out.Stays = o.Undated
		}
		from := v.systems()[1-r.Side]
		out.Why = "It is made from the " + from.One + " in " + from.Name + "."
	}
}

// stays says why a record is left as it is, or waits.
func (v view) stays(out *templates.Foretold, r store.PlanRow, m [2]engine.Mirror) {
	x := v.systems()
	out.Head = [3]string{"Field", x[0].Name, x[1].Name}
	for _, f := range r.Entry.Fields {
		line := templates.ForetoldField{Label: v.field(f.Field, r.Side), Before: v.says(f, f.Before, 0), After: v.says(f, f.Before, 1), Kept: true}
		switch {
		case f.Outcome == engine.Broken:
			line.Why = "The value cannot be put into the other side's form."
		case f.Outcome == engine.Accept, f.Outcome == engine.Blocked, f.Outcome == engine.OpenClash:
			line.Why = inSentence(engine.ExplainOf(v.flow.Object, f.Rule, v.names(), f.By))
		case r.Entry.Sides != [2]bool{}:
			continue // it is shown among the updated
		}
		out.Lines = append(out.Lines, line)
	}
	switch v.glance.group {
	case store.PlanSame:
		out.Why = "In step already: " + engine.ExplainOf(v.flow.Object, r.Entry.Reason, v.names(), r.Entry.By) + "."
	case store.PlanNeed:
		out.Why, out.Fix = v.needed(r)
	}
	if len(out.Lines) > 0 {
		out.Many = templates.Count(len(out.Lines), "value", "values")
	}
}

// needed says why a record waits for a person, and what that person can do.
func (v view) needed(r store.PlanRow) (why, fix string) {
	if r.Entry.Result == engine.ResultReview {
		return inSentence(engine.ExplainOf(v.flow.Object, r.Entry.Reason, v.names(), r.Entry.By)), needFix(r.Entry.Reason, v.systems()[r.Side])
	}
	for _, f := range r.Entry.Fields {
		if f.Outcome == engine.OpenClash {
			fix = needFix("ask", v.systems()[r.Side])
		}
	}
	return "A value below is left alone. The rest of the record goes on.", cmp.Or(fix, "Correct the value in the record, or change the pair on the map.")
}

// inSentence makes a sentence of a reason: "matched by email" is said as "Matched by email."
func inSentence(reason string) string { return templates.Capital(reason) + "." }
