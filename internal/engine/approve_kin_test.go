package engine_test

import (
	"context"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
)

// What hung on a contact when somebody said that it is to be deleted goes with it; a note that is written after that, which moves no
// stamp of the contact, holds it back until somebody says so again.
func TestAContactThatGotANoteAfterTheOrderStays(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		w, _, left := condemned(t, side.Other())
		f := &family{world: w, contacts: w.flow}
		f.notes = f.child("note")
		write := func(body string) {
			t.Helper()
			f.as(f.notes)
			f.put(side, left, []fields{{"body": "<p>" + body + "</p>"}, {"description": body}}[side])
			f.as(f.contacts)
			w.pass(time.Minute)
		}
		write("An old one.")
		o := w.erasing(engine.OrderDelete, side, left)
		w.pass(time.Minute)
		write("She called and wants an offer. Do not delete!")
		w.request(engine.Request{Look: true}, engine.Done)
		w.ended(o, engine.OrderWithdrawn, "kin_since_"+side.String())
		if w.deletes() != 0 || w.reviews()[side.String()+" "+left] == "" {
			t.Errorf("side %s: %d deletes with a note that nobody had seen, waiting %v", side, w.deletes(), w.reviews())
		}
		o = w.erasing(engine.OrderDelete, side, left)
		w.run(engine.Done)
		w.ended(o, engine.OrderDone, "")
		if w.deletes() != 1 {
			t.Errorf("side %s: %d deletes", side, w.deletes())
		}
	}
}

// closed does not let others list what hangs on a record, or tells nothing of when it was made.
type closed struct {
	whole
	err error
}

func (c closed) List(ctx context.Context, req connector.ListRequest) (connector.Page, error) {
	if req.Parent == "" {
		return c.whole.List(ctx, req)
	}
	return connector.Page{Records: []connector.Record{{Ref: connector.Ref{Object: req.Object, ID: "7", Parent: req.Parent}}}}, c.err
}

func TestAContactOfWhichNobodyCanTellWhatHangsOnItStays(t *testing.T) {
	t.Parallel()
	for _, refusal := range []error{nil, &connector.Error{Kind: connector.Forbidden}, &connector.Error{Kind: connector.Config}} {
		w, _, b := condemned(t, engine.A)
		w.veil = func(_ engine.Side, c whole) connector.Connector { return closed{c, refusal} }
		o := w.erasing(engine.OrderDelete, engine.B, b)
		w.request(engine.Request{}, engine.Done)
		w.ended(o, engine.OrderWithdrawn, "kin_unproven_b")
		if w.deletes() != 0 || w.reviews()["b "+b] != "to_delete_a" {
			t.Errorf("%v: %d deletes, waiting %v", refusal, w.deletes(), w.reviews())
		}
	}
	w, _, b := condemned(t, engine.A) // what passes is asked again
	bad := &connector.Error{Kind: connector.Temporary}
	w.veil = func(_ engine.Side, c whole) connector.Connector { return closed{c, bad} }
	o := w.erasing(engine.OrderDelete, engine.B, b)
	w.request(engine.Request{}, engine.DoneWithProblems)
	w.ended(o, engine.OrderOpen, "")
	w.veil = nil
	w.pass(25 * time.Hour)
	w.run(engine.Done)
	w.ended(o, engine.OrderDone, "")
}
