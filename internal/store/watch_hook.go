package store

import (
	"context"
	"database/sql"
	"strconv"

	"couplet/db"
	"couplet/internal/automation"
	"couplet/internal/connection"
)

// SetAutomationHook keeps the hash of the secret in the address of an automation's own, in place of the one before, and when that was
// made; "" leaves it without an address.
func (s *Store) SetAutomationHook(ctx context.Context, ws, id, hash string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := lockedAutomation(ctx, tx, ws, id); err != nil {
			return err
		}
		for name, value := range map[string]string{connection.HookSetting(id): hash, connection.HookMadeSetting(id): strconv.FormatInt(s.now().UnixMilli(), 10)} {
			if _, err := tx.Exec(ctx, `insert into setting (workspace_id, name, value) values ($1, $2, $3) on conflict (workspace_id, name) do update set value = excluded.value`, ws, name, value); err != nil {
				return err
			}
		}
		return nil
	})
}

// FindAutomationHook finds the automation of an address and the hash of its secret, "" where it has none, in all workspaces: the address
// names none.
func (s *Store) FindAutomationHook(ctx context.Context, id string) (a automation.Automation, hash string, err error) {
	all, err := db.All(ctx, s.db, "select workspace_id from automation where id = $1", []any{id}, func(r *sql.Rows) (ws string, err error) { return ws, r.Scan(&ws) })
	if err == nil && len(all) != 1 {
		err = notFound("automation", id)
	}
	if err != nil {
		return a, "", err
	}
	stored, err := oneAutomation(ctx, s.db, all[0], id)
	if err != nil {
		return a, "", err
	}
	hash, err = s.Setting(ctx, all[0], connection.HookSetting(id))
	return stored.Published, hash, err
}
