package engine_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/store"
)

// emptied is a world of 30 pairs in which somebody deleted the first 12 of a side, so that the flow stopped.
func emptied(t *testing.T, side engine.Side, policy flow.Delete) (w *world, ids [2][]string) {
	t.Helper()
	w, ids = settledWith(t, 30)
	w.flow.Delete = policy
	w.request(engine.Request{Look: true, Full: true}, engine.Done)
	w.pass(time.Hour)
	for _, id := range ids[side][:12] {
		w.remove(side, id)
	}
	if r := w.request(engine.Request{Look: true, Full: true}, engine.Paused); r.Halt.Why != engine.HaltAfresh || r.Halt.N != 12 || r.Halt.Most != 30 {
		t.Fatalf("it stopped for %+v: %s", r.Halt, r.Note)
	}
	w.pass(time.Hour)
	w.run(engine.Paused)
	return w, ids
}

// reallyDeleted is a person's answer that the records which are gone were deleted.
func (w *world) reallyDeleted() error {
	p := w.pair()
	return w.st.ReallyDeleted(w.t.Context(), ws, p.ID, p.Afresh.At)
}

// settlesIt has the run look twice and the brake hold what it found; nothing is written before a person lets it through once.
func (w *world) settlesIt() engine.Run {
	w.t.Helper()
	before, links := w.written(), len(w.links())
	w.run(engine.Done)
	w.pass(11 * time.Minute)
	if r := w.run(engine.Paused); r.Halt.Why != engine.HaltEmptied || w.written() != before || len(w.links()) != links {
		w.t.Fatalf("the brake let it go: %+v, %d writes, %d links", r.Halt, w.written()-before, len(w.links()))
	}
	return w.request(engine.Request{Look: true, Allow: true}, engine.Done)
}

// Sync-semantics 5.12: what a person says was deleted is handled as any delete, by the flow's policy and under its brake.
func TestWhatWasReallyDeletedIsHandledAsTheFlowSays(t *testing.T) {
	t.Parallel()
	for _, policy := range []flow.Delete{flow.Detach, flow.Tag, flow.Approve, flow.Restore} {
		for _, side := range []engine.Side{engine.A, engine.B} {
			t.Run(fmt.Sprint(policy, " ", side), func(t *testing.T) {
				t.Parallel()
				w, ids := emptied(t, side, policy)
				left := side.Other()
				if err := w.reallyDeleted(); err != nil {
					t.Fatal(err)
				}
				r := w.settlesIt()
				tag := [2]string{"deleted in highlevel", "deleted in user.com"}[side]
				for i, id := range ids[left] {
					want := fields{"tags": ""}
					if policy == flow.Tag && i < 12 {
						want["tags"] = tag
					}
					w.want(left, id, want)
				}
				links, there, asked := 18, 18, 0
				switch policy {
				case flow.Approve:
					links, asked = 30, 12
				case flow.Restore:
					links, there = 30, 30
				}
				if len(w.links()) != links || len(w.all(side)) != there || len(w.all(left)) != 30 || len(w.reviews()) != asked || w.deletes() != 0 {
					t.Errorf("%d links, %d and %d people, %d reviews, %d deletes, %+v", len(w.links()), len(w.all(side)), len(w.all(left)), len(w.reviews()), w.deletes(), r.To)
				}
				if len(w.conflicts(true)) != 0 {
					t.Errorf("questions: %v", w.conflicts(true))
				}
				if policy == flow.Approve {
					w.erasing(engine.OrderDelete, left, ids[left][0])
					w.run(engine.Done)
					if w.deletes() != 1 || len(w.all(left)) != 29 {
						t.Errorf("%d deletes, %d people", w.deletes(), len(w.all(left)))
					}
					return
				}
				w.inStep()
				w.pass(25 * time.Hour)
				w.request(engine.Request{Look: true, Full: true}, engine.Done)
				w.quiet()
			})
		}
	}
}

// What people did while the flow stood still is carried over, and what was there again when the record itself was asked stays.
func TestTakingAStrangeAccountBackLosesNothing(t *testing.T) {
	t.Parallel()
	w, ids := emptied(t, engine.A, flow.Tag)
	w.edit(engine.A, ids[engine.A][20], fields{"phone": phoneA})
	w.edit(engine.B, ids[engine.B][21], fields{"phone_number": phoneB})
	w.request(engine.Request{Look: true, DryRun: true}, engine.Done) // it reads them, and tells nobody
	w.pass(time.Minute)
	before := w.pair()
	if err := w.reallyDeleted(); err != nil {
		t.Fatal(err)
	}
	if p := w.pair(); !p.Settled.Equal(before.Afresh.Settled) || p.Settled.IsZero() || p.Seeded.IsZero() || !p.Afresh.At.IsZero() || p.StandsStill(nil) {
		t.Errorf("it is %+v", p)
	}
	w.run(engine.Done)
	w.want(engine.B, ids[engine.B][20], fields{"phone_number": phoneA})
	w.want(engine.A, ids[engine.A][21], fields{"phone": phoneB})
	if len(w.links()) != 30 {
		t.Errorf("one look was enough: %d links", len(w.links()))
	}
}

// A backup without what was made since looks as if that was deleted. Who says so has the brake between themselves and the loss.
func TestABackupThatIsTakenForDeletesIsHeldByTheBrake(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		w, _ := settledWith(t, 18)
		w.flow.Delete = flow.Tag
		saved := w.backup(side)
		for i := range 12 {
			w.add(side, fields{"email": fmt.Sprintf("late%d@example.com", i)})
		}
		w.run(engine.Done)
		w.pass(time.Hour)
		w.request(engine.Request{Look: true, Full: true}, engine.Done)
		whole := w.backup(side)
		w.pass(time.Hour)
		w.load(side, saved)
		before := w.written()
		if r := w.request(engine.Request{Look: true, Full: true}, engine.Paused); r.Halt.Why != engine.HaltAfresh {
			t.Fatalf("%+v", r.Halt)
		}
		if err := w.reallyDeleted(); err != nil {
			t.Fatal(err)
		}
		w.run(engine.Done)
		for range 3 {
			w.pass(11 * time.Minute)
			if r := w.run(engine.Paused); r.Halt.Why != engine.HaltEmptied || len(w.links()) != 30 {
				t.Fatalf("side %s: %+v, %d links", side, r.Halt, len(w.links()))
			}
		}
		w.load(side, whole) // somebody noticed
		w.pass(11 * time.Minute)
		w.request(engine.Request{Look: true, Full: true}, engine.Done)
		w.pass(11 * time.Minute)
		w.run(engine.Done)
		if len(w.links()) != 30 || w.written() != before || len(w.reviews()) != 0 {
			t.Errorf("side %s: %d links, %d writes, reviews %v", side, len(w.links()), w.written()-before, w.reviews())
		}
		w.inStep()
	}
}

// Another account shows others, and an older state shows older records: deleting does neither, so that is no answer there.
func TestAnAccountThatShowsOthersWasNotEmptied(t *testing.T) {
	t.Parallel()
	w, ids := settledWith(t, 30)
	for i, id := range ids[engine.A][:12] {
		w.remove(engine.A, id)
		w.add(engine.A, fields{"email": fmt.Sprintf("other%d@example.com", i)})
	}
	if r := w.request(engine.Request{Look: true, Full: true}, engine.Paused); r.Halt.Why != engine.HaltAfresh {
		t.Fatalf("%+v", r.Halt)
	}
	refused := func(w *world) {
		t.Helper()
		before := w.pair()
		if err := w.reallyDeleted(); !errors.Is(err, store.ErrAnswered) || !w.pair().Afresh.At.Equal(before.Afresh.At) || !w.pair().StandsStill(w.flow.Approval) {
			t.Errorf("%v, it is %+v", err, w.pair())
		}
	}
	refused(w)
	w, _ = settledWith(t, 6)
	w.afresh(engine.Afresh{Why: engine.Restored, Side: engine.B}, false)
	refused(w)
	w.afresh(engine.Afresh{Why: engine.Reapply}, false)
	refused(w)
}

func TestAnAnswerThatRecordsWereDeletedCountsOnce(t *testing.T) {
	t.Parallel()
	w, ids := emptied(t, engine.A, flow.Tag)
	at := w.pair().Afresh.At
	if err := w.reallyDeleted(); err != nil {
		t.Fatal(err)
	}
	after := w.pair()
	for range 2 {
		if err := w.st.ReallyDeleted(t.Context(), ws, after.ID, at); !errors.Is(err, store.ErrAnswered) || w.pair().Again != after.Again {
			t.Errorf("%v, %+v", err, w.pair())
		}
	}
	w.settlesIt()
	for i := range 12 {
		w.add(engine.A, fields{"email": fmt.Sprintf("more%d@example.com", i)})
	}
	w.pass(time.Hour)
	w.request(engine.Request{Look: true, Full: true}, engine.Done)
	w.pass(time.Hour)
	for _, id := range ids[engine.A][12:24] {
		w.remove(engine.A, id)
	}
	w.request(engine.Request{Look: true, Full: true}, engine.Paused)
	if err := w.st.ReallyDeleted(t.Context(), ws, after.ID, at); !errors.Is(err, store.ErrAnswered) || !w.pair().StandsStill(w.flow.Approval) {
		t.Errorf("an answer of before counts for what is gone now: %v", err)
	}
}

// Whatever was in force before is in force again: a map that was applied to what is there had made older bases void.
func TestTakingAStrangeAccountBackKeepsWhatWasAppliedBefore(t *testing.T) {
	t.Parallel()
	w, ids := settledWith(t, 30)
	w.afresh(engine.Afresh{Why: engine.Reapply}, true)
	w.run(engine.Done)
	w.pass(time.Hour)
	w.request(engine.Request{Look: true, Full: true}, engine.Done)
	before := w.pair()
	for _, id := range ids[engine.A][:12] {
		w.remove(engine.A, id)
	}
	w.pass(time.Hour)
	w.request(engine.Request{Look: true, Full: true}, engine.Paused)
	if err := w.reallyDeleted(); err != nil {
		t.Fatal(err)
	}
	if p := w.pair(); p.Afresh.Why != engine.Reapply || !p.Afresh.At.Equal(before.Afresh.At) || !p.Settled.Equal(before.Settled) || before.Settled.IsZero() {
		t.Errorf("it was %+v, it is %+v", before, p)
	}
}

// Whoever is killed after the answer, at any moment, leaves it to the next run.
func TestAKillAfterTheAnswerLosesNoDelete(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]func(map[string]int) bool{
		"in the reading":           func(n map[string]int) bool { return n["SavePage"] == 2 },
		"right after it":           func(n map[string]int) bool { return n["Pending"] == 1 },
		"before all are looked at": func(n map[string]int) bool { return n["Seed"] == 1 },
		"at the first look":        func(n map[string]int) bool { return n["Commit"] == 1 },
		"at its end":               func(n map[string]int) bool { return n["SaveRun"] == 1 && n["Seed"] == 1 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, ids := emptied(t, engine.B, flow.Tag)
			if err := w.reallyDeleted(); err != nil {
				t.Fatal(err)
			}
			calls := map[string]int{}
			if !w.diesAt(engine.Request{Look: true}, func(m string) bool { calls[m]++; return at(calls) }) {
				t.Fatal("it lives")
			}
			w.settlesIt()
			for i, id := range ids[engine.A][:12] {
				w.want(engine.A, id, fields{"tags": "deleted in user.com"})
				w.have(engine.B, false, ids[engine.B][i])
			}
			if len(w.links()) != 18 {
				t.Errorf("%d links", len(w.links()))
			}
			w.inStep()
		})
	}
}

// A webhook may come before the schedule: that run looks at everything, too.
func TestTheFirstRunAfterTheAnswerLooksAtEverything(t *testing.T) {
	t.Parallel()
	w, ids := emptied(t, engine.A, flow.Detach)
	if err := w.reallyDeleted(); err != nil {
		t.Fatal(err)
	}
	w.hint(engine.B, ids[engine.B][25])
	w.request(engine.Request{}, engine.Done)
	w.pass(11 * time.Minute)
	if r := w.run(engine.Paused); r.Halt.Why != engine.HaltEmptied {
		t.Errorf("%+v", r.Halt)
	}
}

// A flow of the same account that was not answered for stands still.
func TestOneFlowsAnswerIsNotAnothers(t *testing.T) {
	t.Parallel()
	w, ids := settledWith(t, 30)
	own, other := w.flow, second(w.flow)
	w.flow = other
	w.run(engine.Done)
	w.flow = own
	w.pass(time.Hour)
	for _, id := range ids[engine.A][:12] {
		w.remove(engine.A, id)
	}
	w.request(engine.Request{Look: true, Full: true}, engine.Paused)
	if err := w.reallyDeleted(); err != nil {
		t.Fatal(err)
	}
	w.run(engine.Done)
	w.flow = other
	if r := w.run(engine.Paused); r.Halt.Why != engine.HaltAfresh {
		t.Errorf("%+v", r.Halt)
	}
	p := w.pairOf(other)
	if err := w.st.ReallyDeleted(t.Context(), ws, p.ID, p.Afresh.At); err != nil {
		t.Error(err)
	}
	w.run(engine.Done)
	if w.pairOf(other).Settled.IsZero() || !mapping.Empty(w.shows(engine.B, ids[engine.B][0], "tags")) {
		t.Errorf("%+v", w.pairOf(other))
	}
}
