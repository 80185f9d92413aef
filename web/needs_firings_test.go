package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/automation"
)

// parked has so many runs of an automation wait for a person for one reason.
func (b *bundle) parked(id, reason string, state automation.StepState, keys ...string) (out []automation.Firing) {
	b.t.Helper()
	for _, key := range keys {
		b.now = b.now.Add(time.Second)
		out = append(out, b.fired(id, key, automation.Firing{State: automation.Parked, Reason: reason, Step: "person"}, automation.Entry{At: "person", Step: "person", Seq: 1, State: state, Text: reason}))
	}
	return out
}

func TestWhatWaitsInAutomationsIsAnsweredOnNeedsYou(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	id := b.published(w)
	list := b.parked(id, "No such tag.", automation.StepWaits, "1", "2")
	doubt := b.parked(id, "The answer was lost. It may have happened.", automation.InDoubt, "3")[0]
	client := b.signIn("editor")
	doc := b.all(client, "/needs-you")
	voice(t, "/needs-you", doc)
	wants(t, doc, "[data-testid=headline]", "3 things need you")
	if n, err := b.store.CountWaiting(t.Context(), b.conns[0].Workspace, 9); err != nil || n != 3 {
		t.Errorf("%d wait: %v", n, err)
	}
	cards := doc.Find("[data-testid=need-firing]")
	if cards.Length() != 2 || !strings.Contains(tidyText(cards.First()), "No such tag.") || cards.First().Find("[data-testid=need-run]").Length() != 2 ||
		cards.First().Find("[data-testid=answer-newest]").Length() != 0 || cards.Last().Find("[data-testid=answer-was]").Length() != 1 {
		t.Fatalf("the page shows %s", tidyText(doc.Find("main")))
	}
	if href := cards.Last().Find("[data-testid=need-run]").AttrOr("href", ""); href != "/automations/"+id+"/runs/"+doubt.ID {
		t.Errorf("it leads to %s", href)
	}
	form := cards.First().Find("form")
	say := func(more url.Values) string {
		v := answer(form, "firing", nil)
		v.Set("answer", automation.DoAgain)
		for k := range more {
			v.Set(k, more.Get(k))
		}
		goesTo(t, b.post(client, "/needs-you", v), "/needs-you")
		return tidyText(b.see(client, "/needs-you").Find("[data-testid=said]"))
	}
	for want, more := range map[string]url.Values{
		"say first that you mean all": {},
		"saw another number":          {"sure": {"yes"}, "n": {"1"}},
		"settled already":             {"sure": {"yes"}, "reason": {"Another."}},
		"This was settled already":    {"sure": {"yes"}, "automation": {"auto_none"}},
		"Nothing was changed by your": {"sure": {"yes"}, "answer": {automation.ItWas}},
	} {
		if got := say(more); !strings.Contains(got, want) {
			t.Errorf("%v: %q", more, got)
		}
	}
	for _, f := range list {
		if b.stateOf(f.ID) != automation.Parked {
			t.Fatal("it went on unmeant")
		}
	}
	if got := say(url.Values{"sure": {"yes"}}); got != "2 runs go on." || len(b.woken) != 1 {
		t.Errorf("%q, %d woken", got, len(b.woken))
	}
	for _, f := range list {
		if b.stateOf(f.ID) != automation.Waiting {
			t.Error("it stands still")
		}
	}
	if b.stateOf(doubt.ID) != automation.Parked {
		t.Error("the other one went along")
	}
	wants(t, b.all(client, "/needs-you"), "[data-testid=headline]", "1 thing needs you")
}

func TestNeedsOfAutomationsAreFilteredAndAViewerOnlyLooks(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id := b.published(b.walk("editor"))
	b.parked(id, "No such tag.", automation.StepWaits, "1")
	b.waiting()
	client := b.signIn("viewer")
	for path, want := range map[string][2]int{"/needs-you?flow=" + id: {1, 0}, "/needs-you?kind=firing": {1, 0}, "/needs-you?flow=" + b.flow.ID: {0, 2}, "/needs-you": {1, 2}} {
		doc := b.all(client, path)
		if got := [2]int{doc.Find("[data-testid=need-firing]").Length(), doc.Find("[data-testid=value]").Length()}; got != want {
			t.Errorf("%s shows %v, want %v", path, got, want)
		}
		if doc.Find("main form[method=post]").Length() != 0 {
			t.Errorf("%s: a viewer is offered an answer", path)
		}
	}
	wants(t, b.see(b.signInTo(func() string { o, err := b.store.AddWorkspace(t.Context(), "other"); must(t, err); return o.ID }(), "owner"), "/needs-you"), "[data-testid=headline]", "Nothing needs you")
}

func TestTheOverviewTellsOfAutomations(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id := b.published(b.walk("editor"))
	for _, x := range []struct {
		key, reason string
	}{{"1", "No such tag."}, {"2", "No such tag."}, {"3", "Another reason."}} {
		b.parked(id, x.reason, automation.StepWaits, x.key)
	}
	b.parked(id, "Who knows.", automation.InDoubt, "4")
	b.fired(id, "5", automation.Firing{State: automation.Done, Over: b.now})
	doc := b.see(b.signIn("viewer"), "/")
	var lines []string
	doc.Find("[data-testid=need]").Each(func(_ int, n *goquery.Selection) { lines = append(lines, tidyText(n)) })
	if got := strings.Join(lines, "|"); !strings.Contains(got, "A step cannot be doneNew-contact follow-up · for several reasons3") || !strings.Contains(got, "It may have happened, or notNew-contact follow-up · Who knows.1") {
		t.Errorf("needs: %s", got)
	}
	line := doc.Find("[data-testid=overview-automation]")
	if text := tidyText(line); !strings.Contains(text, "1 done in 24 hours") || !strings.Contains(text, "4 need you") || line.Find("a").AttrOr("href", "") != "/automations/"+id+"/runs" {
		t.Errorf("%s", text)
	}
	w, err := b.store.AddWorkspace(t.Context(), "automated")
	must(t, err)
	_, err = b.store.AddAutomation(t.Context(), w.ID, "ann", automation.Automation{Name: "alone"})
	must(t, err)
	doc = b.see(b.signInTo(w.ID, "editor"), "/")
	wants(t, doc, "[data-testid=headline]", "No automation is on.")
	if doc.Find("#h-flows").Length() != 0 {
		t.Error("a table of no flows")
	}
}
