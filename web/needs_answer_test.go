package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"couplet/db"
	"couplet/internal/engine"
)

// typedForm is the form of a card that takes a value of its own.
func typedForm(card *goquery.Selection) *goquery.Selection {
	return card.Find("form").FilterFunction(func(_ int, f *goquery.Selection) bool { return f.Find("input[name=value]").Length() > 0 })
}

// again is the page that answered a form, with its first card.
func (b *bundle) again(client *http.Client, path string, form url.Values) (doc *goquery.Document, card *goquery.Selection) {
	b.t.Helper()
	res := b.post(client, path, form)
	if res.StatusCode != http.StatusUnprocessableEntity {
		b.t.Fatalf("status %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	doc = parsed(b.t.(*testing.T), res)
	voice(b.t, path, doc)
	return doc, doc.Find("[data-testid=value]").First()
}

func TestEnterBehindATypedValuePutsThatValue(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.waiting()
	client := b.signIn("editor")
	card := b.all(client, "/needs-you").Find("[data-testid=value]").First()
	form := typedForm(card)
	// A browser presses the first button of the form when somebody hits Enter.
	if got := form.Find("button, input[type=submit]").First().AttrOr("value", ""); form.Length() != 1 || got != "put" {
		t.Fatalf("Enter in one of %d forms says do=%q", form.Length(), got)
	}
	// Nothing typed may come with another answer.
	doc, card := b.again(client, "/needs-you", answer(form, "a", url.Values{"value": {"Lisbon"}}))
	wants(t, doc, "[data-testid=said]", "You typed a value and chose another answer, so nothing was decided. Put the value in both, or clear it and choose.")
	if got := typedForm(card).Find("[name=value]").AttrOr("value", ""); got != "Lisbon" || len(b.orders()) != 0 {
		t.Errorf("the field holds %q, ordered %+v", got, b.orders())
	}
	goesTo(t, b.post(client, "/needs-you", answer(typedForm(card), "put", url.Values{"value": {" Lisbon "}})), "/needs-you")
	if got := b.orders(); len(got) != 1 || got[0].Kind != engine.OrderPut || got[0].Value != "Lisbon" {
		t.Errorf("ordered %+v", got)
	}
}

func TestARefusedAnswerLosesNeitherTheValueNorTheFilter(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.waiting()
	client := b.signIn("editor")
	at := "/needs-you?flow=" + b.flow.ID + "&kind=value"
	card := b.all(client, at).Find("[data-testid=value]").First()
	form := typedForm(card)
	card.Find("form").Each(func(_ int, f *goquery.Selection) {
		if got := f.AttrOr("action", ""); !strings.HasPrefix(got, at+"&item=") {
			t.Errorf("a form goes to %q", got)
		}
	})
	goesTo(t, b.post(client, at, answer(form, "nonsense", nil)), at)
	doc, card := b.again(client, at, answer(form, "put", url.Values{"value": {"  "}}))
	wants(t, doc, "[data-testid=said]", "Type a value first. Nothing was decided.")
	in := typedForm(card).Find("[name=value]")
	if in.AttrOr("aria-invalid", "") != "true" || tidyText(doc.Find("#"+in.AttrOr("aria-describedby", "none"))) != "Type a value first. Nothing was decided." {
		t.Error("the field does not say what it lacks")
	}
	if doc.Find("[data-testid=review]").Length() != 0 || doc.Find("#need-kind option[selected]").AttrOr("value", "") != "value" {
		t.Error("the page shows another kind as well")
	}
	// The values moved, and what was typed stands there again beside the new ones.
	l, err := b.store.LinkByID(t.Context(), b.conns[0].Workspace, form.Find("[name=link]").AttrOr("value", ""))
	must(t, err)
	b.commit(r, engine.Commit{Link: &l, Conflict: []engine.Conflict{{Link: l.ID, Field: "city=city", Open: true, Rule: "ask", V: [2]any{"Porto", "Lagos"}, At: b.now}}})
	doc, card = b.again(client, at, answer(form, "put", url.Values{"value": {"Lisbon"}}))
	if got := typedForm(card).Find("[name=value]").AttrOr("value", ""); got != "Lisbon" || !strings.Contains(card.Text(), "Lagos") {
		t.Errorf("%q is typed into %s", got, tidyText(card))
	}
	if !strings.HasPrefix(tidyText(doc.Find("[data-testid=said]")), "The values changed since you looked") {
		t.Error(tidyText(doc.Find("[data-testid=said]")))
	}
	goesTo(t, b.post(client, at, answer(typedForm(card), "put", url.Values{"value": {"Lisbon"}})), at)
	// It settled itself: there is no field to type into any more, and the sentence holds what was typed.
	b.commit(r, engine.Commit{Link: &l, Resolved: []string{"city=city"}})
	doc, _ = b.again(client, at, answer(form, "put", url.Values{"value": {"Lisbon"}}))
	wants(t, doc, "[data-testid=said]", "The values changed since you looked, so your answer was not taken. You had typed “Lisbon”.")
}

func TestWhatIsDecidedSaysWhomItIsAbout(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.waiting()
	client := b.signIn("editor")
	cards := b.all(client, "/needs-you").Find("[data-testid=value]")
	of := func(name string) *goquery.Selection {
		return cards.FilterFunction(func(_ int, card *goquery.Selection) bool { return strings.HasPrefix(tidyText(card.Find("h2")), name) })
	}
	b.post(client, "/needs-you", answer(typedForm(of("Ann Bell")), "put", url.Values{"value": {"Lisbon"}}))
	b.post(client, "/needs-you", answer(of("Bo ").Find("form").First(), "b", nil))
	form := b.all(client, "/needs-you").Find("[data-testid=review] form").First()
	b.post(client, "/needs-you", answer(form, "link", nil))
	lines, names := b.all(client, "/needs-you").Find("[data-testid=decided] li"), map[string]bool{}
	all := tidyText(lines)
	for _, want := range []string{"Ann Bell City: another value in both: Lisbon", "Bo City: User.com’s value in both: Faro", "Eve linked with Eve Twin of User.com"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in %q", want, all)
		}
	}
	lines.Find("button").Each(func(_ int, n *goquery.Selection) { names[tidyText(n)] = true })
	if len(names) != 3 {
		t.Errorf("the buttons are called %v", names)
	}
	// More than the page shows are told of, and do not make it say that more waits.
	var commits []engine.Commit
	var orders []engine.Order
	for i := range needsOnPage {
		id := fmt.Sprintf("m%02d", i)
		commits = append(commits, engine.Commit{Review: []engine.Review{{Pair: b.pair.ID, Side: engine.A, ID: id, Reason: "no_key", At: b.now}}})
		orders = append(orders, engine.Order{Pair: b.pair.ID, Kind: engine.OrderAlone, Side: engine.A, Record: id, By: "ann"})
	}
	b.commit(r, commits...)
	must(t, b.store.AddOrders(t.Context(), b.conns[0].Workspace, orders))
	doc := b.all(client, "/needs-you?kind=decided")
	wants(t, doc, "[data-testid=headline]", fmt.Sprintf("More than %d answers are not carried out yet", needsOnPage))
	if doc.Find("[data-testid=decided] li").Length() != needsOnPage || !strings.Contains(tidyText(doc.Find("[data-testid=decided]")), "There are more") {
		t.Error(tidyText(doc.Find("[data-testid=decided]")))
	}
}

func TestTakingBackWhileARunIsUnderWayPromisesNothing(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.waiting()
	client := b.signIn("editor")
	put := func() url.Values {
		b.post(client, "/needs-you", answer(b.all(client, "/needs-you").Find("[data-testid=value] form").First(), "a", nil))
		return answer(b.all(client, "/needs-you").Find("[data-testid=decided] form"), "back", nil)
	}
	goesTo(t, b.post(client, "/needs-you", put()), "/needs-you")
	wants(t, b.all(client, "/needs-you"), "[data-testid=said]", "Taken back. It waits for an answer again.")
	back := put()
	r := b.begun(0)
	goesTo(t, b.post(client, "/needs-you", back), "/needs-you")
	wants(t, b.all(client, "/needs-you"), "[data-testid=said]", "Taken back. A run is under way and may have carried it out already. Look again when it is over.")
	r.Status, r.Finished = engine.Done, b.now
	b.save(r)
	b.begun(0, func(r *engine.Run) { r.DryRun = true }) // a rehearsal carries out nothing
	goesTo(t, b.post(client, "/needs-you", put()), "/needs-you")
	wants(t, b.all(client, "/needs-you"), "[data-testid=said]", "Taken back. It waits for an answer again.")
}

func TestAnAnsweredOneNeverWaitsHoweverManyAnswersThereAre(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.waiting()
	client := b.signIn("editor")
	must(t, b.db.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `insert into person_order (workspace_id, id, pair, kind, state, side, record, partner, link, field, from_side, value, seen, by_user, given_at, reason, run, over_at)
			with recursive n(i) as (select 1 union all select i + 1 from n where i < 10050)
			select $1, 'ord!' || i, $2, 'alone', 'open', 0, 'x' || i, '', '', '', 0, '', '', 'ann', 0, '', '', 0 from n`, b.conns[0].Workspace, b.pair.ID)
		return err
	}))
	doc := b.all(client, "/needs-you")
	all := answer(doc.Find("[data-testid=group] form"), "all-a", url.Values{"sure": {"yes"}})
	b.post(client, "/needs-you", answer(doc.Find("[data-testid=value] form").First(), "a", nil))
	b.post(client, "/needs-you", answer(doc.Find("[data-testid=review] form").First(), "link", nil))
	doc = b.all(client, "/needs-you")
	if values, reviews := doc.Find("[data-testid=value]").Length(), doc.Find("[data-testid=review]").Length(); values != 1 || reviews != 0 {
		t.Errorf("%d values and %d reviews wait", values, reviews)
	}
	goesTo(t, b.post(client, "/needs-you", all), "/needs-you") // it was two, and is one by now
	if said := tidyText(b.all(client, "/needs-you").Find("[data-testid=said]")); !strings.HasPrefix(said, "It is 1 record by now") {
		t.Error(said)
	}
}
