package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"couplet/db"
	"couplet/internal/automation"
	"couplet/internal/connector"
	"couplet/internal/engine"
)

const (
	// underWay is how long something that was begun, and whose end nobody heard, may still be going on.
	underWay = 2 * time.Minute
	// stored is how much later than what it tells of a line of a log may be, or earlier: what it wrote is compared besides.
	stored = time.Minute
)

// DeedsOn implements automation.Watches.
func (s *Store) DeedsOn(ctx context.Context, ws, conn, system string, ref connector.Ref, since, now time.Time) (deeds []automation.Deed, going bool, err error) {
	steps, going, err := s.stepsOn(ctx, ws, system+" "+ref.Object+" "+ref.ID, since, now)
	if err != nil {
		return nil, false, err
	}
	pairs, err := pairsOf(ctx, s.db, ws, conn, ref.Object)
	if err != nil {
		return nil, false, err
	}
	for _, p := range pairs {
		for side := range p.Conns {
			if p.Conns[side] != conn {
				continue
			}
			some, more, err := s.runsOn(ctx, ws, p, engine.Side(side), ref.ID, since, now)
			if err != nil {
				return nil, false, err
			}
			deeds, going = append(deeds, some...), going || more
		}
	}
	deeds = append(deeds, steps...)
	slices.SortStableFunc(deeds, func(x, y automation.Deed) int { return x.Over.Compare(y.Over) })
	return deeds, going, nil
}

// stepsOn are the steps of automations that made or changed a record. While any step is being sent nobody knows what it will have
// made.
func (s *Store) stepsOn(ctx context.Context, ws, made string, since, now time.Time) (deeds []automation.Deed, going bool, err error) {
	err = db.Walk(ctx, s.db, `select e.body, f.id, f.hop from firing_entry e join firing f on f.workspace_id = e.workspace_id and f.id = e.firing
		where e.workspace_id = $1 and e.made = $2 order by e.began_at`, []any{ws, made}, func(r *sql.Rows) error {
		var e automation.Entry
		var d automation.Deed
		if err := r.Scan(db.JSON(&e), &d.Firing, &d.Hop); err != nil {
			return err
		}
		if d.Began, d.Over = e.Began, e.Over; e.Over.IsZero() || e.Over.After(since) {
			d.Made = len(deeds) == 0
			deeds = append(deeds, d)
		}
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	var one int
	going, err = s.db.Get(ctx, "select 1 from firing_entry where workspace_id = $1 and state = $2 and began_at > $3 limit 1",
		[]any{ws, string(automation.Sending), db.MS(now.Add(-underWay))}, &one)
	return deeds, going, err
}

// runsOn is what runs of flows did to a record on a side of a pair.
func (s *Store) runsOn(ctx context.Context, ws string, p engine.Pair, side engine.Side, id string, since, now time.Time) (deeds []automation.Deed, going bool, err error) {
	column := [2]string{"a_id", "b_id"}[side]
	var link, made string
	linked, err := s.db.Get(ctx, "select id, made from link where workspace_id = $1 and pair = $2 and "+column+" = $3 and state in ('on', 'one_gone')", []any{ws, p.ID, id}, &link, &made)
	if err != nil {
		return nil, false, err
	}
	var one int
	if !linked { // one that is being made here has no link yet
		going, err = s.db.Get(ctx, "select 1 from intent where workspace_id = $1 and pair = $2 and side = $3 and sent_at > $4 limit 1",
			[]any{ws, p.ID, int64(side), db.MS(now.Add(-underWay))}, &one)
		return nil, going && since.IsZero(), err
	}
	if going, err = s.db.Get(ctx, "select 1 from sending where workspace_id = $1 and link = $2 and sent_at > $3", []any{ws, link, db.MS(now.Add(-underWay))}, &one); err != nil {
		return nil, false, err
	}
	from := since
	if !from.IsZero() {
		from = from.Add(-stored)
	}
	entries, err := db.All(ctx, s.db, "select "+entryColumns+" from run_entry where link = $1 and workspace_id = $2 and at >= $3 and not planned order by at, run, id",
		[]any{link, ws, db.MS(from)}, scanEntry)
	for _, e := range entries {
		if !e.Sides[side] && e.To != int(side) {
			continue
		}
		d := automation.Deed{Began: e.At, Over: e.At, Made: e.Result == engine.ResultCreated || made == "adopt", Fields: connector.Fields{}}
		for _, f := range e.Fields {
			if jsonOf(f.Before[side]) == jsonOf(f.After[side]) {
				continue // it was written to the other side, if at all
			}
			sides := strings.SplitN(f.Field, "=", 2)
			names := strings.Split(sides[min(int(side), len(sides)-1)], "+")
			for i, name := range names {
				d.Fields[name] = plainSet(f.After[side])
				if parts, is := d.Fields[name].([]string); is && len(names) > 1 && len(parts) == len(names) {
					d.Fields[name] = parts[i]
				}
			}
		}
		deeds = append(deeds, d)
	}
	return deeds, going, err
}

// plainSet is a list of texts that went through JSON.
func plainSet(v any) any {
	list, is := v.([]any)
	if !is {
		return v
	}
	out := []string{}
	for _, x := range list {
		if text, ok := x.(string); ok {
			out = append(out, text)
		}
	}
	return out
}
