package engine_test

import (
	"context"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// deafFor is a system whose next direct reads fail.
type deafFor struct {
	whole
	left *int
	err  connector.Error
}

func (d deafFor) Get(ctx context.Context, ref connector.Ref) (connector.Record, error) {
	if *d.left > 0 {
		*d.left--
		return connector.Record{}, &d.err
	}
	return d.whole.Get(ctx, ref)
}

// deaf has the next n direct reads of a side fail.
func (w *world) deaf(side engine.Side, n int, err connector.Error) (left *int) {
	left = &n
	w.veil = func(s engine.Side, c whole) connector.Connector {
		if s == side {
			return deafFor{c, left, err}
		}
		return c
	}
	return left
}

// woken lets a webhook wake the flow, as often as it takes.
func (w *world) woken(times int, pause time.Duration) {
	w.t.Helper()
	for range times {
		if _, err := w.e.Run(w.t.Context(), engine.Request{Workspace: ws, Flow: w.flow, Trigger: "webhook"}); err != nil {
			w.t.Fatal(err)
		}
		w.pass(pause)
	}
}

var (
	brokenForNow = connector.Error{Kind: connector.Temporary, Status: 500, Message: "broken for a moment"}
	tooFast      = connector.Error{Kind: connector.RateLimited, Status: 429, Message: "too fast", After: time.Millisecond}
)

// TestAWordFromOutsideHoldsUntilTheRecordWasRead: whatever comes between, be it on either side or for longer than it is tried at once.
func TestAWordFromOutsideHoldsUntilTheRecordWasRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, reason string
		side         engine.Side
		fails        int
		err          connector.Error
	}{
		{"a webhook, and a read that fails", "webhook", engine.A, 1, brokenForNow},
		{"a webhook, and a read that is too early", "webhook", engine.A, 3, tooFast},
		{"a webhook, and the partner's read fails", "webhook", engine.B, 1, brokenForNow},
		{"a webhook, and reads that fail until it rests for a day", "webhook", engine.A, 10, brokenForNow},
		{"missing in a list, and a read that fails", "absent", engine.A, 1, brokenForNow},
		{"missing in a list, and a read that is too early", "absent", engine.A, 1, tooFast},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, sandbox.Options{})
			w.flow.Retry.MaxAttempts = 5
			a, b := w.couple(fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Byron"})
			w.pass(time.Minute)
			w.edit(engine.A, a, fields{"firstName": "Augusta"})
			now := w.box.Clock.Now()
			if err := w.st.AddHints(t.Context(), ws, w.pair().ID, []engine.Hint{{Side: engine.A, ID: a, Reason: c.reason, At: now, Due: now}}); err != nil {
				t.Fatal(err)
			}
			left := w.deaf(c.side, c.fails, c.err)
			w.woken(4, 25*time.Hour)
			if *left != 0 {
				t.Fatalf("%d reads of %d failed", c.fails-*left, c.fails)
			}
			w.want(engine.B, b, fields{"name": "Augusta Byron"})
		})
	}
}

// TestWhatAPersonHasTriedAgainIsRead: it may have been given up because it could not be read.
func TestWhatAPersonHasTriedAgainIsRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.flow.Retry.MaxAttempts = 1
	a, b := w.couple(fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Byron"})
	w.pass(time.Minute)
	w.edit(engine.A, a, fields{"firstName": "Augusta"})
	w.hint(engine.A, a)
	w.deaf(engine.A, 1, brokenForNow)
	w.woken(1, time.Minute)
	if n, err := w.st.TryAgain(t.Context(), ws, w.pair().ID, "", w.box.Clock.Now()); err != nil || n != 1 {
		t.Fatalf("%d records are tried again (%v), want 1", n, err)
	}
	w.woken(1, time.Minute)
	w.want(engine.B, b, fields{"name": "Augusta Byron"})
}

// TestAWordAboutANoteHoldsUntilItWasRead: nothing else tells that a note changed.
func TestAWordAboutANoteHoldsUntilItWasRead(t *testing.T) {
	t.Parallel()
	f := newFamily(t, sandbox.Options{Seed: 3})
	a, _ := f.couple("ada@example.com")
	f.as(f.notes)
	one := f.put(engine.A, a, fields{"body": "<p>Asked about prices.</p>"})
	f.sync(f.notes)
	f.pass(time.Minute)
	f.turn(engine.A, one, fields{"body": "<p>Asked about prices twice.</p>"})
	f.hint(engine.A, one)
	left := f.deaf(engine.A, 1, brokenForNow)
	for range 2 {
		f.request(engine.Request{Look: true}, engine.Done)
		f.pass(2 * time.Hour)
	}
	if *left != 0 {
		t.Fatal("it was not read")
	}
	f.wantKids(engine.B, "description", "Asked about prices twice.")
}

// TestTheClocksOfOurMachinesMayDiffer: the one that takes a webhook is behind the one that read the record right before, with
// its own clock ahead or in a list.
func TestTheClocksOfOurMachinesMayDiffer(t *testing.T) {
	t.Parallel()
	for _, behind := range []time.Duration{3 * time.Second, 30 * time.Second} {
		w := newWorld(t, sandbox.Options{})
		a, b := w.couple(fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Byron"})
		w.pass(time.Minute)
		w.hint(engine.A, a)
		w.woken(1, time.Second)
		w.edit(engine.A, a, fields{"firstName": "Augusta"})
		at := w.box.Clock.Now().Add(-behind)
		if err := w.st.AddHints(t.Context(), ws, w.pair().ID, []engine.Hint{{Side: engine.A, ID: a, Reason: "webhook", At: at, Due: at}}); err != nil {
			t.Fatal(err)
		}
		w.pass(10 * time.Second)
		w.woken(1, 0)
		w.want(engine.B, b, fields{"name": "Augusta Byron"})
	}
}
