package engine_test

import (
	"fmt"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
)

// approve looks at what the flow would do and approves that, as a person does on the page.
func (w *world) approve() engine.Run {
	w.t.Helper()
	dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
	if err := w.st.KeepPlan(w.t.Context(), ws, w.flow.ID, dry.ID); err != nil {
		w.t.Fatal(err)
	}
	w.flow.Approval = &flow.Approval{By: "Anna", How: "preview", Rehearsal: dry.ID, Revision: w.flow.Revision()}
	return dry
}

// crowded is a world of n people in HighLevel whose first plan is approved, with their ids.
func crowded(t *testing.T, n int) (w *world, ids []string) {
	t.Helper()
	w = newWorld(t, sandbox.Options{})
	for i := range n {
		ids = append(ids, w.add(engine.A, fields{"firstName": fmt.Sprint("P", i), "email": fmt.Sprintf("p%d@example.com", i)}))
	}
	w.approve()
	return w, ids
}

// held lists the records that wait because nobody approved their writes.
func (w *world) heldBack() (list []engine.Review) {
	w.t.Helper()
	all, err := w.st.Reviews(w.t.Context(), ws, w.pair().ID, engine.Place{Side: -1}, 100000)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range all {
		if r.Reason == "changed_since_preview" {
			list = append(list, r)
		}
	}
	return list
}

// unseen counts the records of User.com that hold a phone. Nobody had one when the plan was approved.
func (w *world) unseen() (n int) {
	for _, r := range w.all(engine.B) {
		if r.Fields["phone_number"] != nil && r.Fields["phone_number"] != "" {
			n++
		}
	}
	return n
}

// I12: a hundred records are edited between the approval and the first run. A few may go beyond what was approved; the rest
// waits, and everybody else is written.
func TestWhatChangedBetweenTheApprovalAndTheFirstRunWaits(t *testing.T) {
	t.Parallel()
	w, ids := crowded(t, 150)
	for _, id := range ids[:100] {
		w.edit(engine.A, id, fields{"phone": phoneA})
	}
	r := w.run(engine.Done)
	if n := w.unseen(); n != 25 || r.Beyond != 25 || r.Held != 75 || r.To[engine.B].Created != 75 {
		t.Errorf("%d went over that nobody saw; %d beyond, %d held, %+v", n, r.Beyond, r.Held, r.To)
	}
	held := w.heldBack()
	if len(held) != 75 || held[0].Plan == nil || !held[0].Plan.Made || !held[0].Plan.Sides[engine.B] || len(held[0].Plan.Fields) == 0 {
		t.Fatalf("%d wait, the first with %+v", len(held), held[0])
	}
	if w.pair().Settled.IsZero() {
		t.Error("the rest did not go on to its end")
	}
	// They wait on, whatever looks at them, and nobody is told twice.
	w.pass(time.Hour)
	if r := w.request(engine.Request{Look: true, Full: true}, engine.Done); r.Held != 0 || len(w.heldBack()) != 75 {
		t.Errorf("held again: %+v", r)
	}
	// One is accepted and written; one changed since it was looked at and is asked about again.
	o := w.order(engine.Order{Kind: engine.OrderAccept, Side: held[0].Side, Record: held[0].ID})
	moved := w.order(engine.Order{Kind: engine.OrderAccept, Side: held[1].Side, Record: held[1].ID})
	w.edit(engine.A, held[1].ID, fields{"phone": phoneB})
	w.run(engine.Done)
	w.ended(o, engine.OrderDone, "")
	w.ended(moved, engine.OrderWithdrawn, "changed_since")
	if len(w.heldBack()) != 74 || w.unseen() != 26 {
		t.Errorf("%d wait, %d went over", len(w.heldBack()), w.unseen())
	}
	// All that are left at once: people decided, so no brake counts them.
	for _, r := range w.heldBack() {
		w.order(engine.Order{Kind: engine.OrderAccept, Side: r.Side, Record: r.ID})
	}
	w.pass(time.Hour)
	w.run(engine.Done)
	if len(w.heldBack()) != 0 || w.unseen() != 100 {
		t.Errorf("%d wait, %d went over", len(w.heldBack()), w.unseen())
	}
	w.quiet()
	w.inStep()
}

// The same for pairs that are matched: a field that nobody saw keeps its pair from being written, not from waiting.
func TestAPairIsWrittenAsItWasApprovedOrWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	var ids [2][]string
	for i := range 60 {
		mail := fmt.Sprintf("p%02d@example.com", i)
		ids[engine.A] = append(ids[engine.A], w.add(engine.A, fields{"firstName": "Ann", "email": mail}))
		ids[engine.B] = append(ids[engine.B], w.add(engine.B, fields{"email": mail}))
	}
	w.approve()
	for i := range 40 {
		side := engine.Side(i % 2)
		w.edit(side, ids[side][i], fields{[2]string{"phone", "phone_number"}[side]: phoneA})
	}
	r := w.run(engine.Done)
	if r.Beyond != 25 || r.Held != 15 || r.To[engine.B].Updated+r.To[engine.A].Updated < 45 {
		t.Errorf("%d beyond, %d held, %+v", r.Beyond, r.Held, r.To)
	}
	for _, x := range w.heldBack() {
		if x.Side != engine.A || x.Plan.IDs[engine.B] == "" {
			t.Errorf("a pair waits as %+v", x)
		}
	}
	// Somebody looks at a new preview, with those that wait in it, and approves that.
	dry := w.approve()
	if n := dry.To[engine.A].Updated + dry.To[engine.B].Updated; n < 15 {
		t.Errorf("the new preview shows %+v", dry.To)
	}
	if r := w.run(engine.Done); r.Beyond != 0 || len(w.heldBack()) != 0 {
		t.Errorf("%d wait, %+v", len(w.heldBack()), r)
	}
	w.quiet()
	w.inStep()
}

// What is taken back needs nobody any more, and one that was written and is edited again during the first plan counts too.
func TestAHeldRecordThatIsAsItWasIsLetGo(t *testing.T) {
	t.Parallel()
	w, ids := crowded(t, 30)
	for _, id := range ids[:27] {
		w.edit(engine.A, id, fields{"phone": phoneA})
	}
	w.run(engine.Done)
	held := w.heldBack()
	if len(held) != 2 {
		t.Fatalf("%d wait", len(held))
	}
	w.remove(engine.A, held[0].ID)
	w.edit(engine.A, held[1].ID, fields{"phone": nil})
	w.pass(11 * time.Minute)
	w.run(engine.Done)
	w.pass(25 * time.Hour)
	w.run(engine.Done)
	w.pass(11 * time.Minute)
	w.run(engine.Done)
	for _, r := range w.heldBack() { // it still is one that nobody approved as it is now
		w.order(engine.Order{Kind: engine.OrderAccept, Side: r.Side, Record: r.ID})
	}
	w.run(engine.Done)
	if n := len(w.heldBack()); n != 0 {
		t.Errorf("%d wait", n)
	}
	w.quiet()
	w.inStep()
}

// Whatever dies in between, no more goes over than may, and all the rest waits for a person.
func TestWhatMayGoBeyondIsCountedOverKills(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"Begin", "Intend", "Commit", "Approved", "PlanDone"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, sandbox.Options{})
			for i := range 60 {
				mail := fmt.Sprintf("p%02d@example.com", i)
				w.add(engine.A, fields{"firstName": "Ann", "email": mail})
				if i%2 == 0 && method != "Begin" {
					w.add(engine.B, fields{"email": mail})
				}
			}
			w.approve()
			for id := range w.all(engine.A) {
				w.edit(engine.A, id, fields{"phone": phoneA})
			}
			w.pass(time.Minute)
			died := false
			for i := range 6 {
				n := 0
				died = w.diesAt(engine.Request{Look: true}, func(m string) bool {
					if m == method {
						n++
					}
					return n > i
				}) || died
			}
			if !died {
				t.Error("it never died")
			}
			w.pass(time.Minute)
			w.run(engine.Done)
			if n, held := w.unseen(), len(w.heldBack()); n > 25 || n+held != 60 {
				t.Errorf("%d went over, %d wait", n, held)
			}
			w.noTwins([2]map[string]connector.Record{w.all(engine.A), w.all(engine.B)})
		})
	}
}

// A flow that was changed and approved anew writes what was approved, however much that is, and the brake counts the rest.
func TestTheBrakeCountsOnlyWhatNobodyApproved(t *testing.T) {
	t.Parallel()
	w, ids := crowded(t, 60)
	w.run(engine.Done)
	w.pass(time.Hour)
	for _, id := range ids[:40] {
		w.edit(engine.A, id, fields{"phone": phoneA})
	}
	w.approve()
	w.pass(time.Hour)
	for _, id := range ids[40:50] {
		w.edit(engine.A, id, fields{"phone": phoneB})
	}
	w.run(engine.Done)
	if n := w.unseen(); n != 50 {
		t.Errorf("%d went over", n)
	}
	w.pass(time.Hour)
	for _, id := range ids[:30] { // it is carried out, and approves nothing more
		w.edit(engine.A, id, fields{"phone": nil, "firstName": "New"})
	}
	w.run(engine.Paused)
}

// Without what was approved nothing is written for the first time.
func TestAnApprovalOfWhichNothingIsKeptApprovesNothing(t *testing.T) {
	t.Parallel()
	w, _ := crowded(t, 3)
	if err := w.st.KeepPlan(t.Context(), ws, w.flow.ID, "another"); err != nil {
		t.Fatal(err)
	}
	if r := w.run(engine.Paused); r.Halt.Why != engine.HaltApproval || w.writes(engine.B) > 0 {
		t.Errorf("%+v", r)
	}
	w.approve()
	w.run(engine.Done)
	w.inStep()
}
