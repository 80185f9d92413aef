package command

import (
	"context"
	"errors"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// Place is where something waits for a person: a pair, the flow that works on it, and what its systems are called.
type Place struct {
	Flow  flow.Flow
	Pair  engine.Pair
	Names [2]string
	specs [2]*connector.Spec
}

// Places are the pairs that a question is about: those of one flow, or with "" all. Of several flows over a pair, one that is on
// counts.
func (d Desk) Places(ctx context.Context, name string) (all []Place, err error) {
	if name != "" {
		if _, err := d.Flow(ctx, name); err != nil {
			return nil, err
		}
	}
	flows, err := d.Store.Flows(ctx, d.Workspace)
	if err != nil {
		return nil, err
	}
	pairs, err := d.Store.Pairs(ctx, d.Workspace)
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		q, found := Place{Pair: p}, false
		for _, f := range flows {
			if p.Conns != f.Connections || p.Object != f.Object || name != "" && f.Name != name {
				continue
			}
			if !found || f.Enabled && !q.Flow.Enabled {
				q.Flow, found = f, true
			}
		}
		if !found {
			continue
		}
		q.Names = d.Names(ctx, q.Flow)
		for side, id := range p.Conns {
			q.specs[side] = &connector.Spec{}
			if c, err := d.Store.ConnectionByID(ctx, d.Workspace, id); err == nil {
				if s, ok := d.Connect.Systems[c.System]; ok {
					q.specs[side] = s.Spec
				}
			}
		}
		all = append(all, q)
	}
	return all, nil
}

// KnownAs is what people know the two records of a link by, or one alone, as they were last seen; "" when nobody knows.
func (d Desk) KnownAs(ctx context.Context, q Place, ids [2]string) (string, error) {
	for side, id := range ids {
		o, ok := q.specs[side].Object(q.Pair.Object)
		if id == "" || !ok {
			continue
		}
		m, err := d.Store.Mirrors(ctx, d.Workspace, q.Pair.Conns[side], q.Pair.Object, []string{id})
		if err != nil {
			return "", err
		}
		name, address := o.TitleOf(m[id].Fields)
		if name = strings.Join(strings.Fields(name+" "+address), " "); name != "" {
			return name, nil
		}
	}
	return "", nil
}

// OrderDoc is what somebody decided, in JSON.
type OrderDoc struct {
	ID      string           `json:"id"`
	Kind    engine.OrderKind `json:"kind"`
	From    string           `json:"from,omitempty"`
	Value   any              `json:"value,omitempty"`
	Partner string           `json:"partner,omitempty"`
	By      string           `json:"by"`
}

// OrderJSON is an order as JSON has it.
func OrderJSON(o engine.Order) OrderDoc {
	d := OrderDoc{ID: o.ID, Kind: o.Kind, Partner: o.Partner, By: o.By}
	switch o.Kind {
	case engine.OrderChoose:
		d.From, d.Value = o.From.String(), o.Seen[o.From]
	case engine.OrderPut:
		d.Value = o.Value
	}
	return d
}

// Decide stores what somebody decided, and marks the flow as due, so that a server that runs works on it at once.
func (d Desk) Decide(ctx context.Context, q Place, o engine.Order) (engine.Order, error) {
	refuse := func(what, fix string, err error) (engine.Order, error) {
		return o, &Refusal{Kind: NotNow, What: what, Command: fix, Request: fix, Err: err}
	}
	o.Pair, o.By = q.Pair.ID, d.By
	o, err := d.Store.AddOrder(ctx, d.Workspace, o)
	switch {
	case errors.Is(err, store.ErrSettled):
		return refuse("this was settled meanwhile, so nothing was decided", "list what waits again", err)
	case errors.Is(err, store.ErrMoved):
		return refuse("the values changed meanwhile, so nothing was decided", "look at them again", err)
	case errors.Is(err, store.ErrTaken):
		return refuse("the other record is gone, unknown, or has a partner already, so nothing was decided", "link it with another one, or create one", err)
	case errors.Is(err, store.ErrUnderWay):
		return o, underWay(err)
	case err != nil:
		return o, err
	}
	return o, d.Store.MarkDue(ctx, d.Workspace, q.Flow.ID, d.Connect.Now())
}

// TakeBack withdraws the newest answer about a record or a field that no run has carried out.
func (d Desk) TakeBack(ctx context.Context, q Place, side engine.Side, record, field string) (engine.Order, error) {
	o, found, err := d.Store.LastOrder(ctx, d.Workspace, q.Pair.ID, side, record, field)
	if err != nil {
		return o, err
	}
	took := false
	if found && o.State == engine.OrderOpen {
		if took, err = d.Store.TakeBack(ctx, d.Workspace, o.ID, d.By); errors.Is(err, store.ErrUnderWay) {
			return o, underWay(err)
		} else if err != nil {
			return o, err
		}
	}
	if !took {
		return o, &Refusal{Kind: NotNow, What: "no answer waits for a run, so there is nothing to take back"}
	}
	return o, nil
}

// underWay refuses what would stop a delete that nothing stops any more.
func underWay(err error) error {
	return &Refusal{Kind: NotNow, What: "the record is being deleted already: a run has asked for it, or is about to, and nothing stops that any more", Command: "see what came of it with couplet runs",
		Request: "see what came of it with GET /api/v1/runs", Err: err}
}

// OpenOrders are the answers of a pair that no run has come to, by what they are about: side, record and field.
func (d Desk) OpenOrders(ctx context.Context, q Place) (map[[3]string]engine.Order, error) {
	found := map[[3]string]engine.Order{}
	for after := ""; ; {
		list, err := d.Store.OpenOrders(ctx, d.Workspace, q.Pair.ID, after, 500)
		if err != nil || len(list) == 0 {
			return found, err
		}
		for _, o := range list {
			after = o.ID
			found[[3]string{o.Side.String(), o.Record, o.Field}] = o
		}
	}
}
