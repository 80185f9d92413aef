package engine_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
	"couplet/internal/store"
)

// The seeded people, traps and all: what a person agrees to is what happens.
func TestARehearsalListsTheRecordsThatTheRunThenChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Contacts: 300, Seed: 7})
	dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
	counts, err := w.st.PlanCounts(t.Context(), ws, dry.ID)
	if err != nil {
		t.Fatal(err)
	}
	if counts.All(store.PlanCreated) == 0 || counts.All(store.PlanUpdated) == 0 || counts.All(store.PlanNeed) == 0 {
		t.Fatalf("nothing to look at: %v", counts)
	}
	for side := range 2 {
		if got := [2]int{counts[store.PlanCreated][side], counts[store.PlanUpdated][side]}; got != [2]int{dry.To[side].Created, dry.To[side].Updated} {
			t.Errorf("side %d: the list has %v, the counts are %+v", side, got, dry.To[side])
		}
	}
	if same, left := counts.All(store.PlanSame), counts.All(store.PlanSkipped); same != dry.Alike || left != dry.Left || same == 0 {
		t.Errorf("the list has %d that are the same and %d that are skipped, the counts are %d and %d", same, left, dry.Alike, dry.Left)
	}
	if got := counts.All(store.PlanNeed); got != dry.Review {
		t.Errorf("%d lines need somebody, the count says %d", got, dry.Review)
	}
	names, err := w.st.FieldNames(t.Context(), ws, dry.ID)
	if err != nil || names["firstName+lastName=name"] != [2]string{"First name + Last name", "Name"} {
		t.Errorf("%v %v", names, err)
	}

	// The records that it names are those that are written, and no others.
	foretold := w.sides(dry)
	dry = w.approve() // which was looked at
	r := w.run(engine.Done)
	if r.Beyond != 0 || r.Held != 0 {
		t.Errorf("%d beyond the approved plan, %d held, and nobody changed anything", r.Beyond, r.Held)
	}
	if diff := cmp.Diff(told(dry), told(r)); diff != "" {
		t.Errorf("foretold and done differ: %s", diff)
	}
	if diff := cmp.Diff(foretold, w.sides(r)); diff != "" {
		t.Errorf("other records were written than foretold: %s", diff)
	}
	if r.Revision == "" || r.Revision != dry.Revision {
		t.Errorf("revisions %q and %q", dry.Revision, r.Revision)
	}
}

// sides are the existing records that a run changes, by id.
func (w *world) sides(r engine.Run) map[string]bool {
	w.t.Helper()
	written := map[string]bool{}
	for _, e := range w.entries(r, "") {
		for side, is := range e.Sides {
			switch {
			case is && e.Result == engine.ResultCreated:
				written["made from "+e.IDs[1-side]] = true
			case is:
				written[e.IDs[side]] = true
			}
		}
	}
	return written
}

func TestARehearsalCountsWhatAOneWayFlowLeavesAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.flow.Direction = mapping.AToB
	w.add(engine.A, fields{"firstName": "Ada", "email": "ada@example.com"})
	w.add(engine.B, fields{"first_name": "Bea", "email": "bea@example.com"})
	w.add(engine.B, fields{"first_name": "Cleo", "email": "cleo@example.com"})
	dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
	if dry.OneWay != [2]int{0, 2} || dry.To[engine.B].Created != 1 || dry.To[engine.A] != (engine.Counts{}) {
		t.Errorf("%v left, %+v", dry.OneWay, dry.To)
	}
	if diff := cmp.Diff(told(dry), told(w.run(engine.Done))); diff != "" {
		t.Errorf("foretold and done differ: %s", diff)
	}
}

// The run will wait until nobody can be there and then create; the rehearsal does not wait, and says so at once.
func TestARehearsalForetellsARecordThatIsTooYoungToCreateYet(t *testing.T) {
	t.Parallel()
	w, _, _ := ada(t)
	w.e.Settle = 2 * time.Second
	w.pass(time.Minute)
	w.add(engine.A, fields{"firstName": "Bea", "email": "bea@example.com"})
	dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
	if diff := cmp.Diff(told(dry), told(w.run(engine.Done))); diff != "" || dry.To[engine.B].Created != 1 {
		t.Errorf("%+v; foretold and done differ: %s", dry.To, diff)
	}
}

// A flow that is switched off while its worker dies must not look as if it ran for ever.
func TestWhatDiedOfAFlowThatIsOffIsEnded(t *testing.T) {
	t.Parallel()
	for _, dry := range []bool{false, true} {
		w, a, _ := ada(t)
		w.edit(engine.A, a, fields{"firstName": "Grace"})
		if !w.diesAt(engine.Request{Look: true, DryRun: dry}, func(m string) bool { return m == "Hints" }) {
			t.Fatal("it lives")
		}
		r, err := w.e.Abandon(t.Context(), ws, w.flow)
		want := engine.Cancelled
		if dry {
			want = engine.Failed
		}
		if err != nil || r.Status != want || r.Note == "" || r.Finished.IsZero() {
			t.Errorf("dry %v: %s %q, %v", dry, r.Status, r.Note, err)
		}
		if r, active, err := w.st.ActiveRun(t.Context(), ws, w.flow.ID); active || err != nil {
			t.Errorf("still %s, %v", r.Status, err)
		}
		if r, err := w.e.Abandon(t.Context(), ws, w.flow); err != nil || r.ID != "" {
			t.Errorf("abandoned twice: %+v, %v", r, err)
		}
		w.run(engine.Done) // on again, it finds what was left
		w.quiet()
	}
}
