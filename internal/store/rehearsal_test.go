package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/store"
)

// foretold makes a rehearsal with these lines.
func (w *world) foretold(t testing.TB, id string, entries ...engine.Entry) engine.Run {
	t.Helper()
	r := w.run
	r.ID, r.DryRun, r.Trigger, r.Status, r.Started = id, true, engine.Rehearse, engine.Done, start
	must(t, w.StartRun(w.ctx, r))
	for _, e := range entries {
		e.Run, e.Planned, e.At = id, true, start
		w.commitAs(t, r, engine.Commit{Entry: &e})
	}
	return r
}

func change(field string, sides ...int) engine.FieldChange {
	f := engine.FieldChange{Field: field, Outcome: engine.Write, Before: [2]any{"old", "old"}, After: [2]any{"old", "old"}}
	for _, s := range sides {
		f.After[s] = "new"
	}
	return f
}

func (w *world) shown(t testing.TB, r engine.Run, v store.PlanView, after store.PlanPlace, limit int) string {
	t.Helper()
	rows, err := w.Plan(w.ctx, w.ws, r, v, after, limit)
	must(t, err)
	var out []string
	for _, row := range rows {
		out = append(out, fmt.Sprint(row.Entry.ID, engine.Side(row.Side)))
	}
	return strings.Join(out, " ")
}

func TestARehearsalIsShownByResultSideAndField(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		named := func(id, name, mail string) engine.Mirror {
			m := mirror(id)
			m.Fields = connector.Fields{"name": name, "email": mail}
			return m
		}
		w.page(t, engine.A, 0, named("a1", "Maya Okafor", "maya@x.test"), named("a2", "Łukasz", "l@x.test"))
		w.page(t, engine.B, 0, named("b1", "Maya O", "maya@x.test"), named("b3", "Maya B", "b@x.test"))
		open := change("mail")
		open.Outcome, open.After = engine.OpenClash, open.Before
		r := w.foretold(t, "plan",
			engine.Entry{ID: "1", IDs: [2]string{"a1", "b1"}, Result: engine.ResultLinked, To: -1, Sides: [2]bool{true, true}, Fields: []engine.FieldChange{change("name", 0, 1), change("mail", 1)}},
			engine.Entry{ID: "2", IDs: [2]string{"a2", "b2"}, Result: engine.ResultUpdated, To: 0, Sides: [2]bool{true, false}, Fields: []engine.FieldChange{change("mail", 0)}},
			engine.Entry{ID: "3", IDs: [2]string{"", "b3"}, Result: engine.ResultCreated, To: 0, Sides: [2]bool{true, false}, Fields: []engine.FieldChange{change("name", 0)}},
			engine.Entry{ID: "4", IDs: [2]string{"a4", "b4"}, Result: engine.ResultLinked, To: -1},
			engine.Entry{ID: "5", IDs: [2]string{"a5", "b5"}, Result: engine.ResultSkipped, To: -1, Fields: []engine.FieldChange{change("name")}},
			engine.Entry{ID: "6", IDs: [2]string{"", "b6"}, Result: engine.ResultReview, To: -1, Reason: "no_key"},
			engine.Entry{ID: "7", IDs: [2]string{"a7", "b7"}, Result: engine.ResultConflict, To: -1, Fields: []engine.FieldChange{open}})

		counts, err := w.PlanCounts(w.ctx, w.ws, r.ID)
		must(t, err)
		same(t, store.PlanCounts{store.PlanCreated: {1, 0}, store.PlanUpdated: {2, 1}, store.PlanSame: {1, 0}, store.PlanSkipped: {1, 0}, store.PlanNeed: {1, 1}}, counts)

		fields, err := w.PlanFields(w.ctx, w.ws, r.ID, -1)
		must(t, err)
		same(t, []store.FieldCount{{Field: "mail", N: 2}, {Field: "name", N: 2}}, fields)
		fields, err = w.PlanFields(w.ctx, w.ws, r.ID, 1)
		must(t, err)
		same(t, []store.FieldCount{{Field: "mail", N: 1}, {Field: "name", N: 1}}, fields)

		maya := func(m [2]engine.Mirror) bool {
			a, _ := m[0].Fields["name"].(string)
			b, _ := m[1].Fields["name"].(string)
			return strings.Contains(a+b, "Maya")
		}
		for want, v := range map[string]store.PlanView{
			"1a 1b 2a": {Group: store.PlanUpdated, Side: -1},
			"1b":       {Group: store.PlanUpdated, Side: 1},
			"3a":       {Group: store.PlanCreated, Side: -1},
			"4a":       {Group: store.PlanSame, Side: -1},
			"5a":       {Group: store.PlanSkipped, Side: -1},
			"6b 7a":    {Group: store.PlanNeed, Side: -1},
			"1b 2a":    {Group: store.PlanUpdated, Side: -1, Field: "mail"},
			"2a":       {Group: store.PlanUpdated, Side: 0, Field: "mail"},
			"1a 1b":    {Group: store.PlanUpdated, Side: -1, Find: "MAYA okafor", Is: maya},
			"":         {Group: store.PlanUpdated, Side: -1, Find: "x.test", Is: func([2]engine.Mirror) bool { return false }},
		} {
			if got := w.shown(t, r, v, store.PlanPlace{}, 50); got != want {
				t.Errorf("%+v shows %q, want %q", v, got, want)
			}
		}
		lukasz := store.PlanView{Group: store.PlanUpdated, Side: -1, Find: "łukasz", Is: func(m [2]engine.Mirror) bool { return m[0].ID == "a2" }}
		if got := w.shown(t, r, lukasz, store.PlanPlace{}, 50); got != "2a" { // no database folds this letter for us
			t.Errorf("found %q", got)
		}
		// What does not fit is passed over without ending the list early.
		if got := w.shown(t, r, store.PlanView{Group: store.PlanUpdated, Side: -1, Find: "test", Is: lukasz.Is}, store.PlanPlace{}, 1); got != "2a" {
			t.Errorf("found %q", got)
		}
		if got := w.shown(t, r, store.PlanView{Group: store.PlanUpdated, Side: -1}, store.PlanPlace{Entry: "1", Side: 0}, 1); got != "1b" {
			t.Errorf("after the first: %q", got)
		}
		if _, err := w.Plan(w.ctx, w.ws, r, store.PlanView{Group: "none"}, store.PlanPlace{}, 1); err == nil {
			t.Error("a group that does not exist is shown")
		}
	})
}

func TestANewRehearsalTakesThePlaceOfTheOldOnes(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		line := engine.Entry{ID: "1", IDs: [2]string{"a1", "b1"}, Result: engine.ResultUpdated, Sides: [2]bool{true, false}, Fields: []engine.FieldChange{change("name", 0)}}
		old := w.foretold(t, "old", line)
		done := line
		done.Run = w.run.ID
		w.commit(t, engine.Commit{Entry: &done})
		now := w.foretold(t, "new", line)
		must(t, w.DropPlans(w.ctx, w.ws, now))
		for id, want := range map[string]int{old.ID: 0, now.ID: 1, w.run.ID: 1} {
			entries, err := w.Entries(w.ctx, w.ws, id, "", 9, "")
			must(t, err)
			if len(entries) != want {
				t.Errorf("%s has %d lines, want %d", id, len(entries), want)
			}
		}
		must(t, w.KeepPlan(w.ctx, w.ws, w.flow.ID, now.ID)) // it was approved, and is kept over newer ones until it is carried out
		newer := w.foretold(t, "newer", line)
		must(t, w.DropPlans(w.ctx, w.ws, newer))
		_, err := w.Prune(w.ctx, w.ws, start.AddDate(1, 0, 0), store.DefaultPolicy)
		must(t, err)
		if kept, err := w.Approved(w.ctx, w.ws, now.ID, [2][]string{{"a1"}, {"b1"}}); err != nil || len(kept) != 1 {
			t.Errorf("%v of what was approved, %v", kept, err)
		}
		must(t, w.PlanDone(w.ctx, w.ws, w.lease, now.ID))
		must(t, w.DropPlans(w.ctx, w.ws, newer))
		if kept, err := w.Approved(w.ctx, w.ws, now.ID, [2][]string{{"a1"}, {"b1"}}); err != nil || len(kept) != 0 {
			t.Errorf("%v is still there, %v", kept, err)
		}
		if fields, err := w.PlanFields(w.ctx, w.ws, old.ID, -1); err != nil || len(fields) > 0 {
			t.Error(fields, err)
		}
		if r, there, err := w.Rehearsal(w.ctx, w.ws, w.flow.ID); err != nil || !there || r.ID != "old" && r.ID != "new" {
			t.Error(r, err)
		}
	})
}

func TestSwitchingOnPublishesWhatWasApprovedOrNothing(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		must(t, w.SetEnabled(w.ctx, w.ws, w.flow.ID, false))
		f := w.flow
		f.Map = []mapping.Row{{A: mapping.Names{"x"}, B: mapping.Names{"y"}}}
		must(t, w.SaveDraft(w.ctx, w.ws, "ann", f))
		a := flow.Approval{By: "ann", At: start, How: "preview", Rehearsal: "plan", Counts: map[string]int{"created_a": 1}, Revision: w.flow.Revision()}
		if _, err := w.SwitchOn(w.ctx, w.ws, f.ID, a); !errors.Is(err, store.ErrOutdated) {
			t.Fatalf("an approval of another map is taken: %v", err)
		}
		if stored, err := w.FlowByID(w.ctx, w.ws, f.ID); err != nil || stored.Enabled || len(stored.Map) > 0 || stored.Version != 1 || stored.Approval != nil {
			t.Fatalf("refused, and yet %+v, %v", stored, err)
		}
		if _, changed, err := w.Draft(w.ctx, w.ws, f.ID); err != nil || !changed {
			t.Fatal("the draft is lost", err)
		}
		// When it looks, how often it tries and when it brakes is no part of what was rehearsed.
		f.Schedule.Every, f.Retry.MaxAttempts, f.Brake.Change = flow.Duration(time.Hour), 3, .5
		must(t, w.SaveDraft(w.ctx, w.ws, "ann", f))
		a.Revision = flow.Flow{Name: "other", Object: f.Object, Connections: f.Connections, Match: f.Match, Map: f.Map}.Revision()
		must(t, w.SetNext(w.ctx, w.ws, f.ID, start.Add(time.Hour)))
		got, err := w.SwitchOn(w.ctx, w.ws, f.ID, a)
		must(t, err)
		stored, err := w.FlowByID(w.ctx, w.ws, f.ID)
		must(t, err)
		same(t, stored, got)
		same(t, &a, stored.Approval)
		if !stored.Enabled || stored.Version != 2 || stored.Schedule.Every != f.Schedule.Every || len(stored.Map) != 1 {
			t.Errorf("%+v", stored)
		}
		if st, err := w.FlowStateOf(w.ctx, w.ws, f.ID); err != nil || !st.Next.After(start) || st.Next.After(start.Add(time.Hour+time.Second)) {
			t.Error("it is not planned by its schedule", st, err)
		}
		if _, changed, err := w.Draft(w.ctx, w.ws, f.ID); err != nil || changed {
			t.Error("the draft is still there", err)
		}
	})
}
