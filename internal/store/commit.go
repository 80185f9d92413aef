package store

import (
	"context"
	"fmt"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// Commit implements engine.Store. Everything of the group is gathered by table and stored in one transaction with the
// counts of the run; other pairs that share an account learn what it shows of that. When a new link meets a live link of one of its records, it returns an error that is
// engine.ErrLinked and stores nothing.
func (s *Store) Commit(ctx context.Context, ws string, l engine.Lease, run engine.Run, outcomes []engine.Commit) error {
	g := gather(ws, run, outcomes)
	return s.under(ctx, ws, l, func(tx *db.Tx) error {
		pair, err := pairByID(ctx, tx, ws, run.Pair)
		if err != nil {
			return err
		}
		for side := range g.mirrors {
			if err := tellOthers(ctx, tx, ws, pair, pair.Conns[side], g.mirrors[side], s.now()); err != nil {
				return err
			}
			if err := putMirrors(ctx, tx, ws, pair.Conns[side], pair.Object, 0, g.mirrors[side]); err != nil {
				return err
			}
		}
		if err := tx.Each(ctx, putLink, g.links); err != nil {
			if db.IsUnique(err) {
				return fmt.Errorf("%w: %w", engine.ErrLinked, err)
			}
			return err
		}
		if err := settleConflicts(ctx, tx, ws, g.resolved); err != nil {
			return err
		}
		for _, step := range []struct {
			text string
			rows [][]any
		}{
			{putReview, g.reviews},
			{putIntent, g.intents},
			{putSending, g.sendings},
			{putConflict, g.conflicts},
			{putEntry, g.entries},
			{putPlanField, g.plans},
		} {
			if err := tx.Each(ctx, step.text, step.rows); err != nil {
				return err
			}
		}
		if err := closeIntents(ctx, tx, ws, g.closed); err != nil {
			return err
		}
		if err := endSendings(ctx, tx, ws, g.answered); err != nil {
			return err
		}
		if err := settleReviews(ctx, tx, ws, pair.ID, g.settled); err != nil {
			return err
		}
		if err := keepLosses(ctx, tx, ws, pair.ID, g.losses); err != nil {
			return err
		}
		if err := endOrders(ctx, tx, ws, run.ID, g.orders, s.now()); err != nil {
			return err
		}
		if err := bury(ctx, tx, ws, g.buried); err != nil {
			return err
		}
		if err := readAgain(ctx, tx, ws, pair, g.reread); err != nil {
			return err
		}
		if err := settleHints(ctx, tx, ws, pair.ID, g.finished, g.again); err != nil {
			return err
		}
		return s.putRun(ctx, tx, ws, run)
	})
}

// gathered is a group of outcomes, by table.
type gathered struct {
	mirrors         [2][]engine.Mirror
	links           [][]any
	reviews         [][]any
	settled         [][]any
	intents         [][]any
	closed          []string
	sendings        [][]any
	answered        []string          // links
	conflicts       [][]any           // open ones
	losses          []engine.Conflict // settled ones
	entries         [][]any
	plans           [][]any // fields that a dry run would change
	resolved        []resolution
	orders          []engine.OrderEnd
	buried          []engine.Tombstone
	reread          [][]any
	finished, again []engine.Hint
}

func gather(ws string, run engine.Run, outcomes []engine.Commit) *gathered {
	g := &gathered{}
	for i := range outcomes {
		c := &outcomes[i]
		for side := range c.Mirrors {
			g.mirrors[side] = append(g.mirrors[side], c.Mirrors[side]...)
		}
		if c.Link != nil {
			g.links = append(g.links, linkRow(ws, c.Link))
			if c.Link.State == engine.Detached {
				g.answered = append(g.answered, c.Link.ID)
			}
		}
		for j := range c.Review {
			g.reviews = append(g.reviews, reviewRow(ws, &c.Review[j]))
		}
		for _, p := range c.Settled {
			g.settled = append(g.settled, []any{ws, run.Pair, int64(p.Side), p.ID})
		}
		if c.Intent != nil {
			g.intents = append(g.intents, intentRow(ws, c.Intent))
		}
		g.closed = append(g.closed, c.Closed...)
		if c.Sending != nil {
			g.sendings = append(g.sendings, sendingRow(ws, run.Pair, c.Sending))
		}
		g.answered = append(g.answered, c.Answered...)
		for j := range c.Conflict {
			if c.Conflict[j].Open {
				g.conflicts = append(g.conflicts, conflictRow(ws, run.Pair, &c.Conflict[j]))
			} else {
				g.losses = append(g.losses, c.Conflict[j])
			}
		}
		if c.Entry != nil {
			g.entries = append(g.entries, entryRow(ws, c.Entry))
			g.plans = append(g.plans, planRows(ws, c.Entry)...)
		}
		if len(c.Resolved) > 0 {
			g.resolved = append(g.resolved, resolution{link: linkOf(c), fields: c.Resolved, at: timeOf(c, run)})
		}
		if c.Link != nil && c.Link.State == engine.Detached { // nobody can decide about a pair that is none any more
			g.resolved = append(g.resolved, resolution{link: c.Link.ID, fields: []string{anyField}, at: timeOf(c, run)})
		}
		g.buried, g.orders = append(g.buried, c.Bury...), append(g.orders, c.Orders...)
		for _, r := range c.Reread {
			g.reread = append(g.reread, []any{r.Side, r.Parent, db.MS(r.At)})
		}
		g.finished, g.again = append(g.finished, c.Finished...), append(g.again, c.Again...)
	}
	return g
}

// linkOf is the link that an outcome is about.
func linkOf(c *engine.Commit) string {
	switch {
	case c.Link != nil:
		return c.Link.ID
	case c.Entry != nil:
		return c.Entry.Link
	}
	return ""
}

// timeOf is when an outcome came about.
func timeOf(c *engine.Commit, run engine.Run) time.Time {
	if c.Entry != nil {
		return c.Entry.At
	}
	return run.Beat
}
