package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/engine"
	"couplet/internal/flow"
)

// lines are the runs that a list shows, by the words of their results.
func lines(doc *goquery.Document) []string {
	return doc.Find("#runs [data-testid=run]").Map(func(_ int, n *goquery.Selection) string { return n.AttrOr("id", "") })
}

func TestTheListOfRunsGroupsByDayAndFoldsWhatIsQuiet(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.conns[0].Workspace
	must(t, b.store.SaveSetting(t.Context(), w, zoneSetting, "Europe/Lisbon"))
	f := b.flow
	f.Schedule.Every = flow.Duration(5 * time.Minute)
	_, _, err := b.store.SaveFlow(t.Context(), w, f)
	must(t, err)
	b.ran(10*time.Minute, wrote(2, 12, 0))
	b.ran(20*time.Minute, func(r *engine.Run) { r.DryRun, r.To[engine.B].Created = true, 9 })
	for i := range 12 {
		b.ran(time.Hour+time.Duration(i)*5*time.Minute, nil)
	}
	b.ran(2*time.Hour, func(r *engine.Run) {
		r.Status, r.To[engine.B].Failed, r.Trigger = engine.DoneWithProblems, 3, "webhook"
	})
	b.ran(26*time.Hour, func(r *engine.Run) { r.Asked, r.Recovered, r.Full = 5, true, true })
	b.ran(27*time.Hour, nil)
	b.ran(50*time.Hour, nil) // a day of which nothing else is known
	b.ran(60*24*time.Hour, wrote(1, 0, 0))
	doc := b.see(b.signIn("viewer"), "/runs")
	var got []string
	doc.Find("#runs tbody tr").Each(func(_ int, n *goquery.Selection) { got = append(got, tidyText(n)) })
	want := []string{
		"Today",
		"HighLevel and User.com peopleEvery 5 minutes Done +2 12 0 48 s 09:50",
		"HighLevel and User.com peopleEvery 5 minutes Done Rehearsal, nothing written +9 0 0 48 s 09:40",
		"HighLevel and User.com peopleTold of a change Done, 3 failed 0 0 3 48 s 08:00",
		"12 quiet runs with nothing to do",
		"Yesterday",
		"HighLevel and User.com peopleEvery 5 minutes, everything read Done, 5 records need you Recovered 0 0 0 48 s 08:00",
		"1 quiet run with nothing to do",
		"21 Nov 2026",
		"1 quiet run with nothing to do",
	}
	compare(t, got, want)
	wants(t, doc, "[data-testid=zone]", "Times are those of Europe/Lisbon (WET).")
	wants(t, doc, "[data-testid=shown]", "4 of 18 · quiet runs with nothing to do are folded away")
	doc = b.see(b.signIn("viewer"), doc.Find("[data-testid=quiet] a").First().AttrOr("href", ""))
	if n := len(lines(doc)); n != 18 || doc.Find("[data-testid=quiet]").Length() != 0 {
		t.Errorf("%d lines unfolded", n)
	}
}

func compare(t testing.TB, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		var g, w string
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if strings.ReplaceAll(g, " ", "") != strings.ReplaceAll(w, " ", "") {
			t.Errorf("line %d:\n got %q\nwant %q", i, g, w)
		}
	}
}

func TestRunsAreFilteredByAddress(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	second, _, err := b.store.SaveFlow(t.Context(), b.conns[0].Workspace, flow.Flow{Name: "second", Object: "contact", Connections: [2]string{b.conns[0].ID, b.conns[1].ID}})
	must(t, err)
	wroteIt := b.ran(time.Hour, wrote(1, 0, 0))
	asked := b.ran(2*time.Hour, func(r *engine.Run) { r.Asked = 2 })
	failed := b.ran(3*time.Hour, func(r *engine.Run) { r.Status = engine.Failed })
	other := b.ran(4*time.Hour, func(r *engine.Run) { r.Flow, r.FlowName, r.Linked = second.ID, "second", 4 })
	old := b.ran(48*time.Hour, wrote(0, 1, 0))
	older := b.ran(10*24*time.Hour, wrote(0, 1, 0))
	client := b.signIn("viewer")
	for query, want := range map[string][]string{
		"":                                {wroteIt.ID, asked.ID, failed.ID, other.ID, old.ID},
		"?when=24h":                       {wroteIt.ID, asked.ID, failed.ID, other.ID},
		"?when=all":                       {wroteIt.ID, asked.ID, failed.ID, other.ID, old.ID, older.ID},
		"?result=changed":                 {wroteIt.ID, other.ID, old.ID},
		"?result=needs":                   {asked.ID},
		"?result=failed&when=24h":         {failed.ID},
		"?flow=" + second.ID:              {other.ID},
		"?flow=none&result=x&when=x":      {wroteIt.ID, asked.ID, failed.ID, other.ID, old.ID}, // what nobody knows is left out
		"?q=" + older.ID:                  {older.ID},
		"?q=" + older.ID[20:]:             {older.ID},
		"?q=none":                         nil,
		"?result=needs&flow=" + second.ID: nil,
	} {
		doc := b.see(client, "/runs"+query)
		if got := lines(doc); !slices.Equal(got, want) {
			t.Errorf("/runs%s shows %v, want %v", query, got, want)
		}
		if none := doc.Find("[data-testid=all]").Length() == 1; none != (want == nil) {
			t.Errorf("/runs%s says that nothing fits: %v", query, none)
		}
	}
	doc := b.see(client, "/runs?when=24h&flow="+second.ID)
	wants(t, doc, "[data-testid=result-all]", "All 1")
	wants(t, doc, "[data-testid=result-changed]", "Changed something 1")
	form := doc.Find("form[role=search]")
	if form.AttrOr("action", "") != "/runs" || form.AttrOr("method", "") != "get" || form.Find("button[type=submit]").Length() != 1 ||
		form.Find("option[selected]").Length() != 2 || form.Find("[name=result][checked]").AttrOr("value", "") != "all" {
		t.Error("the form does not work without scripts, or forgets what was chosen")
	}
	// What scripts ask for is the same, without what stands around it.
	res := b.as(client, http.MethodGet, "/runs?result=needs", nil, map[string]string{"Accept": "text/html", "HX-Request": "true", "HX-Target": "div#found"})
	part, err := goquery.NewDocumentFromReader(res.Body)
	must(t, err)
	if got := lines(part); !slices.Equal(got, []string{asked.ID}) || part.Find("h1").Length() != 0 {
		t.Errorf("the fragment shows %v", got)
	}
}

func TestOlderRunsFollowWithoutAGap(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	var want []string
	for i := range 2*runsOnPage + 7 {
		want = append(want, b.ran(time.Duration(i+1)*time.Minute, wrote(0, 1, 0)).ID)
	}
	b.ran(time.Duration(runsOnPage+2)*time.Minute+30*time.Second, nil)
	client := b.signIn("viewer")
	var got []string
	quiet := 0
	for path := "/runs?result=all"; path != ""; {
		doc := b.see(client, path)
		got = append(got, lines(doc)...)
		quiet += doc.Find("[data-testid=quiet]").Length()
		path = doc.Find("[data-testid=older]").AttrOr("href", "")
	}
	if !slices.Equal(got, want) || quiet != 1 {
		t.Errorf("%d runs, want %d; %d quiet", len(got), len(want), quiet)
	}
	if res := b.visit(client, "/runs?before=run_none"); res.StatusCode != http.StatusNotFound {
		t.Errorf("status %d before a run that is none", res.StatusCode)
	}
}

func TestAPersonLeadsToTheRunsThatChangedThem(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.known(engine.A, "a1", map[string]any{"email": "ann@example.test", "firstName": "Ann"})
	made := b.ran(time.Hour, wrote(1, 0, 0))
	b.ran(2*time.Hour, wrote(1, 0, 0))
	b.commit(made, engine.Commit{Link: &engine.Link{ID: "l1", Pair: b.pair.ID, IDs: [2]string{"a1", "b1"}, State: engine.On, Run: made.ID, At: b.now}})
	client := b.signIn("viewer")
	doc := b.see(client, "/runs?q=Ann%40Example.test")
	if got := lines(doc); !slices.Equal(got, []string{made.ID}) || doc.Find("[data-testid=looked]").Length() != 1 {
		t.Errorf("%v", got)
	}
	if got := lines(b.see(client, "/runs?q=nobody%40example.test")); len(got) != 0 {
		t.Errorf("%v", got)
	}
	if text := b.log.String(); strings.Contains(strings.ToLower(text), "example.test") {
		t.Error("the log holds what was searched for")
	}
}

func TestRunsUnderWayAreOnTopAndMove(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.begun(time.Minute, func(r *engine.Run) {
		r.To[engine.B].Created, r.To[engine.A].Updated, r.APICalls[engine.A].Read = 18, 391, 480
		r.Progress = engine.Progress{Due: 640, Done: 412, Stages: []engine.Stage{{Phase: engine.PhaseWrite, Side: -1, Began: b.now, Since: b.now.Add(-40 * time.Second)}}}
	})
	viewer, editor := b.signIn("viewer"), b.signIn("editor")
	doc := b.see(viewer, "/runs")
	wants(t, doc, "[data-testid=doing]", "Writing what differs")
	wants(t, doc, "[data-testid=running] .lb-f", "412 of 640 +18 created 391 updated About 22 s left · 8 requests a second")
	if bar := doc.Find("[data-testid=running] progress"); bar.AttrOr("value", "") != "412" || bar.AttrOr("max", "") != "640" {
		t.Error("the bar says something else")
	}
	if doc.Find("form[action$='/stop']").Length() != 0 || b.see(editor, "/runs").Find("form[action='/runs/"+r.ID+"/stop']").Length() != 1 {
		t.Error("who may stop it is wrong")
	}
	e := b.listen(viewer, "/runs/events")
	_, first := e.next()
	if first.Find("[data-testid=running]").Length() != 1 || first.Find("h1").Length() != 0 {
		t.Error("the stream does not begin with what is there")
	}
	r.Progress.Done = 500
	b.save(r)
	e.until(func(_ string, doc *goquery.Document) bool {
		return strings.HasPrefix(tidyText(doc.Find("[data-testid=so-far]")), "500 of 640")
	})
	r.Status, r.Finished = engine.Done, b.now
	b.save(r)
	e.until(func(_ string, doc *goquery.Document) bool {
		return doc.Find("[data-testid=running]").Length() == 0 && doc.Find("[data-testid=ended] #"+r.ID).Length() == 1
	})
}

func TestARunSaysWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	for want, p := range map[string]engine.Progress{
		"Reading HighLevel and User.com":                              {Stages: []engine.Stage{{Phase: engine.PhaseRead, Side: 0, Since: b.now}, {Phase: engine.PhaseRead, Side: 1, Since: b.now}}},
		"Reading User.com":                                            {Stages: []engine.Stage{{Phase: engine.PhaseRead, Side: 0}, {Phase: engine.PhaseRead, Side: 1, Since: b.now}}},
		"As fast as HighLevel allows":                                 {Waits: []engine.Wait{{For: engine.ForAllowance, Side: 0}}},
		"User.com takes no requests for now; goes on in 2 h":          {Waits: []engine.Wait{{For: engine.ForStop, Side: 1, Until: b.now.Add(2 * time.Hour)}}},
		"HighLevel does not answer as it should; asked again in 40 s": {Waits: []engine.Wait{{For: engine.ForAnswer, Side: 0, Until: b.now.Add(40 * time.Second)}}},
		"Waits until what was written shows on the other side":        {Waits: []engine.Wait{{For: engine.ForSettle, Side: -1, Until: b.now.Add(time.Second)}}},
		"Asking both accounts for their fields":                       {Stages: []engine.Stage{{Phase: engine.PhasePrepare, Side: -1, Since: b.now}}},
		"Begins":                                                      {},
	} {
		t.Run(want, func(t *testing.T) {
			b := newBundle(t)
			b.begun(time.Minute, func(r *engine.Run) { r.Progress = p })
			wants(t, b.see(b.signIn("viewer"), "/runs"), "[data-testid=doing]", want)
		})
	}
}

func TestAListWithoutRunsSaysWhatARunIs(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	if text := tidyText(b.see(b.signIn("viewer"), "/runs").Find("#runs")); !strings.Contains(text, "No run yet") {
		t.Error(text)
	}
	b.ran(30*24*time.Hour, wrote(1, 1, 1))
	if text := tidyText(b.see(b.signIn("viewer"), "/runs").Find("#runs")); !strings.Contains(text, "No run fits") {
		t.Error(text)
	}
	elsewhere := b.see(b.elsewhere(), "/runs?when=all")
	if len(lines(elsewhere)) != 0 || strings.Contains(elsewhere.Text(), b.flow.Name) {
		t.Error("another workspace sees runs")
	}
}
