package engine_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
)

// once lets one update go wrong: User.com answers and takes nothing, HighLevel takes it and nobody hears of that.
type once struct {
	whole
	side engine.Side
	left *atomic.Bool
}

func (o once) Update(ctx context.Context, ref connector.Ref, set connector.Fields) (connector.Record, error) {
	if !o.left.CompareAndSwap(true, false) {
		return o.whole.Update(ctx, ref, set)
	}
	if o.side == engine.B {
		return o.whole.Get(ctx, ref)
	}
	if _, err := o.whole.Update(ctx, ref, set); err != nil {
		return connector.Record{}, err
	}
	return connector.Record{}, &connector.Error{Kind: connector.Unknown, Message: "the answer was lost"}
}

// A tag goes each way; one is ignored over there, and the answer to the other is lost. What was ignored is not agreed upon
// because the other arrived.
func TestATagThatIsIgnoredWhileTheOtherOnesAnswerIsLostGoesOver(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.edit(engine.A, a, fields{"tags": []any{"left"}})
	w.edit(engine.B, b, fields{"tags": []any{"right"}})
	w.pass(time.Minute)
	var left [2]atomic.Bool
	left[engine.A].Store(true)
	left[engine.B].Store(true)
	w.veil = func(side engine.Side, c whole) connector.Connector { return once{c, side, &left[side]} }
	for range 4 {
		w.run(engine.Done)
		w.pass(12 * time.Minute)
	}
	if left[engine.A].Load() || left[engine.B].Load() {
		t.Fatal("nothing went wrong, so this shows nothing")
	}
	for side, id := range []string{a, b} {
		if got := w.shows(engine.Side(side), id, "tags"); got != "left right" {
			t.Errorf("side %s: the tags are %v", engine.Side(side), got)
		}
	}
}
