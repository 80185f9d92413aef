package web

import (
	"context"
	"slices"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
	"couplet/templates"
)

// reviews gathers the records that cannot be told apart.
func (n *needsOf) reviews(ctx context.Context) error {
	return n.s.eachReview(ctx, n.ws, n.view.pair.ID, store.AskWho, linesOnPage+1, func(r engine.Review) bool { return n.add(n.reviewLine(r)) })
}

func (n *needsOf) reviewLine(r engine.Review) needLine {
	var own [2]string
	own[r.Side] = r.ID
	return needLine{kind: "review", ids: own, NeedLine: templates.NeedLine{Key: reviewKey(r.Pair, r.Side, r.ID), Sub: reviewTitle(n.view.pair.Object, r.Reason), Since: r.At}, open: func(ctx context.Context) error {
		x, err := n.review(ctx, r)
		n.page.Reviews = []templates.NeedReview{x}
		return err
	}}
}

func (n *needsOf) review(ctx context.Context, r engine.Review) (x templates.NeedReview, err error) {
	st, p, other := n.s.o.Store, n.view.pair, r.Side.Other()
	systems := n.view.systems()
	x = templates.NeedReview{Flow: n.flow.Name, Why: sentenceOf(engine.ExplainOf(p.Object, r.Reason, n.view.names(), "")) + ".", Fix: needFix(r.Reason, systems[r.Side]),
		Pair: p.ID, Side: r.Side.String(), ID: r.ID, System: systems[r.Side], Other: systems[other], Since: r.At}
	var own [2]string
	own[r.Side] = r.ID
	name, m, err := n.called(ctx, own)
	if err != nil {
		return x, err
	}
	x.Name, x.Facts = name, n.facts(r.Side, m[r.Side], engine.Mirror{})
	if x.Twins, err = n.s.others(ctx, n.ws, n.view, r.Side, r.Twins); err != nil {
		return x, err
	}
	ids := slices.DeleteFunc(slices.Clone(r.Candidates), func(id string) bool { return id == "" })
	ids = ids[:min(len(ids), ofEach)]
	theirs, err := st.Mirrors(ctx, n.ws, p.Conns[other], p.Object, ids)
	if err != nil {
		return x, err
	}
	links, err := st.LinksOf(ctx, n.ws, p.ID, other, ids)
	if err != nil {
		return x, err
	}
	for _, id := range ids {
		if c, ok := theirs[id]; ok && c.Gone.IsZero() {
			l, taken := links[id]
			var seen [2]string
			seen[r.Side], seen[other] = m[r.Side].Sight(), c.Sight()
			x.Candidates = append(x.Candidates, templates.NeedCandidate{ID: id, Seen: seen[engine.A] + "." + seen[engine.B], Name: n.named(other, id, c), Facts: n.facts(other, c, m[r.Side]), Taken: taken, Href: recordHref(l.ID)})
		}
	}
	x.Again, err = n.again(ctx, r.Side, r.ID, "")
	return x, err
}

func (n *needsOf) named(side connector.Side, id string, m engine.Mirror) string {
	var e engine.Entry
	var both [2]engine.Mirror
	e.IDs[side], both[side] = id, m
	name, _ := n.view.title(e, both)
	return name
}

// facts are the match keys of a record, marked where they differ from those of another one, and its id. A record without
// such keys, a task or a note, shows what it is recognised by instead.
func (n *needsOf) facts(side connector.Side, m, than engine.Mirror) (out []templates.NeedFact) {
	o, ok := n.view.specs(n.view.conns[n.view.pair.Conns[side]].System).Object(n.view.pair.Object)
	kinds := flow.MatchKinds(n.view.pair.Object)
	if ok && len(kinds) == 0 {
		for _, name := range o.Alike {
			label := name
			if f, ok := connector.FieldNamed(o.Fields, name); ok {
				label = f.Label
			}
			var v [2]any
			v[side] = m.Fields[name]
			out = append(out, templates.NeedFact{Label: label, Value: value(engine.FieldChange{Field: name + "=" + name}, v, int(side))})
		}
	} else {
		for _, kind := range kinds {
			fact := templates.NeedFact{Label: templates.Capital(kind), Value: m.Keys[kind], Differs: than.ID != "" && m.Keys[kind] != than.Keys[kind]}
			switch kind {
			case connector.NameKey: // as people write it
				fact.Value = n.named(side, m.ID, m)
			case connector.DomainKey:
				fact.Label = "Website"
			}
			out = append(out, fact)
		}
	}
	return append(out, templates.NeedFact{Label: "Its ID there", Value: strings.TrimSpace(m.ID)})
}
