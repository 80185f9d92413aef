package engine_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// second is another flow of account a, which writes to a third account.
func second(own flow.Flow) flow.Flow {
	own.ID, own.Name, own.Connections, own.Direction = "flow_other", "other", [2]string{"con_a", "con_c"}, mapping.AToB
	own.Map = []mapping.Row{{A: mapping.Names{"email"}, B: mapping.Names{"email"}}, {A: mapping.Names{"country"}, B: mapping.Names{"country"}}}
	return own
}

// Sync-semantics 5.10: what an account shows is not what it was for every flow of it, whichever notices.
func TestEveryFlowOfARestoredAccountStops(t *testing.T) {
	t.Parallel()
	for _, settled := range []bool{true, false} {
		w, ids := settledWith(t, 6)
		own, other := w.flow, second(w.flow)
		if settled {
			w.flow = other
			w.run(engine.Done)
			w.flow = own
			w.pass(time.Hour)
		}
		saved := w.backup(engine.A)
		w.pass(time.Hour)
		w.edit(engine.A, ids[engine.A][0], fields{"phone": phoneA})
		w.pass(time.Minute)
		w.run(engine.Done)
		w.pass(time.Hour)
		w.load(engine.A, saved)
		w.flow = other
		w.request(engine.Request{Look: true, Full: true}, engine.Paused)
		w.flow = own
		w.pass(time.Minute)
		if r := w.run(engine.Paused); r.Halt.Why != engine.HaltAfresh {
			t.Errorf("%+v", r.Halt)
		}
		w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
		w.allowed()
		w.run(engine.Done)
		w.want(engine.B, ids[engine.B][0], fields{"phone_number": phoneA})
		w.flow = other
		if r := w.run(engine.Paused); r.Halt.Why != engine.HaltAfresh {
			t.Errorf("one flow's approval is another's: %+v", r.Halt)
		}
		w.allowed()
		w.run(engine.Done)
	}
}

// A jump is noticed, also when the run that was to notice it is killed, in its reading or right after.
func TestAJumpIsNoticedAfterAKill(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]func(map[string]int) bool{
		"in the reading": func(n map[string]int) bool { return n["SavePage"] == 3 },
		"right after":    func(n map[string]int) bool { return n["Turnover"] == 1 },
		"at the end":     func(n map[string]int) bool { return n["StartAfresh"] == 1 },
	} {
		w, _ := settledWith(t, 110)
		for i := range 60 {
			w.add(engine.A, fields{"firstName": "New", "email": fmt.Sprintf("n%d@example.com", i)})
		}
		w.pass(time.Hour)
		calls := map[string]int{}
		if !w.diesAt(engine.Request{Look: true, Full: true}, func(m string) bool { calls[m]++; return at(calls) }) {
			t.Fatalf("%s: it lives", name)
		}
		w.pass(time.Minute)
		if r := w.run(engine.Paused); r.Halt.Why != engine.HaltAfresh || r.Halt.N != 60 || r.Halt.Most != 110 {
			t.Errorf("%s: %+v", name, r.Halt)
		}
	}
}

// A run that is under way when a run of another flow notices writes nothing more.
func TestARunUnderWayStopsWhenAnotherFlowNotices(t *testing.T) {
	t.Parallel()
	w, ids := settledWith(t, 6)
	own := w.flow
	w.flow = second(own)
	w.run(engine.Done)
	other := w.pairOf(w.flow)
	w.flow = own
	w.edit(engine.A, ids[engine.A][0], fields{"phone": phoneA})
	w.pass(time.Minute)
	before, told := w.writes(engine.B), false
	e := w.engine()
	e.Store = &tap{Store: w.store(), on: func(m string) (err error) {
		if m != "Intend" || told {
			return nil
		}
		told = true
		now := w.box.Clock.Now()
		l, _, err := w.st.Acquire(t.Context(), ws, engine.LeaseName(other.ID), "other", now, now)
		if err == nil {
			err = w.st.StartAfresh(t.Context(), ws, l, other.ID, engine.Afresh{At: now, Why: engine.Restored, Side: engine.A})
		}
		if err == nil {
			err = w.st.Release(t.Context(), ws, l)
		}
		return err
	}}
	if _, err := e.Run(t.Context(), engine.Request{Workspace: ws, Flow: own, Trigger: "manual", Look: true}); !told || !errors.Is(err, engine.ErrBusy) {
		t.Errorf("it went on: %v, %v", told, err)
	}
	w.pass(time.Minute)
	if r := w.run(engine.Paused); r.Halt.Why != engine.HaltAfresh || w.writes(engine.B) != before {
		t.Errorf("%+v, %d writes", r.Halt, w.writes(engine.B)-before)
	}
}

func (w *world) pairOf(f flow.Flow) engine.Pair {
	w.t.Helper()
	p, err := w.st.PairFor(w.t.Context(), ws, f.Connections, f.Object, "unused")
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}
