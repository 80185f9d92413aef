package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// crowd makes n people on a side, or changes the phones of those who are there.
func (w *world) crowd(side engine.Side, n int, phone string) {
	for i := range n {
		f := fields{"email": fmt.Sprintf("p%d@example.com", i)}
		if phone != "" {
			f[[2]string{"phone", "phone_number"}[side]] = phone
		}
		w.add(side, f)
	}
}

func (w *world) change(side engine.Side, n int) {
	for _, l := range w.links()[:n] {
		w.edit(side, l.IDs[side], []fields{{"city": "x", "phone": phoneA}, {"phone_number": phoneA}}[side])
	}
}

func TestTheFirstPlanNeedsAnApproval(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Contacts: 60, Seed: 2})
	approval := w.flow.Approval
	w.flow.Approval = nil
	r := w.run(engine.Paused)
	if n := w.writes(engine.A) + w.writes(engine.B); n != 0 || !strings.Contains(r.Note, "has not been approved") || r.Halt.Why != engine.HaltApproval {
		t.Errorf("%d writes, note %q", n, r.Note)
	}
	w.flow.Approval = approval
	w.run(engine.Done)
	w.inStep()
}

func TestTheBrakeStopsBeforeTheFirstWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.crowd(engine.A, 60, "")
	w.run(engine.Done) // the approved plan is as large as it is
	w.pass(time.Hour)
	w.change(engine.A, 25)
	w.run(engine.Done)
	w.pass(time.Hour)
	w.change(engine.B, 0)
	for _, l := range w.links()[:26] {
		w.edit(engine.A, l.IDs[engine.A], fields{"phone": phoneB})
	}
	before := w.writes(engine.B)
	r := w.run(engine.Paused)
	if w.writes(engine.B) != before || !strings.Contains(r.Note, "26 records, more than the 25") || r.Halt != (engine.Halt{Why: engine.HaltBrake, Side: -1, N: 26, Most: 25}) {
		t.Errorf("%d writes, note %q", w.writes(engine.B)-before, r.Note)
	}
	// It tells what it would do, record by record, and counts none of it as done.
	told := w.entries(r, engine.ResultUpdated)
	byField, err := w.st.PlanFields(t.Context(), ws, r.ID, -1)
	if len(told) != 26 || !told[0].Planned || told[0].Fields[0].After[engine.B] != phoneB || r.To != [2]engine.Counts{} || err != nil || len(byField) != 1 || byField[0].N != 26 {
		t.Errorf("it tells of %d, %+v; %v %v", len(told), r.To, byField, err)
	}
	w.run(engine.Paused) // it stays so
	w.request(engine.Request{Look: true, Allow: true}, engine.Done)
	if n := w.writes(engine.B) - before; n != 26 {
		t.Errorf("%d writes when allowed, want 26", n)
	}
	w.pass(time.Hour)
	for _, l := range w.links()[:30] { // once means once
		w.edit(engine.A, l.IDs[engine.A], fields{"phone": phone0})
	}
	w.run(engine.Paused)
}

// HighLevel's index does not show names, so the brake has to read before it can tell.
func TestTheBrakeSeesChangesThatTheIndexDoesNotShow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.crowd(engine.A, 60, "")
	w.run(engine.Done)
	w.pass(time.Hour)
	for i, l := range w.links()[:26] {
		w.edit(engine.A, l.IDs[engine.A], fields{"firstName": fmt.Sprint("New", i)})
	}
	before := w.writes(engine.B)
	w.run(engine.Paused)
	if n := w.writes(engine.B) - before; n != 0 {
		t.Errorf("%d writes", n)
	}
	for _, l := range w.links() { // a note, a visit: nothing that is mapped
		w.edit(engine.A, l.IDs[engine.A], fields{"firstName": nil, "city": "Rome"})
	}
	w.run(engine.Done)
}

func TestTheBrakeCountsEachPairOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.crowd(engine.A, 40, "")
	w.run(engine.Done)
	w.pass(time.Hour)
	for i, l := range w.links()[:20] { // twenty pairs, each edited on both sides
		w.edit(engine.A, l.IDs[engine.A], fields{"firstName": fmt.Sprint("New", i)})
		w.edit(engine.B, l.IDs[engine.B], fields{"phone_number": fmt.Sprintf("+120255501%02d", i)})
	}
	w.run(engine.Done)
	w.inStep()
}

func TestTheCarefulStartStopsWhenTheFirstAreRefused(t *testing.T) {
	t.Parallel()
	t.Run("creates", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, sandbox.Options{})
		w.crowd(engine.B, 120, "no number") // HighLevel refuses it
		r := w.run(engine.Paused)
		if n := w.writes(engine.A); n > 60 || !strings.Contains(r.Note, "were refused") || r.Halt.Why != engine.HaltRefusals {
			t.Errorf("%d creates were tried, note %q", n, r.Note)
		}
	})
	t.Run("updates", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, sandbox.Options{})
		w.crowd(engine.A, 120, "")
		w.crowd(engine.B, 120, "no number")
		r := w.run(engine.Paused)
		if n := w.writes(engine.A); n > 60 || !strings.Contains(r.Note, "were refused") {
			t.Errorf("%d updates were tried, note %q", n, r.Note)
		}
	})
}
