package store_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"couplet/internal/connector"
	"couplet/internal/engine"
)

func (w *world) link(id, a, b string, state engine.LinkState) *engine.Link {
	return &engine.Link{ID: id, Pair: w.pair.ID, IDs: [2]string{a, b}, State: state, Made: "match", Run: w.run.ID, At: start,
		Base: map[string]engine.Base{"email": {V: [2]any{"x", "y"}, Run: w.run.ID, Rule: "first_same", At: start.UnixMilli()}}}
}

func TestACommitStoresAllOfItsParts(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		in := engine.Intent{ID: "i1", Pair: w.pair.ID, Side: engine.B, Source: "a1", Stamp: "s", Run: w.run.ID, State: engine.Sent, At: start}
		other := engine.Intent{ID: "i2", Pair: w.pair.ID, Side: engine.B, Source: "a2", Stamp: "s2", Run: w.run.ID, State: engine.Sent, At: start}
		must(t, w.Begin(w.ctx, w.ws, w.lease, []engine.Intent{in, other}))
		m := mirror("b1", "email", "x@x.test")
		l := w.link("l1", "a1", "b1", engine.On)
		e := engine.Entry{ID: "e1", Run: w.run.ID, Link: "l1", IDs: l.IDs, Result: engine.ResultCreated, To: 1, Reason: "only here", At: start,
			Fields: []engine.FieldChange{{Field: "email", Outcome: engine.Write, Rule: "create", Before: [2]any{"x", nil}, After: [2]any{"x", "x"}}},
			Calls:  []connector.Exchange{{Method: "POST", Path: "/contacts", Write: true, Status: 201, Took: time.Second}}, Planned: true}
		rev := engine.Review{Pair: w.pair.ID, Side: engine.A, ID: "a9", Reason: "shared_key", Candidates: []string{"b8"}, Twins: []string{"a8"}, At: start}
		other.State, other.Problem, other.Refusals = engine.Unknown, "timeout", 2
		w.run.To[1] = engine.Counts{Created: 1, Failed: 2}
		w.run.APICalls[0].Read, w.run.Note, w.run.Allow = 7, "note", true
		w.commit(t,
			engine.Commit{Mirrors: [2][]engine.Mirror{nil, {m}}, Link: l, Closed: []string{"i1"}, Entry: &e},
			engine.Commit{Review: []engine.Review{rev}, Intent: &other})

		got, err := w.Mirrors(w.ctx, w.ws, w.conns[1], "contact", []string{"b1"})
		must(t, err)
		same(t, map[string]engine.Mirror{"b1": m}, got)
		for side, id := range []string{"a1", "b1"} {
			links, err := w.LinksOf(w.ctx, w.ws, w.pair.ID, engine.Side(side), []string{id, "none"})
			must(t, err)
			same(t, map[string]engine.Link{id: *l}, links)
		}
		intents, err := w.Intents(w.ctx, w.ws, w.pair.ID, engine.A, []string{"a1", "a2"}) // the sources are on side a
		must(t, err)
		same(t, map[string]engine.Intent{"a2": other}, intents)
		if intents, err = w.Intents(w.ctx, w.ws, w.pair.ID, engine.B, []string{"a1", "a2"}); err != nil || len(intents) != 0 {
			t.Errorf("intents of the other side: %v, %v", intents, err)
		}
		reviews, err := w.ReviewsOf(w.ctx, w.ws, w.pair.ID, engine.A, []string{"a9", "a1"})
		must(t, err)
		same(t, map[string]engine.Review{"a9": rev}, reviews)
		entries, err := w.Entries(w.ctx, w.ws, w.run.ID, "", 10, "")
		must(t, err)
		same(t, []engine.Entry{e}, entries)
		run, err := w.RunByID(w.ctx, w.ws, w.run.ID)
		must(t, err)
		same(t, w.run, run)

		w.commit(t, engine.Commit{Settled: []engine.Place{{Side: engine.A, ID: "a9"}}})
		if n, err := w.CountReviews(w.ctx, w.ws, w.pair.ID); n != 0 || err != nil {
			t.Errorf("%d reviews, %v", n, err)
		}
	})
}

// TestARecordHasOneLivePartner holds I2.
func TestARecordHasOneLivePartner(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		w.commit(t, engine.Commit{Link: w.link("l1", "a1", "b1", engine.On)}, engine.Commit{Link: w.link("l2", "a2", "b2", engine.OneGone)})
		before := snapshot(t, w, w.ws)
		for _, l := range []*engine.Link{w.link("l3", "a1", "b3", engine.On), w.link("l4", "a3", "b1", engine.OneGone), w.link("l5", "a2", "b5", engine.On), w.link("l1", "a1", "b2", engine.On)} {
			err := w.Commit(w.ctx, w.ws, w.lease, w.run, []engine.Commit{{Mirrors: [2][]engine.Mirror{{mirror("x")}}}, {Link: l}})
			if !errors.Is(err, engine.ErrLinked) {
				t.Errorf("%v: %v", l.IDs, err)
			}
		}
		if after := snapshot(t, w, w.ws); after != before {
			t.Error("a refused commit changed something")
		}
		// A detached link frees both, even in the same commit, and any number may be detached.
		w.commit(t, engine.Commit{Link: w.link("l1", "a1", "b1", engine.Detached)}, engine.Commit{Link: w.link("l6", "a1", "b6", engine.On)},
			engine.Commit{Link: w.link("l7", "a1", "b1", engine.Detached)})
		links, err := w.LinksOf(w.ctx, w.ws, w.pair.ID, engine.A, []string{"a1", "a2", "a3"})
		must(t, err)
		if len(links) != 2 || links["a1"].ID != "l6" || links["a2"].ID != "l2" {
			t.Errorf("%v", links)
		}
		if n, err := w.CountLinks(w.ctx, w.ws, w.pair.ID); n != 1 || err != nil {
			t.Errorf("%d links are on, %v", n, err)
		}
		l, err := w.LinkByID(w.ctx, w.ws, "l7")
		must(t, err)
		same(t, *w.link("l7", "a1", "b1", engine.Detached), l)
	})
}

func TestConflictsAreOpenOnceAndKeptWhenSettled(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		open := func(a, b any) engine.Conflict {
			return engine.Conflict{Link: "l1", Field: "name", Open: true, Rule: "ask", V: [2]any{a, b}, Run: w.run.ID, At: start}
		}
		settled := engine.Conflict{Link: "l1", Field: "city", Rule: "newest", Lost: engine.B, V: [2]any{"Rome", nil}, Run: w.run.ID, At: start}
		w.commit(t, engine.Commit{Conflict: []engine.Conflict{open("x", "y"), settled}})
		w.commit(t, engine.Commit{Conflict: []engine.Conflict{open("x2", "y2"), settled}})
		list := func(open bool) []engine.Conflict {
			t.Helper()
			all, err := w.Conflicts(w.ctx, w.ws, w.pair.ID, open, "", 10)
			must(t, err)
			var cs []engine.Conflict
			for _, c := range all {
				if c.Settled.IsZero() != open || c.ID == "" || c.Pair != w.pair.ID {
					t.Errorf("%+v", c)
				}
				cs = append(cs, c.Conflict)
			}
			return cs
		}
		same(t, []engine.Conflict{open("x2", "y2")}, list(true))
		same(t, []engine.Conflict{settled}, list(false)) // the same loss, tried again in the same run
		later := settled
		later.Run, later.At = "run_later", start.Add(time.Minute)
		w.commit(t, engine.Commit{Conflict: []engine.Conflict{later}})
		same(t, []engine.Conflict{settled, later}, list(false))
		w.commit(t, engine.Commit{Link: w.link("l1", "a1", "b1", engine.On), Resolved: []string{"name", "email"}, Conflict: []engine.Conflict{open("x3", "y3")}})
		same(t, []engine.Conflict{open("x3", "y3")}, list(true))
		if n, err := w.CountConflicts(w.ctx, w.ws, w.pair.ID); n != 1 || err != nil {
			t.Errorf("%d open, %v", n, err)
		}
		if n := len(list(false)); n != 3 {
			t.Errorf("%d settled", n)
		}
	})
}

func TestATombstoneCountsForItsTime(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		until := start.Add(time.Hour)
		w.commit(t, engine.Commit{Bury: []engine.Tombstone{{Pair: w.pair.ID, Side: engine.A, ID: "a1", Keys: []string{"h1", "h2"}, Reason: "deleted", Until: until}}})
		ask := func(side engine.Side, at time.Time) map[string]bool {
			t.Helper()
			got, err := w.Buried(w.ctx, w.ws, w.pair.ID, side, []string{"a1", "a2"}, []string{"h1", "h3"}, at)
			must(t, err)
			return got
		}
		same(t, map[string]bool{"a1": true, "h1": true}, ask(engine.A, start))
		same(t, map[string]bool{"a1": true}, ask(engine.A, until))
		same(t, map[string]bool{}, ask(engine.B, start))
	})
}

func TestOddTextsDoNotStopACommit(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		l := w.link("l\x00", "a1", "b1", engine.On)
		e := engine.Entry{ID: "e1", Run: w.run.ID, Reason: "bad \xff\x00 text"}
		w.commit(t, engine.Commit{Link: l, Entry: &e})
	})
}

// TestABaseIsStoredOrNothingIs holds that a base is never lost silently.
func TestABaseIsStoredOrNothingIs(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		l := w.link("l1", "a1", "b1", engine.On)
		l.Base["n"] = engine.Base{V: [2]any{math.NaN(), 1.0}}
		before := snapshot(t, w, w.ws)
		err := w.Commit(w.ctx, w.ws, w.lease, w.run, []engine.Commit{{Mirrors: [2][]engine.Mirror{{mirror("x")}}}, {Link: l}})
		if err == nil || snapshot(t, w, w.ws) != before {
			t.Errorf("a base that cannot be stored: %v", err)
		}
	})
}

func TestACommitForAPairThatIsNotThereFails(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		w.run.Pair = "none"
		before := snapshot(t, w, w.ws)
		if err := w.Commit(w.ctx, w.ws, w.lease, w.run, []engine.Commit{{Closed: []string{"x"}}}); err == nil || snapshot(t, w, w.ws) != before {
			t.Error(err)
		}
	})
}

func same(t testing.TB, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
