package engine_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// settledWith is a world in which n people are linked.
func settledWith(t *testing.T, n int) (w *world, ids [2][]string) {
	t.Helper()
	w = newWorld(t, sandbox.Options{})
	for i := range n {
		ids[engine.A] = append(ids[engine.A], w.add(engine.A, fields{"firstName": "Ada", "lastName": fmt.Sprint("Bell", i), "email": fmt.Sprintf("p%d@example.com", i),
			"phone": fmt.Sprintf("+1303444%04d", 2000+i), "city": fmt.Sprint("Bath ", i)}))
	}
	w.run(engine.Done)
	for _, a := range ids[engine.A] {
		ids[engine.B] = append(ids[engine.B], w.partner(engine.A, a))
	}
	w.pass(time.Hour)
	return w, ids
}

// Sync-semantics 5.15: publishing another map makes no field look changed.
func TestAnotherMapWritesNothingByItself(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*flow.Flow){
		"another step":      func(f *flow.Flow) { f.Map[slices.IndexFunc(f.Map, isPhone)].Transform = "" },
		"another direction": func(f *flow.Flow) { f.Direction = mapping.BToA },
		"a row's direction": func(f *flow.Flow) { f.Map[slices.IndexFunc(f.Map, isPhone)].Direction = mapping.AToB },
		"other policies":    func(f *flow.Flow) { f.Conflict, f.Blank = mapping.BWins, mapping.Clear },
	} {
		w, ids := settledWith(t, 6)
		w.edit(engine.A, ids[engine.A][0], fields{"phone": nil}) // an accepted difference
		w.run(engine.Done)
		w.flow.Map = slices.Clone(w.flow.Map)
		change(&w.flow)
		for _, full := range []bool{false, true} {
			before := [2]int{w.writes(engine.A), w.writes(engine.B)}
			w.pass(time.Minute)
			w.request(engine.Request{Look: true, Full: full}, engine.Done)
			if after := [2]int{w.writes(engine.A), w.writes(engine.B)}; after != before {
				t.Errorf("%s wrote by itself: %v, then %v", name, before, after)
			}
		}
	}
}

func isPhone(r mapping.Row) bool { return slices.Contains(r.A, "phone") }

// afresh has the pair start afresh, as approving a rehearsal does; approved says so.
func (w *world) afresh(a engine.Afresh, approved bool) {
	w.t.Helper()
	now := w.box.Clock.Now()
	a.At = now
	l, _, err := w.st.Acquire(w.t.Context(), ws, "pair/"+w.pair().ID, "test", now, now)
	if err == nil {
		err = w.st.StartAfresh(w.t.Context(), ws, l, w.pair().ID, a)
	}
	if err == nil {
		err = w.st.Release(w.t.Context(), ws, l)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	if approved {
		w.allowed()
	}
}

// allowed is a person's approval of what a rehearsal showed.
func (w *world) allowed() {
	w.pass(time.Second)
	w.flow.Approval = &flow.Approval{By: "test", How: "apply", At: w.box.Clock.Now()}
	w.pass(time.Second)
}

func TestApplyingAMapToWhatIsThereIsAChoiceWithAPreview(t *testing.T) {
	t.Parallel()
	w, ids := settledWith(t, 6)
	w.flow.Map = append(slices.Clone(w.flow.Map), mapping.Row{A: mapping.Names{"city"}, B: mapping.Names{"city"}, Direction: mapping.BToA})
	w.run(engine.Done)
	w.edit(engine.B, ids[engine.B][1], fields{"city": "York"})
	w.pass(time.Minute)
	w.run(engine.Done)
	w.want(engine.A, ids[engine.A][1], fields{"city": "York"})
	for i, row := range w.flow.Map {
		if slices.Contains(row.A, "city") {
			w.flow.Map[i].Direction = mapping.AToB
		}
	}
	w.pass(time.Minute)
	before := w.writes(engine.B)
	w.run(engine.Done)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	proposal := engine.Afresh{At: w.box.Clock.Now(), Why: engine.Reapply, Keys: []string{"city=city"}}
	must(w.st.ProposeAfresh(t.Context(), ws, w.pair().ID, proposal))
	dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
	if dry.To[engine.B].Updated != 5 || w.writes(engine.B) != before {
		t.Errorf("the rehearsal says %+v, %d writes", dry.To, w.writes(engine.B)-before)
	}
	w.pass(time.Minute)
	if w.run(engine.Done); w.writes(engine.B) != before {
		t.Error("a run wrote what nobody approved")
	}
	must(w.st.ProposeAfresh(t.Context(), ws, w.pair().ID, engine.Afresh{}))
	if dry = w.request(engine.Request{Look: true, DryRun: true}, engine.Done); dry.To[engine.B].Updated != 0 {
		t.Errorf("taken back, the rehearsal says %+v", dry.To)
	}
	w.afresh(proposal, false)
	if r := w.run(engine.Paused); r.Halt.Why != engine.HaltAfresh || w.writes(engine.B) != before {
		t.Errorf("without approval: %+v", r.Halt)
	}
	w.allowed()
	r := w.run(engine.Done)
	if r.To[engine.B].Updated != 5 || r.To[engine.A].Updated != 0 {
		t.Errorf("the run did %+v", r.To)
	}
	for i, a := range ids[engine.A] {
		w.want(engine.B, ids[engine.B][i], fields{"city": w.shows(engine.A, a, "city")})
	}
	w.quiet()
}

// backup is everything that a side holds.
func (w *world) backup(side engine.Side) json.RawMessage {
	w.t.Helper()
	var state any = w.box.UserCom.State()
	if side == engine.A {
		state = w.box.HighLevel.State()
	}
	raw, err := json.Marshal(state)
	if err != nil {
		w.t.Fatal(err)
	}
	return raw
}

func (w *world) load(side engine.Side, raw json.RawMessage) {
	w.t.Helper()
	load := w.box.UserCom.Load
	if side == engine.A {
		load = w.box.HighLevel.Load
	}
	if err := load(raw); err != nil {
		w.t.Fatal(err)
	}
}

func TestARestoredBackupStopsTheFlowUntilSomebodyLooked(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		for _, by := range []string{"reading all", "a call"} {
			w, ids := settledWith(t, 6)
			w.flow.Delete = flow.Tag
			saved := w.backup(side)
			w.pass(time.Hour)
			w.edit(engine.A, ids[engine.A][0], fields{"phone": phoneA})
			late := w.add(engine.A, fields{"firstName": "Late", "email": "late@example.com"})
			w.pass(time.Minute)
			w.run(engine.Done)
			partner := w.partner(engine.A, late)
			w.pass(time.Hour)
			w.load(side, saved)
			before := [2]int{w.writes(engine.A), w.writes(engine.B)}
			if by == "a call" {
				w.hint(side, ids[side][0])
			}
			r := w.request(engine.Request{Look: by != "a call", Full: by != "a call"}, engine.Paused)
			if r.Halt.Why != engine.HaltAfresh {
				t.Fatalf("%s, %s: it stopped for %+v: %s", side, by, r.Halt, r.Note)
			}
			w.pass(time.Hour)
			w.run(engine.Paused)
			dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
			if dry.To[side].Created != 1 || dry.To[side].Conflicts+dry.To[side.Other()].Conflicts != 1 {
				t.Errorf("%s: the rehearsal says %+v", side, dry.To)
			}
			if after := [2]int{w.writes(engine.A), w.writes(engine.B)}; after != before {
				t.Errorf("%s: it wrote before anybody looked: %v, then %v", side, before, after)
			}
			w.allowed()
			w.run(engine.Done)
			if side == engine.A {
				w.want(engine.B, ids[engine.B][0], fields{"phone_number": phoneA})
				w.want(engine.B, partner, fields{"name": "Late"})
			} else {
				w.want(engine.A, ids[engine.A][0], fields{"phone": phoneA})
			}
			if n := len(w.conflicts(true)); n != 1 {
				t.Errorf("%s: %d questions", side, n)
			}
			if n := len(w.all(engine.A)); n != 7 || len(w.all(engine.B)) != 7 {
				t.Errorf("%s: %d and %d people", side, n, len(w.all(engine.B)))
			}
			w.inStep()
			w.quiet()
		}
	}
}

func TestAnotherAccountBehindAConnectionDeletesAndMakesNothingUnseen(t *testing.T) {
	t.Parallel()
	w, ids := settledWith(t, 40)
	w.flow.Delete = flow.Tag
	other := newWorld(t, sandbox.Options{Contacts: 60, Seed: 9})
	other.pass(24 * time.Hour) // nothing there was made when something here was
	w.pass(48 * time.Hour)
	other.run(engine.Done) // it has our fields
	w.load(engine.B, swapped(t, other.backup(engine.B), w.backup(engine.B)))
	before := [2]int{w.writes(engine.A), w.writes(engine.B)}
	r := w.request(engine.Request{Look: true, Full: true}, engine.Paused)
	if r.Halt.Why != engine.HaltAfresh {
		t.Fatalf("it stopped for %+v: %s", r.Halt, r.Note)
	}
	w.pass(time.Hour)
	w.run(engine.Paused)
	dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
	if dry.To[engine.B].Created != 40 || dry.To[engine.B].Updated+dry.To[engine.A].Updated != 0 {
		t.Errorf("the rehearsal says %+v", dry.To)
	}
	if after := [2]int{w.writes(engine.A), w.writes(engine.B)}; after != before {
		t.Errorf("it wrote before anybody looked: %v, then %v", before, after)
	}
	w.allowed()
	r = w.run(engine.Done)
	if r.To[engine.B].Created != 40 || r.To[engine.B].Created != dry.To[engine.B].Created || r.To[engine.A].Created != dry.To[engine.A].Created {
		t.Errorf("the run did %+v, foretold was %+v", r.To, dry.To)
	}
	for _, a := range ids[engine.A] {
		w.want(engine.A, a, fields{"tags": ""})
	}
	w.inStep()
	w.quiet()
}

// swapped is the state of another account under the key of this one.
func swapped(t *testing.T, other, own json.RawMessage) json.RawMessage {
	t.Helper()
	var x, y map[string]json.RawMessage
	for raw, into := range map[*json.RawMessage]*map[string]json.RawMessage{&other: &x, &own: &y} {
		if err := json.Unmarshal(*raw, into); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"token", "tokens", "subdomain", "oauth"} {
		x[key] = y[key]
	}
	raw, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
