package engine_test

import (
	"fmt"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// condemned is a linked person whose record on a side somebody deleted, so that its partner waits for a decision.
func condemned(t *testing.T, side engine.Side) (w *world, gone, left string) {
	t.Helper()
	w, a, b := ada(t)
	w.flow.Delete = flow.Approve
	ids := [2]string{a, b}
	var dry engine.Run
	r := w.lose(side, ids[side], func(r engine.Run) { dry = r })
	w.foretold(dry, r)
	gone, left = ids[side], ids[side.Other()]
	if got := w.reviews()[side.Other().String()+" "+left]; got != "to_delete_"+side.String() || w.link(side, gone).State != engine.OneGone || w.deletes() != 0 {
		t.Fatalf("waits for %q, link %+v, %d deletes", got, w.link(side, gone), w.deletes())
	}
	w.pass(time.Minute)
	return w, gone, left
}

// erasing is the order to delete a record, or to keep it.
func (w *world) erasing(kind engine.OrderKind, side engine.Side, id string) engine.Order {
	w.t.Helper()
	return w.order(engine.Order{Kind: kind, Side: side, Record: id})
}

func TestTheOneThatIsLeftIsDeletedWhenAPersonSaysSo(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		w, gone, left := condemned(t, side)
		to := side.Other()
		made := w.calls(side, created)
		o := w.erasing(engine.OrderDelete, to, left)
		dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
		if w.deletes() != 0 {
			t.Fatal("the dry run deleted")
		}
		r := w.run(engine.Done)
		w.foretold(dry, r)
		w.ended(o, engine.OrderDone, "")
		if n := len(w.all(to)); n != 0 || w.deletes() != 1 || r.To[to].Deleted != 1 || len(w.links()) != 0 || len(w.reviews()) != 0 {
			t.Errorf("%d people, %d deletes, %+v, links %v, reviews %v", n, w.deletes(), r.To, w.links(), w.reviews())
		}
		e := w.entries(r, engine.ResultDeleted)
		if len(e) != 1 || e[0].By != "Anna" || e[0].Reason != "erased_"+side.String() || e[0].To != int(to) || len(e[0].Fields) == 0 {
			t.Errorf("the log says %+v", w.entries(r, ""))
		}
		w.hint(to, left) // the call that tells of our own delete
		w.quiet()
		for range 3 {
			w.pass(25 * time.Hour)
			w.request(engine.Request{Look: true, Full: true}, engine.Done)
		}
		if len(w.all(side)) != 0 || len(w.all(to)) != 0 || w.calls(side, created) != made || w.deletes() != 1 {
			t.Errorf("somebody is back, or deleted twice: %d deletes", w.deletes())
		}
		// Somebody of the same address is a matter for a person, for ninety days.
		again := w.add(side, fields{"email": "ADA@example.com"})
		w.run(engine.Done)
		if got := w.reviews()[side.String()+" "+again]; got != "deleted_earlier" {
			t.Errorf("made again behind a person's back: %v (%s)", w.reviews(), gone)
		}
	}
}

func TestTheOneThatIsLeftIsKeptWhenAPersonSaysSo(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		w, gone, left := condemned(t, side)
		to := side.Other()
		o := w.erasing(engine.OrderKeep, to, left)
		w.pass(time.Minute)
		dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
		r := w.run(engine.Done)
		w.foretold(dry, r)
		w.ended(o, engine.OrderDone, "")
		if e := w.entries(r, engine.ResultGone); len(e) != 1 || e[0].By != "Anna" || e[0].Reason != "kept_"+side.String() {
			t.Errorf("the log says %+v", w.entries(r, ""))
		}
		for range 3 {
			w.pass(25 * time.Hour)
			w.edit(to, left, []fields{{"firstName": fmt.Sprint("L", r.ID)}, {"first_name": "L"}}[to])
			w.request(engine.Request{Look: true, Full: true}, engine.Done)
		}
		if len(w.links()) != 0 || len(w.reviews()) != 0 || len(w.all(side)) != 0 || len(w.all(to)) != 1 || w.deletes() != 0 {
			t.Errorf("links %v, reviews %v, %d deletes (%s)", w.links(), w.reviews(), w.deletes(), gone)
		}
		w.quiet()
	}
}

func TestNothingIsDeletedWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	w, _, b := condemned(t, engine.A)
	w.edit(engine.B, b, fields{"phone_number": phoneB})
	for range 4 {
		w.pass(25 * time.Hour)
		w.request(engine.Request{Look: true, Full: true}, engine.Done)
	}
	w.flow.Delete = flow.Detach // and a new policy does not answer for a person
	w.request(engine.Request{Look: true, Full: true}, engine.Done)
	if w.reviews()["b "+b] != "to_delete_a" || w.deletes() != 0 {
		t.Errorf("reviews %v, %d deletes", w.reviews(), w.deletes())
	}
	w.quiet()
}

func TestAnAnswerFitsItsQuestionOnly(t *testing.T) {
	t.Parallel()
	w, _, b := condemned(t, engine.A)
	for _, kind := range []engine.OrderKind{engine.OrderAlone, engine.OrderCreate, engine.OrderLink} {
		if _, err := w.st.AddOrder(t.Context(), ws, engine.Order{Pair: w.pair().ID, Kind: kind, Side: engine.B, Record: b}); err == nil {
			t.Errorf("%s was taken for an answer", kind)
		}
	}
	v, a, _, _ := twins(t)
	for _, kind := range []engine.OrderKind{engine.OrderDelete, engine.OrderKeep} {
		if _, err := v.st.AddOrder(t.Context(), ws, engine.Order{Pair: v.pair().ID, Kind: kind, Side: engine.A, Record: a}); err == nil {
			t.Errorf("%s was taken for somebody who only cannot be told apart", kind)
		}
	}
}

func TestARecordThatChangedSinceIsNotDeletedAndAskedAboutAgain(t *testing.T) {
	t.Parallel()
	for _, seen := range []bool{false, true} { // by the run itself, or by a look before it
		w, _, b := condemned(t, engine.A)
		o := w.erasing(engine.OrderDelete, engine.B, b)
		w.edit(engine.B, b, fields{"phone_number": phoneB})
		w.request(engine.Request{Look: seen}, engine.Done)
		w.ended(o, engine.OrderWithdrawn, "changed_since")
		if w.reviews()["b "+b] != "to_delete_a" || w.deletes() != 0 {
			t.Errorf("reviews %v, %d deletes", w.reviews(), w.deletes())
		}
		// Whoever looks at it as it is now may say so again.
		w.pass(time.Minute)
		o = w.erasing(engine.OrderDelete, engine.B, b)
		w.run(engine.Done)
		w.ended(o, engine.OrderDone, "")
		if w.deletes() != 1 {
			t.Errorf("%d deletes", w.deletes())
		}
	}
}

// A field that no pair of the map names says that somebody is at work on the record, too, whoever finds it out: the run right before
// the delete, or its own reading of the lists.
func TestARecordThatIsEditedAfterTheOrderStays(t *testing.T) {
	t.Parallel()
	for _, look := range []bool{false, true} {
		w, _, b := condemned(t, engine.A)
		o := w.erasing(engine.OrderDelete, engine.B, b)
		w.pass(time.Minute)
		w.edit(engine.B, b, fields{"city": "Porto"})
		w.pass(time.Minute)
		w.request(engine.Request{Look: look}, engine.Done)
		w.ended(o, engine.OrderWithdrawn, "changed_since")
		if w.deletes() != 0 || w.reviews()["b "+b] != "to_delete_a" {
			t.Errorf("look %v: reviews %v, %d deletes", look, w.reviews(), w.deletes())
		}
		w.pass(time.Minute)
		o = w.erasing(engine.OrderDelete, engine.B, b)
		w.run(engine.Done)
		w.ended(o, engine.OrderDone, "")
	}
}

func TestAnAnswerIsAboutWhatThePersonSaw(t *testing.T) {
	t.Parallel()
	w, _, b := condemned(t, engine.A)
	o := engine.Order{Pair: w.pair().ID, Kind: engine.OrderDelete, Side: engine.B, Record: b, Seen: [2]any{nil, w.mirror(engine.B, b).Sight()}}
	w.edit(engine.B, b, fields{"phone_number": phoneB})
	w.run(engine.Done)
	if _, err := w.st.AddOrder(t.Context(), ws, o); err == nil {
		t.Error("an answer about older values was taken")
	}
	o.Seen[engine.B] = w.mirror(engine.B, b).Sight()
	if _, err := w.st.AddOrder(t.Context(), ws, o); err != nil {
		t.Error(err)
	}
}

// takenForGone makes the mirror and the link say that a record is gone which is there.
func (w *world) takenForGone(side engine.Side, id string) {
	w.t.Helper()
	l := w.link(side, id)
	m := w.mirror(side, id)
	m.Gone = w.box.Clock.Now()
	w.put(side, m)
	l.State = engine.OneGone
	w.putLink(l, engine.Review{Pair: l.Pair, Side: side.Other(), ID: l.IDs[side.Other()], Reason: "to_delete_" + side.String(), At: m.Gone})
	w.pass(time.Minute)
}

func TestNobodyIsDeletedWhosePartnerIsThereAgain(t *testing.T) {
	t.Parallel()
	for _, look := range []bool{false, true} { // found out by the run that was to delete, or by a reading
		w, a, b := ada(t)
		w.flow.Delete = flow.Approve
		w.takenForGone(engine.A, a)
		o := w.erasing(engine.OrderDelete, engine.B, b)
		w.request(engine.Request{Look: look, Full: look}, engine.Done)
		w.ended(o, engine.OrderWithdrawn, "there_again")
		if l := w.link(engine.A, a); l.State != engine.On || len(w.reviews()) != 0 || w.deletes() != 0 {
			t.Errorf("link %+v, reviews %v, %d deletes", l, w.reviews(), w.deletes())
		}
		w.pass(time.Minute)
		w.edit(engine.A, a, fields{"phone": phoneA})
		w.run(engine.Done)
		w.want(engine.B, b, fields{"phone_number": phoneA})
		w.quiet()
	}
}

func TestTheQuestionIsOverWhenTheOtherIsDeletedToo(t *testing.T) {
	t.Parallel()
	w, _, b := condemned(t, engine.A)
	o := w.erasing(engine.OrderDelete, engine.B, b)
	w.remove(engine.B, b)
	for range 3 {
		w.run(engine.Done)
		w.pass(11 * time.Minute)
	}
	w.ended(o, engine.OrderWithdrawn, "gone_meanwhile")
	if len(w.links()) != 0 || len(w.reviews()) != 0 || w.deletes() != 0 {
		t.Errorf("links %v, reviews %v, %d deletes", w.links(), w.reviews(), w.deletes())
	}
	w.quiet()
}

func TestAOneWayFlowAsksOnlyWhereItWrites(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.flow.Delete, w.flow.Direction = flow.Approve, mapping.AToB
	w.lose(engine.B, b, nil)
	if len(w.reviews()) != 0 || len(w.links()) != 0 {
		t.Errorf("reviews %v, links %v (%s)", w.reviews(), w.links(), a)
	}
	w, _, b = condemned(t, engine.A)
	w.flow.Direction = mapping.BToA // since it was asked
	o := w.erasing(engine.OrderDelete, engine.B, b)
	w.run(engine.Done)
	w.ended(o, engine.OrderWithdrawn, "one_way")
	if w.deletes() != 0 || w.reviews()["b "+b] == "" {
		t.Errorf("%d deletes, reviews %v", w.deletes(), w.reviews())
	}
}

func TestTheBrakeHoldsDeletesThatPeopleDecided(t *testing.T) {
	t.Parallel()
	w, ids := peopled(t, 8)
	w.flow.Delete = flow.Approve
	for i, a := range ids[engine.A] {
		w.remove(engine.A, a)
		w.hint(engine.A, a)
		if i%4 == 3 { // four at a time, or the brake would hold these already
			w.request(engine.Request{}, engine.Done)
			w.pass(11 * time.Minute)
			w.request(engine.Request{}, engine.Done)
		}
	}
	w.pass(time.Minute)
	for _, b := range ids[engine.B] {
		w.erasing(engine.OrderDelete, engine.B, b)
	}
	r := w.run(engine.Paused)
	if r.Halt.Why != engine.HaltDeletes || r.Halt.N != 8 || r.Halt.Most != 5 || w.deletes() != 0 {
		t.Errorf("%+v %q, %d deletes", r.Halt, r.Note, w.deletes())
	}
	r = w.request(engine.Request{Look: true, Allow: true}, engine.Done)
	if w.deletes() != 8 || r.To[engine.B].Deleted != 8 {
		t.Errorf("%d deletes, %+v", w.deletes(), r.To)
	}
}

func TestAnUndoSaysThatNothingBringsADeletedRecordBack(t *testing.T) {
	t.Parallel()
	w, _, b := condemned(t, engine.A)
	w.erasing(engine.OrderDelete, engine.B, b)
	r := w.run(engine.Done)
	for _, dry := range []bool{true, false} {
		u := w.request(engine.Request{Undo: &engine.Undoing{Run: r.ID}, DryRun: dry}, engine.Done)
		if e := w.entries(u, engine.ResultSkipped); len(e) != 1 || e[0].Reason != "undo_deleted_b" || u.To[engine.B].Created != 0 {
			t.Errorf("the log says %+v", w.entries(u, ""))
		}
	}
}
