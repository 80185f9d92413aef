package store_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
)

// TestNoFieldIsForgotten stores values in which every field is set. A field that is added to one of these types fails
// here until it is set below and stored.
func TestNoFieldIsForgotten(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		at := start.Add(time.Minute)
		m := engine.Mirror{ID: "a1", Parent: "p", Fields: connector.Fields{"f": 1.0}, Missing: []string{"g"}, Version: "v", Keys: map[string]string{"k": "v"}, Words: "w", Stamp: "s",
			Created: at, First: at, Seen: at, Answered: at, Changed: at, Gen: 3, Suspect: at, Gone: at}
		b := engine.Base{V: [2]any{"x", "y"}, Run: "r", Rule: "rule", At: 5, Swing: &engine.Swing{Was: "h", At: []int64{7}, Held: 8}}
		l := engine.Link{ID: "l1", Pair: w.pair.ID, IDs: [2]string{"a1", "b1"}, State: engine.OneGone, Parent: "lp", Made: "adopt", Run: "r", At: at, Base: map[string]engine.Base{"f": b}}
		in := engine.Intent{ID: "i1", Pair: w.pair.ID, Side: engine.B, Source: "a1", Stamp: "s", Content: "c", Beyond: "plan", Run: "r", State: engine.Unknown, At: at, Refusals: 2, Problem: "p"}
		rev := engine.Review{Pair: w.pair.ID, Side: engine.B, ID: "b1", Reason: "r", Candidates: []string{"a1"}, Twins: []string{"b2"}, At: at, Alone: "ann@x.test", AloneKeys: "k",
			Plan: &engine.Line{IDs: [2]string{"a1", "b1"}, Made: true, Sides: [2]bool{true, false}, Fields: []engine.FieldChange{{Field: "f", By: "ann"}}}}
		whole(t, *rev.Plan)
		con := engine.Conflict{Link: "l1", Field: "f", Open: true, Rule: "ask", Lost: engine.B, V: [2]any{"x", "y"}, Run: "r", At: at}
		x := connector.Exchange{Method: "GET", Path: "/x/1", Pattern: "/x/{id}", Write: true, Status: 200, Took: time.Second}
		ch := engine.FieldChange{Field: "f", Outcome: engine.Write, Rule: "r", Before: [2]any{"x", "y"}, After: [2]any{"x", "z"}, By: "ann@x.test"}
		e := engine.Entry{ID: "e1", Run: w.run.ID, Link: "l1", IDs: l.IDs, Result: engine.ResultUpdated, To: 1, Sides: [2]bool{true, true}, Reason: "r", By: "ann@x.test", Fields: []engine.FieldChange{ch},
			Calls: []connector.Exchange{x}, At: at, Planned: true, Version: "1"}
		cur := engine.Cursor{Conn: w.conns[0], Object: "contact", Mode: "gen", Page: "p", Began: at, At: at, Clean: true, Watermark: at, Generation: 3, GenBegan: at,
			Fields: []string{"f"}, Total: 9, Shown: 8, Came: 3, Judged: 2}
		capability := engine.Capability{Conn: w.conns[0], Object: "contact", Field: "f", Verb: "create", Ignored: 1, Refused: true, MaxLen: 5, Evidence: "e", Learned: at}
		h := engine.Hint{Side: engine.B, ID: "b1", Parent: "p", Reason: "r", At: at, Due: start, Seq: 1, Attempts: 2, Problem: "p"}
		counts := engine.Counts{Created: 1, Updated: 2, Skipped: 3, Conflicts: 4, Failed: 5}
		calls := engine.Calls{Read: 6, Write: 7}
		progress := engine.Progress{Stages: []engine.Stage{{Phase: engine.PhaseRead, Side: 1, Began: at, Since: at, Took: time.Second}},
			Read: [2]engine.Reading{{N: 1, Of: 2, Whole: true, Over: true}}, Due: 3, Done: 2, Waits: []engine.Wait{{For: engine.ForStop, Side: 1, Until: at, Why: "w"}}}
		whole(t, progress.Stages[0])
		whole(t, progress.Read[0])
		whole(t, progress.Waits[0])
		halt := engine.Halt{Why: engine.HaltBrake, Side: 1, N: 2, Most: 3, Scope: "s"}
		r := engine.Run{ID: w.run.ID, Workspace: w.ws, Flow: "f", FlowName: "n", Pair: w.pair.ID, Version: 3, Trigger: "webhook", By: "u", Status: engine.Paused, DryRun: true, Full: true,
			Recovered: true, Note: "n", Started: at, Finished: at, Beat: at, Owner: "o", To: [2]engine.Counts{counts, counts}, Waiting: [2]int{1, 2}, Linked: 8, Same: 9, Alike: 12, Left: 13, Review: 10, Asked: 11, Beyond: 14, Held: 15, Watch: true, Outside: [2]int{3, 4}, Halt: halt,
			APICalls: [2]engine.Calls{calls, calls}, Allow: true, Progress: progress, Revision: "v", OneWay: [2]int{1, 2},
			Undo:  &engine.Undoing{Run: "r", Link: "l", Field: "f", By: "u", Made: true},
			Drift: []engine.Drifted{{Known: engine.Known{Conn: "c", Object: "o", Name: "n"}, Side: engine.B, Keys: []string{"k"}}}}
		whole(t, progress)
		whole(t, halt)
		whole(t, *r.Undo)
		c := connection.Connection{Workspace: w.ws, Name: "full", System: "sys", AuthKind: "token", Params: map[string]string{"k": "v"}, BaseURL: "https://x.test",
			PerSecond: 2.5, Settings: map[string]string{"s": "v"}, Identity: connector.Identity{ID: "i", Name: "n", Region: "PT", Zone: "UTC"}, Epoch: 2, State: connection.OK, Problem: "p", CheckedAt: at}
		for _, v := range []any{m, b, l, in, rev, con, x, ch, e, cur, capability, h, r, c} {
			whole(t, v, map[string]string{"Connection": "ID"}[reflect.TypeOf(v).Name()])
		}
		run := r
		run.ID = engine.NewID("run", start)
		r.ID = run.ID
		must(t, w.StartRun(w.ctx, run))
		must(t, w.SavePage(w.ctx, w.ws, w.lease, cur, 0, []engine.Mirror{m}, nil, nil))
		must(t, w.AddHints(w.ctx, w.ws, w.pair.ID, []engine.Hint{h}))
		must(t, w.SaveCapability(w.ctx, w.ws, capability))
		w.run = run
		e.Run = run.ID
		w.commit(t, engine.Commit{Link: &l, Intent: &in, Review: []engine.Review{rev}, Conflict: []engine.Conflict{con}, Entry: &e})
		c, err := w.SaveConnection(w.ctx, w.ws, c)
		must(t, err)

		got := func(v any, err error) any { t.Helper(); must(t, err); return v }
		same(t, map[string]engine.Mirror{"a1": m}, got(w.Mirrors(w.ctx, w.ws, w.conns[0], "contact", []string{"a1"})))
		same(t, map[string]engine.Link{"b1": l}, got(w.LinksOf(w.ctx, w.ws, w.pair.ID, engine.B, []string{"b1"})))
		in.Beyond = "" // it is counted and not kept
		same(t, map[string]engine.Intent{"a1": in}, got(w.Intents(w.ctx, w.ws, w.pair.ID, engine.A, []string{"a1"})))
		same(t, map[string]engine.Review{"b1": rev}, got(w.ReviewsOf(w.ctx, w.ws, w.pair.ID, engine.B, []string{"b1"})))
		same(t, []engine.Entry{e}, got(w.Entries(w.ctx, w.ws, run.ID, "", 9, "")))
		same(t, cur, got(w.Cursor(w.ctx, w.ws, w.conns[0], "contact")))
		same(t, []engine.Capability{capability}, got(w.Capabilities(w.ctx, w.ws, w.conns, "contact")))
		same(t, []engine.Hint{h}, w.hints(t))
		same(t, r, got(w.RunByID(w.ctx, w.ws, run.ID)))
		same(t, c, got(w.ConnectionByID(w.ctx, w.ws, c.ID)))
		open, err := w.Conflicts(w.ctx, w.ws, w.pair.ID, true, "", 9)
		must(t, err)
		same(t, con, open[0].Conflict)
	})
}

// whole fails when a field of a value is not set.
func whole(t testing.TB, v any, except ...string) {
	t.Helper()
	r := reflect.ValueOf(v)
	for i := range r.NumField() {
		if name := r.Type().Field(i).Name; r.Field(i).IsZero() && !slices.Contains(except, name) {
			t.Errorf("%s.%s is not set in the test of what is stored", r.Type(), name)
		}
	}
}
