package engine_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
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

// deaf hears no answer to a delete, be it that it arrived or not.
type deaf struct {
	whole
	arrives bool
}

func (d deaf) Delete(ctx context.Context, ref connector.Ref) error {
	if d.arrives {
		if err := d.whole.Delete(ctx, ref); err != nil {
			return err
		}
	}
	return &connector.Error{Kind: connector.Unknown, Message: "No answer came."}
}

// Whoever cancels an undo that died in a delete, or that heard no answer to one, leaves nothing half done: the next ordinary
// run tells of the delete, whatever the flow makes of records that people delete.
func TestADeleteOfAnUndoThatNobodyGoesOnWithIsToldByTheNextRun(t *testing.T) {
	t.Parallel()
	for _, policy := range []flow.Delete{flow.Detach, flow.Tag, flow.Approve, flow.Restore} {
		for _, end := range []string{"killed", "arrived", "lost"} {
			t.Run(string(policy)+" "+end, func(t *testing.T) {
				t.Parallel()
				w, ids, run := made(t, 1)
				w.flow.Delete = policy
				a, b := ids[0], w.partner(engine.A, ids[0])
				link := w.link(engine.A, a)
				u := engine.Undoing{Run: run.ID, Made: true, By: "Anna"}
				if end == "killed" {
					if !w.diesAt(engine.Request{Undo: &u}, func(m string) bool { return m == "Commit" }) {
						t.Fatal("it lives")
					}
					if r, err := w.e.Abandon(t.Context(), ws, w.flow); err != nil || r.Undo == nil {
						t.Fatal(r, err)
					}
				} else {
					w.veil = func(_ engine.Side, c whole) connector.Connector { return deaf{c, end == "arrived"} }
					w.undo(u, engine.DoneWithProblems)
					w.veil = nil
				}
				gone := end != "lost"
				if _, there := w.all(engine.B)[b]; there == gone || w.sendings(link) != 1 {
					t.Fatal("there:", there)
				}
				w.pass(time.Minute)
				dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
				r := w.run(engine.Done)
				w.foretold(dry, r)
				if e := w.entries(r, engine.ResultDeleted); gone != (len(e) == 1 && e[0].Reason == "unmade_b" && e[0].By == "Anna" && r.To[engine.B].Deleted == 1) ||
					gone == (len(w.links()) == 1) || w.sendings(link) != 0 || len(w.reviews()) != 0 {
					t.Errorf("links %v, reviews %v, the log says %+v", w.links(), w.reviews(), w.entries(r, ""))
				}
				for range 2 {
					w.pass(25 * time.Hour)
					w.request(engine.Request{Look: true, Full: true}, engine.Done)
				}
				if n := len(w.all(engine.B)); (n == 0) != gone {
					t.Errorf("%d people", n)
				}
				w.quiet()
			})
		}
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
