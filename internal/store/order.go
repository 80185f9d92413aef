package store

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

// ErrSettled says that what a person decided about waits for nobody any more: somebody else was quicker, or it settled
// itself.
var ErrSettled = errors.New("settled already")

// ErrMoved says that the values are no longer those that the person saw.
var ErrMoved = errors.New("the values changed meanwhile")

// ErrTaken says that the record to link with is gone, unknown, or has a partner.
var ErrTaken = errors.New("the other record is gone or has a partner already")

// ErrUnderWay says that the record is being deleted, as somebody decided: the call left, or is about to, and nothing stops it.
var ErrUnderWay = errors.New("it is being deleted already")

const orderColumns = "id, pair, kind, state, side, record, partner, link, field, from_side, value, seen, by_user, given_at, reason, run, over_at"

func scanOrder(r *sql.Rows) (o engine.Order, err error) {
	err = r.Scan(&o.ID, &o.Pair, &o.Kind, &o.State, &o.Side, &o.Record, &o.Partner, &o.Link, &o.Field, &o.From, db.JSON(&o.Value), db.JSON(&o.Seen), &o.By,
		db.Time(&o.At), &o.Reason, &o.Run, db.Time(&o.Over))
	return o, err
}

// AddOrder stores what a person decided about a record that waits (link, create, alone) or about a field of a link (choose,
// put, alone), or about one that waits to be deleted (delete, keep), and puts the record into the inbox. A newer order replaces an open one about the same. Seen is what the person
// saw; empty, it is what is stored. It fails with ErrSettled, ErrMoved, ErrTaken or ErrUnderWay, and stores nothing then.
func (s *Store) AddOrder(ctx context.Context, ws string, o engine.Order) (engine.Order, error) {
	all := []engine.Order{o}
	err := s.AddOrders(ctx, ws, all)
	return all[0], err
}

// AddOrders is AddOrder for many, all or none.
func (s *Store) AddOrders(ctx context.Context, ws string, orders []engine.Order) error {
	now := s.now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		for i := range orders {
			if err := addOrder(ctx, tx, ws, &orders[i], now); err != nil {
				return err
			}
		}
		return nil
	})
}

func addOrder(ctx context.Context, tx *db.Tx, ws string, o *engine.Order, now time.Time) error {
	pair, err := pairByID(ctx, tx, ws, o.Pair)
	if err != nil {
		return err
	}
	o.ID, o.At, o.State = engine.NewID("ord", now), now, engine.OrderOpen
	if o.Link != "" {
		err = fitField(ctx, tx, ws, o)
	} else {
		err = fitRecord(ctx, tx, ws, pair, o)
	}
	if err != nil {
		return err
	}
	if err := putOrder(ctx, tx, ws, o); err != nil {
		return err
	}
	hint := engine.Hint{Side: o.Side, ID: o.Record, Reason: "order", At: now, Due: now}
	if _, err := tx.Get(ctx, "select parent from mirror where workspace_id = $1 and conn = $2 and object = $3 and id = $4",
		[]any{ws, pair.Conns[o.Side], pair.Object, o.Record}, &hint.Parent); err != nil {
		return err
	}
	return putHints(ctx, tx, ws, pair.ID, []engine.Hint{hint})
}

func putOrder(ctx context.Context, tx *db.Tx, ws string, o *engine.Order) error {
	n, err := tx.Exec(ctx, `update person_order set state = 'replaced', over_at = $6 where workspace_id = $1 and pair = $2 and side = $3 and record = $4
		and field = $5 and state = 'open'`, ws, o.Pair, int64(o.Side), o.Record, o.Field, db.MS(o.At))
	if err == nil && n > 0 && o.Field == "" {
		err = leaving(ctx, tx, ws, o.Pair, o.Side, o.Record)
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "insert into person_order (workspace_id, "+orderColumns+`)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, '', '', 0)`,
		ws, o.ID, o.Pair, string(o.Kind), string(o.State), int64(o.Side), o.Record, o.Partner, o.Link, o.Field, int64(o.From), db.Doc(o.Value), db.Doc(o.Seen),
		o.By, db.MS(o.At))
	return err
}

// fitField checks an order about a field, and completes it by the record of side a and what the two sides show.
func fitField(ctx context.Context, tx *db.Tx, ws string, o *engine.Order) error {
	links, err := db.All(ctx, tx, "select "+linkColumns+" from link where workspace_id = $1 and pair = $2 and id = $3 and state = 'on'", []any{ws, o.Pair, o.Link}, scanLink)
	if err != nil {
		return err
	}
	if len(links) == 0 {
		return ErrSettled
	}
	o.Side, o.Record = engine.A, links[0].IDs[engine.A]
	var now [2]any
	open, err := tx.Get(ctx, "select a_value, b_value from conflict where workspace_id = $1 and link = $2 and field = $3 and open", []any{ws, o.Link, o.Field},
		db.JSON(&now[0]), db.JSON(&now[1]))
	if err != nil {
		return err
	}
	if !open {
		base, agreed := links[0].Base[o.Field]
		if o.Kind != engine.OrderPut || !agreed {
			return ErrSettled
		}
		if now = base.V; !reflect.DeepEqual(o.Seen, now) { // nothing is open: whoever puts a value back says what gives way, be it nothing
			return ErrMoved
		}
	}
	if !seenAs(o.Seen, now) {
		return ErrMoved
	}
	o.Seen = now
	return nil
}

// seenAs reports whether somebody saw what is there now; nobody has to say what they saw. Both came from JSON, so values may be
// lists, which Go does not compare.
func seenAs(seen, now [2]any) bool {
	return seen[0] == nil && seen[1] == nil || reflect.DeepEqual(seen, now)
}

// fitRecord checks an order about a record that waits for a person, or that one left alone.
func fitRecord(ctx context.Context, tx *db.Tx, ws string, pair engine.Pair, o *engine.Order) error {
	var one int
	var r engine.Review
	waits, err := tx.Get(ctx, "select reason, plan from review where workspace_id = $1 and pair = $2 and side = $3 and id = $4", []any{ws, o.Pair, int64(o.Side), o.Record}, &r.Reason, db.JSON(&r.Plan))
	if err == nil && (!waits || r.AsksDelete() != (o.Kind == engine.OrderDelete || o.Kind == engine.OrderKeep) || (o.Kind == engine.OrderAccept) != (r.Plan != nil)) {
		err = ErrSettled
	}
	if err == nil && o.Kind == engine.OrderDelete {
		err = fitSight(ctx, tx, ws, pair, o)
	}
	if seen, _ := o.Seen[0].(string); err == nil && o.Kind == engine.OrderAccept && seen != "" && seen != PlanSeen(r.Plan) {
		err = ErrMoved
	}
	if err != nil || o.Kind != engine.OrderLink {
		return err
	}
	other := o.Side.Other()
	if err := fitSight(ctx, tx, ws, pair, o); err != nil {
		return err
	}
	linked, err := tx.Get(ctx, "select 1 from link where workspace_id = $1 and pair = $2 and "+[2]string{"a_id", "b_id"}[other]+" = $3 and "+live,
		[]any{ws, o.Pair, o.Partner}, &one)
	if err == nil && linked {
		err = ErrTaken
	}
	return err
}

// fitSight checks that the record of an order still is as the person saw it, and so the other one that it names, and completes the
// order by that.
func fitSight(ctx context.Context, tx *db.Tx, ws string, pair engine.Pair, o *engine.Order) error {
	var now [2]any
	for side := range now {
		id, gone := o.Record, ErrSettled
		if engine.Side(side) != o.Side {
			id, gone = o.Partner, ErrTaken
		}
		if id == "" && o.Kind == engine.OrderDelete {
			continue
		}
		var m engine.Mirror
		there, err := tx.Get(ctx, "select changed_at, version from mirror where workspace_id = $1 and conn = $2 and object = $3 and id = $4 and gone_at = 0",
			[]any{ws, pair.Conns[side], pair.Object, id}, db.Time(&m.Changed), &m.Version)
		if err != nil {
			return err
		}
		if !there {
			return gone
		}
		now[side] = m.Sight()
	}
	if !seenAs(o.Seen, now) {
		return ErrMoved
	}
	o.Seen = now
	return nil
}

// TakeBack withdraws an open order before it is carried out. It reports whether there was one. Once a delete is about to leave it
// fails with ErrUnderWay: then nobody can promise that it does not happen.
func (s *Store) TakeBack(ctx context.Context, ws, id, by string) (took bool, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) (err error) {
		var o engine.Order
		took, err = tx.Get(ctx, `update person_order set state = 'withdrawn', reason = 'taken_back', by_user = $3, over_at = $4 where workspace_id = $1 and id = $2 and state = 'open'
			returning pair, side, record, field`, []any{ws, id, by, db.MS(s.now())}, &o.Pair, &o.Side, &o.Record, &o.Field)
		if err == nil && took && o.Field == "" { // only now: who writes a delete down waits for this row, or was waited for
			err = leaving(ctx, tx, ws, o.Pair, o.Side, o.Record)
		}
		return err
	})
	return took && err == nil, err
}

// endOrders ends orders with the commit of their outcome. One that was replaced meanwhile stays as it is.
func endOrders(ctx context.Context, tx *db.Tx, ws, run string, ends []engine.OrderEnd, at time.Time) error {
	rows := make([][]any, len(ends))
	for i, e := range ends {
		state := engine.OrderDone
		if e.Reason != "" {
			state = engine.OrderWithdrawn
		}
		rows[i] = []any{ws, e.ID, string(state), e.Reason, run, db.MS(at)}
	}
	return tx.Each(ctx, "update person_order set state = $3, reason = $4, run = $5, over_at = $6 where workspace_id = $1 and id = $2 and state = 'open'", rows)
}

// Orders implements engine.Store.
func (s *Store) Orders(ctx context.Context, ws, pair string, side engine.Side, records []string) ([]engine.Order, error) {
	if len(records) == 0 {
		return nil, nil
	}
	return db.All(ctx, s.db, "select "+orderColumns+" from person_order where workspace_id = $1 and pair = $2 and side = $3 and record in [$4] and state = 'open'",
		[]any{ws, pair, int64(side), db.Strings(records)}, scanOrder)
}

// OpenOrders lists the orders of a pair that no run has come to yet, after an id.
func (s *Store) OpenOrders(ctx context.Context, ws, pair, after string, limit int) ([]engine.Order, error) {
	return db.All(ctx, s.db, "select "+orderColumns+" from person_order where workspace_id = $1 and pair = $2 and state = 'open' and id > $3 order by id limit $4",
		[]any{ws, pair, after, limit}, scanOrder)
}

// LastOrder is the newest order about a record (field "") or about a field of the link whose record of side a is named.
func (s *Store) LastOrder(ctx context.Context, ws, pair string, side engine.Side, record, field string) (engine.Order, bool, error) {
	list, err := db.All(ctx, s.db, "select "+orderColumns+` from person_order where workspace_id = $1 and pair = $2 and side = $3 and record = $4 and field = $5
		order by case when state = 'open' then 0 else 1 end, given_at desc, id desc limit 1`, []any{ws, pair, int64(side), record, field}, scanOrder)
	return first(list), len(list) > 0, err
}
