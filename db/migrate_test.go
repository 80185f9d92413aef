package db_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"couplet/db"
)

func TestMigrateIsAppliedOnceAndTold(t *testing.T) {
	suite(t, func(t *testing.T, address string) {
		d, ctx := open(t, address), t.Context()
		before, err := d.MigrateStatus(ctx)
		must(t, err)
		for _, m := range before {
			if !m.Applied.IsZero() {
				t.Errorf("%s is told to be applied", m.Name)
			}
		}
		must(t, d.Migrate(ctx, start))
		must(t, d.Migrate(ctx, start.AddDate(1, 0, 0)))
		after, err := d.MigrateStatus(ctx)
		must(t, err)
		if len(after) == 0 {
			t.Fatal("there are no migrations")
		}
		for _, m := range after {
			if !m.Applied.Equal(start) {
				t.Errorf("%s was applied at %v", m.Name, m.Applied)
			}
		}
		if n := count(t, d, "workspace"); n != 0 {
			t.Errorf("%d workspaces", n)
		}
	})
}

// TestManyMayMigrateAtOnce starts several processes on one empty database.
func TestManyMayMigrateAtOnce(t *testing.T) {
	if address := os.Getenv("MIGRATE_THIS"); address != "" {
		d, err := db.Open(t.Context(), address, db.Options{})
		must(t, err)
		must(t, errors.Join(d.Migrate(t.Context(), start), d.Close()))
		return
	}
	suite(t, func(t *testing.T, address string) {
		const n = 4
		done := make(chan error, n)
		for range n {
			go func() {
				cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestManyMayMigrateAtOnce$")
				cmd.Env = append(os.Environ(), "MIGRATE_THIS="+address)
				out, err := cmd.CombinedOutput()
				if err != nil {
					err = errors.Join(err, errors.New(string(out)))
				}
				done <- err
			}()
		}
		for range n {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		d := open(t, address)
		all, err := d.MigrateStatus(t.Context())
		must(t, err)
		if c := count(t, d, "schema_migration"); c != len(all) {
			t.Errorf("%d migrations are noted, of %d", c, len(all))
		}
	})
}

func TestADatabaseOfANewerProgramIsRefused(t *testing.T) {
	suite(t, func(t *testing.T, address string) {
		d := migrated(t, address)
		run(t, d, "insert into schema_migration (version, name, applied_at) values (99, '0099_future', 0)")
		says(t, d.Migrate(t.Context(), start), db.Newer, "99", "newer couplet")
		_, err := db.Open(t.Context(), address, db.Options{})
		says(t, err, db.Newer, "has schema version 99", "knows versions up to", "start that one")
		if !db.IsNewer(err) {
			t.Error("it is not recognised")
		}
	})
}

func TestAFailedMigrationLeavesNothing(t *testing.T) {
	suite(t, func(t *testing.T, address string) {
		d := open(t, address)
		run(t, d, "create table run (id text)") // in the way of a later statement of the first migration
		if err := d.Migrate(t.Context(), start); err == nil {
			t.Fatal("it was applied over a table that is in the way")
		}
		if _, err := d.Get(t.Context(), "select 1 from workspace", nil); err == nil {
			t.Error("half of it was kept")
		}
		run(t, d, "drop table run")
		must(t, d.Migrate(context.Background(), start))
	})
}

func TestModes(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	must(t, db.CheckModes(dir)) // not there yet
	d := migrated(t, "sqlite:"+filepath.Join(dir, "a b?c%#.db"))
	must(t, db.CheckModes(dir))
	for _, name := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(d.Path() + name)
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", info.Name(), info.Mode())
		}
		must(t, os.Chmod(d.Path()+name, 0o640))
		says(t, db.CheckModes(dir), db.Unusable, "0640", "chmod 600 "+d.Path()+name)
		_, err = db.Open(t.Context(), "sqlite:"+d.Path(), db.Options{})
		says(t, err, db.Unusable, "chmod 600")
		must(t, os.Chmod(d.Path()+name, 0o600))
	}
	must(t, os.Chmod(dir, 0o750))
	says(t, db.CheckModes(dir), db.Unusable, "folder", "chmod 700 "+dir)
	must(t, os.Chmod(dir, 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "note"), nil, 0o644))
	says(t, db.CheckModes(dir), db.Unusable, "note")
}
