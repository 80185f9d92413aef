package store_test

import (
	"errors"
	"testing"

	"couplet/internal/connector"
	"couplet/internal/engine"
)

func sending(link string) *engine.Sending {
	return &engine.Sending{Link: link, Run: "run", At: start, By: "email", Intent: "i1", Side: engine.B, Fields: map[string]engine.SentField{
		"name": {Before: [2]any{"x", "y"}, Send: [2]any{nil, "x"}, Sends: [2]bool{false, true}, Outcome: engine.Write, Why: "changed_a"},
		"tags": {Delta: [2]connector.Delta{{}, {Add: []string{"vip"}, Remove: []string{"old"}}}, Sends: [2]bool{false, true}, Outcome: engine.Clash, Lost: engine.B, HasLost: true},
	}}
}

func TestWhatIsSentIsKnownUntilItsOutcomeIsStored(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		known := func() map[string]engine.Sending {
			t.Helper()
			found, err := w.Sendings(w.ctx, w.ws, []string{"l1", "l2", "l3", "none"})
			must(t, err)
			return found
		}
		w.run.To[1].Updated = 3 // counted, and stored with its outcomes by somebody else
		must(t, w.Intend(w.ctx, w.ws, w.lease, w.run, []engine.Commit{
			{Link: w.link("l1", "a1", "b1", engine.On), Sending: sending("l1"), Conflict: []engine.Conflict{{Link: "l1", Field: "name", Lost: engine.B, V: [2]any{"x", "y"}, Run: w.run.ID, At: start}}},
			{Sending: sending("l2")}, {Link: w.link("l3", "a3", "b3", engine.On), Sending: sending("l3")}}))
		same(t, map[string]engine.Sending{"l1": *sending("l1"), "l2": *sending("l2"), "l3": *sending("l3")}, known())
		if r, err := w.RunByID(w.ctx, w.ws, w.run.ID); err != nil || r.To[1].Updated != 0 {
			t.Errorf("it stored the counts of others: %+v, %v", r.To, err)
		}
		if kept, err := w.Conflicts(w.ctx, w.ws, w.pair.ID, false, "", 9); err != nil || len(kept) != 1 {
			t.Errorf("kept are %+v, %v", kept, err)
		}
		if err := w.Intend(w.ctx, w.ws, w.lease, w.run, []engine.Commit{{Link: w.link("l9", "a1", "b9", engine.On), Sending: sending("l9")}}); !errors.Is(err, engine.ErrLinked) {
			t.Errorf("a second link of a record: %v", err)
		}
		rest := sending("l1")
		rest.By, rest.Intent = "", ""
		delete(rest.Fields, "tags")
		w.commit(t, engine.Commit{Sending: rest}, engine.Commit{Answered: []string{"l2"}}, engine.Commit{Link: w.link("l3", "a3", "b3", engine.Detached)})
		same(t, map[string]engine.Sending{"l1": *rest}, known())
	})
}
