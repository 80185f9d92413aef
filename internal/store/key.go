package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"couplet/db"
	"couplet/internal/engine"
)

// Holders implements engine.Store.
func (s *Store) Holders(ctx context.Context, ws, conn, object string, keys []engine.Key, max int) (map[engine.Key][]string, error) {
	values := map[string][]string{}
	for _, k := range keys {
		if k.Value != "" {
			values[k.Kind] = append(values[k.Kind], k.Value)
		}
	}
	found := make(map[engine.Key][]string, len(keys))
	for kind, all := range values {
		slices.Sort(all)
		all = slices.Compact(all)
		whole, err := s.holders(ctx, holdersAll, ws, conn, object, kind, all, len(all)*max)
		if err == nil && len(whole) == len(all)*max { // there may be more: a value that thousands share must not cost thousands
			whole, err = s.holders(ctx, holdersSome, ws, conn, object, kind, all, max)
		}
		if err != nil {
			return nil, err
		}
		slices.SortFunc(whole, func(x, y holder) int { return cmp.Compare(x.id, y.id) })
		for _, h := range whole {
			k := engine.Key{Kind: kind, Value: h.value}
			if len(found[k]) < max {
				found[k] = append(found[k], h.id)
			}
		}
	}
	return found, nil
}

// Neither asks for an order, because PostgreSQL would then read the whole kind instead of jumping to the values.
const (
	holdersAll = `select value, id from mirror_key
		where workspace_id = $1 and conn = $2 and object = $3 and kind = $4 and value in [$5] limit $6`
	holdersSome = `select value, id from (
		select value, id, row_number() over (partition by value order by id) as place from mirror_key
		where workspace_id = $1 and conn = $2 and object = $3 and kind = $4 and value in [$5]
	) held where place <= $6`
)

type holder struct{ value, id string }

func (s *Store) holders(ctx context.Context, text, ws, conn, object, kind string, values []string, limit int) ([]holder, error) {
	return db.All(ctx, s.db, text, []any{ws, conn, object, kind, db.Strings(values), limit}, func(r *sql.Rows) (h holder, err error) {
		return h, r.Scan(&h.value, &h.id)
	})
}
