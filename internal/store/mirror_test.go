package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"couplet/internal/connector"
	"couplet/internal/engine"
)

func TestAMirrorComesBackAsItWasStored(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		m := engine.Mirror{ID: "r1", Parent: "p1", Version: "v7", Stamp: "couplet:x", Gen: 3, Missing: []string{"b", "a"},
			Fields: connector.Fields{"text": "Zoë \x00 <&>", "number": 1.5, "yes": true, "tags": []string{"b", "a"}, "none": []string{}, "blank": nil},
			Keys:   map[string]string{"email": "a@x.test", "phone": "+49"}, Created: start.Add(-time.Hour), First: start, Seen: start.Add(time.Second),
			Changed: start.Add(2 * time.Second), Suspect: start.Add(3 * time.Second)}
		w.page(t, engine.A, 0, m)
		got, err := w.Mirrors(w.ctx, w.ws, w.conns[0], "contact", []string{"r1", "r2"})
		must(t, err)
		if d := cmp.Diff(map[string]engine.Mirror{"r1": m}, got); d != "" {
			t.Error(d)
		}
	})
}

func TestOnlyLiveRecordsHoldKeysAndStamps(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		many := []engine.Mirror{mirror("a", "email", "x@x.test", "phone", "1"), mirror("b", "email", "x@x.test"), mirror("c", "email", "x@x.test", "phone", "2")}
		many[0].Stamp = "s"
		w.page(t, engine.A, 0, many...)
		email, one, two := engine.Key{Kind: "email", Value: "x@x.test"}, engine.Key{Kind: "phone", Value: "1"}, engine.Key{Kind: "phone", Value: "2"}
		want := func(max int, want map[engine.Key][]string) {
			t.Helper()
			got, err := w.Holders(w.ctx, w.ws, w.conns[0], "contact", []engine.Key{email, one, two, {Kind: "phone", Value: "3"}}, max)
			must(t, err)
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		}
		want(3, map[engine.Key][]string{email: {"a", "b", "c"}, one: {"a"}, two: {"c"}})
		want(2, map[engine.Key][]string{email: {"a", "b"}, one: {"a"}, two: {"c"}})
		many[0].Gone = start
		many[2].Keys = map[string]string{"phone": "1"}
		w.page(t, engine.A, 0, many[2], many[0], many[2])
		want(3, map[engine.Key][]string{email: {"b"}, one: {"c"}})
		ids, err := w.Stamped(w.ctx, w.ws, w.conns[0], "contact", "s")
		must(t, err)
		if len(ids) != 0 {
			t.Errorf("a gone record carries the stamp: %v", ids)
		}
		many[0].Gone = time.Time{}
		w.page(t, engine.A, 0, many[0])
		want(3, map[engine.Key][]string{email: {"a", "b"}, one: {"a", "c"}})
		if ids, err = w.Stamped(w.ctx, w.ws, w.conns[0], "contact", "s"); err != nil || !cmp.Equal(ids, []string{"a"}) {
			t.Errorf("stamped: %v, %v", ids, err)
		}
	})
}

func TestAbsentListsWhatAGenerationDidNotShow(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		var all []engine.Mirror
		for i := range 30 {
			all = append(all, mirror(fmt.Sprintf("r%02d", i)))
		}
		all[29].Gone = start
		w.page(t, engine.A, 1, all...)
		cur := engine.Cursor{Conn: w.conns[0], Object: "contact", Generation: 2, Page: "p", Fields: []string{"name"}, Clean: true, Began: start, Watermark: start, Total: 9}
		must(t, w.SavePage(w.ctx, w.ws, w.lease, cur, 2, all[:10], []string{"r10", "r11"}, nil))
		ids, err := w.Absent(w.ctx, w.ws, w.conns[0], "contact", 2, "r20", 5)
		must(t, err)
		if d := cmp.Diff([]string{"r21", "r22", "r23", "r24", "r25"}, ids); d != "" {
			t.Error(d)
		}
		if ids, err = w.Absent(w.ctx, w.ws, w.conns[0], "contact", 2, "", 100); err != nil || len(ids) != 17 || ids[0] != "r12" {
			t.Errorf("absent: %v, %v", ids, err)
		}
		got, err := w.Cursor(w.ctx, w.ws, w.conns[0], "contact")
		must(t, err)
		if d := cmp.Diff(cur, got); d != "" {
			t.Error(d)
		}
		// An outcome with an older mark does not take the mark of the generation away.
		w.commit(t, engine.Commit{Mirrors: [2][]engine.Mirror{{mirror("r00")}}})
		m, err := w.Mirrors(w.ctx, w.ws, w.conns[0], "contact", []string{"r00"})
		must(t, err)
		if m["r00"].Gen != 2 {
			t.Errorf("gen is %d", m["r00"].Gen)
		}
	})
}

func TestListsOfAnyLength(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		const n = 1234
		var all []engine.Mirror
		var ids []string
		var keys []engine.Key
		for i := range n {
			id := fmt.Sprintf("r%04d", i)
			all, ids = append(all, mirror(id, "email", id+"@x.test")), append(ids, id)
			keys = append(keys, engine.Key{Kind: "email", Value: id + "@x.test"})
		}
		w.page(t, engine.B, 0, all...)
		for _, k := range []int{0, 1, 2, 5, 6, 399, 400, 401, n} {
			got, err := w.Mirrors(w.ctx, w.ws, w.conns[1], "contact", ids[:k])
			must(t, err)
			held, err := w.Holders(w.ctx, w.ws, w.conns[1], "contact", keys[:k], 3)
			must(t, err)
			if len(got) != k || len(held) != k {
				t.Errorf("asked for %d, got %d and %d", k, len(got), len(held))
			}
		}
	})
}
