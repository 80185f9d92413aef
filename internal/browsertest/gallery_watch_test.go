package browsertest

import (
	"database/sql"
	"path/filepath"
	"strings"

	_ "github.com/mattn/go-sqlite3" // the demo's database
)

// watches reports whether the program has begun to look for what sets an automation off: what happens before sets nothing off.
func (w *world) watches(path string) (yes bool) {
	w.t.Helper()
	d, err := sql.Open("sqlite3", "file:"+filepath.Join(w.data, "couplet.db")+"?mode=ro&_busy_timeout=10000")
	if err != nil {
		w.t.Fatal(err)
	}
	defer d.Close()
	if err := d.QueryRow("select count(*) > 0 from watch where automation = ? and conn <> '' and held_until = 0", strings.TrimPrefix(path, "/automations/")).Scan(&yes); err != nil {
		w.t.Fatal(err)
	}
	return yes
}
