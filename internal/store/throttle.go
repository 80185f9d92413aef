package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"couplet/db"
)

// Limit is a name that tries are counted under, and how many are free.
type Limit struct {
	Name string
	Free int
}

// Standing is what became of a try. When Wait is set, the try was refused and not counted: it may come again after
// Wait. Otherwise it may go on; should it fail, Left further ones are free, and when none is, the next has to wait for
// Next.
type Standing struct {
	Wait time.Duration
	Left int
	Next time.Duration
}

// throttleMemory is how long a try counts after the last one. The pauses between tries that are not free any more grow
// from firstPause to mostPause.
const (
	throttleMemory = time.Hour
	firstPause     = 30 * time.Second
	mostPause      = 15 * time.Minute
)

// pause is the wait after n tries, of which some were free.
func pause(n, free int) time.Duration {
	if n < free {
		return 0
	}
	p := firstPause
	for ; n > free && p < mostPause; n-- {
		p *= 2
	}
	return min(p, mostPause)
}

// Try counts a try under every name, unless one of them has to wait. It is counted before it is known to fail, so that
// many at once are not free; [Store.Forgive] takes one back that did not fail. All machines count in the same place.
func (s *Store) Try(ctx context.Context, limits ...Limit) (st Standing, err error) {
	limits = slices.SortedFunc(slices.Values(limits), func(a, b Limit) int { return cmp.Compare(a.Name, b.Name) }) // one order for all who lock
	now := s.now()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		st = Standing{Left: -1}
		counts := make([]int, len(limits))
		for i, l := range limits {
			if _, err := tx.Exec(ctx, "insert into throttle (name, tries, last_at, until_at) values ($1, 0, $2, 0) on conflict (name) do nothing", l.Name, db.MS(now)); err != nil {
				return err
			}
			var last, until time.Time
			if _, err := tx.Get(ctx, "select tries, last_at, until_at from throttle where name = $1"+tx.ForUpdate(), []any{l.Name}, &counts[i], db.Time(&last), db.Time(&until)); err != nil {
				return err
			}
			if now.Sub(last) >= throttleMemory {
				counts[i] = 0
			}
			st.Wait = max(st.Wait, until.Sub(now))
		}
		if st.Wait > 0 {
			return nil
		}
		for i, l := range limits {
			n := counts[i] + 1
			next := pause(n, l.Free)
			var until time.Time
			if next > 0 {
				until = now.Add(next)
			}
			if _, err := tx.Exec(ctx, "update throttle set tries = $2, last_at = $3, until_at = $4 where name = $1", l.Name, n, db.MS(now), db.MS(until)); err != nil {
				return err
			}
			if left := max(0, l.Free-n); st.Left < 0 || left < st.Left {
				st.Left = left
			}
			st.Next = max(st.Next, next)
		}
		return nil
	})
	return st, err
}

// Forgive takes back a try that did not fail: names to forget are forgotten whole, from the others one try is taken.
func (s *Store) Forgive(ctx context.Context, forget, back []string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		names := slices.Sorted(slices.Values(append(slices.Clip(forget), back...)))
		for _, name := range names {
			text := "update throttle set tries = tries - 1, until_at = 0 where name = $1 and tries > 0"
			if slices.Contains(forget, name) {
				text = "delete from throttle where name = $1"
			}
			if _, err := tx.Exec(ctx, text, name); err != nil {
				return err
			}
		}
		return nil
	})
}
