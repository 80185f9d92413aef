package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/engine"
)

func TestTheListLeadsToEachAndGoesOnToTheNext(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.waiting()
	b.ran(-time.Minute, func(r *engine.Run) {
		r.Status, r.Halt = engine.Paused, engine.Halt{Why: engine.HaltBrake, N: 214, Most: 40}
	})
	client := b.signIn("editor")
	doc := b.see(client, "/needs-you")
	if got := textsOf(doc, "[data-testid=kind]"); fmt.Sprint(got) != "[Changed on both sides 2 Not told apart 1 Not accepted 1 Stopped 1]" {
		t.Errorf("%q", got)
	}
	wants(t, doc, "[data-testid=headline]", "5 things need you")
	for _, n := range doc.Find("[data-testid=nav-waiting]").EachIter() {
		if tidyText(n) != "waiting: 5" {
			t.Error(tidyText(n))
		}
	}
	lines := doc.Find("[data-testid=line]")
	for i, kind := range []string{"value", "value", "review", "failure", "stop"} {
		at, _, _ := strings.Cut(lines.Eq(i).AttrOr("href", ""), "#")
		there := b.see(client, at)
		if there.Find("#item > [data-testid="+kind+"]").Length() != 1 || there.Find("#item > article:not([data-testid=group])").Length() != 1 {
			t.Errorf("%s leads to %s", at, tidyText(there.Find("#item")))
		}
		if now := there.Find("[data-testid=line][aria-current]"); now.Length() != 1 || now.AttrOr("href", "") != lines.Eq(i).AttrOr("href", "none") {
			t.Errorf("%s: the line that is shown is %s", at, tidyText(now))
		}
	}
	// After an answer the next one is shown, in the same filter; after one that is not taken the same.
	at := "/needs-you?kind=value"
	form := b.see(client, at+"&item="+url.QueryEscape("v-w1-city=city")).Find("[data-testid=value] form").First()
	to := form.AttrOr("action", "")
	goesTo(t, b.post(client, to, answer(form, "nonsense", nil)), at+"&item="+url.QueryEscape("v-w1-city=city"))
	next := at + "&item=" + url.QueryEscape("v-w2-city=city")
	goesTo(t, b.post(client, to, answer(form, "keep-side", url.Values{"side-kept": {"b"}})), next)
	if got := b.orders(); len(got) != 1 || got[0].From != engine.B || got[0].Link != "w1" {
		t.Errorf("ordered %+v", got)
	}
	goesTo(t, b.post(client, to, answer(form, "keep-side", nil)), at+"&item="+url.QueryEscape("v-w1-city=city")) // no side was chosen
	// One that is settled says so, and the page goes on with what waits.
	doc = b.see(client, at+"&item="+url.QueryEscape("v-w1-city=city"))
	if text := tidyText(doc.Find("#item")); !strings.Contains(text, "That one does not wait any more") || doc.Find("[data-testid=value]").Length() != 1 {
		t.Error(text)
	}
	if doc = b.see(client, "/runs"); tidyText(doc.Find("nav.nav [data-testid=nav-waiting]")) != "waiting: 4" {
		t.Error(tidyText(doc.Find("nav.nav")))
	}
}

func TestALongListIsCutAndStillShowsWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	var all []engine.Commit
	for i := range linesOnPage + 60 {
		all = append(all, engine.Commit{Review: []engine.Review{{Pair: b.pair.ID, Side: engine.A, ID: fmt.Sprintf("z%03d", i), Reason: "no_key", At: b.now}}})
	}
	b.commit(b.ran(0, func(*engine.Run) {}), all...)
	client := b.signIn("viewer")
	doc := b.see(client, "/needs-you")
	if n := doc.Find("[data-testid=line]").Length(); n != linesOnPage || !strings.Contains(tidyText(doc.Find("#waiting")), "There are more.") {
		t.Errorf("%d lines, %s", n, tidyText(doc.Find("#waiting")))
	}
	wants(t, doc, "[data-testid=headline]", "110 things need you")
	wants(t, doc, "nav.nav [data-testid=nav-waiting]", "waiting: 99+")
	doc = b.see(client, "/needs-you?item="+reviewKey(b.pair.ID, engine.A, "z105"))
	if text := tidyText(doc.Find("#item")); !strings.Contains(text, "z105") || strings.Contains(text, "does not wait") {
		t.Error(text)
	}
}

// However much waits, a look reads no more than it shows, and what was asked for behind the end of a list is found by its key.
func TestWhatWaitsBehindTheEndOfTheListIsFoundByItsKey(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	var all []engine.Commit
	for i := range linesOnPage + 20 {
		id := fmt.Sprintf("%03d", i)
		all = append(all, engine.Commit{Link: &engine.Link{ID: "k" + id, Pair: b.pair.ID, IDs: [2]string{"x" + id, "y" + id}, State: engine.On, Made: "match", At: b.now},
			Conflict: []engine.Conflict{{Link: "k" + id, Field: "city=city", Open: true, Rule: "ask", V: [2]any{"Porto", "Lagos"}, At: b.now}}},
			engine.Commit{Review: []engine.Review{{Pair: b.pair.ID, Side: engine.B, ID: "d" + id, Reason: "to_delete_b", At: b.now}, {Pair: b.pair.ID, Side: engine.B, ID: "z" + id, Reason: "no_key", At: b.now}}})
	}
	b.commit(b.ran(0, func(*engine.Run) {}), all...)
	client := b.signIn("editor")
	kinds := func(doc *goquery.Document) string { return fmt.Sprint(textsOf(doc, "[data-testid=kind]")) }
	const counted = "[Changed on both sides 70 Not told apart 70 Deleted on one side 70]"
	for item, card := range map[string]string{valueKey("k069", "city=city"): "value", reviewKey(b.pair.ID, engine.B, "d069"): "delete", reviewKey(b.pair.ID, engine.B, "z069"): "review"} {
		doc := b.see(client, "/needs-you?item="+url.QueryEscape(item))
		if doc.Find("#item > [data-testid="+card+"]").Length() != 1 || doc.Find("[data-testid=line]").Length() > 3*linesOnPage+1 || kinds(doc) != counted {
			t.Errorf("%s: %d lines, %s, %.200s", item, doc.Find("[data-testid=line]").Length(), kinds(doc), tidyText(doc.Find("#item")))
		}
	}
	// One that was answered does not wait, nor one of a kind that is not shown.
	_, err := b.store.AddOrder(t.Context(), b.conns[0].Workspace, engine.Order{Pair: b.pair.ID, Kind: engine.OrderAlone, Side: engine.B, Record: "z069", By: "ann"})
	must(t, err)
	for _, path := range []string{"/needs-you?item=" + reviewKey(b.pair.ID, engine.B, "z069"), "/needs-you?kind=value&item=" + reviewKey(b.pair.ID, engine.B, "z068")} {
		if text := tidyText(b.see(client, path).Find("#item")); !strings.Contains(text, "does not wait any more") {
			t.Errorf("%s: %.200s", path, text)
		}
	}
}

// The number beside the navigation is right on a page that lies open.
func TestTheNumberOfWhatWaitsIsLive(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	client := b.signIn("viewer")
	nav := b.see(client, "/runs").Find("nav.nav a[href='/needs-you'] [hx-sse\\:connect]")
	if nav.Length() != 1 || nav.Find("[data-testid=nav-waiting]").Length() != 0 {
		t.Fatal("the navigation does not listen, or shows a number")
	}
	e := b.listen(client, nav.AttrOr("hx-sse:connect", ""))
	e.until(func(_ string, doc *goquery.Document) bool { return doc.Find("[data-testid=nav-waiting]").Length() == 0 })
	b.commit(b.ran(0, func(*engine.Run) {}), engine.Commit{Review: []engine.Review{{Pair: b.pair.ID, ID: "z1", Reason: "no_key", At: b.now}}})
	e.until(func(_ string, doc *goquery.Document) bool {
		return fmt.Sprint(textsOf(doc, "[data-testid=nav-waiting]")) == "[waiting: 1 waiting: 1]" && doc.Find("#tab-waiting[hx-swap-oob]").Length() == 1
	})
}
