package web

import (
	"context"

	"couplet/internal/engine"
	"couplet/internal/store"
	"couplet/templates"
)

// held gathers the records that wait because nobody approved what would be written.
func (n *needsOf) held(ctx context.Context) error {
	return n.s.eachReview(ctx, n.ws, n.view.pair.ID, store.AskWrite, linesOnPage+1, func(r engine.Review) bool { return n.add(n.heldLine(r)) })
}

func (n *needsOf) heldLine(r engine.Review) needLine {
	ids := r.Plan.IDs
	ids[r.Side] = r.ID
	return needLine{kind: "held", ids: ids, NeedLine: templates.NeedLine{Key: reviewKey(n.view.pair.ID, r.Side, r.ID), Sub: templates.Count(len(r.Plan.Fields), "value", "values"), Since: r.At}, open: func(ctx context.Context) error {
		x, err := n.heldCard(ctx, r)
		n.page.Held = []templates.NeedHeld{x}
		if n.unapproved > 1 {
			all, err := n.s.acceptAll(ctx, n.ws, n.view.pair.ID, "")
			if err != nil {
				return err
			}
			n.page.HeldAll = []templates.NeedHeldAll{{Flow: n.flow.Name, Pair: n.view.pair.ID, N: n.unapproved, Seen: allSeen(all)}}
		}
		return err
	}}
}

func (n *needsOf) heldCard(ctx context.Context, r engine.Review) (x templates.NeedHeld, err error) {
	systems := n.view.systems()
	x = templates.NeedHeld{Flow: n.flow.Name, FlowID: n.flow.ID, Why: sentenceOf(engine.Explain(r.Reason, n.view.names())) + ".", Ends: systems, Since: r.At,
		Pair: n.view.pair.ID, Side: r.Side.String(), ID: r.ID, Seen: store.PlanSeen(r.Plan)}
	ids := r.Plan.IDs
	ids[r.Side] = r.ID
	if x.Name, _, err = n.called(ctx, ids); err != nil {
		return x, err
	}
	pages, err := n.s.recordPages(ctx, n.ws, n.view.pair.ID, r.Side, []string{r.ID})
	if err != nil {
		return x, err
	}
	x.Href = pages[r.ID]
	e := engine.Entry{IDs: ids, Sides: r.Plan.Sides, To: -1}
	for side, to := range r.Plan.Sides {
		if to && r.Plan.Made {
			x.Makes = systems[side].Name
		}
	}
	for _, f := range r.Plan.Fields {
		if line, told := n.view.fieldLine(e, f); told {
			x.Fields = append(x.Fields, line)
		}
	}
	x.Again, err = n.again(ctx, r.Side, r.ID, "")
	return x, err
}
