package store

import (
	"context"
	"database/sql"

	"couplet/db"
	"couplet/internal/engine"
)

const putReview = `insert into review (workspace_id, pair, side, id, reason, candidates, twins, opened_at, alone_by, alone_keys, plan)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
	on conflict (workspace_id, pair, side, id) do update set reason = excluded.reason, candidates = excluded.candidates, twins = excluded.twins,
		alone_by = excluded.alone_by, alone_keys = excluded.alone_keys, plan = excluded.plan`

const reviewColumns = "pair, side, id, reason, candidates, twins, opened_at, alone_by, alone_keys, plan"

func reviewRow(ws string, r *engine.Review) []any {
	return []any{ws, r.Pair, int64(r.Side), r.ID, r.Reason, docOr(r.Candidates, len(r.Candidates)), docOr(r.Twins, len(r.Twins)), db.MS(r.At), r.Alone, r.AloneKeys, planDoc(r.Plan)}
}

func scanReview(rows *sql.Rows) (r engine.Review, err error) {
	err = rows.Scan(&r.Pair, &r.Side, &r.ID, &r.Reason, db.JSON(&r.Candidates), db.JSON(&r.Twins), db.Time(&r.At), &r.Alone, &r.AloneKeys, db.JSON(&r.Plan))
	return r, err
}

func planDoc(l *engine.Line) any {
	if l == nil {
		return ""
	}
	return db.Doc(l)
}

// settleReviews closes reviews. Every link closes those of its records and few have any, so a pair without one is spared
// the looking.
func settleReviews(ctx context.Context, tx *db.Tx, ws, pair string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	var one int
	if any, err := tx.Get(ctx, "select 1 from review where workspace_id = $1 and pair = $2 limit 1", []any{ws, pair}, &one); !any || err != nil {
		return err
	}
	return tx.Each(ctx, "delete from review where workspace_id = $1 and pair = $2 and side = $3 and id = $4", rows)
}

// ReviewsOf implements engine.Store.
func (s *Store) ReviewsOf(ctx context.Context, ws, pair string, side engine.Side, ids []string) (map[string]engine.Review, error) {
	found := map[string]engine.Review{}
	if len(ids) == 0 {
		return found, nil
	}
	err := db.Walk(ctx, s.db, "select "+reviewColumns+" from review where workspace_id = $1 and pair = $2 and side = $3 and id in [$4]",
		[]any{ws, pair, int64(side), db.Strings(ids)}, func(rows *sql.Rows) error {
			r, err := scanReview(rows)
			found[r.ID] = r
			return err
		})
	return found, err
}

// CountReviews implements engine.Store.
func (s *Store) CountReviews(ctx context.Context, ws, pair string) (n int, err error) {
	_, err = s.db.Get(ctx, "select count(*) from review where workspace_id = $1 and pair = $2 and alone_by = ''", []any{ws, pair}, &n)
	return n, err
}

// Reviews lists what waits for a person, in order of (side, id), after a place.
func (s *Store) Reviews(ctx context.Context, ws, pair string, after engine.Place, limit int) ([]engine.Review, error) {
	return db.All(ctx, s.db, "select "+reviewColumns+` from review where workspace_id = $1 and pair = $2 and (side, id) > ($3, $4) and alone_by = ''
		order by side, id limit $5`, []any{ws, pair, int64(after.Side), after.ID, limit}, scanReview)
}

// Question is what kind of answer a record waits for.
type Question string

// The questions.
const (
	// AskWho is about a record that cannot be told apart, AskDelete about the partner of one that was deleted, AskWrite about a write
	// that nobody approved.
	AskWho    Question = "who"
	AskDelete Question = "delete"
	AskWrite  Question = "write"
)

// questions are the conditions of the lists; $6 and $7 are the reasons of deletes.
var questions = map[Question]string{
	AskWho:    "r.plan = '' and r.reason not in ($6, $7)",
	AskDelete: "r.plan = '' and r.reason in ($6, $7)",
	AskWrite:  "r.plan <> '' and $6 <> $7",
}

// Unanswered lists the records of a pair that wait with a question which nobody answered yet, in order of (side, id), after a place.
func (s *Store) Unanswered(ctx context.Context, ws, pair string, q Question, after engine.Place, limit int) ([]engine.Review, error) {
	del := engine.DeleteReasons()
	return db.All(ctx, s.db, "select "+reviewColumns+` from review r where workspace_id = $1 and pair = $2 and (side, id) > ($3, $4) and alone_by = ''
		and not exists (select 1 from person_order o where o.workspace_id = $1 and o.pair = $2 and o.side = r.side and o.record = r.id and o.field = '' and o.state = 'open')
		and `+questions[q]+" order by side, id limit $5", []any{ws, pair, int64(after.Side), after.ID, limit, del[0], del[1]}, scanReview)
}
