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

// TestRules: choices that were equal become the policy of the field, what waits is decided, and all of it can be taken back.
func TestRules(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		const name, city = "name=name", "city=city"
		must(t, w.Seed(w.ctx, w.ws, w.lease, w.pair, start))
		w.flow.Conflict = mapping.Ask
		w.flow.Map = []mapping.Row{{A: mapping.Names{"name"}, B: mapping.Names{"name"}}, {A: mapping.Names{"city"}, B: mapping.Names{"city"}, Conflict: mapping.Newest}}
		w.flow.Approval = &flow.Approval{By: "ann", How: "preview", Revision: w.flow.Revision()}
		f, _, err := w.SaveFlow(w.ctx, w.ws, w.flow)
		must(t, err)
		clash := func(id, a, b string) {
			w.commit(t, engine.Commit{Link: w.link(id, a, b, engine.On), Conflict: []engine.Conflict{{Link: id, Field: name, Open: true, V: [2]any{"p", "q"}, At: start}}})
		}
		choose := func(id string, kind engine.OrderKind, from engine.Side) {
			w.now = w.now.Add(time.Second)
			_, err := w.AddOrder(w.ctx, w.ws, engine.Order{Pair: w.pair.ID, Kind: kind, Link: id, Field: name, From: from, By: "ann", Value: "z"})
			must(t, err)
		}
		habit := func(why string, want int) {
			t.Helper()
			all, err := w.Habits(w.ctx, w.ws, w.pair.ID)
			must(t, err)
			n := 0
			for _, h := range all {
				if h.Field == name {
					n = h.N
				}
			}
			if n != want {
				t.Errorf("%s: %d equal choices, want %d", why, n, want)
			}
		}
		for id, a := range map[string]string{"l1": "a1", "l2": "a2", "l3": "a3", "l4": "a4", "l5": "a5"} {
			clash(id, a, "b"+a[1:])
		}
		choose("l1", engine.OrderChoose, engine.A)
		choose("l2", engine.OrderChoose, engine.B)
		choose("l3", engine.OrderChoose, engine.B)
		habit("two after another one", 2)
		choose("l4", engine.OrderPut, engine.B)
		habit("a typed value", 0)
		choose("l4", engine.OrderChoose, engine.B)
		habit("the answer before was replaced", 3)

		// Somebody edits the flow meanwhile, and keeps the edit.
		draft := f
		draft.Region = "PT"
		must(t, w.SaveDraft(w.ctx, w.ws, w.user.ID, draft))
		rule := store.Rule{Pair: w.pair.ID, Flow: f.ID, Field: name, From: engine.B, By: "bob"}
		w.now = w.now.Add(time.Second)
		made, n, err := w.MakeRule(w.ctx, w.ws, rule)
		must(t, err)
		if n != 1 {
			t.Errorf("%d orders, want one for l5", n)
		}
		now, err := w.FlowByID(w.ctx, w.ws, f.ID)
		must(t, err)
		if now.Map[0].Conflict != mapping.BWins || now.Region != "" || now.Version != f.Version+1 || now.Approval == nil || now.Approval.Revision != now.Revision() {
			t.Errorf("published %+v", now)
		}
		d, err := w.DraftState(w.ctx, w.ws, f.ID)
		must(t, err)
		if d.Flow.Map[0].Conflict != mapping.BWins || d.Flow.Region != "PT" || d.Base != now.Version || !d.Changed {
			t.Errorf("the draft is %+v", d)
		}
		o, _, err := w.LastOrder(w.ctx, w.ws, w.pair.ID, engine.A, "a5", name)
		must(t, err)
		if o.Kind != engine.OrderChoose || o.From != engine.B || o.By != "bob" || o.State != engine.OrderOpen {
			t.Errorf("ordered %+v", o)
		}
		habit("a rule was made", 0)
		for why, r := range map[string]store.Rule{"asked no more": rule, "never asked": {Pair: w.pair.ID, Flow: f.ID, Field: city}, "no row": {Pair: w.pair.ID, Flow: f.ID, Field: "x=y"}} {
			if _, _, err := w.MakeRule(w.ctx, w.ws, r); !errors.Is(err, store.ErrSettled) {
				t.Errorf("%s: %v", why, err)
			}
		}
		list, err := w.Rules(w.ctx, w.ws, w.pair.ID)
		must(t, err)
		if len(list) != 1 || list[0] != made || list[0].Was != "" {
			t.Errorf("%+v, made %+v", list, made)
		}

		took, err := w.TakeRuleBack(w.ctx, w.ws, made.ID, "eve")
		must(t, err)
		again, err := w.TakeRuleBack(w.ctx, w.ws, made.ID, "eve")
		must(t, err)
		now, err = w.FlowByID(w.ctx, w.ws, f.ID)
		must(t, err)
		o, _, err = w.LastOrder(w.ctx, w.ws, w.pair.ID, engine.A, "a5", name)
		must(t, err)
		kept, _, err := w.LastOrder(w.ctx, w.ws, w.pair.ID, engine.A, "a3", name)
		must(t, err)
		if !took || again || now.Map[0].Conflict != "" || o.State != engine.OrderWithdrawn || kept.State != engine.OrderOpen {
			t.Errorf("taken back %v, then %v: %+v, %s, and an answer of before is %s", took, again, now.Map[0], o.State, kept.State)
		}
		habit("a rule was taken back", 0)
		for range 3 {
			choose("l5", engine.OrderChoose, engine.A)
			w.commit(t, engine.Commit{Orders: []engine.OrderEnd{{ID: lastOf(t, w, "a5", name).ID}}})
		}
		habit("three anew", 3)
		w.now = w.now.Add(time.Second)
		must(t, w.DeclineRule(w.ctx, w.ws, rule))
		habit("declined", 0)
	})
}

func lastOf(t *testing.T, w *world, record, field string) engine.Order {
	t.Helper()
	o, _, err := w.LastOrder(w.ctx, w.ws, w.pair.ID, engine.A, record, field)
	must(t, err)
	return o
}
