package engine_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/store"
)

// onGet does something right before a record is read.
type onGet struct {
	whole
	do func()
}

func (o onGet) Get(ctx context.Context, ref connector.Ref) (connector.Record, error) {
	o.do()
	return o.whole.Get(ctx, ref)
}

// onDelete does something while the call that deletes is on its way.
type onDelete struct {
	whole
	do func()
}

func (o onDelete) Delete(ctx context.Context, ref connector.Ref) error {
	o.do()
	return o.whole.Delete(ctx, ref)
}

// A decision is taken back while a run has it in hand and is about to carry it out.
func TestADeleteThatIsTakenBackIsNotCarriedOut(t *testing.T) {
	t.Parallel()
	w, _, b := condemned(t, engine.A)
	o := w.erasing(engine.OrderDelete, engine.B, b)
	back := false
	w.veil = func(side engine.Side, c whole) connector.Connector {
		return onGet{c, func() {
			if !back {
				var err error
				if back, err = w.st.TakeBack(t.Context(), ws, o.ID, "Bert"); err != nil || !back {
					t.Error(back, err)
				}
			}
		}}
	}
	w.request(engine.Request{}, engine.Done)
	w.ended(o, engine.OrderWithdrawn, "taken_back")
	if w.deletes() != 0 || w.reviews()["b "+b] != "to_delete_a" {
		t.Errorf("%d deletes left after it was taken back, reviews %v", w.deletes(), w.reviews())
	}
	w.quiet()
}

// Once the delete is on its way, nobody is told that it is taken back, and nothing else is decided.
func TestADeleteThatIsOnItsWayIsNotTakenBack(t *testing.T) {
	t.Parallel()
	w, _, b := condemned(t, engine.A)
	o := w.erasing(engine.OrderDelete, engine.B, b)
	w.veil = func(side engine.Side, c whole) connector.Connector {
		return onDelete{c, func() {
			if took, err := w.st.TakeBack(t.Context(), ws, o.ID, "Bert"); took || !errors.Is(err, store.ErrUnderWay) {
				t.Errorf("taken back %v, %v", took, err)
			}
			if _, err := w.st.AddOrder(t.Context(), ws, engine.Order{Pair: o.Pair, Kind: engine.OrderKeep, Side: engine.B, Record: b}); !errors.Is(err, store.ErrUnderWay) {
				t.Errorf("kept instead: %v", err)
			}
		}}
	}
	w.request(engine.Request{}, engine.Done)
	w.ended(o, engine.OrderDone, "")
	if w.deletes() != 1 {
		t.Errorf("%d deletes", w.deletes())
	}
	w.pass(time.Minute)
	w.quiet()
}
