package web

import (
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/engine"
)

func TestWhatWasNotAcceptedIsSaidInWordsAndByName(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.eventful()
	never, reason := time.UnixMilli(1<<52), `age=age: "many" is not a number`
	must(t, b.store.AddHints(t.Context(), b.conns[0].Workspace, b.pair.ID, []engine.Hint{{Side: engine.A, ID: "a1", Reason: "parked", At: b.now, Due: never, Problem: reason},
		{Side: engine.A, ID: "a2", Reason: "parked", At: b.now, Due: never, Problem: "An old one. Look again."}}))
	client := b.signIn("editor")
	doc := b.all(client, "/needs-you?kind=failure")
	cards := doc.Find("[data-testid=failure]")
	text := tidyText(cards)
	if cards.Length() != 3 || strings.Contains(text, "age=age") {
		t.Fatalf("the cards say %s", text)
	}
	for _, want := range []string{"age could not be carried over, for 1 contact", "HighLevel refused the value of phone, for 1 contact", "Correct the value in the record", "Ann Bell", "ann@example.test", "Dee Four"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
	// From the card one comes to the records, as the run that met them shows them; and where that is no longer kept, to the runs.
	cards.Each(func(_ int, card *goquery.Selection) {
		href := card.Find("[data-testid=where]").AttrOr("href", "none")
		there := b.see(client, href)
		switch title := tidyText(card.Find("h2")); {
		case strings.HasPrefix(title, "An old one"):
			if !strings.HasPrefix(href, "/runs?flow="+b.flow.ID+"&result=failed") || there.Find("[data-testid=run]").Length() != 1 {
				t.Errorf("%s leads to %s", title, href)
			}
		case there.Find("[data-testid=problem]").Length() != 1 || !strings.HasPrefix(tidyText(there.Find("[data-testid=problem] h2")), strings.TrimSuffix(title, ", for 1 contact")):
			t.Errorf("%s leads to %s", title, href)
		}
	})
	if got := tidyText(b.see(client, "/").Find("main")); strings.Contains(got, "age=age") || !strings.Contains(got, "age could not be carried over") {
		t.Errorf("the overview says %s", got)
	}
}

func TestWhereNothingOfAKindWaitsThePageSaysThatOnly(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	client := b.signIn("viewer")
	everything := func(at, headline string, want int) {
		t.Helper()
		doc := b.all(client, at)
		wants(t, doc, "[data-testid=headline]", headline)
		if got := doc.Find("main a[href='/needs-you']").Length(); got != want {
			t.Errorf("%s: %d links to everything", at, got)
		}
	}
	everything("/needs-you", "Nothing needs you", 0)
	b.eventful()
	everything("/needs-you?kind=value", "Nothing of this kind needs you", 1)
	everything("/needs-you?kind=value&flow="+b.flow.ID, "Nothing of this kind needs you in this flow", 1)
	b.flow.ID, b.flow.Object = "", "task"
	other, _, err := b.store.SaveFlow(t.Context(), b.conns[0].Workspace, b.flow)
	must(t, err)
	everything("/needs-you?flow="+other.ID, "Nothing needs you in this flow", 1)
}

func TestAFieldPutToRestSaysWhy(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.waiting()
	l, err := b.store.LinkByID(t.Context(), b.conns[0].Workspace, "w1")
	must(t, err)
	b.commit(r, engine.Commit{Link: &l, Conflict: []engine.Conflict{{Link: "w1", Field: "city=city", Open: true, Rule: "swinging", V: [2]any{"Porto", "Faro"}, At: b.now}}})
	for _, card := range b.all(b.signIn("viewer"), "/needs-you").Find("[data-testid=value]").EachIter() {
		text := tidyText(card)
		why, not := "Changed on both sides before Couplet came by.", "Another tool keeps changing it"
		if strings.Contains(text, "Ann Bell") {
			why, not = "Another tool keeps changing it back and forth between the same two values, so it is left alone; you decide.", "Changed on both sides"
		}
		if !strings.Contains(text, why) || strings.Contains(text, not) {
			t.Error(text)
		}
	}
}

func TestARecordThatCannotBeToldApartShowsWhatItIs(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.eventful()
	b.known(engine.A, "a6", map[string]any{"firstName": "Eva", "email": "eve@example.test"})
	b.commit(r, engine.Commit{Review: []engine.Review{{Pair: b.pair.ID, Side: engine.A, ID: "a5", Reason: "shared_key", Candidates: []string{"b6"}, Twins: []string{"a6"}, At: b.now}}})
	client := b.signIn("viewer")
	card := tidyText(b.all(client, "/needs-you").Find("[data-testid=review]"))
	for _, want := range []string{"Its ID there: b6", "Eva", "Give each contact an email of its own, or merge those that are one, in HighLevel."} {
		if !strings.Contains(card, want) {
			t.Errorf("%q is not in %q", want, card)
		}
	}
	// A task has neither email nor phone: it is known by its title and its date.
	st, w, ids := b.store, b.conns[0].Workspace, [2]string{b.conns[0].ID, b.conns[1].ID}
	tasks, err := st.PairFor(t.Context(), w, ids, "task", engine.NewID("pair", b.now))
	must(t, err)
	lease, _, err := st.Acquire(t.Context(), w, "pair/"+tasks.ID, "test", b.now, b.now)
	must(t, err)
	must(t, st.Seed(t.Context(), w, lease, tasks, b.now))
	task := func(side engine.Side, id string, f map[string]any) {
		must(t, st.SavePage(t.Context(), w, lease, engine.Cursor{Conn: ids[side], Object: "task"}, 0, []engine.Mirror{{ID: id, Fields: f, First: b.now, Seen: b.now}}, nil, nil))
	}
	task(engine.A, "t1", map[string]any{"title": "Call back", "dueDate": "2026-12-01T09:00:00Z"})
	task(engine.B, "u1", map[string]any{"name": "Call Ann back", "due_date": "2026-12-01T09:00:00Z"})
	r2 := b.begun(0, func(r *engine.Run) { r.Pair = tasks.ID })
	must(t, st.Commit(t.Context(), w, lease, r2, []engine.Commit{{Review: []engine.Review{{Pair: tasks.ID, Side: engine.A, ID: "t1", Reason: "shared_key", Candidates: []string{"u1"}, At: b.now}}}}))
	card = ""
	for _, c := range b.all(client, "/needs-you?kind=review").Find("[data-testid=review]").EachIter() {
		if text := tidyText(c); strings.Contains(text, "Call back") {
			card = text
		}
	}
	for _, want := range []string{"Title: Call back", "Due date: 1 December 2026", "Name: Call Ann back"} {
		if !strings.Contains(card, want) {
			t.Errorf("%q is not in %q", want, card)
		}
	}
	if strings.Contains(card, "Email:") || strings.Contains(card, "Phone:") {
		t.Error(card)
	}
}
