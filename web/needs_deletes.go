package web

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/store"
	"couplet/templates"
)

// Deletes that wait for somebody: one of two linked records is gone, and the flow asks before it deletes the other.

// deletes gathers them, and beside the one that is shown a line to answer all of its side at once.
func (n *needsOf) deletes(ctx context.Context) error {
	return n.s.eachReview(ctx, n.ws, n.view.pair.ID, store.AskDelete, linesOnPage+1, func(r engine.Review) bool { return n.add(n.deleteLine(r)) })
}

func (n *needsOf) deleteLine(r engine.Review) needLine {
	var own [2]string
	own[r.Side] = r.ID
	return needLine{kind: "delete", ids: own, NeedLine: templates.NeedLine{Key: reviewKey(r.Pair, r.Side, r.ID), Sub: "Deleted in " + n.view.names()[r.Side.Other()], Since: r.At}, open: func(ctx context.Context) error {
		x, err := n.deleteCard(ctx, r)
		n.page.Deletes = []templates.NeedDelete{x}
		if err != nil {
			return err
		}
		all, err := n.s.decideAll(ctx, n.ws, n.view.pair, r.Side, "", "")
		if len(all) > 1 {
			ids := make([]string, len(all))
			for i, o := range all {
				ids[i] = o.Record
			}
			kin, err := n.hanging(ctx, r.Side, ids)
			n.page.Doomed = []templates.NeedDoomed{{Flow: n.flow.Name, Pair: n.view.pair.ID, Side: r.Side.String(), System: n.view.systems()[r.Side], N: len(all), Seen: allSeen(all), Kin: kin}}
			return err
		}
		return err
	}}
}

// eachReview shows what of a pair waits with a question that nobody answered yet, until show says that it is enough.
func (s *Server) eachReview(ctx context.Context, ws, pair string, q store.Question, batch int, show func(engine.Review) bool) error {
	for place := (engine.Place{Side: -1}); ; {
		list, err := s.o.Store.Unanswered(ctx, ws, pair, q, place, batch)
		if err != nil {
			return err
		}
		for _, r := range list {
			place = engine.Place{Side: r.Side, ID: r.ID}
			if !show(r) {
				return nil
			}
		}
		if len(list) < batch {
			return nil
		}
	}
}

// deleteCard is one of them: what is left beside what was deleted.
func (n *needsOf) deleteCard(ctx context.Context, r engine.Review) (x templates.NeedDelete, err error) {
	st, p, other := n.s.o.Store, n.view.pair, r.Side.Other()
	systems := n.view.systems()
	x = templates.NeedDelete{Flow: n.flow.Name, Pair: p.ID, Side: r.Side.String(), ID: r.ID, System: systems[r.Side], Gone: systems[other], Since: r.At}
	links, err := st.LinksOf(ctx, n.ws, p.ID, r.Side, []string{r.ID})
	if err != nil {
		return x, err
	}
	l := links[r.ID]
	x.Href = recordHref(l.ID)
	ids := l.IDs
	ids[r.Side] = r.ID
	name, m, err := n.called(ctx, ids)
	if err != nil {
		return x, err
	}
	if x.Name, x.Seen = n.named(r.Side, r.ID, m[r.Side]), m[r.Side].Sight(); x.Name == "" {
		x.Name = name
	}
	x.Fields = n.beside(l, m, r.Side)
	if x.Kin, err = n.hanging(ctx, r.Side, []string{r.ID}); err != nil {
		return x, err
	}
	x.Again, err = n.again(ctx, r.Side, r.ID, "")
	return x, err
}

// beside is what both records hold in the fields of the map, and in those that they once agreed on. Since says that the one
// that is left was changed after they did.
func (n *needsOf) beside(l engine.Link, m [2]engine.Mirror, left engine.Side) (lines []templates.NeedBeside) {
	var keys []string
	for _, row := range n.flow.Map {
		keys = append(keys, strings.Join(row.A, "+")+"="+strings.Join(row.B, "+"))
	}
	for _, key := range slices.Sorted(maps.Keys(l.Base)) {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		line := templates.NeedBeside{Label: n.view.field(key, left)}
		for side := range m {
			line.Values[side] = n.holds(key, m[side].Fields, engine.Side(side), n.view.says)
		}
		if b, agreed := l.Base[key]; agreed {
			line.Since = n.holds(key, m[left].Fields, left, value) != n.plain(key, value(engine.FieldChange{Field: key}, b.V, int(left)), left)
		}
		if line.Values != [2]string{} {
			lines = append(lines, line)
		}
	}
	return lines
}

// holds is what a record holds in the fields that one side of a row of the map names, as say says it.
func (n *needsOf) holds(key string, f connector.Fields, side engine.Side, say func(engine.FieldChange, [2]any, int) string) string {
	names := rowOf(key).Side(side)
	var v [2]any
	if v[side] = f[names[0]]; len(names) > 1 {
		parts := make(mapping.Parts, len(names))
		for i, name := range names {
			parts[i] = mapping.Words(f[name])
		}
		v[side] = parts
	}
	return n.plain(key, say(engine.FieldChange{Field: key}, v, int(side)), side)
}

// plain takes the formatting out of a text that has some.
func (n *needsOf) plain(key, text string, side engine.Side) string {
	if o, ok := n.object(side); ok {
		if f, known := connector.FieldNamed(o.Fields, rowOf(key).Side(side)[0]); known && f.Type == connector.HTML {
			return strings.TrimSpace(mapping.Plain(text))
		}
	}
	return text
}

func (n *needsOf) object(side engine.Side) (*connector.Object, bool) {
	return n.view.specs(n.view.conns[n.view.pair.Conns[side]].System).Object(n.view.pair.Object)
}

// deleteOrder reads an answer to a delete that waits.
func deleteOrder(c echo.Context, kind engine.OrderKind) (o engine.Order, ok bool) {
	o = engine.Order{Kind: kind, Side: sideOf(c.FormValue("side")), Record: c.FormValue("record")}
	seen := c.FormValue("seen")
	o.Seen[o.Side] = seen
	return o, seen != "" && o.Record != ""
}
