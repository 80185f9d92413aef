package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/store"
)

// recordPath is the page of a pair of records that was made for this.
func (b *bundle) recordPath(store.User) string {
	b.t.Helper()
	return "/records/" + b.once("record", func() string {
		b.commit(b.begun(time.Minute), engine.Commit{Link: &engine.Link{ID: "lnk_sample", Pair: b.pair.ID, IDs: [2]string{"s1", "s2"}, State: engine.On, Made: "match", At: b.now}})
		return "lnk_sample"
	})
}

// fieldRows are the lines of the table of both sides.
func fieldRows(w *walker) []string { return textsOf(w.doc, "[data-testid=field]") }

func TestARecordShowsBothSidesAndWhatHappened(t *testing.T) {
	t.Parallel()
	s, run, a := ada(t)
	l := s.linked(a)
	w := s.walk("editor").open("/runs/" + run.ID + "?tab=changed").click("[data-testid=record-page]")
	if w.url.Path != "/records/"+l.ID {
		t.Fatalf("the row leads to %s", w.url)
	}
	wants(t, w.doc, "[data-testid=headline]", "Ada Lovelace")
	wants(t, w.doc, "[data-testid=state]", "In step")
	rows := strings.Join(fieldRows(w), "\n")
	for _, want := range []string{"Email HighLevel: ada@example.testthe same User.com: ada@example.testHighLevel, just now", "Phone HighLevel: +12025550177the same User.com: +12025550177HighLevel, just now",
		"First name + Last name HighLevel: Ada Lovelacethe same User.com: Ada Lovelace"} {
		if !strings.Contains(rows, want) {
			t.Errorf("no %q in\n%s", want, rows)
		}
	}
	events := textsOf(w.doc, "[data-testid=timeline] [data-testid=event] b")
	if len(events) < 4 || events[0] != "Contacts wrote to User.com" || events[1] != "Contacts made the person in User.com" || !strings.HasPrefix(events[2], "First seen in ") {
		t.Errorf("%q", events)
	}
	w.click("[data-testid=field]:contains('Phone') a")
	wants(t, w.doc, "[data-testid=why] h2", "Why is Phone this value?")
	wants(t, w.doc, "[data-testid=answer]", "Changed in HighLevel. Contacts settled it just now.")
	if got := textsOf(w.doc, "[data-testid=value-history] b"); len(got) != 2 || got[0] != "Contacts wrote it to User.com" {
		t.Errorf("%q", got)
	}
	// From here one value goes back, and the page tells of it.
	w.click("[data-testid=value-history] li:first-child [data-testid=undo]").send("[data-testid=look]", nil)
	s.act(engine.Undo, engine.Done)
	w.open(w.url.String()).send("[data-testid=undo]", nil)
	undo := s.act(engine.Undo, engine.Done)
	if s.there(a, "phone_number") != "+12025550131" || s.there(a, "name") != "Ada Lovelace" || undo.Undo.Link != l.ID {
		t.Errorf("phone %s, name %s", s.there(a, "phone_number"), s.there(a, "name"))
	}
	w.open("/records/" + l.ID + "?field=phone%3Dphone_number")
	wants(t, w.doc, "[data-testid=answer]", "Given back what was there before. Contacts settled it just now.")
	if got := textsOf(w.doc, "[data-testid=value-history] b"); len(got) != 3 || got[0] != "An undo gave it back in User.com" {
		t.Errorf("%q", got)
	}
	if got := textsOf(w.open("/records/"+l.ID+"?only=different").doc, "[data-testid=field] th"); len(got) != 1 || got[0] != "Phone" {
		t.Errorf("different: %q", got)
	}
}

func TestAValueThatGaveWayCanBePutBack(t *testing.T) {
	t.Parallel()
	s, _, a := ada(t)
	s.types(a, map[string]any{"phone": "+12025550111"})
	_, err := s.box.UserCom.Update("users", s.linked(a).IDs[engine.B], map[string]any{"phone_number": "+12025550122"})
	must(t, err)
	f := s.stored()
	f.Conflict = mapping.AWins
	_, _, err = s.store.SaveFlow(t.Context(), s.ws(), f)
	must(t, err)
	r := s.run("manual", engine.Done)
	w := s.walk("editor").open("/records/" + s.linked(a).ID)
	if got := textsOf(w.doc, "[data-testid=loss] .grow"); len(got) != 1 || !strings.HasPrefix(got[0], "Phone number User.com +12025550122 +12025550111") {
		t.Errorf("%q", got)
	}
	viewer := s.walk("viewer").open(w.url.String())
	if viewer.doc.Find("main form[method=post]").Length() != 0 || viewer.doc.Find("[data-testid=loss]").Length() != 1 {
		t.Error("a viewer is offered what they may not do")
	}
	w.open("/runs/"+r.ID+"?tab=lost").send("[data-testid=put]", nil)
	wants(t, w.doc, "[data-testid=said]", "Decided. The next run puts it back on both sides, and its log names you.")
	if w.url.Path != "/runs/"+r.ID {
		t.Errorf("at %s", w.url)
	}
	if doc := w.open("/records/" + s.linked(a).ID).doc; doc.Find("[data-testid=put]").Length() != 0 || doc.Find("[data-testid=decided] li").Length() != 1 {
		t.Error("it is offered twice")
	}
	s.act("manual", engine.Done)
	if got := s.there(a, "phone_number"); got != "+12025550122" {
		t.Errorf("the phone is %s", got)
	}
	got, err := s.box.HighLevel.Get("contacts", a)
	must(t, err)
	if got["phone"] != "+12025550122" {
		t.Errorf("the phone is %v", got["phone"])
	}
	w.open("/records/" + s.linked(a).ID + "?field=phone%3Dphone_number")
	if text := tidyText(w.doc.Find("[data-testid=answer]")); !strings.Contains(text, "@couplet.test put this value here") {
		t.Error(text)
	}
}

func TestARecordIsCheckedNow(t *testing.T) {
	t.Parallel()
	s, _, a := ada(t)
	w := s.walk("editor").open("/records/"+s.linked(a).ID).send("[data-testid=check]", nil)
	wants(t, w.doc, "[data-testid=said]", "Both records are read and compared now. What comes of it shows here.")
	hints, err := s.store.HintsOf(t.Context(), s.ws(), s.pairOf().ID, engine.A, []string{a})
	if err != nil || hints[a].Reason != "webhook" {
		t.Errorf("%+v %v", hints, err)
	}
	s.act("manual", engine.Done)
}

func TestARecordSaysWhatWaitsWhatDiffersAndWhatIsParted(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.waiting()
	client := b.signIn("viewer")
	doc := b.see(client, "/records/w1?field=city%3Dcity")
	wants(t, doc, "[data-testid=state]", "Needs you")
	wants(t, doc, "[data-testid=asks] b", "1 field waits for you")
	l, err := b.store.LinkByID(t.Context(), b.conns[0].Workspace, "w1")
	must(t, err)
	l.State = engine.Detached
	b.commit(b.ran(0, nil), engine.Commit{Link: &l})
	doc = b.see(client, "/records/w1")
	wants(t, doc, "[data-testid=state]", "Parted")
	if !strings.Contains(doc.Find("[data-testid=lead]").Text(), "belong together no more") {
		t.Error(doc.Find("[data-testid=lead]").Text())
	}
	if doc := b.see(client, "/needs-you"); doc.Find("[data-testid=value] h2 a").AttrOr("href", "") != "/records/w2" {
		t.Error("a card does not lead to its record")
	}
}

func TestALongHistoryFollowsPageByPage(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	path := b.recordPath(store.User{})
	for i := range 3 {
		var entries []engine.Entry
		for j := range eventsOnPage {
			entries = append(entries, engine.Entry{ID: fmt.Sprintf("e%d", j), IDs: [2]string{"s1", "s2"}, Link: "lnk_sample", Result: engine.ResultUpdated, Sides: [2]bool{false, true}, To: 1,
				At: b.now.Add(-time.Duration(i) * time.Minute), Fields: []engine.FieldChange{{Field: "email=email", Outcome: engine.Write, Rule: "changed_a", After: [2]any{nil, fmt.Sprint(i, "-", j)}}}})
		}
		b.ran(time.Duration(i)*time.Minute, nil, entries...)
	}
	client := b.signIn("viewer")
	seen := map[string]bool{}
	pages := 0
	for path != "" {
		doc := b.see(client, path)
		for _, x := range textsOf(doc, "[data-testid=timeline] ins") {
			seen[x] = true
		}
		path = doc.Find("[data-testid=more]").AttrOr("href", "")
		if pages++; pages > 9 {
			t.Fatal("it has no end")
		}
	}
	if len(seen) != 3*eventsOnPage || pages != 3 {
		t.Errorf("%d events on %d pages", len(seen), pages)
	}
}

func TestWhatHangsOnARecordIsLinkedBothWays(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	path := b.recordPath(store.User{})
	kin, err := b.store.PairFor(t.Context(), b.conns[0].Workspace, [2]string{b.conns[0].ID, b.conns[1].ID}, "task", "pair_tasks")
	must(t, err)
	r := b.begun(time.Minute, func(r *engine.Run) { r.Pair = kin.ID })
	b.commit(r, engine.Commit{Mirrors: [2][]engine.Mirror{{{ID: "t1", Parent: "s1", Fields: map[string]any{"title": "Call back"}, First: b.now, Seen: b.now}}},
		Link: &engine.Link{ID: "lnk_task", Pair: kin.ID, IDs: [2]string{"t1", "t2"}, State: engine.On, Made: "match", At: b.now, Parent: "lnk_sample"}})
	client := b.signIn("viewer")
	link := b.see(client, path).Find("[data-testid=children] li a")
	if link.Text() != "Call back" || link.AttrOr("href", "") != "/records/lnk_task" {
		t.Fatalf("%q to %s", link.Text(), link.AttrOr("href", ""))
	}
	if got := b.see(client, "/records/lnk_task").Find("[data-testid=parent]").AttrOr("href", ""); got != path {
		t.Errorf("it leads to %s", got)
	}
}

func TestAnotherWorkspaceSeesNoRecord(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	path := b.recordPath(store.User{})
	for _, more := range []string{"", "?field=email%3Demail", "?before=1.run.e"} {
		if res := b.visit(b.elsewhere(), path+more); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", more, res.StatusCode)
		}
	}
	for _, act := range []string{"/check", "/put", "/back"} {
		if res := b.post(b.elsewhere(), path+act, url.Values{"id": {"x"}}); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", act, res.StatusCode)
		}
	}
	if len(b.woken) != 0 {
		t.Error("somebody was woken")
	}
	if hints := b.hints(b.now.Add(time.Hour)); len(hints) != 0 {
		t.Errorf("%+v", hints)
	}
}
