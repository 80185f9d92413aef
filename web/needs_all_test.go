package web

import (
	"net/url"
	"testing"
	"time"

	"couplet/internal/engine"
)

// asksAbout has the partner of one more record of the second system be gone.
func (b *bundle) asksAbout(id string, run engine.Run) {
	b.t.Helper()
	b.known(engine.B, id, map[string]any{"name": "Hal " + id, "email": id + "@example.test"})
	b.commit(run, engine.Commit{
		Link:   &engine.Link{ID: "d" + id, Pair: b.pair.ID, IDs: [2]string{"a" + id, id}, State: engine.OneGone, Made: "match"},
		Review: []engine.Review{{Pair: b.pair.ID, Side: engine.B, ID: id, Reason: "to_delete_a", At: b.now}}})
}

func TestAllAtOnceIsAboutTheRecordsThatWereSeen(t *testing.T) {
	t.Parallel()
	sure := url.Values{"sure": {"yes"}}
	t.Run("another record waits instead", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t)
		b.condemned()
		client := b.signIn("editor")
		all := answer(b.all(client, "/needs-you").Find("[data-testid=doomed] form"), "delete-all", sure)
		b.asksAbout("77", b.ran(0, func(*engine.Run) {}))
		_, err := b.store.AddOrder(t.Context(), b.conns[0].Workspace, engine.Order{Pair: b.pair.ID, Kind: engine.OrderKeep, Side: engine.B, Record: "33"})
		must(t, err)
		goesTo(t, b.post(client, "/needs-you", all), "/needs-you")
		wants(t, b.all(client, "/needs-you"), "[data-testid=said]", otherText)
		if got := b.orders(); len(got) != 1 {
			t.Errorf("a record nobody saw is deleted: %+v", got)
		}
	})
	t.Run("a record was edited", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t)
		b.condemned()
		client := b.signIn("editor")
		all := answer(b.all(client, "/needs-you").Find("[data-testid=doomed] form"), "delete-all", sure)
		b.now = b.now.Add(time.Minute)
		b.known(engine.B, "33", map[string]any{"name": "Fay again", "email": "fay@example.test"})
		goesTo(t, b.post(client, "/needs-you", all), "/needs-you")
		if got := b.orders(); len(got) != 0 {
			t.Errorf("an edited record is deleted: %+v", got)
		}
		all = answer(b.all(client, "/needs-you").Find("[data-testid=doomed] form"), "delete-all", sure)
		goesTo(t, b.post(client, "/needs-you", all), "/needs-you")
		if got := b.orders(); len(got) != 2 {
			t.Errorf("what was seen is not deleted: %+v", got)
		}
	})
	t.Run("a plan is another one", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t)
		run := b.heldBack()
		client := b.signIn("editor")
		all := answer(b.all(client, "/needs-you").Find("[data-testid=held-all] form"), "accept-all", sure)
		b.commit(run, engine.Commit{Review: []engine.Review{{Pair: b.pair.ID, ID: "a1", Reason: "changed_since_preview", At: b.now, Plan: &engine.Line{IDs: [2]string{"a1", "b5"}, Sides: [2]bool{true, false}}}}})
		goesTo(t, b.post(client, "/needs-you", all), "/needs-you")
		if got := b.orders(); len(got) != 0 {
			t.Errorf("accepted unseen: %+v", got)
		}
	})
}
