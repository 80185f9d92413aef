package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"couplet/internal/sandbox"
)

// lock holds the database as a backup tool or another program would, until the test lets go.
func (h *house) lock(table string) (release func()) {
	h.t.Helper()
	d := h.raw()
	c, err := d.Conn(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	take := []string{"begin", "lock table " + table + " in exclusive mode"}
	if h.url == "" {
		take = []string{"begin immediate"}
	}
	eventually(h.t, 20*time.Second, "the database can be locked", func() bool {
		for _, s := range take {
			if _, err := c.ExecContext(h.t.Context(), s); err != nil {
				_, _ = c.ExecContext(h.t.Context(), "rollback")
				return false
			}
		}
		return true
	})
	return func() {
		if _, err := c.ExecContext(context.Background(), "rollback"); err != nil {
			h.t.Error(err)
		}
		_ = c.Close()
	}
}

const locked = "The database is locked: another program has held it for too long. If a backup or a database tool is open on it, close it; " +
	"nothing was lost, and what was going on is tried again."

func TestADatabaseThatIsLockedTooLongSaysSoAndLosesNothing(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, url func(testing.TB) string) {
		h := newHouse(t, sandbox.Options{Contacts: 4}, url(t))
		h.must("migrate")
		before := h.content("connection", "secret", "flow")
		release := h.lock("connection")
		h.refused(1, locked, "apply", "-f", h.file)
		release()
		if h.content("connection", "secret", "flow") != before {
			t.Error("the command changed the database")
		}
		h.must("apply", "-f", h.file)
	})
}

// TestADatabaseThatIsLockedInMidRunEndsItAndTheNextOneGoesOn holds the lock until the program has given up.
func TestADatabaseThatIsLockedInMidRunEndsItAndTheNextOneGoesOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 150, Seed: 3, Latency: 10 * time.Millisecond}, "")
	h.must("apply", "-f", h.file)
	run := h.start("run", "contacts", "--json")
	eventually(t, 20*time.Second, "the run writes", func() bool { return h.writes() > 30 })
	release := h.lock("")
	out, code := run.wait()
	release()
	if code != 1 || !strings.Contains(out, locked) {
		t.Errorf("code %d: %s", code, out)
	}
	h.run()
	h.complete()
}

// TestADataFolderThatOthersCanReadIsRefused with the command that mends it, for the folder and for each file in it.
func TestADataFolderThatOthersCanReadIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 4}, "")
	h.must("apply", "-f", h.file)
	for _, c := range []struct{ path, what, right string }{
		{h.data, "folder", "700"},
		{filepath.Join(h.data, "couplet.db"), "file", "600"},
		{filepath.Join(h.data, "couplet.key"), "file", "600"},
	} {
		wide, narrow := os.FileMode(0o644), os.FileMode(0o600)
		if c.what == "folder" {
			wide, narrow = 0o755, 0o700
		}
		if err := os.Chmod(c.path, wide); err != nil {
			t.Fatal(err)
		}
		for _, args := range everyCommand(h) {
			h.refused(2, "couplet: The "+c.what+" "+c.path+" has mode 0"+map[string]string{"folder": "755", "file": "644"}[c.what]+
				", so other users of this machine can read what is in it. Run: chmod "+c.right+" "+c.path, args...)
		}
		if err := os.Chmod(c.path, narrow); err != nil {
			t.Fatal(err)
		}
	}
	h.must("runs")
}

// everyCommand is each command that opens the database.
func everyCommand(h *house) [][]string {
	return [][]string{{"apply", "-f", h.file}, {"export"}, {"run", "contacts"}, {"runs"}, {"runs", "show", "run_x"}, {"migrate"},
		{"backup", filepath.Join(h.t.TempDir(), "backup.db")}, {"rotate-key"}, {"serve", "--addr", "127.0.0.1:0"}}
}

// TestADatabaseOfANewerProgramIsRefusedByEveryCommandAndLeftAlone marks the database as a later version would.
func TestADatabaseOfANewerProgramIsRefusedByEveryCommandAndLeftAlone(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, url func(testing.TB) string) {
		h := newHouse(t, sandbox.Options{Contacts: 4}, url(t))
		h.must("apply", "-f", h.file)
		d := h.raw()
		h.exec(d, "insert into schema_migration (version, name, applied_at) values (9999, '9999_later', 1)")
		before, key := h.content(), readFile(t, filepath.Join(h.data, "couplet.key"))
		says := "The database has schema version 9999, and this program knows versions up to "
		for _, args := range everyCommand(h) {
			h.refused(1, says, args...)
		}
		c := h.command("users", "add", "ana@example.com")
		c.Stdin = strings.NewReader("four words make one\n")
		if out, err := c.CombinedOutput(); err == nil || !strings.Contains(string(out), says) {
			t.Errorf("%v: %s", err, out)
		}
		h.refused(1, says, "doctor")
		if h.content() != before {
			t.Error("a refused command changed the database")
		}
		if !bytes.Equal(key, readFile(t, filepath.Join(h.data, "couplet.key"))) {
			t.Error("a refused command changed the key")
		}
		h.exec(d, "delete from schema_migration where version = 9999")
		h.run()
		h.complete()
	})
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
