package store

import (
	"context"
	"database/sql"

	"couplet/db"
	"couplet/internal/engine"
)

// Holders implements engine.Store. A value that thousands share costs no more than max of them.
func (s *Store) Holders(ctx context.Context, ws, conn, object string, keys []engine.Key, max int) (map[engine.Key][]string, error) {
	values := map[string][]string{}
	for _, k := range keys {
		if k.Value != "" {
			values[k.Kind] = append(values[k.Kind], k.Value)
		}
	}
	found := make(map[engine.Key][]string, len(keys))
	for kind, all := range values {
		for _, list := range lists(all) {
			err := db.Walk(ctx, s.db, `select value, id from (
					select value, id, row_number() over (partition by value order by id) as place from mirror_key
					where workspace_id = $1 and conn = $2 and object = $3 and kind = $4 and value in `+db.In(5, len(list))+`
				) held where place <= $5`, db.Fill([]any{ws, conn, object, kind, max}, list), func(r *sql.Rows) error {
				var value, id string
				err := r.Scan(&value, &id)
				k := engine.Key{Kind: kind, Value: value}
				found[k] = append(found[k], id)
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}
