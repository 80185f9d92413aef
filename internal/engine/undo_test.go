package engine_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// undo takes a run back.
func (w *world) undo(u engine.Undoing, want engine.Status) engine.Run {
	w.t.Helper()
	r, err := w.e.Run(w.t.Context(), engine.Request{Workspace: ws, Flow: w.flow, Trigger: engine.Undo, Undo: &u})
	if err != nil {
		w.t.Fatal(err)
	}
	if r.Status != want || r.Undo == nil || r.Trigger != engine.Undo {
		w.t.Fatalf("%s %q %+v", r.Status, r.Note, r)
	}
	return r
}

func TestUndoGivesBackWhatTheRunWrote(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.edit(engine.A, a, fields{"phone": phoneA, "tags": []any{"vip"}, "lastName": "Lovelace"})
	run := w.run(engine.Done)
	w.want(engine.B, b, fields{"phone_number": phoneA, "name": "Ada Lovelace"})
	dry, err := w.e.Run(t.Context(), engine.Request{Workspace: ws, Flow: w.flow, Trigger: engine.Undo, Undo: &engine.Undoing{Run: run.ID}, DryRun: true})
	if err != nil || dry.To[engine.B].Updated != 1 || len(w.entries(dry, engine.ResultUpdated)) != 1 {
		t.Fatalf("%+v %v", dry, err)
	}
	w.want(engine.B, b, fields{"phone_number": phoneA})
	first := w.undo(engine.Undoing{Run: run.ID}, engine.Done)
	w.want(engine.B, b, fields{"phone_number": phone0, "name": "Ada Bell"})
	w.want(engine.A, a, fields{"phone": phoneA, "lastName": "Lovelace"}) // what a person typed stays
	if tags := w.shows(engine.B, b, "tags"); tags != "" && tags != nil {
		t.Errorf("tags are %v", tags)
	}
	if first.To[engine.B].Updated != 1 || first.To[engine.A].Updated != 0 {
		t.Errorf("%+v", first.To)
	}
	w.quiet()

	second := w.undo(engine.Undoing{Run: run.ID}, engine.Done)
	if second.To[engine.B].Updated != 0 || second.To[engine.B].Skipped != 1 {
		t.Errorf("there is nothing left to undo: %+v", second.To)
	}
	w.undo(engine.Undoing{Run: first.ID}, engine.Done) // undoing the undo
	w.want(engine.B, b, fields{"phone_number": phoneA, "name": "Ada Lovelace"})
	if tags := w.shows(engine.B, b, "tags"); tags != "vip" {
		t.Errorf("tags are %v", tags)
	}
	w.inStep()
	w.quiet()
}

func TestUndoLeavesWhatSomebodyChangedSince(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.edit(engine.A, a, fields{"phone": phoneA, "lastName": "Lovelace"})
	run := w.run(engine.Done)
	w.edit(engine.B, b, fields{"phone_number": phoneB})
	r := w.undo(engine.Undoing{Run: run.ID}, engine.Done)
	w.want(engine.B, b, fields{"phone_number": phoneB, "name": "Ada Bell"})
	if got := fmt.Sprint(w.changes(r, "phone")); got != "[skipped undo_changed_b]" {
		t.Error(got)
	}
	w.run(engine.Done) // the later edit goes over as ever
	w.want(engine.A, a, fields{"phone": phoneB, "lastName": "Lovelace"})
	w.quiet()
}

func TestUndoWaitsForANewerChangeOfTheOtherSide(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.edit(engine.A, a, fields{"phone": phoneA})
	run := w.run(engine.Done)
	w.edit(engine.A, a, fields{"phone": phoneB}) // nobody has looked yet
	r := w.undo(engine.Undoing{Run: run.ID}, engine.Done)
	if got := fmt.Sprint(w.changes(r, "phone")); got != "[skipped undo_newer_a]" {
		t.Error(got)
	}
	w.run(engine.Done)
	w.want(engine.B, b, fields{"phone_number": phoneB})
	w.quiet()
}

func TestUndoOfOneFieldOrRecordLeavesTheOthers(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	a2, b2 := w.couple(fields{"firstName": "Bo", "lastName": "Li", "email": "bo@example.com", "phone": "+12025550133"})
	w.pass(time.Hour)
	w.edit(engine.A, a, fields{"phone": phoneA, "lastName": "Lovelace"})
	w.edit(engine.A, a2, fields{"phone": phoneB})
	run := w.run(engine.Done)
	w.undo(engine.Undoing{Run: run.ID, Link: w.link(engine.A, a).ID, Field: "phone=phone_number"}, engine.Done)
	w.want(engine.B, b, fields{"phone_number": phone0, "name": "Ada Lovelace"})
	w.want(engine.B, b2, fields{"phone_number": phoneB})
	w.quiet()
}

func TestUndoNeitherDeletesNorEmptiesWhatTheRunMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	a := w.add(engine.A, fields{"firstName": "Ada", "email": "ada@example.com"})
	run := w.run(engine.Done)
	r := w.undo(engine.Undoing{Run: run.ID}, engine.Done)
	w.want(engine.B, w.partner(engine.A, a), fields{"email": "ada@example.com"})
	if lines := w.entries(r, engine.ResultSkipped); len(lines) != 1 || lines[0].Reason != "undo_created_b" || w.deletes() != 0 {
		t.Errorf("%+v", lines)
	}
	w.inStep()
	w.quiet()
}

func TestUndoNeverTakesBackAWishNotToBeContacted(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.flow.Map = append(w.flow.Map, mapping.Row{A: mapping.Names{"dnd"}, B: mapping.Names{"unsubscribed"}})
	w.run(engine.Done)
	w.edit(engine.A, a, fields{"dnd": true})
	run := w.run(engine.Done)
	r := w.undo(engine.Undoing{Run: run.ID}, engine.Done)
	if got := fmt.Sprint(w.changes(r, "dnd")); got != "[skipped undo_consent]" || w.shows(engine.B, b, "unsubscribed") != true {
		t.Error(got, w.shows(engine.B, b, "unsubscribed"))
	}
}

func TestAnUndoThatIsKilledGoesOnAndIsToldOnce(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"Intend", "Commit"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			w, a, b := ada(t)
			w.edit(engine.A, a, fields{"phone": phoneA})
			run := w.run(engine.Done)
			u := engine.Undoing{Run: run.ID}
			if !w.diesAt(engine.Request{Undo: &u}, func(m string) bool { return m == method }) {
				t.Fatal("it lives")
			}
			w.run(engine.Done) // an ordinary run finds it unfinished
			w.want(engine.B, b, fields{"phone_number": phone0})
			runs, err := w.st.Runs(t.Context(), ws, "", 9, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range runs {
				if r.Undo != nil && (r.Status != engine.Done || !r.Recovered || r.To[engine.B].Updated != 1) {
					t.Errorf("%+v", r)
				}
			}
			if runs[0].Undo != nil {
				t.Error("the run that was asked for was not made")
			}
			w.quiet()
		})
	}
}

func TestUndoStopsAtTheBrake(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.crowd(engine.A, 40, phone0)
	w.run(engine.Done)
	w.pass(time.Hour)
	w.change(engine.A, 40)
	run := w.request(engine.Request{Look: true, Allow: true}, engine.Done)
	if r := w.undo(engine.Undoing{Run: run.ID}, engine.Paused); r.Halt.Why != engine.HaltBrake || r.To[engine.B].Updated != 0 {
		t.Errorf("%+v", r)
	}
}

// TestUndoIsSound is I13: after random edits, runs and later edits, undoing a random run touches only what still shows what
// that run wrote, and afterwards nothing flows.
func TestUndoIsSound(t *testing.T) {
	t.Parallel()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		if n++; n > 15 {
			return
		}
		h := begin(rt)
		h.flow.Map = h.flow.Map[:len(h.flow.Map):len(h.flow.Map)]
		h.create()
		h.create()
		var runs []engine.Run
		for range rapid.IntRange(2, 4).Draw(rt, "rounds") {
			h.pass(time.Hour)
			h.run(engine.Done)
			for range rapid.IntRange(1, 4).Draw(rt, "edits") {
				h.change()
			}
			h.pass(time.Hour)
			runs = append(runs, h.request(engine.Request{Look: true, Allow: true}, engine.Done))
		}
		h.request(engine.Request{Look: true, Allow: true}, engine.Done)
		target := rapid.SampledFrom(runs).Draw(rt, "which")
		type place struct {
			link, field string
			side        int
		}
		wrote := map[place]map[string]bool{}
		for _, e := range h.entries(target, "") {
			for _, f := range e.Fields {
				for side := range f.After {
					p := place{e.Link, f.Field, side}
					if wrote[p] == nil {
						wrote[p] = map[string]bool{}
					}
					wrote[p][mapping.Canon(f.After[side])] = e.Sides[side]
				}
			}
		}
		r := h.undo(engine.Undoing{Run: target.ID}, engine.Done)
		for _, e := range h.entries(r, engine.ResultUpdated) {
			for _, f := range e.Fields {
				for side := range f.After {
					if _, list := f.Before[side].([]any); !list && mapping.Canon(f.Before[side]) != mapping.Canon(f.After[side]) && !wrote[place{e.Link, f.Field, side}][mapping.Canon(f.Before[side])] {
						rt.Errorf("it touched %s of side %d, which showed %v: the run had not written that", f.Field, side, f.Before[side])
					}
				}
			}
		}
		h.quiet()
		h.counted()
	})
}
