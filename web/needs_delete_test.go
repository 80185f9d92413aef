package web

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/engine"
)

// condemned are two people whose partners in the first system somebody deleted.
func (b *bundle) condemned() {
	b.t.Helper()
	b.waiting()
	r := b.ran(0, func(*engine.Run) {})
	for id, name := range map[string]string{"3": "Fay", "4": "Gus"} {
		b.known(engine.A, "a3"+id, map[string]any{"firstName": name, "email": strings.ToLower(name) + "@example.test", "phone": "+1202555010" + id})
		b.known(engine.B, "3"+id, map[string]any{"name": name, "email": strings.ToLower(name) + "@example.test", "phone_number": "+12025550199"})
		agreed := "+1202555010" + id
		b.commit(r, engine.Commit{
			Link: &engine.Link{ID: "d" + id, Pair: b.pair.ID, IDs: [2]string{"a3" + id, "3" + id}, State: engine.OneGone, Made: "match",
				Base: map[string]engine.Base{"firstName+lastName=name": {V: [2]any{[]string{name, ""}, name}}, "phone=phone_number": {V: [2]any{agreed, agreed}}}},
			Review: []engine.Review{{Pair: b.pair.ID, Side: engine.B, ID: "3" + id, Reason: "to_delete_a", At: b.now}}})
	}
}

func TestADeleteIsAskedAboutSideBySide(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.condemned()
	doc := b.all(b.signIn("viewer"), "/needs-you?kind=delete")
	if doc.Find("[data-testid=delete]").Length() != 2 || doc.Find("main form[method=post]").Length() != 0 {
		t.Errorf("a viewer sees %s", tidyText(doc.Find("main")))
	}
	client := b.signIn("editor")
	doc = b.all(client, "/needs-you")
	voice(t, "/needs-you", doc)
	if doc.Find("[data-testid=review]").Length() != 1 {
		t.Error("it is asked about as one that cannot be told apart, too")
	}
	card := doc.Find("[data-testid=delete]").First()
	if got := tidyText(card.Find("h2")); got != "Delete Fay in User.com, too?" {
		t.Error(got)
	}
	page := card.Find("h2 [data-testid=record-name]").AttrOr("href", "")
	if page != "/records/d3" || b.see(client, page).Find("[data-testid=headline]").Length() != 1 {
		t.Errorf("its name leads to %q", page)
	}
	for _, want := range []string{"HighLevel, deleted", "User.com, still there", "+12025550103", "+12025550199 changed since", "Nothing brings a deleted person back."} {
		if !strings.Contains(tidyText(card), want) {
			t.Errorf("%q is not in %s", want, tidyText(card))
		}
	}
	if n := strings.Count(tidyText(card), "changed since"); n != 1 {
		t.Errorf("%d fields are said to have changed", n)
	}
	// The safe answer is the first button, which Enter presses.
	if got := card.Find("button").First().AttrOr("value", ""); got != "keep" {
		t.Errorf("Enter says do=%q", got)
	}
}

func TestADeleteIsDecidedTakenBackAndDecidedForAll(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.condemned()
	client := b.signIn("editor")
	form := b.all(client, "/needs-you").Find("[data-testid=delete] form").First()
	goesTo(t, b.post(client, "/needs-you", answer(form, "delete", nil)), "/needs-you")
	got := b.orders()
	if len(got) != 1 || got[0].Kind != engine.OrderDelete || got[0].Side != engine.B || got[0].Record != "33" || got[0].By == "" || got[0].Seen[engine.B] == nil {
		t.Fatalf("ordered %+v", got)
	}
	doc := b.all(client, "/needs-you")
	if doc.Find("[data-testid=delete]").Length() != 1 || doc.Find("[data-testid=doomed]").Length() != 0 {
		t.Error("what was answered still waits")
	}
	if line := tidyText(doc.Find("[data-testid=decided] li")); !strings.Contains(line, "Fay deleted in User.com, too") {
		t.Error(line)
	}
	goesTo(t, b.post(client, "/needs-you", answer(doc.Find("[data-testid=decided] form"), "back", nil)), "/needs-you")
	if got := b.orders(); len(got) != 0 {
		t.Fatalf("still ordered %+v", got)
	}
	// All at once, when that is meant and the number is the one that was shown.
	all := b.all(client, "/needs-you").Find("[data-testid=doomed] form")
	for _, more := range []url.Values{nil, {"sure": {"yes"}, "n": {"3"}}} {
		goesTo(t, b.post(client, "/needs-you", answer(all, "delete-all", more)), "/needs-you")
		if got := b.orders(); len(got) != 0 {
			t.Fatalf("ordered unmeant: %+v", got)
		}
	}
	goesTo(t, b.post(client, "/needs-you", answer(all, "keep-all", url.Values{"sure": {"yes"}})), "/needs-you")
	if got := b.orders(); len(got) != 2 || got[0].Kind != engine.OrderKeep || got[1].Kind != engine.OrderKeep {
		t.Errorf("ordered %+v", got)
	}
	if doc := b.all(client, "/needs-you"); doc.Find("[data-testid=delete]").Length() != 0 {
		t.Error("what was answered still waits")
	}
}

func TestAnAnswerToADeleteIsAboutWhatWasSeen(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.condemned()
	client := b.signIn("editor")
	form := b.all(client, "/needs-you").Find("[data-testid=delete] form").First()
	goesTo(t, b.post(client, "/needs-you", answer(form, "delete", url.Values{"seen": {"12345"}})), "/needs-you")
	wants(t, b.all(client, "/needs-you"), "[data-testid=said]", movedText+standText)
	goesTo(t, b.post(client, "/needs-you", answer(form, "delete", url.Values{"seen": {""}})), "/needs-you")
	goesTo(t, b.post(client, "/needs-you", answer(form, "alone", nil)), "/needs-you")
	link := b.all(client, "/needs-you").Find("[data-testid=review] form").First()
	goesTo(t, b.post(client, "/needs-you", answer(link, "link", url.Values{"seen": {"0011223344556677.0011223344556677"}})), "/needs-you")
	wants(t, b.all(client, "/needs-you"), "[data-testid=said]", movedText+standText)
	other := b.all(client, "/needs-you").Find("[data-testid=review] form").Last()
	goesTo(t, b.post(client, "/needs-you", answer(other, "delete", url.Values{"seen": {"12345"}})), "/needs-you")
	if got := b.orders(); len(got) != 0 {
		t.Errorf("ordered %+v", got)
	}
}

func TestADeleteThatIsOnItsWayIsSaidToBe(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.condemned()
	client := b.signIn("editor")
	form := b.all(client, "/needs-you").Find("[data-testid=delete] form").First()
	goesTo(t, b.post(client, "/needs-you", answer(form, "delete", nil)), "/needs-you")
	back := b.all(client, "/needs-you").Find("[data-testid=decided] form")
	r := b.ran(0, func(*engine.Run) {})
	b.commit(r, engine.Commit{Sending: &engine.Sending{Link: "d3", Run: r.ID, At: b.now, Erase: &engine.Erasing{Side: engine.B}}})
	for _, f := range []url.Values{answer(back, "back", nil), answer(form, "keep", nil)} {
		goesTo(t, b.post(client, "/needs-you", f), "/needs-you")
		wants(t, b.all(client, "/needs-you"), "[data-testid=said]", underWayText)
		if got := b.orders(); len(got) != 1 || got[0].Kind != engine.OrderDelete {
			t.Fatalf("ordered %+v", got)
		}
	}
}

func TestTheOverviewLeadsToTheDeletesThatWait(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.condemned()
	line := b.see(b.signIn("editor"), "/").Find("a").FilterFunction(func(_ int, a *goquery.Selection) bool { return strings.Contains(a.AttrOr("href", ""), "kind=delete") })
	if !strings.Contains(tidyText(line), "Deleted on one side") {
		t.Errorf("it says %q", tidyText(line))
	}
}
