package engine_test

import (
	"testing"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

func TestTagsMergeElementByElement(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	a, b := w.couple(fields{"email": "ada@example.com", "tags": []any{"one", "two", "three"}})
	w.want(engine.B, b, fields{"tags": "one three two"})
	w.edit(engine.A, a, fields{"tags": []any{"two", "three", "left"}})           // one gone
	w.edit(engine.B, b, fields{"tags": []any{"One", "three", "right", "Right"}}) // two gone
	r := w.run(engine.Done)
	w.want(engine.A, a, fields{"tags": "left right three"})
	got := w.shows(engine.B, b, "tags")
	if got != "left right three" && got != "left right right three" {
		t.Errorf("side b has %v", got)
	}
	if n := r.To[engine.A].Conflicts + r.To[engine.B].Conflicts; n != 0 {
		t.Errorf("%d conflicts", n)
	}
	w.quiet()
	w.edit(engine.A, a, fields{"tags": []any{}})
	w.run(engine.Done)
	w.want(engine.B, b, fields{"tags": ""})
	w.quiet()
}

func TestConsentIsTightenedAndNeverLoosened(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.flow.Map = append(w.flow.Map, mapping.Row{A: mapping.Names{"dnd"}, B: mapping.Names{"unsubscribed"}, Conflict: mapping.BWins})
	a, b := w.couple(fields{"email": "ada@example.com"})
	w.want(engine.B, b, fields{"unsubscribed": false})
	w.edit(engine.A, a, fields{"dnd": true})
	w.run(engine.Done)
	w.want(engine.B, b, fields{"unsubscribed": true})
	w.edit(engine.B, b, fields{"unsubscribed": false})
	w.run(engine.Done)
	w.want(engine.A, a, fields{"dnd": true})
	w.want(engine.B, b, fields{"unsubscribed": true})
	w.edit(engine.A, a, fields{"dnd": false}) // only when both sides loosen it
	w.edit(engine.B, b, fields{"unsubscribed": false})
	w.run(engine.Done)
	w.want(engine.A, a, fields{"dnd": false})
	w.want(engine.B, b, fields{"unsubscribed": false})
	w.quiet()

	// A person who says no on one side before the other side knows him.
	a2, b2 := w.couple(fields{"email": "bea@example.com", "dnd": true})
	w.want(engine.A, a2, fields{"dnd": true})
	w.want(engine.B, b2, fields{"unsubscribed": true})
}
