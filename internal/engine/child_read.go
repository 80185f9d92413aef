package engine

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"couplet/internal/connector"
)

// Where a system lists children only parent by parent, reading them all costs a call for each parent. So the first run reads
// those of each linked parent once, and later runs those of parents to whom something happened, and a few more in turn
// (sync-semantics 5.16). A parent whose list looks as it did costs nothing else.

const (
	// turn is how long it takes until every parent was read once more although nothing happened to it.
	turn = 14 * 24 * time.Hour
	// mostInTurn bounds how many of them one run reads.
	mostInTurn = 1000
	// parentBatch is how many parents are read between two commits, and parentReaders how many at once.
	parentBatch   = 100
	parentReaders = 16
)

// passByParent reads the children of the parents of a side that are due.
func (s *session) passByParent(ctx context.Context, side Side) error {
	cur, err := s.e.Store.Cursor(ctx, s.ws, s.flow.Connections[side], s.flow.Object)
	if err != nil {
		return err
	}
	s.enter(PhaseRead, int(side))
	defer s.leave(PhaseRead, int(side))
	now := s.e.Now()
	// GenBegan is since when every parent must have been read.
	whole := cur.GenBegan.IsZero() || s.run.Full || !covers(cur.Fields, s.need[side])
	if whole {
		cur.GenBegan, cur.Fields = now, s.need[side]
	}
	if cur.Watermark.IsZero() {
		cur.Watermark = now
	}
	cur.Began, cur.Shown, cur.Total = now, 0, 0
	s.reading(side, cur, whole, false)
	k := s.kin
	for after := ""; ; {
		ids, err := s.e.Store.DueParents(ctx, s.ws, k.parents, k.sides[side], s.flow.Object, cur.GenBegan, now, after, parentBatch)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			break
		}
		if err := s.readParents(ctx, side, &cur, ids); err != nil {
			return err
		}
		s.reading(side, cur, whole, false)
		after = ids[len(ids)-1]
	}
	if err := s.readInTurn(ctx, side, &cur, now); err != nil {
		return err
	}
	if err := s.bereaved(ctx, side); err != nil {
		return err
	}
	if whole {
		cur.Generation++
	}
	if err := s.e.Store.SaveChildren(ctx, s.ws, s.lease, cur, nil, nil, nil); err != nil {
		return err
	}
	s.reading(side, cur, whole, true)
	return nil
}

// readInTurn reads some parents only because they were not read for long: as many as come to all of them within a turn.
// The cursor's watermark is up to when they have been read so.
func (s *session) readInTurn(ctx context.Context, side Side, cur *Cursor, now time.Time) error {
	links, err := s.e.Store.CountLinks(ctx, s.ws, s.kin.parents.ID)
	if err != nil {
		return err
	}
	share := int(float64(links) * float64(now.Sub(cur.Watermark)) / float64(turn))
	if share == 0 {
		return nil
	}
	cur.Watermark = now
	ids, err := s.e.Store.OldestParents(ctx, s.ws, s.kin.parents, s.kin.sides[side], s.flow.Object, now, min(share, mostInTurn))
	for err == nil && len(ids) > 0 {
		n := min(len(ids), parentBatch)
		err = s.readParents(ctx, side, cur, ids[:n])
		ids = ids[n:]
	}
	return err
}

// bereaved hints at what hung on parents that are gone, whose lists nobody reads any more.
func (s *session) bereaved(ctx context.Context, side Side) error {
	for after := ""; ; {
		ids, err := s.e.Store.Bereaved(ctx, s.ws, s.flow.Connections[side], s.flow.Object, s.kin.parents.Object, after, 500)
		if err != nil || len(ids) == 0 {
			return err
		}
		now := s.e.Now()
		hints := make([]Hint, len(ids))
		for i, id := range ids {
			hints[i] = Hint{ID: id, Reason: "absent", At: now, Due: now}
		}
		if err := s.e.Store.SpreadHints(ctx, s.ws, s.flow.Connections[side], s.flow.Object, hints); err != nil {
			return err
		}
		after = ids[len(ids)-1]
	}
}

// oneParent is what the list of one parent showed.
type oneParent struct {
	id      string
	at      time.Time
	records []connector.Record
	gone    bool
}

// readParents reads the children of some parents, and stores them together.
func (s *session) readParents(ctx context.Context, side Side, cur *Cursor, ids []string) error {
	var mu sync.Mutex
	shown := make(map[string]oneParent, len(ids))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(parentReaders)
	for _, id := range ids {
		g.Go(func() error {
			p := oneParent{id: id}
			err := s.patiently(gctx, side, func() (err error) {
				p.at = s.e.Now()
				p.records, err = s.siblings(gctx, side, id)
				return err
			})
			if connector.KindOf(err) == connector.NotFound {
				p.gone, err = true, nil
			}
			mu.Lock()
			defer mu.Unlock()
			shown[id] = p
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return s.keepParents(ctx, side, cur, ids, shown)
}

// keepParents stores what the lists of some parents showed. What a list does not show any more is a suspicion and no more.
func (s *session) keepParents(ctx context.Context, side Side, cur *Cursor, ids []string, shown map[string]oneParent) error {
	st, conn, object := s.e.Store, s.flow.Connections[side], s.flow.Object
	known, err := st.ChildrenOf(ctx, s.ws, conn, object, ids)
	if err != nil {
		return err
	}
	var reads []ChildRead
	var all []string
	var suspects []Hint
	for _, id := range ids {
		p := shown[id]
		reads = append(reads, ChildRead{Parent: id, At: p.at})
		cur.Shown += len(p.records)
		if p.gone {
			suspects = append(suspects, Hint{Side: s.kin.sides[side], ID: id, Reason: "absent", At: p.at, Due: p.at})
		}
		for _, rec := range p.records {
			all = append(all, rec.ID)
		}
	}
	old, err := st.Mirrors(ctx, s.ws, conn, object, all)
	if err != nil {
		return err
	}
	var changed []Mirror
	var hints []Hint
	for _, r := range reads {
		p := shown[r.Parent]
		if p.gone {
			continue // what hung on it is looked at when that is certain (bereaved)
		}
		there := map[string]bool{}
		for _, rec := range p.records {
			there[rec.ID] = true
			if rec.Parent == "" {
				rec.Parent = r.Parent
			}
			m, news, keep := s.merge(side, old[rec.ID], rec, p.at)
			if keep {
				old[rec.ID] = m
				changed = append(changed, m)
			}
			if news {
				hints = append(hints, Hint{ID: rec.ID, Parent: r.Parent, Reason: "poll", At: p.at, Due: p.at})
			}
		}
		for _, id := range known[r.Parent] {
			if !there[id] {
				hints = append(hints, Hint{ID: id, Parent: r.Parent, Reason: "absent", At: p.at, Due: p.at})
			}
		}
	}
	if err := st.SaveChildren(ctx, s.ws, s.lease, *cur, reads, changed, hints); err != nil || len(suspects) == 0 {
		return err
	}
	return st.AddHints(ctx, s.ws, s.kin.parents.ID, suspects)
}
