package engine_test

import (
	"slices"
	"testing"

	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// TestSamplesOfTasksAndNotesAreJoinedAsTheRunJoinsThem takes samples of what hangs on linked people, then lets the run tell
// what it joins and makes.
func TestSamplesOfTasksAndNotesAreJoinedAsTheRunJoinsThem(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Contacts: 60, Seed: 4})
	f.sync(f.contacts)
	for _, x := range []string{"task", "note"} {
		flow := f.tasks
		if x == "note" {
			flow = f.notes
		}
		f.as(flow)
		_, _, s := f.samples(8)
		if len(s.Samples) < 5 || s.Problem != [2]error{} {
			t.Fatalf("%s: %d samples, %v", x, len(s.Samples), s.Problem)
		}
		dry := f.request(engine.Request{Look: true, DryRun: true}, engine.Done)
		entries := map[string]engine.Entry{}
		for _, e := range f.entries(dry, "") {
			for _, id := range e.IDs {
				entries[id] = e
			}
		}
		var kinds []string
		for _, one := range s.Samples {
			id := max(one.Records[0].ID, one.Records[1].ID)
			e := entries[id]
			switch {
			case one.Both():
				kinds = append(kinds, "pair")
				if e.Result != engine.ResultLinked && e.Result != engine.ResultConflict && e.Result != engine.ResultUpdated || e.IDs != [2]string{one.Records[0].ID, one.Records[1].ID} {
					t.Errorf("%s: the sample pairs %v, the run says %+v", x, one.Records, e)
				}
			case one.Why != "":
				kinds = append(kinds, one.Why)
				if e.Result != engine.ResultCreated {
					t.Errorf("%s: the sample %v is %s, the run says %+v", x, one.Records, one.Why, e)
				}
			default:
				t.Errorf("%s: nobody knows the partner of %v", x, one.Records)
			}
			for side, r := range one.Records {
				if r.ID != "" && (len(r.Fields) == 0 || r.Parent == "" || one.On[side]["email"] == nil) {
					t.Errorf("%s: it hangs on %v: %+v", x, one.On, r)
				}
			}
		}
		if !slices.Contains(kinds, "pair") || !slices.Contains(kinds, "new_a") && !slices.Contains(kinds, "new_b") {
			t.Errorf("%s: %v", x, kinds)
		}
		f.sync(flow)
		f.as(flow)
		_, _, s = f.samples(8)
		for _, one := range s.Samples {
			if one.Both() && (!one.Linked || one.Records[0].Parent == "" || one.On[1] == nil) {
				t.Errorf("%s: after the run %+v", x, one)
			}
		}
		if len(s.Samples) == 0 {
			t.Errorf("%s: no samples after the run", x)
		}
	}
}
