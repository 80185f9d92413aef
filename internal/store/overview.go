package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// NeedKind says where something that waits for a person comes from.
type NeedKind string

// The kinds of needs.
const (
	NeedReview   NeedKind = "review"   // a record that cannot be told apart; Reason is the review's
	NeedConflict NeedKind = "conflict" // a field that a person decides about; Reason is the rule's key, Rule why
	NeedParked   NeedKind = "parked"   // a record that a system does not take; Reason is the problem in words
)

// Need is how many records of a pair wait for a person for one reason.
type Need struct {
	Kind         NeedKind
	Pair, Reason string
	N            int
	Rule         string
}

// Needs lists what waits for a person and was not answered yet, the most frequent first within its kind.
func (s *Store) Needs(ctx context.Context, ws string) ([]Need, error) {
	var all []Need
	for _, q := range []struct {
		kind NeedKind
		text string
	}{
		{NeedConflict, `select pair, field, count(*), rule from conflict c where workspace_id = $1 and open
			and not exists (select 1 from person_order o where o.workspace_id = $1 and o.pair = c.pair and o.field = c.field and o.link = c.link and o.state = 'open') group by pair, field, rule order by 3 desc, 1, 2, 4`},
		{NeedReview, `select pair, reason, count(*), '' from review r where workspace_id = $1 and alone_by = ''
			and not exists (select 1 from person_order o where o.workspace_id = $1 and o.pair = r.pair and o.side = r.side and o.record = r.id and o.field = '' and o.state = 'open') group by pair, reason order by 3 desc, 1, 2`},
		{NeedParked, "select pair, problem, count(*), '' from inbox where workspace_id = $1 and problem <> '' and reason = 'parked' group by pair, problem order by 3 desc, 1, 2"},
	} {
		list, err := db.All(ctx, s.db, q.text, []any{ws}, func(r *sql.Rows) (n Need, err error) {
			n.Kind = q.kind
			err = r.Scan(&n.Pair, &n.Reason, &n.N, &n.Rule)
			return n, err
		})
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// CountWaiting counts what waits for a person and was not answered yet, as Needs and FiringNeeds list it, and flows that a run left waiting. It
// stops counting a kind at most, since every page asks.
func (s *Store) CountWaiting(ctx context.Context, ws string, most int) (n int, err error) {
	_, err = s.db.Get(ctx, "select "+waitingIn("$1", "$2"), []any{ws, most}, &n)
	return n, err
}

// waitingIn is how much waits in a workspace, as a part of a query.
func waitingIn(ws, most string) string {
	return strings.NewReplacer("$ws", ws, "$most", most).Replace(`(select count(*) from (select 1 from conflict c where c.workspace_id = $ws and c.open
			and not exists (select 1 from person_order o where o.workspace_id = $ws and o.link = c.link and o.field = c.field and o.pair = c.pair and o.state = 'open') limit $most) x)
		+ (select count(*) from (select 1 from review r where r.workspace_id = $ws and r.alone_by = ''
			and not exists (select 1 from person_order o where o.workspace_id = $ws and o.pair = r.pair and o.side = r.side and o.record = r.id and o.field = '' and o.state = 'open') limit $most) y)
		+ (select count(*) from (select 1 from inbox i where i.workspace_id = $ws and i.problem <> '' and i.reason = 'parked' limit $most) z)
		+ (select count(*) from (select 1 from firing g where g.workspace_id = $ws and g.state = 'parked' limit $most) u)
		+ (select count(*) from flow f where f.workspace_id = $ws and f.enabled and 'paused' = (select r.status from run r where r.workspace_id = $ws and r.flow = f.id and r.over and not r.dry
			order by r.started_at desc, r.id desc limit 1))`)
}

// TryAgain makes the lines of a pair's inbox due that failed, or are to be tried again, with a problem ("" for any problem), and gives each all its
// attempts back. It is a word from outside: what failed may never have been read. It returns how many those are.
func (s *Store) TryAgain(ctx context.Context, ws, pair, problem string, now time.Time) (n int64, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) (err error) {
		n, err = tx.Exec(ctx, `update inbox set due_at = $4, reason = 'webhook', attempts = 0, seq = seq + 1
			where workspace_id = $1 and pair = $2 and problem <> '' and reason in ('parked', 'retry', 'webhook', 'absent') and (problem = $3 or $3 = '')`, ws, pair, problem, db.MS(now))
		return err
	})
	return n, err
}

// EntriesOf lists the log of a run in order, after the entry `after`, of one result and reason ("" for any reason).
func (s *Store) EntriesOf(ctx context.Context, ws, run string, result engine.Result, reason, after string, limit int) ([]engine.Entry, error) {
	return db.All(ctx, s.db, "select "+entryColumns+` from run_entry where workspace_id = $1 and run = $2 and result = $3 and id > $4
		and (reason = $5 or $5 = '') order by id limit $6`, []any{ws, run, string(result), after, reason, limit}, scanEntry)
}

// Cause is how many records of a run came to a result for one reason.
type Cause struct {
	Result engine.Result
	Reason string
	N      int
	// First is the first such entry.
	First string
}

// Causes groups the records of a run that have a result by their reason, the most frequent first.
func (s *Store) Causes(ctx context.Context, ws, run string, result engine.Result) ([]Cause, error) {
	return db.All(ctx, s.db, `select reason, count(*), min(id) from run_entry where workspace_id = $1 and run = $2 and result = $3
		group by reason order by 2 desc, 3`, []any{ws, run, string(result)}, func(r *sql.Rows) (c Cause, err error) {
		c.Result = result
		err = r.Scan(&c.Reason, &c.N, &c.First)
		return c, err
	})
}

// HintsOf are the lines of a pair's inbox for records of one side, by id: what is still to be done about them.
func (s *Store) HintsOf(ctx context.Context, ws, pair string, side engine.Side, ids []string) (map[string]engine.Hint, error) {
	found := map[string]engine.Hint{}
	if len(ids) == 0 {
		return found, nil
	}
	err := db.Walk(ctx, s.db, `select side, id, parent, reason, hint_at, due_at, seq, attempts, problem from inbox
		where workspace_id = $1 and pair = $2 and side = $3 and id in [$4]`, []any{ws, pair, int64(side), db.Strings(ids)}, func(r *sql.Rows) error {
		h, err := scanHint(r)
		found[h.ID] = h
		return err
	})
	return found, err
}
