package web

import (
	"net/url"
	"testing"
	"time"

	"couplet/internal/engine"
)

// looked stores a look that is over and found one value of the second system to give back, and returns the form that asks for it.
func (b *bundle) looked(what engine.Undoing) url.Values {
	b.t.Helper()
	what.Made = false // a look tells it, and whoever asks ticks it
	look := b.ran(time.Minute, func(r *engine.Run) {
		r.DryRun, r.Trigger, r.Undo, r.To[engine.B].Updated = true, engine.Undo, &what, 1
	})
	return url.Values{"look": {look.ID}, "link": {what.Link}, "field": {what.Field}}
}

func TestAnUndoOfAnotherPartIsNotTakenForTheOneUnderWay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		open, asked engine.Undoing
		queued      bool
	}{
		"another record":         {engine.Undoing{Link: "l1"}, engine.Undoing{Link: "l2"}, true},
		"another field":          {engine.Undoing{Link: "l1", Field: "x"}, engine.Undoing{Link: "l1", Field: "y"}, true},
		"the whole, of a record": {engine.Undoing{Link: "l1"}, engine.Undoing{}, true},
		"with the deletes":       {engine.Undoing{}, engine.Undoing{Made: true}, true},
		"the same record":        {engine.Undoing{Link: "l1"}, engine.Undoing{Link: "l1"}, false},
		"a record of the whole":  {engine.Undoing{}, engine.Undoing{Link: "l1"}, false},
		"the whole with more":    {engine.Undoing{Made: true}, engine.Undoing{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBundle(t)
			run := b.ran(time.Hour, func(r *engine.Run) { r.To[engine.B].Updated = 2 })
			c.open.Run, c.asked.Run = run.ID, run.ID
			open := b.begun(2*time.Minute, func(r *engine.Run) { r.Trigger, r.Status, r.Undo = engine.Undo, engine.Queued, &c.open })
			form := b.looked(c.asked)
			if c.asked.Made {
				form.Set("made", "yes")
				look := form.Get("look")
				r, err := b.store.RunByID(t.Context(), run.Workspace, look)
				must(t, err)
				b.noted(r, engine.Entry{IDs: [2]string{"a1", "b1"}, Link: "l1", Result: engine.ResultSkipped, To: 1, Planned: true, Reason: "undo_pristine_b"})
			}
			at := b.post(b.signIn("editor"), "/runs/"+run.ID+"/undo", form).Header.Get("Location")
			undos, err := b.store.UndosOf(t.Context(), run.Workspace, run.ID, false, 9)
			must(t, err)
			if took := at == "/runs/"+open.ID; took == c.queued || len(undos) != map[bool]int{true: 2, false: 1}[c.queued] {
				t.Errorf("at %s, %d undos", at, len(undos))
			}
		})
	}
}

func TestATickedDeleteWhoseListIsGoneIsRefused(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	run := b.ran(time.Hour, func(r *engine.Run) { r.To[engine.B].Updated, r.To[engine.B].Created = 1, 1 })
	form := b.looked(engine.Undoing{Run: run.ID})
	look, err := b.store.RunByID(t.Context(), run.Workspace, form.Get("look"))
	must(t, err)
	b.noted(look, engine.Entry{IDs: [2]string{"a1", "b1"}, Link: "l1", Result: engine.ResultSkipped, To: 1, Planned: true, Reason: "undo_pristine_b"})
	w := b.walk("editor").open("/runs/" + run.ID + "/undo")
	if w.doc.Find("[data-testid=made]").Length() != 1 {
		t.Fatal("the delete is not offered")
	}
	other := b.ran(0, func(r *engine.Run) {
		r.DryRun, r.Trigger, r.Undo = true, engine.Undo, &engine.Undoing{Run: run.ID, Link: "l2"}
	})
	must(t, b.store.DropPlans(t.Context(), run.Workspace, other)) // as the end of that look does
	w.send("[data-testid=undo]", url.Values{"made": {"yes"}})
	wants(t, w.doc, "[data-testid=said]", "The list of what this run created is no longer kept, so nothing was undone and nothing was deleted. Look again, then choose.")
	if undos, err := b.store.UndosOf(t.Context(), run.Workspace, run.ID, false, 9); err != nil || len(undos) != 0 {
		t.Errorf("%d undos, %v", len(undos), err)
	}
}
