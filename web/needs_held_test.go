package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"couplet/internal/engine"
)

// heldBack has two records of HighLevel wait because nobody approved what would be written.
func (b *bundle) heldBack() engine.Run {
	b.t.Helper()
	r := b.eventful()
	review := func(id, name string) engine.Review {
		return engine.Review{Pair: b.pair.ID, ID: id, Reason: "changed_since_preview", At: b.now, Plan: &engine.Line{IDs: [2]string{id, ""}, Made: true, Sides: [2]bool{false, true},
			Fields: []engine.FieldChange{{Field: "firstName+lastName=name", Outcome: engine.Write, Rule: "new_a", Before: [2]any{name, nil}, After: [2]any{name, name}}}}}
	}
	r.Beyond, r.Held = 25, 2
	b.commit(r, engine.Commit{Review: []engine.Review{review("a1", "Ann Bell")}}, engine.Commit{Review: []engine.Review{review("a2", "Dee Four")}})
	return r
}

func TestWhatChangedSinceThePreviewIsShownAndAccepted(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	run := b.heldBack()
	if doc := b.all(b.signIn("viewer"), "/needs-you?kind=held"); doc.Find("main button[name=do]").Length() != 0 || doc.Find("[data-testid=held]").Length() != 2 {
		t.Error("a viewer decides, or sees nothing")
	}
	client := b.signIn("editor")
	doc := b.all(client, "/needs-you")
	cards := doc.Find("[data-testid=held]")
	text := tidyText(cards.First())
	for _, want := range []string{"Ann Bell changed since the preview", "It would be made in User.com", "not what the approved preview showed"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
	if cards.Find("[data-testid=see-again]").First().AttrOr("href", "") != "/flows/"+b.flow.ID+"/preview" {
		t.Error("nothing leads to the preview")
	}
	// What changed after somebody looked is not accepted, and the one that they saw is.
	form := cards.First().Find("form")
	old := answer(form, "accept", url.Values{"seen": {"another"}})
	goesTo(t, b.post(client, "/needs-you", old), "/needs-you")
	if len(b.orders()) != 0 {
		t.Errorf("accepted unseen: %+v", b.orders())
	}
	goesTo(t, b.post(client, "/needs-you", answer(form, "accept", nil)), "/needs-you")
	if got := b.orders(); len(got) != 1 || got[0].Kind != engine.OrderAccept || got[0].Record != "a1" {
		t.Fatalf("ordered %+v", got)
	}
	doc = b.all(client, "/needs-you?kind=decided")
	if text := tidyText(doc.Find("[data-testid=decided]")); !strings.Contains(text, "what it waits with is written") {
		t.Errorf("decided: %s", text)
	}
	// Nothing else can be answered about such a record, and all at once only by their number.
	goesTo(t, b.post(client, "/needs-you", answer(form, "alone", nil)), "/needs-you")
	b.commit(run, engine.Commit{Review: []engine.Review{{Pair: b.pair.ID, ID: "a5", Reason: "changed_since_preview", At: b.now, Plan: &engine.Line{IDs: [2]string{"a5", "b5"}, Sides: [2]bool{true, false}}}}})
	all := b.all(client, "/needs-you").Find("[data-testid=held-all] form")
	if all.Length() != 1 {
		t.Fatal("two wait and cannot be accepted at once")
	}
	goesTo(t, b.post(client, "/needs-you", answer(all, "accept-all", url.Values{"sure": {"yes"}, "n": {"7"}})), "/needs-you")
	goesTo(t, b.post(client, "/needs-you", answer(all, "accept-all", nil)), "/needs-you")
	if len(b.orders()) != 1 {
		t.Fatalf("ordered %+v", b.orders())
	}
	goesTo(t, b.post(client, "/needs-you", answer(all, "accept-all", url.Values{"sure": {"yes"}})), "/needs-you")
	if len(b.orders()) != 3 {
		t.Errorf("ordered %+v", b.orders())
	}
}

func TestARunSaysWhatWentBeyondTheApprovedPreview(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.heldBack()
	doc := b.see(b.signIn("viewer"), "/runs/"+r.ID)
	text := tidyText(doc.Find("main"))
	for _, want := range []string{"25 records were written otherwise than the preview showed", "2 records wait until somebody accepts"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said", want)
		}
	}
	if doc.Find("[data-testid=held]").AttrOr("href", "") != "/needs-you?kind=held" {
		t.Error("nothing leads to what waits")
	}
}

// TestWhatWaitsNamesCustomFieldsAsTheAccountsDo, not by their keys: in the list, in what is held, in what was decided and on the overview.
func TestWhatWaitsNamesCustomFieldsAsTheAccountsDo(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	ws := b.conns[0].Workspace
	must(t, b.store.NameFields(t.Context(), ws, b.heldBack().ID, map[string][2]string{"contact.segment=segment": {"Group of customers", "Customer segment"}}))
	later := b.ran(time.Minute, func(*engine.Run) {}) // it ended before it came to its map
	segment := engine.FieldChange{Field: "contact.segment=segment", Outcome: engine.Write, Rule: "new_a", Before: [2]any{"vip", nil}, After: [2]any{"vip", "vip"}}
	b.commit(later, engine.Commit{Review: []engine.Review{{Pair: b.pair.ID, ID: "a5", Reason: "changed_since_preview", At: b.now,
		Plan: &engine.Line{IDs: [2]string{"a5", ""}, Made: true, Sides: [2]bool{false, true}, Fields: []engine.FieldChange{segment}}}}})
	b.commit(later, engine.Commit{Link: &engine.Link{ID: "w1", Pair: b.pair.ID, IDs: [2]string{"a1", "b1"}, State: engine.On, Made: "match"},
		Conflict: []engine.Conflict{{Link: "w1", Field: segment.Field, Open: true, Rule: "ask", V: [2]any{"vip", "new"}, At: b.now}}})
	client := b.signIn("editor")
	doc := b.all(client, "/needs-you")
	if text := tidyText(doc.Find("[data-testid=held]")); !strings.Contains(text, "Customer segment") || strings.Contains(text, "Group of customers") {
		t.Errorf("held: %s", text)
	}
	for _, place := range []string{"[data-testid=value]", "[data-testid=line]"} {
		if text := tidyText(doc.Find(place)); !strings.Contains(text, "Group of customers") || strings.Contains(text, "contact.segment") {
			t.Errorf("%s: %s", place, text)
		}
	}
	if text := tidyText(b.see(client, "/").Find("main")); !strings.Contains(text, "Two different values for Group of customers") {
		t.Errorf("overview: %s", text)
	}
	goesTo(t, b.post(client, "/needs-you", answer(doc.Find("[data-testid=value] form").First(), "a", nil)), "/needs-you")
	if text := tidyText(b.all(client, "/needs-you?kind=decided").Find("[data-testid=decided]")); !strings.Contains(text, "Group of customers") {
		t.Errorf("decided: %s", text)
	}
}
