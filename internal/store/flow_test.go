package store_test

import (
	"errors"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/store"
)

func TestAFlowBecomesANewVersionOnlyWhenItChanged(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		f := flow.Flow{Name: "sync", Template: "contact-sync", Object: "contact", Connections: w.conns, Direction: mapping.Both,
			Schedule: flow.Schedule{Every: flow.Duration(5 * time.Minute)}, Match: []string{"email", "phone"},
			Map:      []mapping.Row{{A: mapping.Names{"firstName", "lastName"}, B: mapping.Names{"name"}, Transform: "split_name"}},
			Conflict: mapping.Newest, Delete: flow.Detach, Brake: flow.Brake{Change: 0.05, Delete: 0.01}, Retry: flow.Retry{MaxAttempts: 12}}
		save := func(f flow.Flow, version int, changes bool) flow.Flow {
			t.Helper()
			got, changed, err := w.SaveFlow(w.ctx, w.ws, f)
			must(t, err)
			if got.Version != version || changed != changes {
				t.Errorf("version %d, changed %v; want %d, %v", got.Version, changed, version, changes)
			}
			stored, err := w.FlowByID(w.ctx, w.ws, got.ID)
			must(t, err)
			same(t, got, stored)
			return stored
		}
		first := save(f, 1, true)
		save(f, 1, false) // by its name
		save(first, 1, false)
		f.Enabled = true
		save(f, 1, true) // switched on: no new version
		must(t, w.SaveApproval(w.ctx, w.ws, first.ID, flow.Approval{By: "ann", At: start, How: "preview", Counts: map[string]int{"created_b": 3}}))
		f.Match = []string{"email"}
		changed := save(f, 2, true)
		if changed.Approval == nil || changed.Approval.Counts["created_b"] != 3 {
			t.Errorf("the approval was lost: %+v", changed.Approval)
		}
		changed.Name = "renamed"
		save(changed, 3, true)
		versions, err := w.FlowVersions(w.ctx, w.ws, first.ID, 0, 10)
		must(t, err)
		if len(versions) != 3 || versions[0].Flow.Name != "renamed" || versions[2].Flow.Version != 1 || len(versions[2].Flow.Match) != 2 || !versions[0].Saved.Equal(start) {
			t.Errorf("%+v", versions)
		}
		changed.ID, changed.Name = "", "contacts" // the name of another flow, by name: that one is changed
		save(changed, 2, true)
		changed.ID = first.ID // by id: it cannot take that name
		if _, _, err := w.SaveFlow(w.ctx, w.ws, changed); !errors.Is(err, store.ErrExists) {
			t.Errorf("two flows of one name: %v", err)
		}
		changed.ID = "none"
		if _, _, err := w.SaveFlow(w.ctx, w.ws, changed); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
		all, err := w.Flows(w.ctx, w.ws)
		must(t, err)
		if len(all) != 2 || all[0].Name != "contacts" || all[1].Name != "renamed" {
			t.Errorf("%+v", all)
		}
		if _, err := w.FlowByName(w.ctx, w.ws, "none"); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestFlowsOfAPairHaveItsConnectionsAndObject(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		for _, f := range []flow.Flow{
			{Name: "same", Object: "contact", Connections: w.conns},
			{Name: "turned", Object: "contact", Connections: [2]string{w.conns[1], w.conns[0]}},
			{Name: "tasks", Object: "task", Connections: w.conns},
		} {
			_, _, err := w.SaveFlow(w.ctx, w.ws, f)
			must(t, err)
		}
		flows, err := w.FlowsOfPair(w.ctx, w.ws, w.pair.ID)
		must(t, err)
		if len(flows) != 2 || flows[0].Name != "contacts" || flows[1].Name != "same" {
			t.Errorf("%+v", flows)
		}
		pairs, err := w.Pairs(w.ctx, w.ws)
		must(t, err)
		same(t, []engine.Pair{w.pair}, pairs)
	})
}

func TestADueFlowIsHandedOutOnce(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		every, _, err := w.SaveFlow(w.ctx, w.ws, flow.Flow{Name: "every", Enabled: true, Schedule: flow.Schedule{Every: flow.Duration(5 * time.Minute)}})
		must(t, err)
		_, _, err = w.SaveFlow(w.ctx, w.ws, flow.Flow{Name: "off", Schedule: flow.Schedule{Every: flow.Duration(time.Minute)}})
		must(t, err)
		due := func(now time.Time) (all []store.DueFlow) {
			t.Helper()
			all, err := w.TakeDue(w.ctx, now)
			must(t, err)
			return all
		}
		looked, err := w.DueFlows(w.ctx, start)
		must(t, err)
		want := []store.DueFlow{{Workspace: w.ws, Flow: w.flow.ID, Scheduled: true}, {Workspace: w.ws, Flow: every.ID, Scheduled: true}}
		if every.ID < w.flow.ID {
			want[0], want[1] = want[1], want[0]
		}
		same(t, want, looked)
		same(t, want, due(start)) // those that were never planned
		same(t, []store.DueFlow(nil), due(start))
		st, err := w.FlowStateOf(w.ctx, w.ws, every.ID)
		must(t, err)
		if exact := every.Schedule.Next(start, every.ID); st.Next.Before(exact) || st.Next.Sub(exact) > time.Millisecond {
			t.Errorf("planned for %v", st.Next)
		}
		same(t, []store.DueFlow{{Workspace: w.ws, Flow: every.ID, Scheduled: true}}, due(st.Next))
		// The one without a schedule runs when it is marked, and only then.
		must(t, w.MarkDue(w.ctx, w.ws, w.flow.ID, start.Add(time.Second)))
		must(t, w.MarkDue(w.ctx, w.ws, w.flow.ID, start.Add(time.Minute))) // later than it is to be anyway
		same(t, []store.DueFlow(nil), due(start))
		same(t, []store.DueFlow{{Workspace: w.ws, Flow: w.flow.ID}}, due(start.Add(time.Second)))
		same(t, []store.DueFlow(nil), due(start.Add(time.Minute)))
		must(t, w.MarkDue(w.ctx, w.ws, w.flow.ID, start))
		if took, err := w.TakeMark(w.ctx, w.ws, w.flow.ID, start.Add(-1)); took || err != nil {
			t.Error(took, err)
		}
		if took, err := w.TakeMark(w.ctx, w.ws, w.flow.ID, start); !took || err != nil {
			t.Error(took, err)
		}
		// Switching on plans anew; setting the next time takes a mark away.
		must(t, w.SetEnabled(w.ctx, w.ws, every.ID, false))
		must(t, w.MarkDue(w.ctx, w.ws, every.ID, start))
		same(t, []store.DueFlow(nil), due(start.Add(time.Hour)))
		must(t, w.SetEnabled(w.ctx, w.ws, every.ID, true))
		must(t, w.SetNext(w.ctx, w.ws, every.ID, start.Add(time.Hour)))
		same(t, []store.DueFlow(nil), due(start.Add(time.Minute)))
		same(t, 1, len(due(start.Add(time.Hour))))
		if err := w.SetEnabled(w.ctx, w.ws, "none", true); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestSeveralSchedulersShareTheDueFlows(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		for i := range 20 {
			_, _, err := w.SaveFlow(w.ctx, w.ws, flow.Flow{Name: string(rune('a' + i)), Enabled: true})
			must(t, err)
		}
		const n = 4
		got := make(chan int, n)
		for range n {
			go func() {
				due, err := w.TakeDue(w.ctx, start)
				if err != nil {
					t.Error(err)
				}
				got <- len(due)
			}()
		}
		total := 0
		for range n {
			total += <-got
		}
		if total != 21 {
			t.Errorf("%d were handed out", total)
		}
	})
}

func TestAVersionSaysWhoMadeItAndHow(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		f := w.flow
		for i, by := range []store.Author{{By: "max", How: store.ByFile}, {By: "ann@x.test", How: store.ByPage}} {
			f.Region = []string{"PT", "ES"}[i]
			_, _, err := w.SaveFlowBy(w.ctx, w.ws, by, f)
			must(t, err)
		}
		all, err := w.FlowVersions(w.ctx, w.ws, w.flow.ID, 3, 1)
		must(t, err)
		same(t, 1, len(all))
		same(t, store.FlowVersion{Flow: all[0].Flow, Saved: start, Author: store.Author{By: "max", How: store.ByFile}}, all[0])
		same(t, 2, all[0].Flow.Version)
		one, err := w.FlowVersionOf(w.ctx, w.ws, w.flow.ID, 3)
		must(t, err)
		same(t, "ES", one.Flow.Region)
		same(t, "ann@x.test", one.By)
		if _, err := w.FlowVersionOf(w.ctx, w.ws, w.flow.ID, 4); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
	})
}
