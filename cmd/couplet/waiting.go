package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"strings"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// question is the place where something waits for a person: a pair, the flow that works on it, and what its systems are called.
type question struct {
	flow  flow.Flow
	pair  engine.Pair
	names [2]string
	specs [2]*connector.Spec
}

// questions are the pairs that a command is about: those of one flow, or all. Of several flows over a pair, one that is on counts.
func (a *app) questions(ctx context.Context, name string) (all []question, err error) {
	if name != "" {
		if _, err := a.flowNamed(ctx, name); err != nil {
			return nil, err
		}
	}
	flows, err := a.store.Flows(ctx, a.ws)
	if err != nil {
		return nil, err
	}
	pairs, err := a.store.Pairs(ctx, a.ws)
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		q, found := question{pair: p}, false
		for _, f := range flows {
			if p.Conns != f.Connections || p.Object != f.Object || name != "" && f.Name != name {
				continue
			}
			if !found || f.Enabled && !q.flow.Enabled {
				q.flow, found = f, true
			}
		}
		if !found {
			continue
		}
		q.names = a.systemNames(ctx, q.flow)
		for side, id := range p.Conns {
			q.specs[side] = &connector.Spec{}
			if c, err := a.store.ConnectionByID(ctx, a.ws, id); err == nil {
				if s, ok := systems()[c.System]; ok {
					q.specs[side] = s.Spec
				}
			}
		}
		all = append(all, q)
	}
	return all, nil
}

// knownAs is what people know the two records of a link by, or one alone, as they were last seen; "" when nobody knows.
func (a *app) knownAs(ctx context.Context, q question, ids [2]string) (string, error) {
	for side, id := range ids {
		o, ok := q.specs[side].Object(q.pair.Object)
		if id == "" || !ok {
			continue
		}
		m, err := a.store.Mirrors(ctx, a.ws, q.pair.Conns[side], q.pair.Object, []string{id})
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

// decide stores what a person decided at the command line, and lets a server that runs work on it at once.
func (a *app) decide(ctx context.Context, t *terminal, q question, o engine.Order, asJSON bool) error {
	o.Pair, o.By = q.pair.ID, whoAmI()
	o, err := a.store.AddOrder(ctx, a.ws, o)
	switch {
	case errors.Is(err, store.ErrSettled):
		return errors.New("this was settled meanwhile, so nothing was decided; list what waits again")
	case errors.Is(err, store.ErrMoved):
		return errors.New("the values changed meanwhile, so nothing was decided; look at them again")
	case errors.Is(err, store.ErrTaken):
		return errors.New("the other record is gone, unknown, or has a partner already, so nothing was decided; link it with another one, or create one")
	case err != nil:
		return err
	}
	if err := a.store.MarkDue(ctx, a.ws, q.flow.ID, a.now()); err != nil {
		return err
	}
	if asJSON {
		return t.json(orderJSON(o))
	}
	t.printf("Decided: %s.\n", saysOrder(o, q.names))
	if q.flow.Enabled {
		t.printf("The next run carries it out: a `couplet serve` that runs does so at once, or `couplet run %s`.\n", q.flow.Name)
	} else {
		t.printf("Flow %s is off, so it waits until the flow is on again.\n", q.flow.Name)
	}
	return nil
}

// takeBack withdraws the newest answer about a record or a field that no run has carried out.
func (a *app) takeBack(ctx context.Context, t *terminal, q question, side engine.Side, record, field string) error {
	o, found, err := a.store.LastOrder(ctx, a.ws, q.pair.ID, side, record, field)
	if err != nil {
		return err
	}
	took := false
	if found && o.State == engine.OrderOpen {
		if took, err = a.store.TakeBack(ctx, a.ws, o.ID, whoAmI()); err != nil {
			return err
		}
	}
	if !took {
		return errors.New("no answer waits for a run, so there is nothing to take back")
	}
	t.printf("Taken back: %s. It waits for an answer again.\n", saysOrder(o, q.names))
	return nil
}

// whoAmI names the person at the command line in the log.
func whoAmI() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username + " at the command line"
	}
	return "somebody at the command line"
}

// orderDoc is what somebody decided, in JSON.
type orderDoc struct {
	ID      string           `json:"id"`
	Kind    engine.OrderKind `json:"kind"`
	From    string           `json:"from,omitempty"`
	Value   any              `json:"value,omitempty"`
	Partner string           `json:"partner,omitempty"`
	By      string           `json:"by"`
}

func orderJSON(o engine.Order) orderDoc {
	d := orderDoc{ID: o.ID, Kind: o.Kind, Partner: o.Partner, By: o.By}
	switch o.Kind {
	case engine.OrderChoose:
		d.From, d.Value = o.From.String(), o.Seen[o.From]
	case engine.OrderPut:
		d.Value = o.Value
	}
	return d
}

// saysOrder says what an order does.
func saysOrder(o engine.Order, names [2]string) string {
	switch o.Kind {
	case engine.OrderChoose:
		return fmt.Sprintf("the value of %s, %s, counts on both sides", names[o.From], showOf(o.Field, o.Seen[o.From]))
	case engine.OrderPut:
		return show(o.Value) + " is put on both sides"
	case engine.OrderLink:
		return fmt.Sprintf("%s of %s is linked with %s of %s", o.Record, names[o.Side], o.Partner, names[o.Side.Other()])
	case engine.OrderCreate:
		return fmt.Sprintf("a new record is made in %s for %s of %s", names[o.Side.Other()], o.Record, names[o.Side])
	case engine.OrderDelete:
		return fmt.Sprintf("%s of %s is deleted like its partner", o.Record, names[o.Side])
	case engine.OrderKeep:
		return fmt.Sprintf("%s of %s is kept, though its partner was deleted", o.Record, names[o.Side])
	case engine.OrderAccept:
		return fmt.Sprintf("%s of %s is written, though the preview did not show it so", o.Record, names[o.Side])
	}
	if o.Field != "" {
		return "the two values stay different"
	}
	return fmt.Sprintf("%s of %s is left alone", o.Record, names[o.Side])
}

// openOrders are the answers of a pair that no run has come to, by what they are about: side, record and field.
func (a *app) openOrders(ctx context.Context, q question) (map[[3]string]engine.Order, error) {
	found := map[[3]string]engine.Order{}
	for after := ""; ; {
		list, err := a.store.OpenOrders(ctx, a.ws, q.pair.ID, after, 500)
		if err != nil || len(list) == 0 {
			return found, err
		}
		for _, o := range list {
			after = o.ID
			found[[3]string{o.Side.String(), o.Record, o.Field}] = o
		}
	}
}
