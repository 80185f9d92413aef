package engine_test

import (
	"fmt"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// reasons are those of a run's lines, by the record of side a.
func (w *world) reasons(r engine.Run, result engine.Result) map[string]string {
	out := map[string]string{}
	for _, e := range w.entries(r, result) {
		out[e.IDs[engine.A]] = e.Reason
	}
	return out
}

// made is a world in which a run has made so many people on side b.
func made(t *testing.T, n int) (w *world, ids []string, run engine.Run) {
	t.Helper()
	w = newWorld(t, sandbox.Options{})
	w.run(engine.Done)
	for i := range n {
		ids = append(ids, w.add(engine.A, fields{"firstName": "Ada", "email": fmt.Sprintf("made%d@example.com", i)}))
	}
	w.pass(time.Hour)
	run = w.run(engine.Done)
	w.pass(time.Hour)
	return w, ids, run
}

func TestAnUndoDeletesWhatTheRunMadeAndNobodyTouched(t *testing.T) {
	t.Parallel()
	w, ids, run := made(t, 3)
	var b []string
	for _, id := range ids {
		b = append(b, w.partner(engine.A, id))
	}
	w.edit(engine.B, b[1], fields{"city": "Porto"}) // a field that no pair of the map names
	w.edit(engine.A, ids[2], fields{"firstName": "Augusta"})
	u := engine.Undoing{Run: run.ID, Made: true, By: "ann@couplet.test"}
	look := w.asked(engine.Undoing{Run: run.ID}, true, engine.Done)
	want := fmt.Sprint(map[string]string{ids[0]: "undo_pristine_b", ids[1]: "undo_touched_b", ids[2]: "undo_touched_b"})
	if got := fmt.Sprint(w.reasons(look, "")); got != want {
		t.Fatalf("looked at %s, want %s", got, want)
	}
	if w.deletes() != 0 {
		t.Fatal("a look has deleted")
	}
	undone := w.asked(u, false, engine.Done)
	if undone.To[engine.B].Deleted != 1 || w.deletes() != 1 {
		t.Errorf("%+v, %d deletes", undone.To, w.deletes())
	}
	if got := w.entries(undone, engine.ResultDeleted); len(got) != 1 || got[0].By != u.By || got[0].Reason != "unmade_b" || got[0].IDs[engine.B] != b[0] {
		t.Errorf("%+v", got)
	}
	if _, there := w.all(engine.B)[b[0]]; there {
		t.Error("it is still there")
	}
	// Neither an ordinary run nor a complete reading makes it again, and an undo of the undo says that it cannot.
	w.edit(engine.A, ids[0], fields{"firstName": "Again"})
	w.run(engine.Done)
	w.request(engine.Request{Look: true, Full: true}, engine.Done)
	if n := len(w.all(engine.B)); n != 2 {
		t.Errorf("%d people", n)
	}
	back := w.undo(engine.Undoing{Run: undone.ID}, engine.Done)
	if got := w.entries(back, engine.ResultSkipped); len(got) == 0 || got[0].Reason != "undo_deleted_b" {
		t.Errorf("%+v", got)
	}
	w.want(engine.B, b[2], fields{"name": "Augusta"})
	w.quiet()
}

func TestARunThatIsUndoneKeepsWhatItMadeUnlessSomebodySaysSo(t *testing.T) {
	t.Parallel()
	w, _, run := made(t, 1)
	r := w.undo(engine.Undoing{Run: run.ID}, engine.Done)
	if w.deletes() != 0 || len(w.entries(r, engine.ResultDeleted)) != 0 {
		t.Error("it was deleted")
	}
	w.quiet()
}

func TestAnUndoneCreateThatIsKilledIsToldOnceAndNeverMadeAgain(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"Intend", "Commit"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			w, ids, run := made(t, 1)
			b := w.partner(engine.A, ids[0])
			u := engine.Undoing{Run: run.ID, Made: true}
			if !w.diesAt(engine.Request{Undo: &u}, func(m string) bool { return m == method }) {
				t.Fatal("it lives")
			}
			w.run(engine.Done) // an ordinary run finds it unfinished
			if _, there := w.all(engine.B)[b]; there {
				t.Error("it is still there")
			}
			runs, err := w.st.UndosOf(t.Context(), ws, run.ID, false, 9)
			if err != nil || len(runs) != 1 || runs[0].To[engine.B].Deleted != 1 || len(w.entries(runs[0], engine.ResultDeleted)) != 1 {
				t.Errorf("%+v %v", runs, err)
			}
			w.request(engine.Request{Look: true, Full: true}, engine.Done)
			if n := len(w.all(engine.B)); n != 0 || w.sendings() != 0 {
				t.Errorf("%d people", n)
			}
			w.quiet()
		})
	}
}

func TestDeletingWhatARunMadeIsHeldByTheBrake(t *testing.T) {
	t.Parallel()
	w, _, run := made(t, 8)
	r := w.undo(engine.Undoing{Run: run.ID, Made: true}, engine.Paused)
	if r.Halt.Why != engine.HaltDeletes || w.deletes() > 5 {
		t.Errorf("%+v, %d deletes", r.Halt, w.deletes())
	}
}
