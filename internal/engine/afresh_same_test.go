package engine_test

import (
	"strings"
	"testing"
	"time"

	"couplet/internal/engine"
)

// Sync-semantics 5.10: a backup brings back the records that were there, so a pair whose address was changed since stays one, and
// a person decides about the address.
func TestARestoredBackupPartsNoPairWhoseAddressWasChanged(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		w, ids := settledWith(t, 6)
		for i, a := range ids[engine.A] {
			w.edit(engine.A, a, fields{"phone": nil}) // the address alone joins them
			w.edit(engine.B, ids[engine.B][i], fields{"phone_number": nil})
		}
		w.pass(time.Minute)
		w.run(engine.Done)
		w.pass(time.Hour)
		saved := w.backup(side)
		w.pass(time.Hour)
		w.edit(engine.A, ids[engine.A][0], fields{"email": "new@example.com"})
		w.pass(time.Minute)
		w.run(engine.Done)
		w.want(engine.B, ids[engine.B][0], fields{"email": "new@example.com"})
		w.pass(time.Hour)
		w.load(side, saved)
		w.request(engine.Request{Look: true, Full: true}, engine.Paused)
		w.pass(time.Hour)
		dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
		if dry.To[engine.A].Created+dry.To[engine.B].Created != 0 || dry.To[engine.A].Conflicts+dry.To[engine.B].Conflicts != 1 {
			t.Errorf("%s: the rehearsal says %+v", side, dry.To)
		}
		w.allowed()
		w.run(engine.Done)
		if w.partner(engine.A, ids[engine.A][0]) != ids[engine.B][0] || len(w.all(engine.A)) != 6 || len(w.all(engine.B)) != 6 {
			t.Errorf("%s: %d and %d people, %+v", side, len(w.all(engine.A)), len(w.all(engine.B)), w.links())
		}
		if open := w.conflicts(true); len(open) != 1 || !strings.Contains(open[0], "email") {
			t.Errorf("%s: %+v", side, open)
		}
	}
}
