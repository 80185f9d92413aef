package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"couplet/db"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// Rule says that from now on the value of a side counts where both sides changed a field: a choice that a person made so often
// that it became the policy of the field's row. It is kept among the orders, and is never one that is carried out.
type Rule struct {
	ID, Pair, Flow, Field string
	From                  engine.Side
	By                    string
	At                    time.Time
	// Was is the policy that the row had before, "" for that of its flow.
	Was mapping.Policy
}

const orderRule = "rule"

// Policy is the policy that a rule gives to its row.
func (r Rule) Policy() mapping.Policy { return [2]mapping.Policy{mapping.AWins, mapping.BWins}[r.From] }

// policyOf is what a flow does where both sides changed a field, and whether the field is one of its rows.
func policyOf(f flow.Flow, field string) (row int, p mapping.Policy, ok bool) {
	row = slices.IndexFunc(f.Map, func(r mapping.Row) bool { return r.Key() == field })
	if row < 0 {
		return row, "", false
	}
	if p = f.Map[row].Conflict; p == "" {
		p = f.Conflict
	}
	return row, p, true
}

// Habit is how often, without a break, people chose one side's value for a field that the flow asks about.
type Habit struct {
	Field string
	From  engine.Side
	N     int
}

// habitsOver is how many choices are looked at for habits.
const habitsOver = 1000

// Habits are the newest choices of a pair, field by field, as far back as they were equal. A rule of the field, made, taken back
// or declined, begins the count anew, and so does another answer.
func (s *Store) Habits(ctx context.Context, ws, pair string) (all []Habit, err error) {
	at, broken := map[string]int{}, map[string]bool{}
	err = db.Walk(ctx, s.db, `select field, kind, from_side from person_order where workspace_id = $1 and pair = $2 and field <> ''
		and (kind = 'rule' or kind in ('choose', 'put', 'alone') and state in ('open', 'done')) order by given_at desc, case when kind = 'rule' then 0 else 1 end, id desc limit $3`,
		[]any{ws, pair, habitsOver}, func(r *sql.Rows) error {
			var field, kind string
			var from engine.Side
			if err := r.Scan(&field, &kind, &from); err != nil {
				return err
			}
			i, known := at[field]
			switch {
			case broken[field]:
			case kind != string(engine.OrderChoose) || known && all[i].From != from:
				broken[field] = true
			case known:
				all[i].N++
			default:
				at[field] = len(all)
				all = append(all, Habit{field, from, 1})
			}
			return nil
		})
	return all, err
}

// MakeRule makes a choice the rule of a flow that asks about a field: the policy of the row becomes that of the rule, in the
// published flow as its next version and in a draft of it, and what waits in that field is decided by orders. An approval
// holds on, since nothing else can change by it. It returns how many orders those are, and ErrSettled when the flow does not
// ask about the field any more.
func (s *Store) MakeRule(ctx context.Context, ws string, r Rule) (_ Rule, n int, err error) {
	now := s.now()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		f, err := lockedFlow(ctx, tx, ws, r.Flow)
		if err != nil {
			return err
		}
		pair, err := pairByID(ctx, tx, ws, r.Pair)
		if err != nil {
			return err
		}
		row, p, ok := policyOf(f, r.Field)
		if !ok || p != mapping.Ask || pair.Conns != f.Connections || pair.Object != f.Object {
			return ErrSettled
		}
		r.At, r.Was = now, f.Map[row].Conflict
		if err := s.setPolicy(ctx, tx, r.By, f, r.Field, r.Policy()); err != nil {
			return err
		}
		waits, err := db.All(ctx, tx, openConflict+`c.pair = $2 and c.field = $3 and not exists (select 1 from person_order o
			where o.workspace_id = c.workspace_id and o.link = c.link and o.field = c.field and o.state = 'open') order by c.id`, []any{ws, r.Pair, r.Field}, scanOpenConflict)
		if err != nil {
			return err
		}
		n = len(waits)
		for _, c := range waits {
			o := engine.Order{Pair: r.Pair, Kind: engine.OrderChoose, Link: c.Link, Field: r.Field, From: r.From, Seen: c.V, By: r.By}
			if err := addOrder(ctx, tx, ws, &o, now); err != nil {
				return err
			}
		}
		r.ID = engine.NewID("ord", now)
		return putRule(ctx, tx, ws, r, engine.OrderDone)
	})
	return r, n, err
}

// DeclineRule says that a habit is not to become a rule: it is not offered again before there are as many choices anew.
func (s *Store) DeclineRule(ctx context.Context, ws string, r Rule) error {
	r.At = s.now()
	r.ID = engine.NewID("ord", r.At)
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := pairByID(ctx, tx, ws, r.Pair); err != nil {
			return err
		}
		return putRule(ctx, tx, ws, r, engine.OrderWithdrawn)
	})
}

func putRule(ctx context.Context, tx *db.Tx, ws string, r Rule, state engine.OrderState) error {
	_, err := tx.Exec(ctx, "insert into person_order (workspace_id, "+orderColumns+`)
		values ($1, $2, $3, $4, $5, 0, '', $6, '', $7, $8, $9, $10, $11, $12, '', '', $12)`,
		ws, r.ID, r.Pair, orderRule, string(state), r.Flow, r.Field, int64(r.From), db.Doc(string(r.Was)), db.Doc([2]any{}), r.By, db.MS(r.At))
	return err
}

// Rules are the rules that were made of choices and still hold in their flows, the newest first.
func (s *Store) Rules(ctx context.Context, ws, pair string) (holding []Rule, err error) {
	all, err := rules(ctx, s.db, ws, "pair = $2", pair)
	flows := map[string]flow.Flow{}
	seen := map[string]bool{}
	for _, r := range all {
		f, known := flows[r.Flow]
		if !known {
			if f, err = oneFlow(ctx, s.db, "id", ws, r.Flow); err != nil && !errors.Is(err, ErrNotFound) {
				return nil, err
			}
			flows[r.Flow] = f
		}
		if _, p, ok := policyOf(f, r.Field); ok && p == r.Policy() && !seen[r.Field] {
			holding = append(holding, r)
		}
		seen[r.Field] = true
	}
	return holding, nil
}

func rules(ctx context.Context, q db.Queryer, ws, which string, v any) ([]Rule, error) {
	return db.All(ctx, q, `select id, pair, partner, field, from_side, by_user, given_at, value from person_order
		where workspace_id = $1 and `+which+` and kind = 'rule' and state = 'done' order by given_at desc, id desc`, []any{ws, v}, func(rows *sql.Rows) (r Rule, err error) {
		err = rows.Scan(&r.ID, &r.Pair, &r.Flow, &r.Field, &r.From, &r.By, db.Time(&r.At), db.JSON(&r.Was))
		return r, err
	})
}

// TakeRuleBack gives a row the policy that it had before a rule, and withdraws the orders that came with the rule and that no
// run has carried out. It reports whether there was such a rule and it still held.
func (s *Store) TakeRuleBack(ctx context.Context, ws, id, by string) (took bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		took = false
		list, err := rules(ctx, tx, ws, "id = $2", id)
		if err != nil || len(list) == 0 {
			return err
		}
		r := list[0]
		f, err := lockedFlow(ctx, tx, ws, r.Flow)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, p, ok := policyOf(f, r.Field); !ok || p != r.Policy() {
			return nil
		}
		if err := s.setPolicy(ctx, tx, by, f, r.Field, r.Was); err != nil {
			return err
		}
		took = true
		_, err = tx.Exec(ctx, `update person_order set state = 'withdrawn', reason = 'taken_back', by_user = $3, over_at = $4 where workspace_id = $1
			and (id = $2 or pair = $5 and field = $6 and kind = 'choose' and state = 'open' and given_at = $7 and by_user = $8)`,
			ws, r.ID, by, db.MS(s.now()), r.Pair, r.Field, db.MS(r.At), r.By)
		return err
	})
	return took, err
}

// setPolicy publishes a flow with another policy for a field, and puts it into a draft of the flow, too.
func (s *Store) setPolicy(ctx context.Context, tx *db.Tx, by string, f flow.Flow, field string, p mapping.Policy) error {
	with := func(f flow.Flow) flow.Flow {
		f.Map = slices.Clone(f.Map)
		if i, _, ok := policyOf(f, field); ok {
			f.Map[i].Conflict = p
		}
		return f
	}
	d, step, err := draftOf(ctx, tx, f)
	if err != nil {
		return err
	}
	next := with(f)
	next.Version++
	if a := f.Approval; a != nil && a.Revision == f.Revision() {
		was := *a
		was.Revision = next.Revision()
		next.Approval = &was
	}
	if err := updateFlow(ctx, tx, next, s.now()); err != nil {
		return err
	}
	if err := putVersion(ctx, tx, Author{by, ByRule}, next, s.now()); err != nil || step == 0 {
		return err
	}
	if d.Base == f.Version {
		d.Base = next.Version
	}
	return putStep(ctx, tx, d, step, with(d.Flow), pointer{by: d.By, at: d.At})
}
