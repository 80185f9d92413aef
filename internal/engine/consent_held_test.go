package engine_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// unasked is a world of pairs whose plan is approved, and of which more change after that than may go beyond it. With it come the
// ids of all pairs, by side.
func unasked(t *testing.T, change func(side engine.Side, i int) fields) (w *world, ids [2][]string) {
	t.Helper()
	w = newWorld(t, sandbox.Options{})
	w.flow.Map = append(w.flow.Map, mapping.Row{A: mapping.Names{"dnd"}, B: mapping.Names{"unsubscribed"}})
	for i := range 30 {
		mail := fmt.Sprintf("p%02d@example.com", i)
		ids[engine.A] = append(ids[engine.A], w.add(engine.A, fields{"firstName": "Ann", "email": mail}))
		ids[engine.B] = append(ids[engine.B], w.add(engine.B, fields{"email": mail}))
	}
	w.approve()
	for i := range 30 {
		side := engine.Side(i % 2)
		w.edit(side, ids[side][i], change(side, i))
	}
	return w, ids
}

func phoned(side engine.Side) fields {
	return fields{[2]string{"phone", "phone_number"}[side]: phoneA}
}

// optedOut is the wish not to be contacted as each side says it.
var optedOut = [2]fields{{"dnd": true}, {"unsubscribed": true}}

// I14: whoever does not want to be contacted is not, whatever else of the record waits for a person.
func TestAWishNotToBeContactedGoesOverWhileTheRestIsHeld(t *testing.T) {
	t.Parallel()
	w, ids := unasked(t, func(side engine.Side, _ int) fields { return phoned(side) })
	w.run(engine.Done)
	held := w.heldBack()
	if len(held) != 5 {
		t.Fatalf("%d wait", len(held))
	}
	w.pass(time.Hour)
	beyond := w.unseen()
	for i, r := range held {
		side := engine.Side(i % 2)
		w.edit(side, r.Plan.IDs[side], optedOut[side])
	}
	o := w.order(engine.Order{Kind: engine.OrderAccept, Side: held[0].Side, Record: held[0].ID}) // what it does not name does not spoil it
	r := w.run(engine.Done)
	for _, x := range held {
		w.want(engine.A, x.Plan.IDs[engine.A], optedOut[engine.A])
		w.want(engine.B, x.Plan.IDs[engine.B], optedOut[engine.B])
	}
	w.ended(o, engine.OrderDone, "")
	if n := len(w.heldBack()); n != 4 || w.unseen() > beyond+1 {
		t.Errorf("%d wait, %d went over, %+v", n, w.unseen()-beyond, r.To)
	}
	if n := len(w.entries(r, engine.ResultReview)); n != 0 {
		t.Errorf("%d were told to wait once more", n)
	}
	for _, x := range w.heldBack() {
		for _, f := range x.Plan.Fields {
			if f.Field == "dnd" {
				t.Error("it waits with what went over")
			}
		}
		w.order(engine.Order{Kind: engine.OrderAccept, Side: x.Side, Record: x.ID})
	}
	w.pass(time.Minute)
	w.run(engine.Done)
	if len(w.heldBack()) != 0 || len(w.links()) != len(ids[engine.A]) {
		t.Errorf("%d wait", len(w.heldBack()))
	}
	w.quiet()
	w.inStep()
}

// refusing takes no wish not to be contacted.
type refusing struct{ whole }

func (r refusing) Update(ctx context.Context, ref connector.Ref, set connector.Fields) (connector.Record, error) {
	if _, there := set["unsubscribed"]; there {
		return connector.Record{}, &connector.Error{Kind: connector.Invalid, Status: 400, Message: "Not this.", Fields: []string{"unsubscribed"}}
	}
	return r.whole.Update(ctx, ref, set)
}

// A system that does not take the wish keeps nobody from deciding about the rest.
func TestWhatWaitsCanBeAcceptedWhereTheWishIsRefused(t *testing.T) {
	t.Parallel()
	w, _ := unasked(t, func(side engine.Side, _ int) fields { return phoned(side) })
	w.run(engine.Done)
	x := w.heldBack()[0]
	w.pass(time.Hour)
	w.veil = func(side engine.Side, c whole) connector.Connector {
		if side == engine.B {
			return refusing{c}
		}
		return c
	}
	w.edit(engine.A, x.Plan.IDs[engine.A], optedOut[engine.A])
	o := w.order(engine.Order{Kind: engine.OrderAccept, Side: x.Side, Record: x.ID})
	r := w.run(engine.DoneWithProblems)
	w.ended(o, engine.OrderWithdrawn, "changed_since")
	if len(w.heldBack()) != 5 || r.Held != 1 || len(w.entries(r, engine.ResultFailed)) != 1 {
		t.Errorf("%d wait, %+v", len(w.heldBack()), r)
	}
	w.pass(time.Minute)
	o = w.order(engine.Order{Kind: engine.OrderAccept, Side: x.Side, Record: x.ID})
	w.run(engine.DoneWithProblems)
	w.ended(o, engine.OrderDone, "")
	w.want(engine.A, x.Plan.IDs[engine.A], fields{"phone": phoneA})
	w.want(engine.B, x.Plan.IDs[engine.B], fields{"phone_number": phoneA})
}

// The same for two that are found to belong together by the very run that may not write the rest, and whatever dies in between.
func TestAWishNotToBeContactedGoesOverWithTheFirstLook(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"", "Intend", "Commit"} {
		t.Run("dies at "+method, func(t *testing.T) {
			t.Parallel()
			w, ids := unasked(t, func(side engine.Side, _ int) fields {
				f := phoned(side)
				for k, v := range optedOut[side] {
					f[k] = v
				}
				return f
			})
			for i := range min(3, len(method)) {
				n := 0
				w.diesAt(engine.Request{Look: true}, func(m string) bool {
					if m == method {
						n++
					}
					return n > i
				})
			}
			w.pass(time.Minute)
			w.run(engine.Done)
			for i := range ids[engine.A] {
				w.want(engine.A, ids[engine.A][i], optedOut[engine.A])
				w.want(engine.B, ids[engine.B][i], optedOut[engine.B])
			}
			if n := len(w.heldBack()); n < 5 || len(w.links()) != 30 {
				t.Errorf("%d wait, %d links", n, len(w.links()))
			}
			for _, x := range w.heldBack() {
				w.order(engine.Order{Kind: engine.OrderAccept, Side: x.Side, Record: x.ID})
			}
			w.pass(time.Minute)
			w.run(engine.Done)
			w.quiet()
			w.inStep()
		})
	}
}
