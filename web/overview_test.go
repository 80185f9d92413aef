package web

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/connection"
	"couplet/internal/engine"
	"couplet/internal/flow"
)

func wrote(created, updated, failed int) func(*engine.Run) {
	return func(r *engine.Run) {
		r.To[engine.B].Created, r.To[engine.A].Updated, r.To[engine.B].Failed = created, updated, failed
		r.APICalls[engine.A].Read, r.APICalls[engine.B].Write = 10*updated, created
	}
}

func TestTheOverviewOfAFreshWorkspaceNamesTheOneNextThing(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w, err := b.store.AddWorkspace(t.Context(), "fresh")
	must(t, err)
	doc := b.see(b.signInTo(w.ID, "editor"), "/")
	wants(t, doc, "[data-testid=headline]", "Nothing is kept in step yet")
	next := doc.Find("[data-testid=next]")
	if next.AttrOr("href", "") != "/new" || tidyText(next) != "Connect the first account" || doc.Find(".btn.primary").Length() != 1 {
		t.Errorf("next is %q to %q", tidyText(next), next.AttrOr("href", ""))
	}
	if doc.Find("svg.art").Length() != 1 || doc.Find("main [hx-sse\\:connect]").Length() != 0 {
		t.Error("no drawing, or a stream of nothing")
	}
	doc = b.see(b.signInTo(w.ID, "viewer"), "/")
	if doc.Find("[data-testid=next]").Length() != 0 || !strings.Contains(doc.Text(), "Your role here is to look") {
		t.Error("a viewer is offered what they may not do")
	}
}

func TestTheOverviewShowsTheNumbersOfTheStore(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.ran(30*time.Hour, wrote(500, 500, 0)) // not in the last day
	b.ran(20*time.Hour, wrote(5, 1_290, 0))
	b.ran(3*time.Hour, wrote(2, 3, 4))
	b.ran(2*time.Hour, func(r *engine.Run) { r.DryRun, r.To[engine.B].Created = true, 77 })
	last := b.ran(2*time.Minute, wrote(0, 14, 0))
	doc := b.see(b.signIn("viewer"), "/")
	wants(t, doc, "[data-testid=headline]", "One flow is on. It is in step.")
	wants(t, doc, "[data-testid=sub]", "1,314 records were brought into step since this time yesterday.")
	wants(t, doc, "[data-testid=records]", "Records in 24 hours: 1,314")
	wants(t, doc, "[data-testid=success]", "Success: 99.6 %")
	wants(t, doc, "[data-testid=sum-updated]", "1,307")
	wants(t, doc, "[data-testid=sum-created]", "7")
	wants(t, doc, "[data-testid=sum-failed]", "4")
	wants(t, doc, "[data-testid=flow] .f-state", "In step1 min ago · 14 records")
	if at := doc.Find("[data-testid=flow] time").AttrOr("datetime", ""); at != last.Finished.Format(time.RFC3339) {
		t.Errorf("last run at %s", at)
	}
	hours, err := b.store.Hours(t.Context(), b.conns[0].Workspace, b.now.Add(-23*time.Hour))
	must(t, err)
	table := doc.Find(".chart-table tbody tr")
	if table.Length() != 24 {
		t.Fatalf("%d hours", table.Length())
	}
	for _, h := range hours {
		row := table.FilterFunction(func(_ int, n *goquery.Selection) bool { return n.Find("th").Text() == h.At.Format("15:04") })
		want := strconv.Itoa(h.Updated) + " " + strconv.Itoa(h.Created) + " " + strconv.Itoa(h.Failed)
		if got := strings.ReplaceAll(strings.Join(row.Find("td").Map(func(_ int, n *goquery.Selection) string { return n.Text() }), " "), ",", ""); got != want {
			t.Errorf("%s shows %q, want %q", h.At, got, want)
		}
	}
	if label := doc.Find(".chart").AttrOr("aria-label", ""); !strings.Contains(label, "Busiest at 14:00 with 1,295 records") {
		t.Errorf("the chart says %q", label)
	}
	if n := doc.Find("svg [style], svg style").Length(); n != 0 {
		t.Error("a chart has styles of its own")
	}
	used := doc.Find("[data-testid=used]").Map(func(_ int, n *goquery.Selection) string { return n.Text() })
	if used[0] != "13,070 of 200,000 requests in 24 hours" || used[1] != "7 requests in 24 hours. User.com publishes no allowance for a day" {
		t.Errorf("%q", used)
	}
}

func TestWhatNeedsAPersonIsGroupedAndLeadsToIt(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.needs(b.ran(time.Hour, wrote(1, 1, 1)))
	doc := b.see(b.signIn("viewer"), "/")
	wants(t, doc, "[data-testid=headline]", "One flow is on. It needs you.")
	wants(t, doc, "[data-testid=waiting]", "4")
	wants(t, doc, "[data-testid=sub]", "2 records were brought into step since this time yesterday. Four wait for you; nothing else is held up.")
	wants(t, doc, "[data-testid=flow] .f-state .state", "4 records need you")
	if got := doc.Find("[data-testid=flow]").AttrOr("data-state", ""); got != "attention" {
		t.Errorf("the couplet is %s", got)
	}
	var lines []string
	doc.Find("[data-testid=need]").Each(func(_ int, n *goquery.Selection) {
		lines = append(lines, tidyText(n))
		if href := n.Find("a").AttrOr("href", ""); !strings.HasPrefix(href, "/needs-you?flow="+b.flow.ID+"&kind=") {
			t.Errorf("leads to %s", href)
		}
	})
	want := []string{
		"Two different values for Phonepeople · changed on both sides; you decide1",
		"Doubles with one email or phonepeople · left alone for now2",
		"HighLevel refused the value of Phonepeople · left as it is1",
	}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q", lines)
	}
}

func TestTheOverviewTellsHowEachFlowIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		make            func(b *bundle)
		state, word, at string
	}{
		"never ran": {func(*bundle) {}, "paused", "Not run yet", ""},
		"running": {func(b *bundle) {
			b.ran(time.Hour, wrote(0, 1, 0))
			b.begun(time.Minute, func(r *engine.Run) { r.Progress.Due, r.Progress.Done = 640, 412 })
		}, "running", "Running, 64 %", "run"},
		"a rehearsal is no run": {func(b *bundle) {
			b.ran(time.Hour, wrote(0, 1, 0))
			b.begun(time.Minute, func(r *engine.Run) { r.DryRun = true })
		}, "instep", "In step", ""},
		"failed": {func(b *bundle) { b.ran(time.Hour, func(r *engine.Run) { r.Status = engine.Failed }) }, "failed", "The last run failed", "run"},
		"braked": {func(b *bundle) {
			b.ran(time.Hour, func(r *engine.Run) { r.Status, r.Halt.Why = engine.Paused, engine.HaltBrake })
		}, "attention", "Stopped by the brake", "run"},
		"off": {func(b *bundle) { must(b.t, b.store.SetEnabled(b.t.Context(), b.conns[0].Workspace, b.flow.ID, false)) }, "paused", "Not switched on yet", ""},
		"off again": {func(b *bundle) {
			must(b.t, b.store.SaveApproval(b.t.Context(), b.conns[0].Workspace, b.flow.ID, flow.Approval{By: "x"}))
			must(b.t, b.store.SetEnabled(b.t.Context(), b.conns[0].Workspace, b.flow.ID, false))
		}, "paused", "Off", ""},
		"a key that is not taken": {func(b *bundle) {
			b.ran(time.Hour, wrote(0, 1, 0))
			c := b.conns[0]
			c.State = connection.Reconnect
			_, err := b.store.SaveConnection(b.t.Context(), c.Workspace, c)
			must(b.t, err)
		}, "attention", "HighLevel does not take the key", "run"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBundle(t)
			c.make(b)
			doc := b.see(b.signIn("viewer"), "/")
			if held := c.state == "attention"; strings.Contains(squeezed(doc.Find("main")), "The flow is held up until you have seen to it") != held {
				t.Errorf("a flow that waits for a person: %t, and the page says: %s", held, squeezed(doc.Find("main")))
			}
			line := doc.Find("[data-testid=flow]")
			if got := line.AttrOr("data-state", ""); got != c.state {
				t.Errorf("state %q", got)
			}
			wants(t, doc, "[data-testid=flow] .f-state .state", c.word)
			if href := line.Find(".f-go").AttrOr("href", ""); strings.HasPrefix(href, "/runs/run_") != (c.at == "run") {
				t.Errorf("leads to %q", href)
			}
		})
	}
}

func TestTheOverviewChangesWhileItIsWatched(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	client := b.signIn("viewer")
	doc := b.see(client, "/")
	if at := doc.Find("#overview").AttrOr("hx-sse:connect", ""); at != "/overview/events" {
		t.Errorf("listens to %q", at)
	}
	if doc := b.see(client, "/?live=off"); doc.Find("[hx-sse\\:connect]").Length() != 0 || tidyText(doc.Find("[data-testid=live]")) != "Go live" {
		t.Error("held still, it listens all the same")
	}
	e := b.listen(client, "/overview/events")
	_, first := e.next()
	wants(t, first, "[data-testid=records]", "Records in 24 hours: 0")
	b.ran(0, wrote(1, 2, 0))
	e.until(func(_ string, doc *goquery.Document) bool {
		return tidyText(doc.Find("[data-testid=records]")) == "Records in 24 hours: 3"
	})
}

func TestAnotherWorkspaceSeesNothingOfTheOverview(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.ran(time.Hour, wrote(3, 4, 5))
	doc := b.see(b.elsewhere(), "/")
	if text := doc.Text(); strings.Contains(text, b.flow.Name) || strings.Contains(text, "left") {
		t.Error("it shows what is another's")
	}
	if res := b.visit(b.nobody(), "/"); res.Header.Get("Location") != "/sign-in" || res.StatusCode != http.StatusSeeOther {
		t.Errorf("nobody: status %d", res.StatusCode)
	}
}
