package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/engine"
)

// waiting gives the bundle a field that changed on both sides of two records, and a record that cannot be told apart.
func (b *bundle) waiting() engine.Run {
	b.t.Helper()
	r := b.eventful()
	link := func(id, x, y string) *engine.Link {
		return &engine.Link{ID: id, Pair: b.pair.ID, IDs: [2]string{x, y}, State: engine.On, Made: "match", Base: map[string]engine.Base{"city=city": {V: [2]any{"Ghent", "Ghent"}}}}
	}
	clash := func(id string) engine.Conflict {
		return engine.Conflict{Link: id, Field: "city=city", Open: true, Rule: "ask", V: [2]any{"Porto", "Faro"}, At: b.now}
	}
	b.commit(r, engine.Commit{Link: link("w1", "a1", "b1"), Conflict: []engine.Conflict{clash("w1")}},
		engine.Commit{Link: link("w2", "a2", "b2"), Conflict: []engine.Conflict{clash("w2")}})
	return r
}

// all is the page with each of its lines in full, as somebody sees it who opens one after the other.
func (b *bundle) all(client *http.Client, path string) *goquery.Document {
	b.t.Helper()
	doc := b.see(client, path)
	doc.Find("[data-testid=line]").Each(func(_ int, l *goquery.Selection) {
		if _, shown := l.Attr("aria-current"); !shown {
			href, _, _ := strings.Cut(l.AttrOr("href", ""), "#")
			b.see(client, href).Find("#item > article").Each(func(_ int, card *goquery.Selection) {
				// What answers many at once stands beside each of them.
				if kind := card.AttrOr("data-testid", ""); !slices.Contains([]string{"group", "held-all", "doomed"}, kind) || doc.Find("[data-testid="+kind+"]").Length() == 0 {
					doc.Find("#item").AppendSelection(card)
				}
			})
		}
	})
	return doc
}

func (b *bundle) orders() []engine.Order {
	b.t.Helper()
	list, err := b.store.OpenOrders(b.t.Context(), b.conns[0].Workspace, b.pair.ID, "", 99)
	must(b.t, err)
	return list
}

// answer sends the form that a button stands in.
func answer(form *goquery.Selection, do string, more url.Values) url.Values {
	v := url.Values{"do": {do}}
	form.Find("input[type=hidden]").Each(func(_ int, in *goquery.Selection) { v.Set(in.AttrOr("name", ""), in.AttrOr("value", "")) })
	for k := range more {
		v.Set(k, more.Get(k))
	}
	return v
}

func TestWhatWaitsIsAnsweredOnItsPage(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.waiting()
	client := b.signIn("editor")
	doc := b.all(client, "/needs-you")
	voice(t, "/needs-you", doc)
	values := doc.Find("[data-testid=value]")
	if values.Length() != 2 || doc.Find("[data-testid=group]").Length() != 1 || doc.Find("[data-testid=review]").Length() != 1 || doc.Find("[data-testid=failure]").Length() == 0 {
		t.Fatalf("the page shows %s", tidyText(doc.Find("main")))
	}
	form := values.First().Find("form")
	goesTo(t, b.post(client, "/needs-you", answer(form, "b", nil)), "/needs-you")
	if got := b.orders(); len(got) != 1 || got[0].Kind != engine.OrderChoose || got[0].From != engine.B || got[0].By == "" {
		t.Fatalf("ordered %+v", got)
	}
	if got := <-b.woken; got.by == "" || got != (wakeUp{b.conns[0].Workspace, b.flow.ID, "manual", got.by}) {
		t.Errorf("woken: %+v", got)
	}
	doc = b.all(client, "/needs-you")
	if doc.Find("[data-testid=value]").Length() != 1 || doc.Find("[data-testid=group]").Length() != 0 {
		t.Error("what was answered still waits")
	}
	// Before the run comes, it is taken back.
	goesTo(t, b.post(client, "/needs-you", answer(doc.Find("[data-testid=decided] form"), "back", nil)), "/needs-you")
	if got := b.orders(); len(got) != 0 {
		t.Errorf("still ordered: %+v", got)
	}
	// All of them at once, when that is meant and the number is the one that was shown.
	form = b.all(client, "/needs-you").Find("[data-testid=group] form")
	goesTo(t, b.post(client, "/needs-you", answer(form, "all-a", nil)), "/needs-you")
	goesTo(t, b.post(client, "/needs-you", answer(form, "all-a", url.Values{"sure": {"yes"}, "n": {"7"}})), "/needs-you")
	if got := b.orders(); len(got) != 0 {
		t.Errorf("ordered unmeant: %+v", got)
	}
	goesTo(t, b.post(client, "/needs-you", answer(form, "all-a", url.Values{"sure": {"yes"}})), "/needs-you")
	if got := b.orders(); len(got) != 2 || got[0].From != engine.A || got[1].From != engine.A {
		t.Errorf("ordered %+v", got)
	}
	// A record that cannot be told apart is linked with the candidate.
	form = b.all(client, "/needs-you?kind=review").Find("[data-testid=review] form").First()
	goesTo(t, b.post(client, "/needs-you", answer(form, "link", nil)), "/needs-you")
	if got := b.orders(); len(got) != 3 {
		t.Errorf("ordered %+v", got)
	}
}

func TestWhoeverComesLateIsToldSo(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.waiting()
	client := b.signIn("editor")
	form := b.all(client, "/needs-you?kind=value").Find("[data-testid=value] form").First()
	late := answer(form, "a", nil)
	moved := answer(form, "a", url.Values{"seen": {`["Porto","Lagos"]`}})
	goesTo(t, b.post(client, "/needs-you", moved), "/needs-you")
	wants(t, b.all(client, "/needs-you"), "[data-testid=said]", "The values changed since you looked, so your answer was not taken. They stand here as they are now.")
	l, err := b.store.LinkByID(t.Context(), b.conns[0].Workspace, late.Get("link"))
	must(t, err)
	b.commit(b.ran(0, func(*engine.Run) {}), engine.Commit{Link: &l, Resolved: []string{"city=city"}})
	goesTo(t, b.post(client, "/needs-you", late), "/needs-you")
	wants(t, b.all(client, "/needs-you"), "[data-testid=said]", settledText)
	if got := b.orders(); len(got) != 0 {
		t.Errorf("ordered %+v", got)
	}
}

func TestAViewerLooksAndAnEmptyPageSaysSo(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	wants(t, b.all(b.signIn("viewer"), "/needs-you"), "[data-testid=headline]", "Nothing needs you")
	b.waiting()
	doc := b.all(b.signIn("viewer"), "/needs-you")
	if doc.Find("[data-testid=value]").Length() != 2 || doc.Find("main form[method=post]").Length() != 0 {
		t.Errorf("a viewer sees %s", tidyText(doc.Find("main")))
	}
}
