package web

import (
	"net/url"
	"testing"
)

// A flow that only watches carries nothing out, and an answer says so.
func TestAnAnswerInAFlowThatOnlyWatchesSaysThatNothingIsWritten(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.waiting()
	f := b.flow
	f.Watch = true
	_, _, err := b.store.SaveFlow(t.Context(), f.Workspace, f)
	must(t, err)
	client := b.signIn("editor")
	card := b.all(client, "/needs-you").Find("[data-testid=value]").First()
	goesTo(t, b.post(client, "/needs-you", answer(typedForm(card), "put", url.Values{"value": {"Lisbon"}})), "/needs-you")
	wants(t, b.see(client, "/needs-you"), "[data-testid=said]", "That is kept. The flow only watches, so nothing is written until it may write.")
	if len(b.woken) != 0 {
		t.Error("it was woken all the same")
	}
}
