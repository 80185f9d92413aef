package store_test

import (
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

func TestAKnownWebhookCallHasNoEffect(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		must(t, w.Seed(w.ctx, w.ws, w.lease, w.pair, start))
		ev := store.Event{WebhookID: "d1", Type: "ContactUpdate", Sent: start}
		refs := []connector.Ref{{Object: "contact", ID: "a1", Parent: "p"}}
		fresh, flows, err := w.TakeHook(w.ctx, w.ws, w.conns[0], ev, refs, start, 2*time.Second)
		must(t, err)
		if !fresh || len(flows) != 1 || flows[0] != w.flow.ID {
			t.Error(fresh, flows)
		}
		same(t, []engine.Hint{{Side: engine.A, ID: "a1", Parent: "p", Reason: "webhook", At: start, Due: start, Seq: 1}}, w.hints(t))
		before := snapshot(t, w, w.ws)
		if fresh, flows, err = w.TakeHook(w.ctx, w.ws, w.conns[0], ev, refs, start.Add(time.Second), 2*time.Second); fresh || len(flows) != 0 || err != nil {
			t.Error(fresh, flows, err)
		}
		if fresh, err = w.RecordEvent(w.ctx, w.ws, w.conns[0], "d1", "x", start); fresh || err != nil {
			t.Error(fresh, err)
		}
		if snapshot(t, w, w.ws) != before {
			t.Error("a repeated call changed something")
		}
		if fresh, err = w.RecordEvent(w.ctx, w.ws, w.conns[1], "d1", "x", start); !fresh || err != nil {
			t.Error("another connection's call is not its own", err)
		}
	})
}

func TestOnlyFurtherHintsAreDebounced(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		must(t, w.Seed(w.ctx, w.ws, w.lease, w.pair, start))
		old, fresh := mirror("old"), mirror("fresh")
		old.Seen, fresh.Seen = start.Add(-time.Minute), start.Add(-time.Second)
		w.page(t, engine.B, 0, old, fresh)
		const debounce = 3 * time.Second
		hook := func(id string, now time.Time, ids ...string) {
			t.Helper()
			var refs []connector.Ref
			for _, id := range ids {
				refs = append(refs, connector.Ref{Object: "contact", ID: id})
			}
			_, _, err := w.TakeHook(w.ctx, w.ws, w.conns[1], store.Event{WebhookID: id}, refs, now, debounce)
			must(t, err)
		}
		state := func() store.FlowState {
			t.Helper()
			st, err := w.FlowStateOf(w.ctx, w.ws, w.flow.ID)
			must(t, err)
			return st
		}
		hook("1", start, "fresh") // it was looked at a moment ago
		if st := state(); !st.Due.Equal(start.Add(debounce)) {
			t.Errorf("the flow is due at %v", st.Due)
		}
		hook("2", start, "new", "old")
		if st := state(); !st.Due.Equal(start) {
			t.Errorf("the flow is due at %v", st.Due)
		}
		w.now = start.Add(time.Hour)
		due := map[string]time.Time{}
		line := map[string]engine.Hint{}
		for _, h := range w.hints(t) {
			due[h.ID], line[h.ID] = h.Due, h
		}
		same(t, map[string]time.Time{"new": start, "old": start, "fresh": start.Add(debounce)}, due)
		// The line of "new" is taken, put off, and hinted at again: that is a further hint.
		h := line["new"]
		h.Due = start.Add(time.Hour)
		w.commit(t, engine.Commit{Again: []engine.Hint{h}})
		hook("3", start.Add(time.Second), "new")
		for _, h := range w.hints(t) {
			if h.ID == "new" && (!h.Due.Equal(start.Add(time.Second+debounce)) || h.Seq != 2) {
				t.Errorf("%+v", h)
			}
		}
	})
}

// A flow is handed out for the first of its calls that is due. What is due a moment later is worked then, and not when the schedule comes round.
func TestAFlowIsHandedOutForEachOfItsCalls(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		must(t, w.Seed(w.ctx, w.ws, w.lease, w.pair, start))
		one, two := mirror("one"), mirror("two")
		one.Seen, two.Seen = start, start.Add(time.Second)
		w.page(t, engine.B, 0, one, two)
		_, err := w.TakeDue(w.ctx, start) // the schedule's turn is over
		must(t, err)
		const debounce = 3 * time.Second
		for i, id := range []string{"one", "two"} {
			_, _, err := w.TakeHook(w.ctx, w.ws, w.conns[1], store.Event{WebhookID: id}, []connector.Ref{{Object: "contact", ID: id}}, start.Add(time.Duration(i+1)*time.Second), debounce)
			must(t, err)
		}
		for _, at := range []struct {
			after time.Duration
			want  int
		}{{3900 * time.Millisecond, 0}, {4 * time.Second, 1}, {4900 * time.Millisecond, 0}, {5 * time.Second, 1}, {6 * time.Second, 0}} {
			all, err := w.TakeDue(w.ctx, start.Add(at.after))
			must(t, err)
			if len(all) != at.want || len(all) == 1 && all[0].Scheduled {
				t.Errorf("after %s: %+v, want %d", at.after, all, at.want)
			}
		}
	})
}

func TestAWebhookWakesOnlyWhoWorksOnIt(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		off, _, err := w.SaveFlow(w.ctx, w.ws, flow.Flow{Name: "off", Object: "contact", Connections: w.conns})
		must(t, err)
		refs := []connector.Ref{{Object: "contact", ID: "a1"}, {Object: "task", ID: "t1"}}
		fresh, flows, err := w.TakeHook(w.ctx, w.ws, w.conns[0], store.Event{WebhookID: "1"}, refs, start, 0)
		if !fresh || len(flows) != 0 || err != nil || len(w.hints(t)) != 0 {
			t.Error("a pair that was not seeded took a hint", fresh, flows, err)
		}
		must(t, w.Seed(w.ctx, w.ws, w.lease, w.pair, start))
		_, flows, err = w.TakeHook(w.ctx, w.ws, w.conns[0], store.Event{WebhookID: "2"}, refs, start, 0)
		must(t, err)
		same(t, []string{w.flow.ID}, flows)
		if h := w.hints(t); len(h) != 1 || h[0].ID != "a1" {
			t.Errorf("%+v", h)
		}
		if st, err := w.FlowStateOf(w.ctx, w.ws, off.ID); err != nil || !st.Due.IsZero() {
			t.Error("a flow that is off was marked", st, err)
		}
	})
}
