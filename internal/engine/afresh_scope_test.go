package engine_test

import (
	"fmt"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
)

// onlyNew switches a flow about what is new from now on.
func (w *world) onlyNew() {
	w.t.Helper()
	w.flow.Scope = flow.Scope{Only: flow.ScopeNew}.Begin(w.box.Clock.Now())
	w.pass(time.Second)
	w.run(engine.Done)
	w.pass(time.Hour)
}

// have checks who has a partner.
func (w *world) have(side engine.Side, want bool, ids ...string) {
	w.t.Helper()
	for _, id := range ids {
		if got := w.partner(side, id) != ""; got != want {
			w.t.Errorf("%s of side %s has a partner: %v", id, side, got)
		}
	}
}

// Sync-semantics 5.14: what a person makes after a flow about what is new was switched on is new, also when they make it while the
// flow waits for an approval because a backup was restored.
func TestStartingAfreshTakesNothingNewForOld(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		w, _, alone := halves(t)
		w.onlyNew()
		fresh := func(name string) (ids [2]string) {
			ids[engine.A] = w.add(engine.A, fields{"firstName": name, "email": name + "-a@example.com"})
			ids[engine.B] = w.add(engine.B, fields{"first_name": name, "email": name + "-b@example.com"})
			w.pass(time.Minute)
			return ids
		}
		made := [][2]string{fresh("first")}
		w.run(engine.Done)
		first := [2]string{made[0][engine.A], w.partner(engine.A, made[0][engine.A])}
		w.pass(time.Hour)
		saved := w.backup(side)
		w.pass(time.Hour)
		w.edit(side, first[side], []fields{{"phone": phoneA}, {"phone_number": phoneA}}[side])
		w.pass(time.Minute)
		w.run(engine.Done)
		w.pass(time.Hour)
		w.load(side, saved)
		made = append(made, fresh("restored"))
		if r := w.request(engine.Request{Look: true, Full: true}, engine.Paused); r.Halt.Why != engine.HaltAfresh {
			t.Fatalf("%+v", r.Halt)
		}
		w.pass(time.Hour)
		made = append(made, fresh("stopped"))
		dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
		if dry.To[engine.A].Created != 2 || dry.To[engine.B].Created != 2 {
			t.Errorf("side %s: the rehearsal says %+v", side, dry.To)
		}
		made = append(made, fresh("rehearsed"))
		w.allowed()
		w.run(engine.Done)
		for _, ids := range made {
			w.have(engine.A, true, ids[engine.A])
			w.have(engine.B, true, ids[engine.B])
		}
		w.have(engine.A, false, alone[engine.A]...)
		w.have(engine.B, false, alone[engine.B]...)
	}
}

// What another account behind a connection holds from before is old, though nobody saw it before.
func TestPeopleOfAnotherAccountAreOldWhereTheyWereThereBefore(t *testing.T) {
	t.Parallel()
	other := newWorld(t, sandbox.Options{Contacts: 60, Seed: 9})
	other.run(engine.Done) // it has our fields
	w := newWorld(t, sandbox.Options{})
	w.pass(time.Hour)
	w.onlyNew()
	for i := range 30 {
		w.add(engine.A, fields{"firstName": "Ada", "lastName": fmt.Sprint("Bell", i), "email": fmt.Sprintf("p%d@example.com", i)})
	}
	w.pass(time.Minute)
	w.request(engine.Request{Look: true, Full: true, Allow: true}, engine.Done)
	w.pass(time.Hour)
	w.load(engine.B, swapped(t, other.backup(engine.B), w.backup(engine.B)))
	if r := w.request(engine.Request{Look: true, Full: true}, engine.Paused); r.Halt.Why != engine.HaltAfresh {
		t.Fatalf("%+v", r.Halt)
	}
	w.pass(time.Hour)
	dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
	if dry.To[engine.A].Created != 0 || dry.To[engine.B].Created != 30 {
		t.Errorf("the rehearsal says %+v", dry.To)
	}
}

// Somebody may make a record before the first reading after a flow was switched on is over.
func TestWhatIsMadeBeforeTheFirstReadingIsNew(t *testing.T) {
	t.Parallel()
	w, _, alone := halves(t)
	w.flow.Scope = flow.Scope{Only: flow.ScopeNew}.Begin(w.box.Clock.Now())
	w.pass(time.Minute)
	fresh := w.add(engine.A, fields{"firstName": "Eve", "email": "eve@example.com"})
	w.pass(time.Minute)
	w.run(engine.Done)
	w.have(engine.A, true, fresh)
	w.have(engine.A, false, alone[engine.A]...)
	w.have(engine.B, false, alone[engine.B]...)
}
