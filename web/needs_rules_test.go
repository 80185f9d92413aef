package web

import (
	"net/url"
	"testing"

	"couplet/internal/engine"
	"couplet/internal/mapping"
)

// TestAChoiceBecomesTheRule after three equal ones, settles what waits, and is taken back.
func TestAChoiceBecomesTheRule(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.waiting()
	f := b.flow
	f.Map = append(f.Map, mapping.Row{A: mapping.Names{"city"}, B: mapping.Names{"city"}, Conflict: mapping.Ask})
	f, _, err := b.store.SaveFlow(t.Context(), f.Workspace, f)
	must(t, err)
	client := b.signIn("editor")
	for range habitual {
		if b.all(client, "/needs-you").Find("[data-testid=offer]").Length() != 0 {
			t.Fatal("a rule is offered too early")
		}
		form := b.all(client, "/needs-you").Find("[data-testid=value] form").First()
		goesTo(t, b.post(client, "/needs-you", answer(form, "a", nil)), "/needs-you")
		o := b.orders()[0]
		b.commit(b.ran(0, func(*engine.Run) {}), engine.Commit{Orders: []engine.OrderEnd{{ID: o.ID}}}) // but the values differ on
	}
	if b.all(b.signIn("viewer"), "/needs-you").Find("[data-testid=offer]").Length() != 0 {
		t.Error("a viewer is offered a rule")
	}
	doc := b.all(client, "/needs-you")
	voice(t, "/needs-you", doc)
	offer := doc.Find("[data-testid=offer]")
	wants(t, doc, "[data-testid=offer] p", "From now on it wins when both sides change City before a run of people. 2 records that wait are decided the same way. Nothing else is written by it. It can be taken back.")
	wants(t, doc, "[data-testid=offer] b", "HighLevel’s value was taken 3 times in a row for City. Make it the rule?")
	goesTo(t, b.post(client, "/needs-you", answer(offer, "rule", nil)), "/needs-you")
	now, err := b.store.FlowByID(t.Context(), f.Workspace, f.ID)
	must(t, err)
	if last := now.Map[len(now.Map)-1]; last.Conflict != mapping.AWins || now.Version != f.Version+1 {
		t.Errorf("the flow holds %+v", last)
	}
	if got := b.orders(); len(got) != 2 || got[0].From != engine.A || got[1].From != engine.A {
		t.Errorf("ordered %+v", got)
	}
	doc = b.all(client, "/needs-you")
	voice(t, "/needs-you", doc)
	wants(t, doc, "[data-testid=said]", "From now on HighLevel wins for City. What waited there is decided the same way: 2 records.")
	rule := doc.Find("[data-testid=rules] form")
	if doc.Find("[data-testid=offer]").Length() != 0 || rule.Length() != 1 {
		t.Fatalf("the page shows %s", tidyText(doc.Find("main")))
	}
	goesTo(t, b.post(client, "/needs-you", answer(offer, "rule", nil)), "/needs-you")
	wants(t, b.all(client, "/needs-you"), "[data-testid=said]", noRuleText)
	goesTo(t, b.post(client, "/needs-you", answer(rule, "back-rule", nil)), "/needs-you")
	now, err = b.store.FlowByID(t.Context(), f.Workspace, f.ID)
	must(t, err)
	if last := now.Map[len(now.Map)-1]; last.Conflict != mapping.Ask || len(b.orders()) != 0 {
		t.Errorf("taken back, the flow holds %+v, and there are %d orders", last, len(b.orders()))
	}
	if b.all(client, "/needs-you").Find("[data-testid=offer], [data-testid=rules]").Length() != 0 {
		t.Error("it is offered again at once, or still holds")
	}
	goesTo(t, b.post(client, "/needs-you", answer(rule, "back-rule", nil)), "/needs-you")
	wants(t, b.all(client, "/needs-you"), "[data-testid=said]", "That rule does not hold any more: somebody took it back, or changed the map.")
	goesTo(t, b.post(client, "/needs-you", url.Values{"do": {"rule"}, "pair": {"nobody"}}), "/needs-you")
	wants(t, b.all(client, "/needs-you"), "[data-testid=said]", settledText)
}
