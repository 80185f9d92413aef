package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

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
