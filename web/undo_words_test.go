package web

import (
	"strings"
	"testing"
	"time"

	"couplet/internal/engine"
)

func TestAPageThatOffersADeleteDoesNotSayThatItCanBeUndone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		back, made bool
		says       string
	}{
		"values":         {true, false, "An undo is a run of its own: it shows among the runs, and it can be undone as well."},
		"values, delete": {true, true, "An undo is a run of its own: it shows among the runs, and the values that it gives back can be undone as well."},
		"delete":         {false, true, "An undo is a run of its own: it shows among the runs."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBundle(t)
			run := b.ran(time.Hour, func(r *engine.Run) { r.To[engine.B].Updated = 1 })
			look := b.ran(time.Minute, func(r *engine.Run) {
				r.DryRun, r.Trigger, r.Undo = true, engine.Undo, &engine.Undoing{Run: run.ID}
				if c.back {
					r.To[engine.B].Updated = 1
				}
			})
			if c.made {
				b.noted(look, engine.Entry{IDs: [2]string{"a1", "b1"}, Link: "l1", Result: engine.ResultSkipped, To: 1, Planned: true, Reason: "undo_pristine_b"})
			}
			doc := b.see(b.signIn("editor"), "/runs/"+run.ID+"/undo")
			wants(t, doc, "[data-testid=confirm] p", c.says)
		})
	}
}

func TestAnUndoThatOnlyDeletedSaysSo(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	run := b.ran(time.Hour, func(r *engine.Run) { r.To[engine.B].Deleted = 1 })
	doc := b.see(b.signIn("editor"), "/runs/"+run.ID+"/undo")
	wants(t, doc, "[data-testid=headline]", "There is nothing to undo")
	if got := tidyText(doc.Find("[data-testid=cannot]")); !strings.Contains(got, "It only deleted records, and nothing brings those back.") || strings.Contains(got, "changed no record") {
		t.Errorf("%q", got)
	}
}

func TestAnUndoThatEndedEarlySaysSo(t *testing.T) {
	t.Parallel()
	for status, says := range map[engine.Status]string{
		engine.Done:             "Undone by ann, ",
		engine.DoneWithProblems: "Undone by ann, ",
		engine.Running:          "Being undone by ann, ",
		engine.Failed:           "The undo by ann failed, ",
		engine.Cancelled:        "The undo by ann was cancelled, ",
		engine.Paused:           "The undo by ann stopped early, ",
	} {
		b := newBundle(t)
		run := b.ran(time.Hour, func(r *engine.Run) { r.To[engine.B].Updated = 1 })
		b.begun(time.Minute, func(r *engine.Run) {
			r.Trigger, r.Status, r.Undo = engine.Undo, status, &engine.Undoing{Run: run.ID, By: "ann"}
			if status.Final() {
				r.Finished = b.now
			}
		})
		for _, path := range []string{"", "/undo"} {
			got := tidyText(b.see(b.signIn("editor"), "/runs/"+run.ID+path).Find("[data-testid=undone] b, [data-testid=earlier] b"))
			if !strings.HasPrefix(got, says) {
				t.Errorf("%s: %q", status, got)
			}
		}
	}
}

func TestTheRunOfAnUndoSaysWhatItDid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		to   engine.Counts
		says string
	}{
		"values":  {engine.Counts{Updated: 2}, "It gave back what was there before an earlier run, where that still stood as it was written."},
		"deletes": {engine.Counts{Deleted: 2}, "It deleted 2 records that an earlier run had made and nobody had touched since. It gave no value back."},
		"both":    {engine.Counts{Updated: 1, Deleted: 1}, "It gave back what was there before an earlier run, where that still stood as it was written. It deleted 1 record that an earlier run had made and nobody had touched since."},
		"nothing": {engine.Counts{}, "It changed nothing."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBundle(t)
			run := b.ran(time.Hour, func(r *engine.Run) { r.To[engine.B].Created = 2 })
			undo := b.ran(time.Minute, func(r *engine.Run) {
				r.Trigger, r.Undo = engine.Undo, &engine.Undoing{Run: run.ID}
				r.To[engine.B] = c.to
			})
			wants(t, b.see(b.signIn("editor"), "/runs/"+undo.ID), "[data-testid=undid] p", c.says)
		})
	}
}
