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

// Whenever it dies: the record is deleted once, and one line tells of it.
func TestARecordIsDeletedOnceAndToldOnceWhateverBreaks(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		for last := range 5 {
			w, _, left := condemned(t, side)
			to := side.Other()
			o := w.erasing(engine.OrderDelete, to, left)
			n := 0
			died := w.diesAt(engine.Request{}, func(m string) bool {
				switch last {
				case 0:
					return m == "Intend"
				case 1: // after it was written down, while the delete is under way
					n += map[string]int{"Intend": 1}[m]
					return n > 0 && m != "Intend"
				case 2:
					return m == "Commit"
				case 3:
					return w.deletes() > 0
				}
				return m == "SaveRun"
			})
			if !died {
				t.Fatalf("%d: it lives", last)
			}
			w.pass(time.Minute)
			r := w.run(engine.Done)
			w.ended(o, engine.OrderDone, "")
			lines := 0
			runs, err := w.st.Runs(t.Context(), ws, "", 100, "")
			if err != nil {
				t.Fatal(err)
			}
			counted := 0
			for _, r := range runs {
				lines += len(w.entries(r, engine.ResultDeleted))
				counted += r.To[to].Deleted
			}
			if len(w.all(to)) != 0 || w.deletes() != 1 || lines != 1 || counted != 1 || len(w.links()) != 0 {
				t.Errorf("%d: %d deletes, %d lines, counted %d, links %v, %+v", last, w.deletes(), lines, counted, w.links(), r.To)
			}
			w.quiet()
		}
	}
}

// Whether a delete that was cut off has left nobody can tell, so it is not taken back; the next run carries it out, or tells of it.
func TestADeleteThatWasCutOffIsNotTakenBack(t *testing.T) {
	t.Parallel()
	for _, arrived := range []bool{false, true} {
		w, _, b := condemned(t, engine.A)
		o := w.erasing(engine.OrderDelete, engine.B, b)
		if arrived {
			if !w.diesAt(engine.Request{}, func(string) bool { return w.deletes() > 0 }) {
				t.Fatal("it lives")
			}
		} else {
			w.veil = func(_ engine.Side, c whole) connector.Connector {
				return silent{c, &connector.Error{Kind: connector.Temporary}}
			}
			w.request(engine.Request{}, engine.DoneWithProblems) // tried again and again, which is one delete for the brake
			w.veil = nil
		}
		if n := w.deletes(); (n > 0) != arrived {
			t.Fatalf("arrived %v: %d deletes", arrived, n)
		}
		if took, err := w.st.TakeBack(t.Context(), ws, o.ID, "Bert"); took || !errors.Is(err, store.ErrUnderWay) {
			t.Fatal(took, err)
		}
		w.pass(25 * time.Hour)
		r := w.run(engine.Done)
		if e := w.entries(r, engine.ResultDeleted); len(e) != 1 || e[0].By != "Anna" || w.deletes() != 1 {
			t.Errorf("arrived %v: %d deletes, the log says %+v", arrived, w.deletes(), w.entries(r, ""))
		}
		w.ended(o, engine.OrderDone, "")
		w.quiet()
	}
}

func TestADeleteIsTriedAgainThroughBadWeather(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"before", "after", "timeout"} {
		w, _, b := condemned(t, engine.A)
		w.flow.Retry.MaxAttempts = 50
		o := w.erasing(engine.OrderDelete, engine.B, b)
		w.fault(fault, .6)
		for range 4 {
			if _, err := w.e.Run(t.Context(), engine.Request{Workspace: ws, Flow: w.flow, Trigger: "manual"}); err != nil {
				t.Fatal(err)
			}
			w.pass(time.Minute)
		}
		w.calm()
		w.pass(25 * time.Hour)
		w.run(engine.Done)
		w.ended(o, engine.OrderDone, "")
		if len(w.all(engine.B)) != 0 {
			t.Errorf("%s: still there", fault)
		}
		w.quiet()
	}
}

// silent answers deletes with success, or with a refusal, and keeps the record.
type silent struct {
	whole
	err error
}

func (s silent) Delete(context.Context, connector.Ref) error { return s.err }

func TestADeleteThatIsNotCarriedOutIsToldAndAskedAgain(t *testing.T) {
	t.Parallel()
	for _, refusal := range []error{nil, &connector.Error{Kind: connector.Invalid, Status: 405, Message: "It cannot be deleted there."}} {
		w, _, b := condemned(t, engine.A)
		w.veil = func(side engine.Side, c whole) connector.Connector { return silent{c, refusal} }
		o := w.erasing(engine.OrderDelete, engine.B, b)
		r := w.run(engine.DoneWithProblems)
		w.ended(o, engine.OrderWithdrawn, "not_deleted_b")
		if e := w.entries(r, engine.ResultFailed); len(e) != 1 || r.To[engine.B].Failed != 1 || w.reviews()["b "+b] != "to_delete_a" {
			t.Errorf("the log says %+v; reviews %v", w.entries(r, ""), w.reviews())
		}
		w.quiet()
	}
}
