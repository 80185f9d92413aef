package engine_test

import (
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
	"couplet/internal/sandbox/kit"
)

// putting are updates that a system carried out, as it counts them.
func putting(c kit.Call) bool { return c.Method == "PUT" && c.Status == 200 }

// sendings counts the updates whose outcome nobody stored.
func (w *world) sendings(links ...engine.Link) int {
	w.t.Helper()
	var ids []string
	for _, l := range links {
		ids = append(ids, l.ID)
	}
	found, err := w.st.Sendings(w.t.Context(), ws, ids)
	if err != nil {
		w.t.Fatal(err)
	}
	return len(found)
}

// TestAnUpdateThatAKillCutOffIsFinishedAndTold: sync-semantics 5.17, "after PUT, before response / tx2".
func TestAnUpdateThatAKillCutOffIsFinishedAndTold(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.edit(engine.A, a, fields{"phone": phoneA})
	if !w.dies("Commit") {
		t.Fatal("it lives")
	}
	w.want(engine.B, b, fields{"phone_number": phoneA}) // it had arrived
	l := w.link(engine.A, a)
	if w.sendings(l) != 1 {
		t.Fatal("nothing is known of it")
	}
	puts := w.calls(engine.B, putting)
	r := w.run(engine.Done)
	if n := w.calls(engine.B, putting); n != puts {
		t.Errorf("it was sent again: %d, then %d", puts, n)
	}
	lines := w.entries(r, engine.ResultUpdated)
	if !r.Recovered || r.To[engine.B].Updated != 1 || len(lines) != 1 || lines[0].Sides != [2]bool{false, true} {
		t.Fatalf("%+v, %+v", r.To, lines)
	}
	for _, f := range lines[0].Fields {
		if f.Rule != "changed_a" || f.Outcome != engine.Write || f.Before[engine.B] != phone0 || f.After[engine.B] != phoneA {
			t.Errorf("told as %+v", f)
		}
	}
	if w.sendings(l) != 0 {
		t.Error("it is not over")
	}
	w.inStep()
	w.quiet()
}

// TestAnUpdateThatNeverLeftIsSentAgainAndToldOnce: sync-semantics 5.17, "after tx1, before PUT".
func TestAnUpdateThatNeverLeftIsSentAgainAndToldOnce(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"before", "after", "timeout"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			w, a, b := ada(t)
			w.flow.Conflict = mapping.Newest
			w.edit(engine.A, a, fields{"phone": phoneA})
			w.edit(engine.B, b, fields{"phone_number": phoneB})
			puts := w.calls(engine.B, func(c kit.Call) bool { return c.Method == "PUT" })
			// Both are seen at once, so HighLevel stands. Its first write fails.
			first := true
			w.e.Store = &tap{Store: w.st, on: func(m string) error {
				switch m {
				case "Intend":
					if first {
						w.fault(fault, 1)
					}
					first = false
				case "Commit":
					w.fault(fault, 0)
				}
				return nil
			}}
			r := w.run(engine.Done)
			w.want(engine.A, a, fields{"phone": phoneA})
			w.want(engine.B, b, fields{"phone_number": phoneA})
			if r.To[engine.B].Updated != 1 || r.To[engine.B].Conflicts != 1 || len(w.entries(r, engine.ResultConflict)) != 1 {
				t.Errorf("%+v, %+v", r.To, w.entries(r, ""))
			}
			if kept := w.conflicts(false); len(kept) != 1 {
				t.Errorf("kept are %q", kept)
			}
			want := 1
			if fault == "before" {
				want = 2
			}
			if n := w.calls(engine.B, func(c kit.Call) bool { return c.Method == "PUT" }) - puts; n != want {
				t.Errorf("%d calls, want %d", n, want)
			}
			w.inStep()
			w.quiet()
		})
	}
}

// TestAnEditAfterACutOffUpdateIsNeverLost: the target shows neither what it had nor what was sent (5.5), or its source was
// changed since.
func TestAnEditAfterACutOffUpdateIsNeverLost(t *testing.T) {
	t.Parallel()
	t.Run("of the target", func(t *testing.T) {
		t.Parallel()
		w, a, b := ada(t)
		w.flow.Conflict = mapping.AWins
		w.edit(engine.A, a, fields{"phone": phoneA})
		if !w.dies("Commit") {
			t.Fatal("it lives")
		}
		w.edit(engine.B, b, fields{"phone_number": phoneB})
		w.run(engine.Done)
		w.want(engine.B, b, fields{"phone_number": phoneA})
		if kept := w.conflicts(false); len(kept) != 1 {
			t.Errorf("%s is lost, kept are %q", phoneB, kept)
		}
		w.inStep()
		w.quiet()
	})
	t.Run("of the source", func(t *testing.T) {
		t.Parallel()
		w, a, b := ada(t)
		w.flow.Conflict = mapping.BWins
		w.edit(engine.A, a, fields{"phone": phoneA, "tags": []any{"vip"}})
		if !w.dies("Commit") {
			t.Fatal("it lives")
		}
		w.edit(engine.A, a, fields{"phone": phoneB, "tags": []any{"other"}})
		r := w.run(engine.Done)
		w.want(engine.B, b, fields{"phone_number": phoneB}) // what we wrote ourselves wins over nobody
		if tags := w.shows(engine.B, b, "tags"); tags != "other" {
			t.Errorf("tags are %v", tags)
		}
		if kept := w.conflicts(false); len(kept) != 0 {
			t.Errorf("a conflict with ourselves: %q", kept)
		}
		if r.To[engine.B].Updated != 2 || len(w.entries(r, "")) != 2 {
			t.Errorf("%+v, %+v", r.To, w.entries(r, ""))
		}
		w.inStep()
		w.quiet()
	})
}

// TestAJoinThatAKillCutOffIsCountedOnce: the link is stored before its first write, so the next turn finds it made.
func TestAJoinThatAKillCutOffIsCountedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.run(engine.Done)
	a := w.add(engine.A, fields{"firstName": "Ada", "email": "ada@example.com", "phone": phoneA})
	b := w.add(engine.B, fields{"first_name": "Ada", "email": "ada@example.com"})
	w.pass(time.Hour)
	if !w.dies("Commit") {
		t.Fatal("it lives")
	}
	r := w.run(engine.Done)
	if w.partner(engine.A, a) != b || r.Linked != 1 || r.To[engine.B].Updated != 1 || len(w.entries(r, engine.ResultLinked)) != 1 {
		t.Errorf("%d linked, %+v, %+v", r.Linked, r.To, w.entries(r, ""))
	}
	w.inStep()
	w.quiet()
}
