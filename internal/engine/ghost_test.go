package engine_test

import (
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// Whom an earlier run saw may be gone since: nobody is joined with a record that is not there, and nothing comes over from it.
func TestNobodyIsJoinedWithARecordThatOnlyADeadRunSaw(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.flow.Conflict = mapping.BWins
	b := w.add(engine.B, fields{"email": "ada@example.com", "first_name": "Grace", "last_name": "Hopper"})
	seen := func() bool {
		found, err := w.st.Mirrors(t.Context(), ws, w.flow.Connections[engine.B], w.flow.Object, []string{b})
		return err == nil && len(found) > 0
	}
	if !w.diesAt(engine.Request{Look: true}, func(m string) bool { return m == "Cursor" && seen() }) {
		t.Fatal("nothing was read")
	}
	a := w.add(engine.A, fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Lovelace"})
	w.remove(engine.B, b)
	w.pass(5 * time.Second)
	w.run(engine.Done)
	w.want(engine.A, a, fields{"firstName": "Ada", "lastName": "Lovelace"})
	for range 2 { // two reads ten minutes apart: it was deleted, and is not made again
		w.pass(11 * time.Minute)
		w.run(engine.Done)
	}
	if l := w.link(engine.A, a); l.ID != "" {
		t.Errorf("joined: %+v", l)
	}
	w.want(engine.A, a, fields{"firstName": "Ada", "lastName": "Lovelace"})
	w.quiet()
}
