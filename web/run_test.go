package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
)

// textsOf are the texts of elements, in order.
func textsOf(doc *goquery.Document, selector string) []string {
	return doc.Find(selector).Map(func(_ int, n *goquery.Selection) string { return tidyText(n) })
}

const phoneRefused = "Phone: HighLevel refused the value of phone: it must be a valid phone number. Correct the value in the record and try again."

// eventful is a run that did something of everything, with the people it was about.
func (b *bundle) eventful() engine.Run {
	b.t.Helper()
	for id, f := range map[string]map[string]any{"a1": {"firstName": "Ann", "lastName": "Bell", "email": "ann@example.test"}, "a2": {"firstName": "Bo", "email": "bo@example.test"},
		"a3": {"email": "cy@example.test"}, "a5": {"firstName": "Eve", "email": "eve@example.test"}} {
		b.known(engine.A, id, f)
	}
	b.known(engine.B, "b4", map[string]any{"name": "Dee Four", "email": "dee@example.test"})
	b.known(engine.B, "b6", map[string]any{"name": "Eve Twin", "email": "eve@example.test"})
	field := func(key, rule string, outcome engine.Outcome, before, after [2]any) engine.FieldChange {
		return engine.FieldChange{Field: key, Outcome: outcome, Rule: rule, Before: before, After: after}
	}
	r := b.ran(time.Hour, func(r *engine.Run) {
		r.To[engine.B] = engine.Counts{Created: 1, Updated: 1, Skipped: 1, Conflicts: 1}
		r.To[engine.A] = engine.Counts{Updated: 2, Failed: 3}
		r.Linked, r.Same, r.Asked, r.Status = 2, 4_800, 2, engine.DoneWithProblems
		r.Alike, r.Left, r.OneWay = 11, 1, [2]int{2, 3}
		r.APICalls = [2]engine.Calls{{Read: 3, Write: 4}, {Read: 5, Write: 2}}
		at := r.Started
		r.Progress = engine.Progress{Due: 9, Done: 9, Read: [2]engine.Reading{{N: 300, Of: 300, Over: true}, {N: 18, Over: true}}, Stages: []engine.Stage{
			{Phase: engine.PhaseRead, Side: 0, Began: at, Took: 14 * time.Second}, {Phase: engine.PhaseRead, Side: 1, Began: at, Took: 7 * time.Second}, {Phase: engine.PhaseWrite, Side: -1, Began: at, Took: 21 * time.Second}}}
	},
		engine.Entry{IDs: [2]string{"a1", "b1"}, Link: "l1", Result: engine.ResultCreated, To: 1, Sides: [2]bool{false, true}, Fields: []engine.FieldChange{
			field("email=email", "new_a", engine.Write, [2]any{"ann@example.test", nil}, [2]any{"ann@example.test", "ann@example.test"}),
			field("firstName+lastName=name", "new_a", engine.Write, [2]any{[]string{"Ann", "Bell"}, nil}, [2]any{[]string{"Ann", "Bell"}, "Ann Bell"})},
			Calls: []connector.Exchange{{Method: "POST", Path: "/users/", Pattern: "/users/", Write: true, Status: 201, Took: 90 * time.Millisecond}}},
		engine.Entry{IDs: [2]string{"a2", "b2"}, Link: "l2", Result: engine.ResultUpdated, To: 0, Sides: [2]bool{true, false}, Fields: []engine.FieldChange{
			field("tags=tags", "merged", engine.Write, [2]any{[]string{"new"}, []string{"new", "vip"}}, [2]any{[]string{"new", "vip"}, []string{"new", "vip"}})}},
		engine.Entry{IDs: [2]string{"a3", "b3"}, Link: "l3", Result: engine.ResultLinked, To: -1, Reason: "matched_by_email"},
		engine.Entry{IDs: [2]string{"a7", "b8"}, Link: "l7", Result: engine.ResultLinked, To: -1, Sides: [2]bool{true, true}, Reason: "matched_by_email"},
		engine.Entry{IDs: [2]string{"a4", "b4"}, Link: "l4", Result: engine.ResultFailed, To: -1, Reason: phoneRefused, Fields: []engine.FieldChange{
			field("phone=phone_number", "refused_a", engine.Broken, [2]any{nil, "600 555"}, [2]any{nil, "600 555"})},
			Calls: []connector.Exchange{{Method: "PUT", Path: "/contacts/a4", Status: 422, Took: 118 * time.Millisecond}}},
		engine.Entry{IDs: [2]string{"", "b7"}, Result: engine.ResultFailed, To: 0, Reason: phoneRefused},
		engine.Entry{IDs: [2]string{"a8", "b8"}, Link: "l8", Result: engine.ResultFailed, To: -1, Reason: `age=age: "many" is not a number`},
		engine.Entry{IDs: [2]string{"a5", ""}, Result: engine.ResultReview, To: -1, Reason: "shared_key"},
		engine.Entry{IDs: [2]string{"a9", "b9"}, Link: "l9", Result: engine.ResultConflict, To: -1, Reason: "ask", Fields: []engine.FieldChange{
			field("city=city", "ask", engine.OpenClash, [2]any{"Porto", "Faro"}, [2]any{"Porto", "Faro"})}},
		engine.Entry{IDs: [2]string{"a6", "b5"}, Link: "l6", Result: engine.ResultSkipped, To: -1, Fields: []engine.FieldChange{
			field("companyName=company_name", "not_writable_a", engine.Blocked, [2]any{"X", "Y"}, [2]any{"X", "Y"})}})
	b.commit(r, engine.Commit{Review: []engine.Review{{Pair: b.pair.ID, Side: engine.A, ID: "a5", Reason: "shared_key", Candidates: []string{"b6"}, At: b.now}}})
	must(b.t, b.store.AddHints(b.t.Context(), b.conns[0].Workspace, b.pair.ID, []engine.Hint{
		{Side: engine.B, ID: "b4", Reason: "parked", At: b.now, Due: time.UnixMilli(1 << 52), Problem: phoneRefused, Attempts: 3},
		{Side: engine.B, ID: "b7", Reason: "retry", At: b.now, Due: b.now.Add(3 * time.Minute), Problem: phoneRefused}}))
	must(b.t, b.store.CountCalls(b.t.Context(), b.conns[0].Workspace, r.ID, []engine.CallCount{
		{Side: 0, Method: "PUT", Path: "/contacts/{id}", Status: 422, N: 2}, {Side: 1, Method: "POST", Path: "/users/", Status: 201, N: 1}, {Side: 1, Method: "GET", Path: "/users/", Status: 0, N: 4}}))
	return r
}

func TestTheHeadOfARunShowsTheNumbersOfTheStore(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.eventful()
	doc := b.see(b.signIn("viewer"), "/runs/"+r.ID)
	wants(t, doc, "[data-testid=headline]", "people, today at 09:00")
	wants(t, doc, "[data-testid=summary]", "Started by its schedule. It took 48 s. In HighLevel 2 contacts were updated. In User.com 1 person was created and 1 person was updated. "+
		"2 pairs were found on both sides and linked. 3 records were not accepted.")
	want := []string{"Created 1", "Updated 3", "The same 4,811", "Skipped 6", "Needs you 2", "Failed 3"}
	var got []string
	doc.Find(".rs-n > div").Each(func(_ int, n *goquery.Selection) { got = append(got, n.Find("dt").Text()+" "+n.Find("dd").Text()) })
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := textsOf(doc, ".tabs a"); !slices.Equal(got, []string{"Problems 3", "Needs you 2", "Changed 4", "Requests 14", "All 10"}) {
		t.Errorf("%q", got)
	}
	if doc.Find(".tabs [aria-current]").AttrOr("data-testid", "") != "tab-problems" {
		t.Error("problems are not shown first")
	}
	if got := textsOf(doc, ".phasekey li"); !slices.Equal(got, []string{"Read HighLevel300 contacts · 14 s", "Read User.com18 people · 7 s", "Write what differs9 of 9 · 21 s"}) {
		t.Errorf("%q", got)
	}
	var widths []string
	doc.Find(".phasebar rect").Each(func(_ int, n *goquery.Selection) { widths = append(widths, n.AttrOr("width", "")) })
	if !slices.Equal(widths, []string{"331.3", "165.7", "497.0"}) || doc.Find(".phasebar").AttrOr("role", "") != "img" || !strings.Contains(doc.Find(".phasebar").AttrOr("aria-label", ""), "Read HighLevel, 300 contacts · 14 s") {
		t.Errorf("not to scale: %q", widths)
	}
	if doc.Find("main [hx-sse\\:connect]").Length() != 0 || doc.Find("[data-testid=stop]").Length() != 0 {
		t.Error("a run that is over is watched or can be stopped")
	}
}

func TestProblemsAreGroupedByCauseWithWhyAndFix(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.eventful()
	doc := b.see(b.signIn("editor"), "/runs/"+r.ID+"?tab=problems")
	if got := textsOf(doc, "[data-testid=problem] h2"); !slices.Equal(got, []string{"HighLevel refused the value of phone, for 2 contacts", "age could not be carried over, for 1 contact"}) {
		t.Errorf("%q", got)
	}
	if got := textsOf(doc, "[data-testid=problem] .cause dd"); !slices.Equal(got, []string{"It must be a valid phone number.", "Correct the value in the record and try again.",
		`The value cannot be put into the other side's terms: "many" is not a number.`, "Correct the value in the record, or change the pair in the map. Then try again."}) {
		t.Errorf("%q", got)
	}
	if got := textsOf(doc, "[data-testid=problem] .row-w .btn"); !slices.Equal(got, []string{"Try these 2 again", "Open the map", "Try this one again", "Open the map"}) || doc.Find(".btn.primary").Length() != 1 {
		t.Errorf("%q, %d primary", got, doc.Find(".btn.primary").Length())
	}
	if got := textsOf(doc, "[data-testid=record] .rec-n"); !slices.Equal(got, []string{"Dee Fourdee@example.test", "Person b7", "Person a8 b8"}) {
		t.Errorf("%q", got)
	}
	if got := textsOf(doc, "[data-testid=now]"); !slices.Equal(got, []string{"It is left as it is until it changes, or until you try again.", "It is tried again in 3 min.",
		"It has gone through since, or was changed so that it no longer matters."}) {
		t.Errorf("%q", got)
	}
	first := doc.Find("[data-testid=record]").First()
	compare(t, []string{tidyText(first.Find("[data-testid=fields] tbody tr"))}, []string{"Phone HighLevel: empty User.com: 600 555 HighLevel did not accept the value"})
	if got := first.Find("pre").Text(); got != "PUT    /contacts/a4   422   118 ms" || first.Find("details.asked[open]").Length() != 0 {
		t.Errorf("%q", got)
	}
	if doc := b.see(b.signIn("viewer"), "/runs/"+r.ID); doc.Find("[data-testid=problem] form").Length() != 0 || !strings.Contains(doc.Text(), "An editor or an owner can do this") {
		t.Error("a viewer is offered what they may not do")
	}
}

func TestTabsOfARunAreAddresses(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.eventful()
	client := b.signIn("viewer")
	doc := b.see(client, "/runs/"+r.ID+"?tab=changed")
	compare(t, textsOf(doc, "[data-testid=record] > summary"), []string{"AB Ann Bellann@example.test User.com Created 2 values", "B Bobo@example.test HighLevel Updated 1 value",
		"PA Person a7 b8 HighLevel Linked", "PA Person a7 b8 User.com Linked"})
	compare(t, textsOf(doc, "[data-testid=fields] tbody tr"), []string{
		"Email HighLevel: ann@example.test User.com: now ann@example.test New in HighLevel", "Name HighLevel: Ann Bell User.com: now Ann Bell New in HighLevel",
		"Tags HighLevel: was new now new, vip User.com: new, vip Both lists were joined, element by element"})
	doc = b.see(client, "/runs/"+r.ID+"?tab=needs")
	compare(t, textsOf(doc, "[data-testid=record] .rec-why"), []string{
		"Its email or phone belongs to more than one record. Give each contact an email of its own, or merge those that are one, in HighLevel. The next look takes it up. It still waits. See it among what waits It could be: User.com Eve Twin eve@example.test",
		"Changed on both sides; you decide. Give the field the same value on both sides, and the next look takes that up. The other fields go on. See it among what waits"})
	href := doc.Find("[data-testid=decide]").First().AttrOr("href", "")
	if line := b.see(client, href).Find("[data-testid=line][aria-current]"); href != "/needs-you?item="+url.QueryEscape(strings.TrimPrefix(line.AttrOr("id", ""), "l-")) {
		t.Errorf("%s leads to %s", href, tidyText(line))
	}
	doc = b.see(client, "/runs/"+r.ID+"?tab=calls")
	compare(t, textsOf(doc, "[data-testid=call]"), []string{"HighLevel PUT /contacts/{id} 422 2", "User.com GET /users/ No answer 4", "User.com POST /users/ 201 1"})
	doc = b.see(client, "/runs/"+r.ID+"?tab=all")
	if n := doc.Find("[data-testid=record]").Length(); n != 10 || !strings.Contains(doc.Text(), "HighLevel does not allow this field to be changed from outside") {
		t.Errorf("%d records", n)
	}
	if doc := b.see(client, "/runs/"+r.ID+"?tab=none"); doc.Find(".tabs [aria-current]").AttrOr("data-testid", "") != "tab-problems" {
		t.Error("a tab that is none")
	}
	if log := strings.ToLower(b.log.String()); strings.Contains(log, "example.test") || strings.Contains(log, "ann") || strings.Contains(log, r.ID) {
		t.Error("the log tells who was looked at")
	}
	for _, path := range []string{"/runs/" + r.ID, "/runs/" + r.ID + "/events"} {
		if res := b.visit(b.elsewhere(), path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s from another workspace: status %d", path, res.StatusCode)
		}
	}
}

func TestManyRecordsOfARunFollowPageByPage(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	var entries []engine.Entry
	want := 0
	for range recordsOnPage + 9 {
		entries = append(entries, engine.Entry{IDs: [2]string{"a", "b"}, Result: engine.ResultUpdated, To: -1, Sides: [2]bool{true, true}}, engine.Entry{IDs: [2]string{"a", "b"}, Result: engine.ResultFailed, Reason: "x. y."},
			engine.Entry{IDs: [2]string{"a", "b"}, Result: engine.ResultCreated, To: 1, Sides: [2]bool{false, true}})
		want += 3 // a pair that is changed on both sides is two records
	}
	r := b.ran(time.Hour, nil, entries...)
	client := b.signIn("viewer")
	count := func(path, more string) int {
		seen := map[string]bool{}
		for path != "" {
			doc := b.see(client, path)
			doc.Find("[data-testid=record]").Each(func(_ int, n *goquery.Selection) { seen[n.AttrOr("id", "")] = true })
			path = doc.Find(more).AttrOr("href", "")
		}
		return len(seen)
	}
	if n := count("/runs/"+r.ID+"?tab=changed", "[data-testid=more]"); n != want {
		t.Errorf("%d changed, want %d", n, want)
	}
	if n := count("/runs/"+r.ID+"?tab=all", "[data-testid=more]"); n != len(entries) {
		t.Errorf("%d in all, want %d", n, len(entries))
	}
	if n := count("/runs/"+r.ID+"?tab=problems", ".more a"); n != recordsOnPage+9 {
		t.Errorf("%d failed, want %d", n, recordsOnPage+9)
	}
	if res := b.visit(client, "/runs/"+r.ID+"?tab=problems&cause=none"); res.StatusCode != http.StatusNotFound {
		t.Errorf("status %d for a cause that is none", res.StatusCode)
	}
}

func TestARunUnderWayIsWatchedUntilItIsOver(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.begun(time.Minute, func(r *engine.Run) {
		r.Progress = engine.Progress{Due: 100, Done: 10, Stages: []engine.Stage{{Phase: engine.PhaseWrite, Side: -1, Began: b.now, Since: b.now.Add(-9 * time.Second)}}}
	})
	client := b.signIn("viewer")
	doc := b.see(client, "/runs/"+r.ID+"?tab=all")
	path := doc.Find("main [hx-sse\\:connect]").AttrOr("hx-sse:connect", "")
	if path != "/runs/"+r.ID+"/events?tab=all" || doc.Find("[hx-sse\\:close=over]").Length() != 1 {
		t.Fatalf("listens to %q", path)
	}
	if doc := b.see(client, "/runs/"+r.ID+"?live=off"); doc.Find("[hx-sse\\:connect]").Length() != 0 {
		t.Error("held still, it listens all the same")
	}
	e := b.listen(client, path)
	_, first := e.next()
	wants(t, first, "[data-testid=so-far]", "10 of 100")
	wants(t, first, ".tabs [aria-current]", "All 0")
	r.Progress.Done, r.To[engine.B].Updated = 55, 55
	b.save(r)
	e.until(func(_ string, doc *goquery.Document) bool {
		return tidyText(doc.Find("[data-testid=so-far]")) == "55 of 100" && doc.Find("[data-testid=count-Updated]").Text() == "55"
	})
	r.Status, r.Finished = engine.Done, b.now
	b.save(r)
	e.until(func(name string, _ *goquery.Document) bool { return name == "over" })
}

func TestARunOfAFlowThatIsGoneOffersNothingThatLeadsNowhere(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	for _, why := range []engine.HaltWhy{engine.HaltRefusals, engine.HaltBrake, engine.HaltMap} {
		for _, id := range []string{b.flow.ID, "flow_gone"} {
			r := b.ran(time.Hour, func(r *engine.Run) {
				r.Flow, r.Status, r.Halt = id, engine.Paused, engine.Halt{Why: why, Side: -1, N: 3, Most: 2}
			})
			doc := b.see(b.signIn("editor"), "/runs/"+r.ID)
			stopped := doc.Find("[data-testid=stopped]")
			if n := stopped.Find("a.btn, button").Length(); stopped.Length() != 1 || (n > 0) != (id == b.flow.ID) {
				t.Errorf("%s of %s: %d buttons: %s", why, id, n, tidyText(stopped))
			}
		}
	}
}

func TestARunSaysThatItIsARehearsalOrWasRecovered(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.ran(time.Hour, func(r *engine.Run) { r.DryRun, r.Trigger, r.To[engine.B].Created = true, engine.Rehearse, 2 },
		engine.Entry{IDs: [2]string{"a1", ""}, Result: engine.ResultCreated, To: 1, Planned: true})
	doc := b.see(b.signIn("editor"), "/runs/"+r.ID)
	if text := tidyText(doc.Find("#main")); !strings.Contains(text, "This is a rehearsal") || !strings.Contains(text, "2 people would be created") || !strings.Contains(text, "Would be created") {
		t.Error(text)
	}
	must(t, b.store.DropPlans(t.Context(), b.conns[0].Workspace, engine.Run{Flow: r.Flow, ID: "a newer one"}))
	if text := tidyText(b.see(b.signIn("editor"), "/runs/"+r.ID).Find("#main")); !strings.Contains(text, "2 people would be created") || !strings.Contains(text, "A newer rehearsal of this flow took its place") {
		t.Error(text)
	}
	r = b.ran(time.Hour, func(r *engine.Run) { r.Recovered = true })
	if text := tidyText(b.see(b.signIn("editor"), "/runs/"+r.ID).Find("#main")); !strings.Contains(text, "Recovered") || !strings.Contains(text, "Nothing had to be changed.") {
		t.Error(text)
	}
}

// TestTheEnginesOwnRunIsShownAsItWas runs a flow between the two pretend systems and compares the pages with the store.
func TestTheEnginesOwnRunIsShownAsItWas(t *testing.T) {
	t.Parallel()
	c := newCRMs(t, 40, func(f *flow.Flow) { f.Enabled, f.Approval = true, &flow.Approval{By: "x", How: "apply"} })
	w := c.conns[0].Workspace
	r, err := c.eng.Run(t.Context(), engine.Request{Workspace: w, Flow: c.flow, Trigger: "manual", Look: true})
	must(t, err)
	if r.Status != engine.Done {
		t.Fatalf("%s: %s", r.Status, r.Note)
	}
	client := c.signIn("viewer")
	doc := c.see(client, "/runs/"+r.ID+"?tab=changed")
	found, err := c.store.CountEntries(t.Context(), w, r.ID)
	must(t, err)
	for name, n := range map[string]int{"Created": r.To[0].Created + r.To[1].Created, "Updated": r.To[0].Updated + r.To[1].Updated, "The same": r.Same + r.Alike, "Needs you": r.Asked, "Failed": 0} {
		if got := doc.Find("[data-testid='count-" + name + "']").Text(); got != fmtInt(n) {
			t.Errorf("%s: %s, want %d", name, got, n)
		}
	}
	if r.To[0].Created+r.To[1].Created == 0 || r.Asked != found[engine.ResultReview] {
		t.Errorf("%+v, %v", r, found)
	}
	if doc.Find("[data-testid=record]").Length() == 0 || doc.Find("[data-testid=fields] tr").Length() == 0 {
		t.Error("no records or fields")
	}
	calls := 0
	counts, err := c.store.CallCounts(t.Context(), w, r.ID)
	must(t, err)
	for _, x := range counts {
		calls += x.N
	}
	wants(t, doc, "[data-testid=tab-calls]", "Requests "+fmtInt(calls))
	over := c.see(client, "/")
	wants(t, over, "#flow-"+c.flow.ID+" [data-testid=records]", "Records in 24 hours: "+fmtInt(r.To[0].Created+r.To[1].Created+r.To[0].Updated+r.To[1].Updated))
	if got := lines(c.see(client, "/runs")); !slices.Equal(got, []string{r.ID}) {
		t.Errorf("%v", got)
	}
}
