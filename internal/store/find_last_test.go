package store_test

import (
	"testing"
	"time"

	"couplet/internal/engine"
)

// TestTheLastRecordsAreThoseThatWereMadeOrChangedLast: by the system's own time where it tells one, and without those that are gone.
func TestTheLastRecordsAreThoseThatWereMadeOrChangedLast(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		at := func(id string, created, first, changed time.Duration) engine.Mirror {
			m := mirror(id)
			m.First, m.Changed = start.Add(first), start.Add(changed)
			if created != 0 {
				m.Created = start.Add(created)
			}
			return m
		}
		gone := at("gone", time.Hour, 0, time.Hour)
		gone.Suspect, gone.Gone = start, start
		w.page(t, engine.A, 1, at("old", -time.Hour, 0, time.Minute), at("new", -time.Minute, 0, 0), at("undated", 0, -2*time.Minute, -time.Minute), gone)
		for _, c := range []struct {
			changed bool
			want    []string
		}{{false, []string{"new", "undated", "old"}}, {true, []string{"old", "new", "undated"}}} {
			found, err := w.LastMirrors(w.ctx, w.ws, w.conns[0], "contact", c.changed, 9)
			must(t, err)
			var got []string
			for _, m := range found {
				got = append(got, m.ID)
			}
			same(t, c.want, got)
			if one, err := w.LastMirrors(w.ctx, w.ws, w.conns[0], "contact", c.changed, 1); err != nil || len(one) != 1 || one[0].ID != c.want[0] {
				t.Errorf("the last one is %v, %v", one, err)
			}
		}
	})
}
