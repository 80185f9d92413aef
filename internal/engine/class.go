package engine

import "couplet/internal/connector"

// What calls are made for decides who goes first where an account's allowance is short (sync-semantics 5.16). The engine
// says it of each call; the budgets act on it (package connection).

// readingClass is what a pass over one side is for: what changed of late, everything for the first time or because a person
// asked for it, or everything once more.
func (s *session) readingClass(cur Cursor, whole bool) connector.Class {
	switch {
	case !whole:
		return connector.Live
	case cur.Generation == 0 || s.run.Full:
		return connector.Backfill
	}
	return connector.Sweep
}

// jobClass is what the work on one record is for.
func (s *session) jobClass(j job) connector.Class {
	switch {
	case outside(j.hint.Reason):
		return connector.Live
	case j.hint.Reason == "retry":
		return connector.Retry
	case s.bulk():
		return connector.Backfill
	case j.hint.Reason == "gen":
		return connector.Sweep
	}
	return connector.Live
}

// bulk reports whether the run carries out a first plan, or a complete one that a person asked for.
func (s *session) bulk() bool { return s.pair.Settled.IsZero() || s.run.Full }

// working notes what the calls to a side are for most of all now, so that a run that has to wait says so truly.
func (s *session) working(side Side, c connector.Class) {
	s.mu.Lock()
	s.doing[side] = c
	s.mu.Unlock()
}
