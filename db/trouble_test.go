package db_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"couplet/db"
)

func TestALockedDatabaseIsExplained(t *testing.T) {
	suite(t, func(t *testing.T, address string) {
		d := open(t, address)
		run(t, d, things)
		run(t, d, "insert into thing (id, n, yes, at, doc) values ('a', 0, false, 0, '')")
		other := open(t, address)
		must(t, other.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec(t.Context(), "update thing set n = 1"); err != nil {
				return err
			}
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), "update thing set n = 2")
				return err
			})
			says(t, err, db.Busy, "locked", "close it", "nothing was lost")
			if !db.IsBusy(err) {
				t.Error("it is not recognised")
			}
			if n := count(t, d, "thing where n = 0"); n != 1 {
				t.Error("a reader is kept out, or sees what is not committed")
			}
			return nil
		}))
		run(t, d, "update thing set n = 3")
	})
}

func TestAFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	d, ctx := migrated(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db")), t.Context()
	var pages int
	must(t, d.Writer().QueryRow("pragma page_count").Scan(&pages))
	_, err := d.Writer().Exec(fmt.Sprintf("pragma max_page_count = %d", pages+30))
	must(t, err)
	stored := 0
	for err = nil; err == nil; {
		if err = d.Write(ctx, func(tx *db.Tx) error {
			rows := [][]any{}
			for i := range 10 {
				rows = append(rows, []any{fmt.Sprintf("w%d-%d", stored, i), strings.Repeat("x", 500)})
			}
			return tx.Each(ctx, "insert into workspace (id, name, created_at) values ($1, $1 || $2, 0)", rows)
		}); err == nil {
			stored++
		}
	}
	says(t, err, db.Full, "full", "nothing stored before was lost", "Make room")
	if !db.IsFull(err) || stored == 0 {
		t.Error(stored, err)
	}
	if n := count(t, d, "workspace"); n != 10*stored {
		t.Errorf("%d rows of %d", n, 10*stored)
	}
	var verdict string
	_, err = d.Get(ctx, "pragma integrity_check", nil, &verdict)
	must(t, err)
	if verdict != "ok" {
		t.Error(verdict)
	}
	_, err = d.Writer().Exec("pragma max_page_count = 1000000")
	must(t, err)
	run(t, d, "insert into workspace (id, name, created_at) values ('after', 'after', 0)")
}

func TestFreedRoomGoesBackToTheDisk(t *testing.T) {
	t.Parallel()
	d := migrated(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	free := func() (n int) {
		must(t, d.Writer().QueryRow("pragma freelist_count").Scan(&n))
		return n
	}
	run(t, d, "insert into workspace (id, name, created_at) values ('w', $1, 0)", strings.Repeat("x", 1_000_000))
	run(t, d, "delete from workspace")
	before := free()
	must(t, d.Vacuum(t.Context(), 100))
	if after := free(); before < 200 || after != before-100 {
		t.Errorf("%d free pages, then %d", before, after)
	}
}
