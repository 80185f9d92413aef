package engine_test

import (
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// A change that a search index shows late, after a reading that went past its time, is read all the same, and so is one
// that has its time in common with others (I15).
func TestAChangeThatIsShownLateIsRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{SearchLag: time.Minute})
	w.pass(time.Hour)
	late := w.add(engine.A, fields{"firstName": "Ada", "lastName": "Bell", "email": "ada@example.com"})
	twin := w.add(engine.A, fields{"firstName": "Bo", "lastName": "Li", "email": "bo@example.com"})
	w.pass(2 * time.Minute)
	w.run(engine.Done)
	w.pass(time.Hour)
	w.run(engine.Done) // the watermark is past what comes now

	w.edit(engine.A, late, fields{"phone": "+12025550101"})
	w.edit(engine.A, twin, fields{"phone": "+12025550102"})
	w.pass(30 * time.Second)
	w.run(engine.Done) // the index does not know of it
	for _, id := range []string{late, twin} {
		if got := w.shows(engine.B, w.partner(engine.A, id), "phone_number"); got == "+12025550101" || got == "+12025550102" {
			t.Fatal("the index does not lag, so this shows nothing")
		}
	}
	w.pass(2 * time.Minute)
	r := w.run(engine.Done)
	if r.Full {
		t.Fatal("a complete reading finds everything, so this shows nothing")
	}
	for id, want := range map[string]string{late: "+12025550101", twin: "+12025550102"} {
		if got := w.shows(engine.B, w.partner(engine.A, id), "phone_number"); got != want {
			t.Errorf("the number is %v, want %v", got, want)
		}
	}
}

// What people do while a flow is off, or is published anew, is not passed over.
func TestPublishingAndPausingPassOverNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	id := w.add(engine.A, fields{"firstName": "Ada", "lastName": "Bell", "email": "ada@example.com"})
	w.pass(time.Minute)
	w.run(engine.Done)
	before, err := w.st.Cursor(t.Context(), ws, "con_a", "contact")
	if err != nil {
		t.Fatal(err)
	}
	w.edit(engine.A, id, fields{"phone": "+12025550101"})
	w.pass(3 * time.Hour) // it is off
	w.flow.Version++
	w.flow.Map = w.flow.Map[:len(w.flow.Map)-1]
	after, err := w.st.Cursor(t.Context(), ws, "con_a", "contact")
	if err != nil || !after.Watermark.Equal(before.Watermark) {
		t.Errorf("the watermark is %s, was %s: %v", after.Watermark, before.Watermark, err)
	}
	w.run(engine.Done)
	if got := w.shows(engine.B, w.partner(engine.A, id), "phone_number"); got != "+12025550101" {
		t.Errorf("the number is %v", got)
	}
}

// One record's changes all arrive, the way back to an old value among them: nothing is left out because its id, or its value,
// was seen before.
func TestLaterChangesOfARecordAreNeverTakenForKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	id := w.add(engine.A, fields{"firstName": "Ada", "lastName": "Bell", "email": "ada@example.com", "phone": "+12025550101"})
	w.pass(time.Minute)
	w.run(engine.Done)
	for _, phone := range []string{"+12025550102", "+12025550101", "+12025550103", "+12025550101"} {
		w.pass(time.Minute)
		w.edit(engine.A, id, fields{"phone": phone})
		w.pass(5 * time.Second)
		w.run(engine.Done)
		if got := w.shows(engine.B, w.partner(engine.A, id), "phone_number"); got != phone {
			t.Errorf("the number is %v, want %s", got, phone)
		}
	}
}

// A record that a search came upon is looked at for itself, too: the mirror knows it from then on, so that no later look
// would find anything new about it.
func TestWhatASearchCameUponIsNotPassedOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{AllowDuplicates: true})
	w.run(engine.Done)
	b := w.add(engine.B, fields{"first_name": "Ada", "email": "ada@example.com"})
	one := w.add(engine.A, fields{"firstName": "Ada", "email": "ada@example.com"})
	two := w.add(engine.A, fields{"firstName": "Adele", "email": "ada@example.com"})
	w.pass(time.Minute)
	w.hint(engine.B, b)
	w.request(engine.Request{}, engine.Done) // a call tells of the one, and the search for its partner finds two
	if w.mirror(engine.A, one).ID == "" || w.mirror(engine.A, two).ID == "" {
		t.Fatal("the search found nobody, so this shows nothing")
	}
	w.pass(time.Minute)
	w.run(engine.Done)
	waits := w.reviews()
	for _, id := range []string{one, two} {
		if waits["a "+id] == "" {
			t.Errorf("%s is neither linked nor left to a person: %v", id, waits)
		}
	}
}

// A complete reading that falls into the moments in which an index still shows the old row takes nothing back.
func TestAnOldRowOfAnIndexTakesNothingBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{SearchLag: time.Minute})
	w.pass(time.Hour)
	id := w.add(engine.A, fields{"firstName": "Ada", "lastName": "Bell", "email": "ada@example.com", "phone": phone0})
	w.pass(2 * time.Minute)
	w.run(engine.Done)
	w.pass(2 * time.Minute)
	w.run(engine.Done)
	partner := w.partner(engine.A, id)
	w.e.Settle = 90 * time.Second
	w.edit(engine.A, id, fields{"phone": phoneA})
	w.hint(engine.A, id) // a call tells of it
	w.run(engine.Done)
	w.want(engine.B, partner, fields{"phone_number": phoneA})
	for range 3 {
		w.pass(5 * time.Second)
		w.request(engine.Request{Look: true, Full: true}, engine.Done)
		w.want(engine.B, partner, fields{"phone_number": phoneA})
		w.want(engine.A, id, fields{"phone": phoneA})
	}
}
