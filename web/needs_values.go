package web

import (
	"context"
	"encoding/json"

	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

// openValues walks the fields of a pair, or one of them, of which two values wait for an answer, until each says that it is enough.
func (s *Server) openValues(ctx context.Context, ws, pair, field string, batch int, each func(store.OpenConflict) bool) error {
	for after := ""; ; {
		list, err := s.o.Store.UnansweredConflicts(ctx, ws, pair, "", field, after, batch)
		if err != nil {
			return err
		}
		for _, c := range list {
			if after = c.ID; !each(c) {
				return nil
			}
		}
		if len(list) < batch {
			return nil
		}
	}
}

// values gathers the fields that a person decides about.
func (n *needsOf) values(ctx context.Context) error {
	return n.s.openValues(ctx, n.ws, n.view.pair.ID, "", linesOnPage+1, func(c store.OpenConflict) bool { return n.add(n.valueLine(c)) })
}

func (n *needsOf) valueLine(c store.OpenConflict) needLine {
	field := n.view.field(c.Field, engine.A)
	return needLine{kind: "value", ids: c.On.IDs, NeedLine: templates.NeedLine{Key: valueKey(c.Link, c.Field), Sub: field, Since: c.At}, open: func(ctx context.Context) error {
		x, err := n.value(ctx, c)
		n.page.Values = []templates.NeedValue{x}
		if k := n.waiting[c.Field]; k > 1 {
			all, err := n.s.chooseAll(ctx, n.ws, n.view.pair.ID, c.Field, engine.A, "")
			if err != nil {
				return err
			}
			n.page.Groups = []templates.NeedGroup{{Field: field, Flow: n.flow.Name, Pair: n.view.pair.ID, Key: c.Field, Systems: n.view.systems(), N: k, Seen: allSeen(all)}}
		}
		return err
	}}
}

func (n *needsOf) value(ctx context.Context, c store.OpenConflict) (x templates.NeedValue, err error) {
	l := c.On
	x = templates.NeedValue{Field: n.view.field(c.Field, engine.A), Flow: n.flow.Name, Systems: n.view.systems(), Since: c.At, Why: n.whyAsked(c.Rule),
		Pair: n.view.pair.ID, Link: l.ID, Key: c.Field, Seen: seenText(c.V)}
	var m [2]engine.Mirror
	if x.Name, m, err = n.called(ctx, l.IDs); err != nil {
		return x, err
	}
	for side := range m {
		x.Changed[side] = m[side].Changed
		x.Values[side] = n.view.says(engine.FieldChange{Field: c.Field}, c.V, side)
	}
	_, x.Typed = engine.Typed(c.V)
	if b, ok := l.Base[c.Field]; ok {
		x.Agreed, x.Told = n.view.says(engine.FieldChange{Field: c.Field}, b.V, 0), true
	}
	x.Again, err = n.again(ctx, engine.A, l.IDs[engine.A], c.Field)
	return x, err
}

// whyAsked says why a field waits for a person.
func (n *needsOf) whyAsked(rule string) string {
	if rule == "ask" || rule == "" {
		return "Changed on both sides before Couplet came by."
	}
	return sentenceOf(engine.Explain(rule, n.view.names())) + "."
}

// seenText is what somebody saw, as a form carries it.
func seenText(v [2]any) string {
	text, _ := json.Marshal(v) // it came from JSON
	return string(text)
}
