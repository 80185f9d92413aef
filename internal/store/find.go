package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"couplet/db"
	"couplet/internal/engine"
)

// Found is a record that somebody looked for.
type Found struct{ Conn, Object, ID string }

// findMost is how many records with the word that tells most are gone through for one that has the others, too.
const findMost = 2000

// Find lists live records of which each word is the beginning of one of theirs (mapping.SearchWords), at most limit. more reports that
// there may be further ones.
func (s *Store) Find(ctx context.Context, ws string, words []string, limit int) (found []Found, more bool, err error) {
	if len(words) == 0 {
		return nil, false, nil
	}
	rest := slices.Clone(words)
	slices.SortStableFunc(rest, func(x, y string) int { return len(y) - len(x) })
	longest, rest := rest[0], rest[1:]
	seen, known := 0, map[Found]bool{}
	err = db.Walk(ctx, s.db, `select k.conn, k.object, k.id, m.words from (
			select conn, object, id from mirror_word where workspace_id = $1 and word >= $2 and word < $3 order by word limit $4
		) k join mirror m on m.workspace_id = $1 and m.conn = k.conn and m.object = k.object and m.id = k.id`,
		[]any{ws, longest, longest + "\U0010FFFF", findMost}, func(r *sql.Rows) error {
			var f Found
			var has string
			err := r.Scan(&f.Conn, &f.Object, &f.ID, &has)
			if seen++; known[f] || !begins(" "+has, rest) {
				return err
			}
			if known[f] = true; len(found) == limit {
				more = true
			} else {
				found = append(found, f)
			}
			return err
		})
	return found, more || seen == findMost, err
}

// begins reports whether each word is the beginning of one of those of a text.
func begins(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, " "+w) })
}

// LastMirrors are the newest records of an account as they were last seen, at most limit: those that were made last, or changed last.
func (s *Store) LastMirrors(ctx context.Context, ws, conn, object string, changed bool, limit int) ([]engine.Mirror, error) {
	newest := "case when created_at > 0 then created_at else first_at end"
	if changed {
		newest = "changed_at"
	}
	ids, err := db.All(ctx, s.db, "select id from mirror where workspace_id = $1 and conn = $2 and object = $3 and gone_at = 0 and suspect_at = 0 order by "+newest+" desc, id limit $4",
		[]any{ws, conn, object, limit}, func(r *sql.Rows) (id string, err error) { return id, r.Scan(&id) })
	if err != nil {
		return nil, err
	}
	found, err := s.Mirrors(ctx, ws, conn, object, ids)
	out := make([]engine.Mirror, 0, len(ids))
	for _, id := range ids {
		if m, there := found[id]; there {
			out = append(out, m)
		}
	}
	return out, err
}
