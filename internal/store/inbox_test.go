package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"couplet/internal/engine"
)

func TestSeedTakesEveryLiveRecordOfBothSides(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		gone := mirror("a3")
		gone.Gone = start
		w.page(t, engine.A, 1, mirror("a1"), mirror("a2"), gone)
		b := mirror("b1")
		b.Parent = "p"
		w.page(t, engine.B, 1, b)
		must(t, w.AddHints(w.ctx, w.ws, w.pair.ID, []engine.Hint{{Side: engine.A, ID: "a1", Reason: "webhook", At: start, Due: start.Add(-time.Hour)}}))
		w.now = start.Add(time.Minute)
		must(t, w.Seed(w.ctx, w.ws, w.lease, w.pair, w.now))
		want := []engine.Hint{
			{Side: engine.A, ID: "a1", Reason: "webhook", At: w.now, Due: start.Add(-time.Hour), Seq: 2},
			{Side: engine.A, ID: "a2", Reason: "seed", At: w.now, Due: w.now, Seq: 1},
			{Side: engine.B, ID: "b1", Parent: "p", Reason: "seed", At: w.now, Due: w.now, Seq: 1},
		}
		if d := cmp.Diff(want, w.hints(t)); d != "" {
			t.Error(d)
		}
		p, err := w.PairFor(w.ctx, w.ws, w.conns, "contact", "another id")
		must(t, err)
		if !p.Seeded.Equal(w.now) || p.ID != w.pair.ID || !p.Settled.IsZero() {
			t.Errorf("%+v", p)
		}
		must(t, w.SettlePair(w.ctx, w.ws, w.lease, p.ID, w.now))
		if p, err = w.PairFor(w.ctx, w.ws, w.conns, "contact", "another id"); err != nil || !p.Settled.Equal(w.now) {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

// TestPagesHintEverySeededPairOnItsSide holds that the mirror belongs to the connection.
func TestPagesHintEverySeededPairOnItsSide(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		mirrored, err := w.PairFor(w.ctx, w.ws, [2]string{w.conns[1], w.conns[0]}, "contact", "other-way")
		must(t, err)
		unseeded, err := w.PairFor(w.ctx, w.ws, [2]string{w.conns[0], "elsewhere"}, "contact", "unseeded")
		must(t, err)
		otherObject, err := w.PairFor(w.ctx, w.ws, w.conns, "task", "task-pair")
		must(t, err)
		for _, p := range []engine.Pair{w.pair, mirrored, otherObject} {
			must(t, w.Seed(w.ctx, w.ws, w.lease, p, start))
		}
		h := engine.Hint{Side: engine.B, ID: "a1", Reason: "gen", At: start, Due: start} // whatever the side says
		must(t, w.SavePage(w.ctx, w.ws, w.lease, engine.Cursor{Conn: w.conns[0], Object: "contact"}, 1, []engine.Mirror{mirror("a1")}, nil, []engine.Hint{h}))
		for pair, want := range map[string][]engine.Place{
			w.pair.ID: {{Side: engine.A, ID: "a1"}}, mirrored.ID: {{Side: engine.B, ID: "a1"}}, unseeded.ID: nil, otherObject.ID: nil,
		} {
			hints, err := w.Hints(w.ctx, w.ws, pair, start, engine.Place{Side: -1}, 10)
			must(t, err)
			var got []engine.Place
			for _, h := range hints {
				got = append(got, engine.Place{Side: h.Side, ID: h.ID})
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(pair, d)
			}
		}
	})
}

func TestANewerHintSurvivesAnOlderLook(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		add := func(hints ...engine.Hint) { t.Helper(); must(t, w.AddHints(w.ctx, w.ws, w.pair.ID, hints)) }
		hint := func(id string) engine.Hint {
			return engine.Hint{Side: engine.A, ID: id, Reason: "gen", At: start, Due: start}
		}
		add(hint("again"), hint("again-new"), hint("done"), hint("done-new"))
		taken := map[string]engine.Hint{}
		for _, h := range w.hints(t) {
			taken[h.ID] = h
		}
		later := start.Add(time.Minute)
		newer := func(id string) engine.Hint {
			return engine.Hint{Side: engine.A, ID: id, Parent: "p", Reason: "webhook", At: later, Due: later}
		}
		add(newer("again-new"), newer("done-new")) // they come in while the look is under way
		again := func(id string) engine.Hint {
			h := taken[id]
			h.Reason, h.Due, h.Attempts, h.Problem = "retry", start.Add(time.Hour), 3, "refused"
			return h
		}
		w.commit(t, engine.Commit{Finished: []engine.Hint{taken["done"], taken["done-new"]}, Again: []engine.Hint{again("again"), again("again-new"),
			{Side: engine.B, ID: "fresh", Reason: "verify", At: start, Due: later}}})
		w.now = start.Add(2 * time.Hour)
		want := []engine.Hint{
			{Side: engine.A, ID: "again", Reason: "retry", At: start, Due: start.Add(time.Hour), Seq: 1, Attempts: 3, Problem: "refused"},
			{Side: engine.A, ID: "again-new", Parent: "p", Reason: "webhook", At: later, Due: start, Seq: 2},
			{Side: engine.A, ID: "done-new", Parent: "p", Reason: "webhook", At: later, Due: start, Seq: 2},
			{Side: engine.B, ID: "fresh", Reason: "verify", At: start, Due: later, Seq: 1},
		}
		if d := cmp.Diff(want, w.hints(t)); d != "" {
			t.Error(d)
		}
		// A record that is parked comes back with a new hint, and its history with it.
		add(newer("again"))
		if got := w.hints(t)[0]; got.Attempts != 3 || got.Problem != "refused" || !got.Due.Equal(later) || got.Seq != 2 {
			t.Errorf("%+v", got)
		}
		problems, err := w.Problems(w.ctx, w.ws, w.pair.ID, engine.Place{Side: -1}, 10)
		must(t, err)
		if len(problems) != 1 || problems[0].ID != "again" {
			t.Errorf("%v", problems)
		}
	})
}

func TestHintsComeInPagesAndWhenDue(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		var all []engine.Hint
		for i := range 25 {
			all = append(all, engine.Hint{Side: engine.Side(i % 2), ID: fmt.Sprintf("r%02d", i), At: start, Due: start.Add(time.Duration(i) * time.Second)})
		}
		must(t, w.AddHints(w.ctx, w.ws, w.pair.ID, append(all, all[3]))) // one twice
		now, seen := start.Add(19*time.Second), 0
		for place := (engine.Place{Side: -1}); ; {
			page, err := w.Hints(w.ctx, w.ws, w.pair.ID, now, place, 7)
			must(t, err)
			if len(page) == 0 {
				break
			}
			for _, h := range page {
				if h.Side < place.Side || h.Side == place.Side && h.ID <= place.ID || h.Due.After(now) {
					t.Errorf("%v after %v", h, place)
				}
				place, seen = engine.Place{Side: h.Side, ID: h.ID}, seen+1
			}
		}
		due, next, err := w.Pending(w.ctx, w.ws, w.pair.ID, now)
		must(t, err)
		if seen != 20 || due != 20 || !next.Equal(start) {
			t.Errorf("saw %d, %d due, next %v", seen, due, next)
		}
		due, next, err = w.Pending(w.ctx, w.ws, w.pair.ID, start.Add(-time.Second))
		if err != nil || due != 0 || !next.Equal(start) {
			t.Errorf("%d due, next %v, %v", due, next, err)
		}
		if due, next, err = w.Pending(w.ctx, w.ws, "none", now); err != nil || due != 0 || !next.IsZero() {
			t.Errorf("of nothing: %d due, next %v, %v", due, next, err)
		}
	})
}

// TestAWordFromOutsideIsKept holds that a page does not take a webhook's hint for its own.
func TestAWordFromOutsideIsKept(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		at := start.Add(time.Minute)
		put := func(reason string, at time.Time) {
			must(t, w.AddHints(w.ctx, w.ws, w.pair.ID, []engine.Hint{{Side: engine.A, ID: "a1", Reason: reason, At: at, Due: start}}))
		}
		put("since", start)
		put("webhook", at)
		put("since", start.Add(time.Second)) // asked for before the call came
		want := []engine.Hint{{Side: engine.A, ID: "a1", Reason: "webhook", At: at, Due: start, Seq: 3}}
		if d := cmp.Diff(want, w.hints(t)); d != "" {
			t.Error(d)
		}
	})
}
