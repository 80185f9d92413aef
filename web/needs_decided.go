package web

import (
	"context"

	"couplet/internal/engine"
	"couplet/templates"
)

// decided gathers the answers that no run has come to yet.
func (n *needsOf) decided(ctx context.Context) error {
	room := needsOnPage - len(n.page.Decided)
	orders, err := n.s.o.Store.OpenOrders(ctx, n.ws, n.view.pair.ID, "", room+1)
	if err != nil {
		return err
	}
	if len(orders) > room {
		orders, n.page.MoreDecided = orders[:room], true
	}
	for _, o := range orders {
		d, err := n.decidedLine(ctx, o)
		if err != nil {
			return err
		}
		n.page.Decided = append(n.page.Decided, d)
	}
	return nil
}

// decidedLine says whom an order is about and what it will do.
func (n *needsOf) decidedLine(ctx context.Context, o engine.Order) (d templates.NeedDecided, err error) {
	systems := n.view.systems()
	d = templates.NeedDecided{ID: o.ID, Pair: o.Pair, By: o.By, At: o.At}
	var ids, partner [2]string
	ids[o.Side] = o.Record
	if o.Link != "" {
		l, err := n.s.o.Store.LinkByID(ctx, n.ws, o.Link)
		if err != nil {
			return d, err
		}
		ids, d.Field = l.IDs, n.view.field(o.Field, engine.A)
	}
	if d.Name, _, err = n.called(ctx, ids); err != nil {
		return d, err
	}
	if d.Href = recordHref(o.Link); d.Href == "" {
		pages, err := n.s.recordPages(ctx, n.ws, o.Pair, o.Side, []string{o.Record})
		if err != nil {
			return d, err
		}
		d.Href = pages[o.Record]
	}
	switch o.Kind {
	case engine.OrderChoose:
		d.Text, d.Value, d.Valued = systems[o.From].Name+"’s value in both", n.view.says(engine.FieldChange{Field: o.Field}, o.Seen, int(o.From)), true
	case engine.OrderPut:
		var v [2]any
		v[o.From] = o.Value
		d.Text, d.Value, d.Valued = "another value in both", n.view.says(engine.FieldChange{Field: o.Field}, v, int(o.From)), true
	case engine.OrderAlone:
		d.Text = "left alone in " + systems[o.Side].Name
		if o.Field != "" {
			d.Text = "the two values stay different"
		}
	case engine.OrderLink:
		partner[o.Side.Other()] = o.Partner
		d.Text, d.Of = "linked with", systems[o.Side.Other()].Name
		d.Partner, _, err = n.called(ctx, partner)
	case engine.OrderCreate:
		d.Text = "a new " + systems[o.Side.Other()].One + " is made in " + systems[o.Side.Other()].Name
	case engine.OrderAccept:
		d.Text = "what it waits with is written"
	case engine.OrderDelete:
		d.Text = "deleted in " + systems[o.Side].Name + ", too"
	case engine.OrderKeep:
		d.Text = "kept in " + systems[o.Side].Name + ", and linked no more"
	}
	return d, err
}
