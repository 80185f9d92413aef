package db_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"couplet/db"
)

func TestABackupBringsBackWhatWasThere(t *testing.T) {
	t.Parallel()
	dir, ctx := t.TempDir(), context.Background()
	address, file := "sqlite:"+filepath.Join(dir, "x.db"), filepath.Join(dir, "it's a backup.db")
	d, err := db.Open(ctx, address, db.Options{})
	must(t, err)
	must(t, d.Migrate(ctx, start))
	run(t, d, "insert into workspace (id, name, created_at) values ('old', 'old', 0)")
	must(t, d.Write(ctx, func(tx *db.Tx) error { // while somebody writes
		if _, err := tx.Exec(ctx, "insert into workspace (id, name, created_at) values ('new', 'new', 0)"); err != nil {
			return err
		}
		return d.Backup(ctx, file)
	}))
	info, err := os.Stat(file)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the backup has mode %v", info.Mode())
	}
	says(t, d.Backup(ctx, file), db.Unusable, "exists already")

	_, err = db.Restore(ctx, address, file)
	says(t, err, db.Busy, "in use", "Stop every couplet")
	if n := count(t, d, "workspace"); n != 2 {
		t.Errorf("after a refused restore there are %d rows", n)
	}
	run(t, d, "update workspace set name = 'newer' where id = 'new'") // it still works
	must(t, d.Close())

	kept, err := db.Restore(ctx, address, file)
	must(t, err)
	must(t, db.CheckModes(dir+"/none"))
	d = open(t, address)
	must(t, d.Migrate(ctx, start))
	if n := count(t, d, "workspace where id = 'old'"); n != 1 || count(t, d, "workspace") != 1 {
		t.Error("what is there is not what was backed up")
	}
	run(t, d, "insert into workspace (id, name, created_at) values ('again', 'again', 0)")
	if before := open(t, "sqlite:"+kept); count(t, before, "workspace where name = 'newer'") != 1 {
		t.Error("the database from before was not kept")
	}
	var vacuum int
	must(t, d.Writer().QueryRow("pragma auto_vacuum").Scan(&vacuum))
	if vacuum != 2 {
		t.Errorf("auto_vacuum is %d after a restore", vacuum)
	}
}

func TestARestoreMayMakeTheDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "backup")
	must(t, migrated(t, "sqlite:"+filepath.Join(dir, "x.db")).Backup(t.Context(), file))
	must(t, os.MkdirAll(filepath.Join(dir, "new"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "new/y.db-wal"), []byte("left over"), 0o600))
	kept, err := db.Restore(t.Context(), "sqlite:"+filepath.Join(dir, "new/y.db"), file)
	must(t, err)
	if kept != "" {
		t.Errorf("kept %s", kept)
	}
	must(t, open(t, "sqlite:"+filepath.Join(dir, "new/y.db")).Migrate(t.Context(), start))
	must(t, db.CheckModes(filepath.Join(dir, "new")))
}

func TestOnlyASoundBackupIsRestored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := migrated(t, "sqlite:"+filepath.Join(dir, "x.db"))
	good := filepath.Join(dir, "good")
	must(t, d.Backup(t.Context(), good))
	data, err := os.ReadFile(good)
	must(t, err)
	damaged := append([]byte{}, data...)
	for i := 5 * 4096; i < len(damaged)-2*4096; i++ {
		damaged[i] ^= 0x55
	}
	file := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, data, 0o600))
		return path
	}
	foreign := open(t, "sqlite:"+filepath.Join(dir, "foreign"))
	run(t, foreign, "create table t (x text)")
	future := migrated(t, "sqlite:"+filepath.Join(dir, "future"))
	run(t, future, "insert into schema_migration (version, name, applied_at) values (99, '0099_future', 0)")
	must(t, future.Backup(t.Context(), filepath.Join(dir, "future.backup")))

	target := filepath.Join(dir, "target.db")
	for _, bad := range []string{file("text", []byte("this is no database, it is a text that is long enough")), file("empty", nil), file("damaged", damaged),
		filepath.Join(dir, "missing"), foreign.Path(), dir} {
		_, err := db.Restore(t.Context(), "sqlite:"+target, bad)
		says(t, err, db.Unusable, bad, "Nothing was changed")
	}
	_, err = db.Restore(t.Context(), "sqlite:"+target, filepath.Join(dir, "future.backup"))
	says(t, err, db.Newer, "99")
	if _, err := os.Stat(target); !os.IsNotExist(err) {
		t.Error("a refused restore made the database")
	}
}

func TestPostgresNamesItsOwnTools(t *testing.T) {
	t.Parallel()
	_, err := db.Restore(t.Context(), "postgres://localhost/x", "file")
	says(t, err, db.Unusable, "pg_restore")
	if os.Getenv("TEST_POSTGRES_URL") == "" {
		t.Skip("TEST_POSTGRES_URL is not set")
	}
	says(t, open(t, os.Getenv("TEST_POSTGRES_URL")).Backup(t.Context(), "file"), db.Unusable, "pg_dump")
}
