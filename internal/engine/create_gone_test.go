package engine_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// Somebody deletes a new record while it waits for the settle time: nothing is made from what is remembered of it.
func TestARecordThatIsDeletedBeforeItsPartnerIsMadeGetsNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.e.Settle = 20 * time.Second
	w.run(engine.Done)
	w.pass(time.Hour)
	b := w.add(engine.B, fields{"email": "spam@example.com", "first_name": "Spam", "last_name": "Bot"})
	w.pass(time.Second)
	var once sync.Once
	var known atomic.Bool
	w.e.Store = &tap{Store: w.st, on: func(m string) error {
		if m == "Commit" {
			known.Store(true)
		}
		if known.Load() && m == "Pending" {
			once.Do(func() {
				w.pass(5 * time.Second)
				w.remove(engine.B, b)
				w.pass(30 * time.Second)
			})
		}
		return nil
	}}
	w.run(engine.Done)
	for range 3 {
		w.pass(25 * time.Hour)
		w.request(engine.Request{Look: true, Full: true}, engine.Done)
		w.pass(20 * time.Minute)
		w.run(engine.Done)
	}
	if n := len(w.all(engine.A)); n != 0 {
		t.Errorf("%d people in HighLevel, made from one that was deleted 30 s before", n)
	}
}
