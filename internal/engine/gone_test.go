package engine_test

import (
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

func (w *world) deletes() (n int) {
	for _, side := range []engine.Side{engine.A, engine.B} {
		crm := [2]string{"highlevel", "usercom"}[side]
		for _, c := range w.box.Counters(crm).Calls {
			if c.Method == "DELETE" && (c.Path == "/contacts/{contactId}" || c.Path == "/users/{id}/") {
				n += c.Count
			}
		}
	}
	return n
}

// A check that deletes are none must be able to count one.
func TestDeletesAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	for n, side := range []engine.Side{engine.A, engine.B} {
		id := w.add(side, fields{"email": "ada@example.com"})
		c, err := w.Open(t.Context(), ws, w.flow.Connections[side], nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Delete(t.Context(), connector.Ref{Object: "contact", ID: id}); err != nil {
			t.Fatal(err)
		}
		if got := w.deletes(); got != n+1 {
			t.Errorf("%d deletes are counted, want %d", got, n+1)
		}
	}
}

func TestADeletedRecordIsLetGoAfterTwoLooksAndItsPartnerStays(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		w, a, b := ada(t)
		gone, left := a, b
		if side == engine.B {
			gone, left = b, a
		}
		w.remove(side, gone)
		w.hint(side, gone)
		w.request(engine.Request{}, engine.Done)
		if w.link(side, gone).State != engine.On {
			t.Fatal("one look was enough")
		}
		w.pass(5 * time.Minute)
		w.hint(side, gone)
		w.request(engine.Request{}, engine.Done)
		if w.link(side, gone).State != engine.On {
			t.Fatal("five minutes were enough")
		}
		w.pass(6 * time.Minute)
		r := w.request(engine.Request{}, engine.Done)
		if w.partner(side, gone) != "" || len(w.entries(r, engine.ResultGone)) != 1 {
			t.Fatalf("after eleven minutes: %+v", w.link(side, gone))
		}
		// The survivor is left alone whatever happens to it, and nobody is made again.
		w.pass(time.Minute)
		edit := []fields{{"firstName": "Left"}, {"name": "Left"}}[side.Other()]
		w.edit(side.Other(), left, edit)
		w.run(engine.Done)
		w.request(engine.Request{Look: true, Full: true}, engine.Done)
		if w.partner(side.Other(), left) != "" || w.shows(side.Other(), left, "email") != "ada@example.com" {
			t.Error("the survivor was not left alone")
		}
		// Somebody of the same address is a matter for a person, for ninety days.
		again := w.add(side, fields{"email": "ADA@example.com"})
		w.run(engine.Done)
		if got := w.reviews()[side.String()+" "+again]; got != "deleted_earlier" || w.partner(side, again) != "" {
			t.Errorf("side %s: made again: in review %v, partner %q", side, w.reviews(), w.partner(side, again))
		}
		other := w.add(side.Other(), fields{"email": "ada@example.com"})
		w.run(engine.Done)
		if got := w.reviews()[side.Other().String()+" "+other]; got != "deleted_earlier" {
			t.Errorf("side %s, a third of the same address: in review %v", side, w.reviews())
		}
		w.quiet()
		if n := w.deletes(); n != 0 {
			t.Errorf("%d deletes", n)
		}
	}
}

func TestARecordThatCameBackBetweenTwoLooksIsKept(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.remove(engine.B, b) // the first look does not find it
	w.hint(engine.B, b)
	w.request(engine.Request{}, engine.Done)
	m := w.mirror(engine.B, b)
	if m.Suspect.IsZero() || !m.Gone.IsZero() {
		t.Fatalf("%+v", m)
	}
	if w.partner(engine.A, a) != b {
		t.Fatal("let go at once")
	}
}

func TestAnUnlinkedRecordThatIsShownAgainIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	b := w.add(engine.B, fields{"name": "Nobody"}) // without a key, so it waits
	w.run(engine.Done)
	m := w.mirror(engine.B, b)
	m.Gone = w.box.Clock.Now()
	w.put(engine.B, m)
	w.pass(time.Minute)
	r := w.request(engine.Request{Look: true, Full: true}, engine.Done)
	if got := w.entries(r, engine.ResultReview); len(got) != 1 || !w.mirror(engine.B, b).Gone.IsZero() {
		t.Errorf("nobody looked at it again: %+v", got)
	}
}

func TestPagesThatFailOrAreMissingNeverMeanDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Contacts: 300, Seed: 4})
	w.run(engine.Done)
	links := len(w.links())
	w.flow.Retry.MaxAttempts = 2
	for i := range 12 {
		w.pass(11 * time.Minute)
		w.fault("before", []float64{.9, 0, .5}[i%3])
		r, err := w.e.Run(t.Context(), engine.Request{Workspace: ws, Flow: w.flow, Look: true, Full: true})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(w.entries(r, engine.ResultGone)); n != 0 {
			t.Fatalf("run %d: %d gone", i, n)
		}
	}
	w.calm()
	w.request(engine.Request{Look: true, Full: true}, engine.Done)
	if got := len(w.links()); got != links || w.deletes() != 0 {
		t.Errorf("%d links, were %d", got, links)
	}
	w.inStep()
}

// A record that a run saw before it died, and that was deleted before the next one, must not be taken for what it was.
func TestAPairIsNotPlannedOnARecordThatTheLastReadingDidNotShow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.flow.Conflict = mapping.AWins
	a := w.add(engine.A, fields{"firstName": "Ada", "email": "ada@example.com", "phone": phoneA})
	b := w.add(engine.B, fields{"name": "Bea", "email": "ada@example.com", "phone_number": phoneB})
	if !w.dies("Seed") {
		t.Fatal("it lives")
	}
	w.remove(engine.A, a)
	w.pass(25 * time.Hour)
	w.run(engine.Done)
	w.pass(time.Hour)
	w.run(engine.Done)
	w.want(engine.B, b, fields{"name": "Bea", "phone_number": phoneB})
	if len(w.links()) != 0 || w.calls(engine.A, created) != 0 {
		t.Errorf("links %+v, %d made", w.links(), w.calls(engine.A, created))
	}
}

func TestSomebodyWhoIsDeletedWhileTheCreateIsInDoubtIsLetGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	a := w.add(engine.A, fields{"firstName": "Ada", "email": "ada@example.com"})
	made := func(m string) bool { return m == "Commit" && w.calls(engine.B, created) > 0 }
	if !w.diesAt(engine.Request{Look: true}, made) {
		t.Fatal("it lives")
	}
	w.remove(engine.A, a)
	w.pass(3 * time.Second)
	w.run(engine.Done)
	for range 4 {
		w.pass(11 * time.Minute)
		w.request(engine.Request{Look: true, Full: true}, engine.Done)
	}
	for _, l := range w.links() {
		t.Errorf("still linked: %+v", l)
	}
	if n := w.calls(engine.A, created); n != 0 {
		t.Errorf("made again: %d", n)
	}
	w.quiet()
}
