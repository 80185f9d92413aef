package store

import (
	"context"
	"database/sql"
	"time"

	"couplet/db"
	"couplet/internal/engine"
)

const putLink = `insert into link (workspace_id, id, pair, a_id, b_id, state, made, run, made_at, base, parent_link)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
	on conflict (workspace_id, id) do update set a_id = excluded.a_id, b_id = excluded.b_id, state = excluded.state, made = excluded.made,
		run = excluded.run, made_at = excluded.made_at, base = excluded.base, parent_link = excluded.parent_link`

const linkColumns = "id, pair, a_id, b_id, state, made, run, made_at, base, parent_link"

// live links are those that the unique indexes guard; the words must be the same as there for the indexes to be used.
const live = "state in ('on', 'one_gone')"

func linkRow(ws string, l *engine.Link) []any {
	return []any{ws, l.ID, l.Pair, l.IDs[0], l.IDs[1], string(l.State), l.Made, l.Run, db.MS(l.At), packBase(l.Base), l.Parent}
}

func scanLink(r *sql.Rows) (l engine.Link, err error) {
	err = r.Scan(&l.ID, &l.Pair, &l.IDs[0], &l.IDs[1], &l.State, &l.Made, &l.Run, db.Time(&l.At), bases{&l.Base}, &l.Parent)
	return l, err
}

// LinksOf implements engine.Store.
func (s *Store) LinksOf(ctx context.Context, ws, pair string, side engine.Side, ids []string) (map[string]engine.Link, error) {
	found := make(map[string]engine.Link, len(ids))
	column := [2]string{"a_id", "b_id"}[side]
	if len(ids) == 0 {
		return found, nil
	}
	err := db.Walk(ctx, s.db, "select "+linkColumns+" from link where workspace_id = $1 and pair = $2 and "+live+" and "+column+" in [$3]",
		[]any{ws, pair, db.Strings(ids)}, func(r *sql.Rows) error {
			l, err := scanLink(r)
			found[l.IDs[side]] = l
			return err
		})
	return found, err
}

// CountLinks implements engine.Store: the links that are in step, not those with a side gone.
func (s *Store) CountLinks(ctx context.Context, ws, pair string) (n int, err error) {
	_, err = s.db.Get(ctx, "select count(*) from link where workspace_id = $1 and pair = $2 and state = 'on'", []any{ws, pair}, &n)
	return n, err
}

// LinkedIDs implements engine.Store.
func (s *Store) LinkedIDs(ctx context.Context, ws, pair string) (all [][2]string, newest time.Time, err error) {
	err = db.Walk(ctx, s.db, "select a_id, b_id, made_at from link where workspace_id = $1 and pair = $2 and state = 'on'", []any{ws, pair}, func(r *sql.Rows) error {
		var ids [2]string
		var at time.Time
		err := r.Scan(&ids[0], &ids[1], db.Time(&at))
		if all = append(all, ids); at.After(newest) {
			newest = at
		}
		return err
	})
	return all, newest, err
}

// LinkByID returns a link in any state.
func (s *Store) LinkByID(ctx context.Context, ws, id string) (engine.Link, error) {
	links, err := db.All(ctx, s.db, "select "+linkColumns+" from link where workspace_id = $1 and id = $2", []any{ws, id}, scanLink)
	if err != nil {
		return engine.Link{}, err
	}
	if len(links) == 0 {
		return engine.Link{}, notFound("link", id)
	}
	return links[0], nil
}

// Links lists the live links of a pair by their id, after one.
func (s *Store) Links(ctx context.Context, ws, pair, after string, limit int) ([]engine.Link, error) {
	return db.All(ctx, s.db, "select "+linkColumns+" from link where workspace_id = $1 and pair = $2 and "+live+" and id > $3 order by id limit $4",
		[]any{ws, pair, after, limit}, scanLink)
}
