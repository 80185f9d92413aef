package engine_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// asked stores an undo as a page does, and wakes a worker for it.
func (w *world) asked(u engine.Undoing, dry bool, want engine.Status) engine.Run {
	w.t.Helper()
	r := w.ask(u, dry)
	got, err := w.e.Run(w.t.Context(), engine.Request{Workspace: ws, Flow: w.flow, Trigger: engine.Undo})
	if err != nil || got.ID != r.ID || got.Status != want {
		w.t.Fatalf("asked for %s, got %s: %s %q, %v", r.ID, got.ID, got.Status, got.Note, err)
	}
	return got
}

func (w *world) ask(u engine.Undoing, dry bool) engine.Run {
	w.t.Helper()
	target, err := w.st.RunByID(w.t.Context(), ws, u.Run)
	if err != nil {
		w.t.Fatal(err)
	}
	r := engine.AskUndo(w.flow, target, u, dry, w.e.Now())
	if err := w.st.StartRun(w.t.Context(), r); err != nil {
		w.t.Fatal(err)
	}
	return r
}

func TestAnUndoThatWasAskedForIsCarriedOutByWhoeverComesNext(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.edit(engine.A, a, fields{"phone": phoneA})
	run := w.run(engine.Done)
	u := engine.Undoing{Run: run.ID, By: "ann@couplet.test"}
	look := w.asked(u, true, engine.Done)
	if look.To[engine.B].Updated != 1 || !look.DryRun || look.Recovered {
		t.Errorf("%+v", look)
	}
	w.want(engine.B, b, fields{"phone_number": phoneA})
	undone := w.asked(u, false, engine.Done)
	if undone.To[engine.B].Updated != 1 || undone.Recovered || undone.Undo.By != u.By {
		t.Errorf("%+v", undone)
	}
	w.want(engine.B, b, fields{"phone_number": phone0})
	// A wake-up that comes too late makes no run.
	if r, err := w.e.Run(t.Context(), engine.Request{Workspace: ws, Flow: w.flow, Trigger: engine.Undo}); err != nil || r.ID != "" {
		t.Errorf("%+v %v", r, err)
	}
	// An ordinary run finds what was asked for, too, and then does its own work.
	w.edit(engine.A, a, fields{"firstName": "Augusta"})
	asked := w.ask(engine.Undoing{Run: undone.ID}, false)
	r := w.run(engine.Done)
	if r.ID == asked.ID || r.To[engine.B].Updated != 1 {
		t.Errorf("%+v", r)
	}
	w.want(engine.B, b, fields{"phone_number": phoneA, "name": "Augusta Bell"})
	w.quiet()
}

func TestAnUndoThatWaitedTooLongOrWasTakenBackWritesNothing(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.edit(engine.A, a, fields{"phone": phoneA})
	run := w.run(engine.Done)
	u := engine.Undoing{Run: run.ID}
	late := w.ask(u, false)
	w.pass(2 * time.Hour)
	if r, err := w.e.Run(t.Context(), engine.Request{Workspace: ws, Flow: w.flow, Trigger: engine.Undo}); err != nil || r.ID != late.ID || r.Status != engine.Failed {
		t.Fatalf("%+v %v", r, err)
	}
	back := w.ask(u, false)
	if ok, err := w.st.CancelRun(t.Context(), ws, back.ID); err != nil || !ok {
		t.Fatal(ok, err)
	}
	if r, err := w.st.RunByID(t.Context(), ws, back.ID); err != nil || r.Status != engine.Cancelled {
		t.Errorf("%s %v", r.Status, err)
	}
	w.run(engine.Done)
	w.want(engine.B, b, fields{"phone_number": phoneA})
}

func TestWhatCannotBeUndoneSaysWhy(t *testing.T) {
	t.Parallel()
	w, a, _ := ada(t)
	w.edit(engine.A, a, fields{"phone": phoneA})
	run := w.run(engine.Done)
	for want, u := range map[engine.NoUndo]engine.Run{"": run, engine.NoUndoDry: {Pair: run.Pair, Status: engine.Done, Started: run.Started, DryRun: true},
		engine.NoUndoOpen: {Pair: run.Pair, Status: engine.Running, Started: run.Started}, engine.NoUndoParted: {Pair: "other", Status: engine.Done, Started: run.Started},
		engine.NoUndoOld: {Pair: run.Pair, Status: engine.Done, Started: run.Started.Add(-engine.UndoFor)}} {
		if got := engine.Undoable(u, run.Pair, run.Started.Add(time.Minute), engine.UndoFor); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	w.pass(31 * 24 * time.Hour)
	_, err := w.e.Run(t.Context(), engine.Request{Workspace: ws, Flow: w.flow, Trigger: engine.Undo, Undo: &engine.Undoing{Run: run.ID}})
	if !errors.Is(err, engine.ErrNoUndo) {
		t.Error(err)
	}
}

// To look what a long run's undo would give back takes the lists, not a request per record, and tells the same.
func TestLookingAtALongUndoReadsLists(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.crowd(engine.A, 60, phone0)
	w.run(engine.Done)
	w.pass(time.Hour)
	w.change(engine.A, 60)
	run := w.request(engine.Request{Look: true, Allow: true}, engine.Done)
	w.pass(time.Minute)
	w.edit(engine.B, w.links()[0].IDs[engine.B], fields{"phone_number": phoneB})
	look := w.asked(engine.Undoing{Run: run.ID}, true, engine.Done)
	if n := look.APICalls[engine.A].Read + look.APICalls[engine.B].Read; n > 40 {
		t.Errorf("%d reads", n)
	}
	if look.To[engine.B].Updated != 59 || look.To[engine.B].Skipped != 1 {
		t.Errorf("%+v", look.To)
	}
	undone := w.asked(engine.Undoing{Run: run.ID}, false, engine.Done)
	if got, want := fmt.Sprint(undone.To), fmt.Sprint(look.To); got != want {
		t.Errorf("undone %s, looked at %s", got, want)
	}
}
