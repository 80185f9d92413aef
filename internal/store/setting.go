package store

import (
	"context"

	"couplet/db"
)

// HostsSetting names the setting that holds the hosts which steps of automations may call, with spaces between.
const HostsSetting = "automation_hosts"

// Setting returns a setting of a workspace, "" when it was never set.
func (s *Store) Setting(ctx context.Context, ws, name string) (value string, err error) {
	_, err = s.db.Get(ctx, "select value from setting where workspace_id = $1 and name = $2", []any{ws, name}, &value)
	return value, err
}

// ChangeSetting sets a setting of a workspace that is to be what somebody saw, "" for one that was never set. It fails with ErrOutdated
// when it is something else by now.
func (s *Store) ChangeSetting(ctx context.Context, ws, name, was, value string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "update setting set value = $4 where workspace_id = $1 and name = $2 and value = $3", ws, name, was, value)
		if err == nil && n == 0 && was == "" {
			n, err = tx.Exec(ctx, "insert into setting (workspace_id, name, value) values ($1, $2, $3) on conflict (workspace_id, name) do nothing", ws, name, value)
		}
		if err == nil && n == 0 {
			err = ErrOutdated
		}
		return err
	})
}

// SaveSetting sets a setting of a workspace.
func (s *Store) SaveSetting(ctx context.Context, ws, name, value string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `insert into setting (workspace_id, name, value) values ($1, $2, $3)
			on conflict (workspace_id, name) do update set value = excluded.value`, ws, name, value)
		return err
	})
}
