package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"couplet/db"
	"couplet/internal/connector"
	"couplet/internal/engine"
)

// A mirror row is the last observation of a record. Its match keys lie in a table of their own as long as it is live,
// so that looking for the holders of a value needs no look at the rows.

const putMirror = `insert into mirror (workspace_id, conn, object, id, parent, fields, missing, version, keys, stamp,
		created_at, first_at, seen_at, answered_at, changed_at, gen, suspect_at, gone_at, words)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
	on conflict (workspace_id, conn, object, id) do update set parent = excluded.parent, fields = excluded.fields, missing = excluded.missing,
		version = excluded.version, keys = excluded.keys, stamp = excluded.stamp, created_at = excluded.created_at, first_at = excluded.first_at,
		seen_at = excluded.seen_at, answered_at = excluded.answered_at, changed_at = excluded.changed_at, suspect_at = excluded.suspect_at, gone_at = excluded.gone_at,
		words = excluded.words, gen = case when excluded.gen > mirror.gen then excluded.gen else mirror.gen end`

// putMirrors stores observations of one object of one connection, each row replacing the one before. gen marks them as
// shown by a generation, 0 leaves their mark.
func putMirrors(ctx context.Context, tx *db.Tx, ws, conn, object string, gen int64, all []engine.Mirror) error {
	if len(all) == 0 {
		return nil
	}
	ids := make([]string, len(all))
	for i, m := range all {
		ids[i] = m.ID
	}
	old, err := keysOf(ctx, tx, ws, conn, object, ids)
	if err != nil {
		return err
	}
	rows := make([][]any, len(all))
	for i, m := range all {
		rows[i] = []any{ws, conn, object, m.ID, m.Parent, docOr(m.Fields, len(m.Fields)), docOr(m.Missing, len(m.Missing)), m.Version,
			docOr(m.Keys, len(m.Keys)), m.Stamp, db.MS(m.Created), db.MS(m.First), db.MS(m.Seen), db.MS(m.Answered), db.MS(m.Changed), max(m.Gen, gen),
			db.MS(m.Suspect), db.MS(m.Gone), m.Words}
	}
	if err := tx.Each(ctx, putMirror, rows); err != nil {
		return err
	}
	return moveKeys(ctx, tx, ws, conn, object, old, all)
}

// A row of the tables of keys and of words, that of a record. A word has no kind.
type mark struct{ kind, value, id string }

// marksOf are those that a record has while it is live.
func marksOf(id string, keys map[string]string, words string) (all []mark) {
	for kind, value := range keys {
		if value != "" {
			all = append(all, mark{kind, value, id})
		}
	}
	for word := range strings.FieldsSeq(words) {
		all = append(all, mark{"", word, id})
	}
	return all
}

// keysOf returns what is stored of records in the tables of keys and of words.
func keysOf(ctx context.Context, tx *db.Tx, ws, conn, object string, ids []string) (map[mark]bool, error) {
	old := map[mark]bool{}
	if len(ids) == 0 {
		return old, nil
	}
	err := db.Walk(ctx, tx, "select id, keys, words from mirror where workspace_id = $1 and conn = $2 and object = $3 and gone_at = 0 and id in [$4]",
		[]any{ws, conn, object, db.Strings(ids)}, func(r *sql.Rows) error {
			var id, words string
			var keys map[string]string
			err := r.Scan(&id, db.JSON(&keys), &words)
			for _, m := range marksOf(id, keys, words) {
				old[m] = true
			}
			return err
		})
	return old, err
}

// moveKeys makes the tables of keys and of words say what the rows say now.
func moveKeys(ctx context.Context, tx *db.Tx, ws, conn, object string, old map[mark]bool, all []engine.Mirror) error {
	last := make(map[string]engine.Mirror, len(all)) // a record may come twice; the later one counts
	for _, m := range all {
		last[m.ID] = m
	}
	now := make(map[mark]bool, len(old))
	for id, m := range last {
		if !m.Gone.IsZero() {
			continue
		}
		for _, k := range marksOf(id, m.Keys, m.Words) {
			now[k] = true
		}
	}
	keys, words := [2][][]any{}, [2][][]any{} // those that go and those that come
	note := func(i int, k mark) {
		if k.kind == "" {
			words[i] = append(words[i], []any{ws, k.value, conn, object, k.id})
		} else {
			keys[i] = append(keys[i], []any{ws, conn, object, k.kind, k.value, k.id})
		}
	}
	for k := range old {
		if !now[k] {
			note(0, k)
		}
	}
	for k := range now {
		if !old[k] {
			note(1, k)
		}
	}
	for _, x := range []struct {
		text string
		rows [][]any
	}{
		{"delete from mirror_key where workspace_id = $1 and conn = $2 and object = $3 and kind = $4 and value = $5 and id = $6", keys[0]},
		{"insert into mirror_key (workspace_id, conn, object, kind, value, id) values ($1, $2, $3, $4, $5, $6) on conflict do nothing", keys[1]},
		{"delete from mirror_word where workspace_id = $1 and word = $2 and conn = $3 and object = $4 and id = $5", words[0]},
		{"insert into mirror_word (workspace_id, word, conn, object, id) values ($1, $2, $3, $4, $5) on conflict do nothing", words[1]},
	} {
		if err := tx.Each(ctx, x.text, x.rows); err != nil {
			return err
		}
	}
	return nil
}

// Mirrors implements engine.Store.
func (s *Store) Mirrors(ctx context.Context, ws, conn, object string, ids []string) (map[string]engine.Mirror, error) {
	return mirrorsOf(ctx, s.db, ws, conn, object, ids)
}

func mirrorsOf(ctx context.Context, q db.Queryer, ws, conn, object string, ids []string) (map[string]engine.Mirror, error) {
	found := make(map[string]engine.Mirror, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	err := db.Walk(ctx, q, `select id, parent, fields, missing, version, keys, stamp, created_at, first_at, seen_at, answered_at, changed_at, gen, suspect_at, gone_at, words
		from mirror where workspace_id = $1 and conn = $2 and object = $3 and id in [$4]`,
		[]any{ws, conn, object, db.Strings(ids)}, func(r *sql.Rows) error {
			m, err := scanMirror(r)
			found[m.ID] = m
			return err
		})
	return found, err
}

func scanMirror(r *sql.Rows) (m engine.Mirror, err error) {
	err = r.Scan(&m.ID, &m.Parent, db.JSON(&m.Fields), db.JSON(&m.Missing), &m.Version, db.JSON(&m.Keys), &m.Stamp, db.Time(&m.Created),
		db.Time(&m.First), db.Time(&m.Seen), db.Time(&m.Answered), db.Time(&m.Changed), &m.Gen, db.Time(&m.Suspect), db.Time(&m.Gone), &m.Words)
	restoreFields(m.Fields)
	return m, err
}

// restoreFields gives lists of texts their Go shape back, which JSON forgets. Every other value keeps its shape
// (connector.Fields).
func restoreFields(f connector.Fields) {
	for name, v := range f {
		list, ok := v.([]any)
		if !ok {
			continue
		}
		texts := make([]string, len(list))
		for i, e := range list {
			if texts[i], ok = e.(string); !ok {
				break
			}
		}
		if ok {
			f[name] = texts
		}
	}
}

// Stamped implements engine.Store.
func (s *Store) Stamped(ctx context.Context, ws, conn, object, stamp string) ([]string, error) {
	// No order is asked for, because SQLite would then read the whole connection in that order.
	ids, err := db.All(ctx, s.db, "select id from mirror where workspace_id = $1 and conn = $2 and object = $3 and stamp = $4 and stamp <> '' and gone_at = 0",
		[]any{ws, conn, object, stamp}, scanID)
	slices.Sort(ids)
	return ids, err
}

// Absent implements engine.Store.
func (s *Store) Absent(ctx context.Context, ws, conn, object string, gen int64, after string, limit int) ([]string, error) {
	return db.All(ctx, s.db, `select id from mirror where workspace_id = $1 and conn = $2 and object = $3 and id > $4 and gen < $5 and gone_at = 0 order by id limit $6`,
		[]any{ws, conn, object, after, gen, limit}, scanID)
}

// Turnover implements engine.Store.
func (s *Store) Turnover(ctx context.Context, ws, conn, object string, gen int64) (shown, went int, err error) {
	_, err = s.db.Get(ctx, `select count(*), coalesce(sum(case when gen < $4 then 1 else 0 end), 0) from mirror
		where workspace_id = $1 and conn = $2 and object = $3 and gen in ($4, $4 - 1) and gone_at = 0`, []any{ws, conn, object, gen}, &shown, &went)
	return shown - went, went, err
}

// CountMirrors counts the live records of a connection.
func (s *Store) CountMirrors(ctx context.Context, ws, conn, object string) (n int, err error) {
	_, err = s.db.Get(ctx, "select count(*) from mirror where workspace_id = $1 and conn = $2 and object = $3 and gone_at = 0", []any{ws, conn, object}, &n)
	return n, err
}

func scanID(r *sql.Rows) (id string, err error) { return id, r.Scan(&id) }
