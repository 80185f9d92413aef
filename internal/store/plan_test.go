package store_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"couplet/db"
	"couplet/internal/engine"
)

// hot are the tables that have a row per record or more.
const hot = "mirror|mirror_key|mirror_word|inbox|link|intent|review|tombstone|tombstone_key|run_entry|conflict|event"

var (
	scan   = regexp.MustCompile(`SCAN (` + hot + `)\b`)
	listed = regexp.MustCompile(`(\w+) in \(select value from json_each`)
	byID   = regexp.MustCompile(`^(?:update|delete from) (?:` + hot + `)\b.*\bid = \?`)
	holes  = regexp.MustCompile(`\?(\d+)`)
)

// TestNoMethodReadsAWholeTable holds that each statement finds its rows by their most telling column. SQLite chooses
// its index without having counted anything, and a new index can make it choose worse.
func TestNoMethodReadsAWholeTable(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	texts := map[string]bool{}
	d, err := db.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "couplet.db"), db.Options{Seen: func(text string) {
		mu.Lock()
		defer mu.Unlock()
		texts[text] = true
	}})
	must(t, err)
	t.Cleanup(func() { must(t, d.Close()) })
	must(t, d.Migrate(t.Context(), start))
	clear(texts)
	w := newWorld(t, d)
	w.fill(t)
	for _, c := range append(w.reads(), w.writes()...) {
		_, err := c.run(w.ctx, w.Store, w.ws, w.lease)
		must(t, err)
		if c.name == "Release" {
			w.lease = w.acquire(t, "me", start)
		}
	}
	if _, err := w.LinksOf(w.ctx, w.ws, w.pair.ID, engine.B, []string{"b1"}); err != nil {
		t.Error(err)
	}
	if len(texts) < 100 {
		t.Errorf("only %d texts were seen", len(texts))
	}
	for text := range texts {
		plan := planOf(t, d, text)
		if scan.MatchString(plan) {
			t.Errorf("reads a whole table: %s\n%s", text, plan)
		}
		for _, m := range listed.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(plan, m[1]+"=?") {
				t.Errorf("does not look up %s: %s\n%s", m[1], text, plan)
			}
		}
		if strings.Contains(text, "from mirror_word where workspace_id = ?1 and word >=") && !strings.Contains(plan, "word>? AND word<?") {
			t.Errorf("does not look up the beginnings of words: %s\n%s", text, plan)
		}
		if byID.MatchString(text) && !strings.Contains(plan, "id=?)") && !strings.Contains(plan, " id=? ") {
			t.Errorf("does not look up its row: %s\n%s", text, plan)
		}
	}
}

func planOf(t *testing.T, d *db.DB, text string) string {
	t.Helper()
	args := make([]any, 0)
	most := 0
	for _, m := range holes.FindAllStringSubmatch(text, -1) {
		n := 0
		for _, c := range m[1] {
			n = 10*n + int(c-'0')
		}
		most = max(most, n)
	}
	for range most {
		args = append(args, nil)
	}
	rows, err := d.Writer().Query("explain query plan "+text, args...)
	must(t, err)
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		must(t, rows.Scan(&id, &parent, &unused, &detail))
		b.WriteString("\t" + detail + "\n")
	}
	must(t, rows.Err())
	return b.String()
}
