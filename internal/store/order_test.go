package store_test

import (
	"cmp"
	"errors"
	"slices"
	"testing"

	"couplet/internal/engine"
	"couplet/internal/store"
)

func TestOrders(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		must(t, w.Seed(w.ctx, w.ws, w.lease, w.pair, start))
		must(t, w.SavePage(w.ctx, w.ws, w.lease, engine.Cursor{Conn: w.conns[1], Object: "contact", Page: "1"}, 1, []engine.Mirror{mirror("b1"), mirror("b2")}, nil, nil))
		must(t, w.SavePage(w.ctx, w.ws, w.lease, engine.Cursor{Conn: w.conns[0], Object: "contact", Page: "1"}, 1, []engine.Mirror{mirror("a2")}, nil, nil))
		l := w.link("l1", "a1", "b1", engine.On)
		l.Base = map[string]engine.Base{"city": {V: [2]any{"x", "y"}}}
		w.commit(t, engine.Commit{Link: l, Review: []engine.Review{{Pair: w.pair.ID, ID: "a2", Reason: "no_key"}},
			Conflict: []engine.Conflict{{Link: "l1", Field: "name", Open: true, V: [2]any{"p", "q"}, At: start},
				{Link: "l1", Field: "tags", Open: true, V: [2]any{[]any{"p", "q"}, "r"}, At: start}}})
		add := func(o engine.Order) (engine.Order, error) {
			o.Pair, o.By = w.pair.ID, "ann"
			return w.AddOrder(w.ctx, w.ws, o)
		}
		for _, c := range []struct {
			why  string
			o    engine.Order
			want error
		}{
			{"waits for nobody", engine.Order{Kind: engine.OrderCreate, Record: "a9"}, store.ErrSettled},
			{"nobody there", engine.Order{Kind: engine.OrderLink, Record: "a2", Partner: "b9"}, store.ErrTaken},
			{"with nobody", engine.Order{Kind: engine.OrderLink, Record: "a2"}, store.ErrTaken},
			{"as it was", engine.Order{Kind: engine.OrderLink, Record: "a2", Partner: "b2", Seen: [2]any{"x", "y"}}, store.ErrMoved},
			{"has a partner", engine.Order{Kind: engine.OrderLink, Record: "a2", Partner: "b1"}, store.ErrTaken},
			{"free", engine.Order{Kind: engine.OrderLink, Record: "a2", Partner: "b2"}, nil},
			{"no such link", engine.Order{Kind: engine.OrderChoose, Link: "l9", Field: "name"}, store.ErrSettled},
			{"no conflict", engine.Order{Kind: engine.OrderChoose, Link: "l1", Field: "city"}, store.ErrSettled},
			{"other values", engine.Order{Kind: engine.OrderChoose, Link: "l1", Field: "name", Seen: [2]any{"p", "z"}}, store.ErrMoved},
			{"as seen", engine.Order{Kind: engine.OrderChoose, Link: "l1", Field: "name", Seen: [2]any{"p", "q"}}, nil},
			{"other lists", engine.Order{Kind: engine.OrderChoose, Link: "l1", Field: "tags", Seen: [2]any{[]any{"p"}, "r"}}, store.ErrMoved},
			{"lists as seen", engine.Order{Kind: engine.OrderChoose, Link: "l1", Field: "tags", Seen: [2]any{[]any{"p", "q"}, "r"}}, nil},
			{"put back, seen empty", engine.Order{Kind: engine.OrderPut, Link: "l1", Field: "city", Value: "z"}, store.ErrMoved},
			{"put back", engine.Order{Kind: engine.OrderPut, Link: "l1", Field: "city", Value: "z", Seen: [2]any{"x", "y"}}, nil},
			{"never agreed", engine.Order{Kind: engine.OrderPut, Link: "l1", Field: "zip", Value: "z"}, store.ErrSettled},
		} {
			if _, err := add(c.o); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.why, err, c.want)
			}
		}
		hints, err := w.Hints(w.ctx, w.ws, w.pair.ID, w.now, engine.Place{Side: -1}, 9)
		must(t, err)
		if len(hints) != 2 || hints[0].Reason != "order" || hints[0].ID != "a1" || hints[1].ID != "a2" {
			t.Errorf("the inbox holds %+v", hints)
		}

		// A newer one replaces it; an end that comes for the older one does not touch the newer.
		list, err := w.OpenOrders(w.ctx, w.ws, w.pair.ID, "", 9)
		must(t, err)
		slices.SortFunc(list, func(x, y engine.Order) int { return cmp.Compare(x.Field, y.Field) })
		if len(list) != 4 || list[1].Seen != [2]any{"x", "y"} || list[1].Record != "a1" || list[1].Value != "z" {
			t.Fatalf("%+v", list)
		}
		older := list[0]
		newer, err := add(engine.Order{Kind: engine.OrderAlone, Record: "a2"})
		must(t, err)
		w.commit(t, engine.Commit{Orders: []engine.OrderEnd{{ID: older.ID}, {ID: list[2].ID, Reason: "changed_since"}}})
		last, _, err := w.LastOrder(w.ctx, w.ws, w.pair.ID, engine.A, "a2", "")
		must(t, err)
		if last.ID != newer.ID || last.State != engine.OrderOpen {
			t.Errorf("%+v", last)
		}
		last, _, err = w.LastOrder(w.ctx, w.ws, w.pair.ID, engine.A, "a1", "name")
		must(t, err)
		if last.State != engine.OrderWithdrawn || last.Reason != "changed_since" || last.Run != w.run.ID || last.Over.IsZero() {
			t.Errorf("%+v", last)
		}
		took, err := w.TakeBack(w.ctx, w.ws, newer.ID, "bob")
		must(t, err)
		again, err := w.TakeBack(w.ctx, w.ws, newer.ID, "bob")
		must(t, err)
		if !took || again {
			t.Errorf("taken back: %v, then %v", took, again)
		}

		// A delete that is written down is not taken back, and one that was taken back is not written down.
		w.commit(t, engine.Commit{Link: w.link("l2", "a2", "b2", engine.OneGone), Review: []engine.Review{{Pair: w.pair.ID, ID: "a2", Reason: "to_delete_b"}}})
		erase := func(id string) error {
			return w.Intend(w.ctx, w.ws, w.lease, w.run, []engine.Commit{{Sending: &engine.Sending{Link: "l2", Run: "run", At: start, Erase: &engine.Erasing{Side: engine.A, Who: "ann", Order: id}}}})
		}
		doomed, err := add(engine.Order{Kind: engine.OrderDelete, Record: "a2"})
		must(t, err)
		must(t, erase(doomed.ID))
		if took, err := w.TakeBack(w.ctx, w.ws, doomed.ID, "bob"); took || !errors.Is(err, store.ErrUnderWay) {
			t.Errorf("taken back: %v, %v", took, err)
		}
		if _, err := add(engine.Order{Kind: engine.OrderKeep, Record: "a2"}); !errors.Is(err, store.ErrUnderWay) {
			t.Errorf("another one instead: %v", err)
		}
		if last, _, err := w.LastOrder(w.ctx, w.ws, w.pair.ID, engine.A, "a2", ""); err != nil || last.ID != doomed.ID || last.State != engine.OrderOpen {
			t.Errorf("%+v, %v", last, err)
		}
		w.commit(t, engine.Commit{Answered: []string{"l2"}})
		if took, err := w.TakeBack(w.ctx, w.ws, doomed.ID, "bob"); err != nil || !took {
			t.Errorf("taken back: %v, %v", took, err)
		}
		if err := erase(doomed.ID); !errors.Is(err, engine.ErrOrderOver) {
			t.Errorf("written down: %v", err)
		}
		if known, err := w.Sendings(w.ctx, w.ws, []string{"l2"}); err != nil || len(known) != 0 {
			t.Errorf("%v, %v", known, err)
		}
		w.commit(t, engine.Commit{Review: []engine.Review{{Pair: w.pair.ID, ID: "a2", Reason: "no_key"}}})

		// Who is left alone waits for nobody.
		n, err := w.CountReviews(w.ctx, w.ws, w.pair.ID)
		must(t, err)
		w.commit(t, engine.Commit{Review: []engine.Review{{Pair: w.pair.ID, ID: "a2", Reason: "no_key", Alone: "ann", AloneKeys: "k"}}})
		after, err := w.CountReviews(w.ctx, w.ws, w.pair.ID)
		must(t, err)
		if n != 1 || after != 0 {
			t.Errorf("%d waited, then %d", n, after)
		}
	})
}
