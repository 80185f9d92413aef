package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
	"couplet/internal/store"
	"couplet/templates"
)

func TestARehearsalShowsWhatWouldChangeAndWritesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 300, Seed: 7})
	w := s.walk("editor")
	w.open(s.path("preview")).expect(http.StatusOK, "See what would change, before it does")
	w.send("[data-testid=rehearse]", nil).expect(http.StatusOK, "The rehearsal is about to begin")
	r := s.act(engine.Rehearse, engine.Done)
	w.open(w.path()) // the same address shows how it ended
	n := r.To[0].Created + r.To[1].Created + r.To[0].Updated + r.To[1].Updated
	w.expect(http.StatusOK, fmt.Sprintf("If you switch on now, %d records change", n))
	if s.written() != 0 {
		t.Errorf("%d calls wrote something", s.written())
	}
	will := s.box.Info().Expected
	counts := planned(t, s, r.ID)
	for word, want := range map[string]int{
		"created":          will.CreatedA + will.CreatedB,
		"updated":          r.To[0].Updated + r.To[1].Updated,
		"the same already": counts.All(store.PlanSame),
		"skipped":          0,
		"need you":         will.Review,
	} {
		if got := figure(w, word); got != fmt.Sprint(want) {
			t.Errorf("%s: %s, want %d", word, got, want)
		}
	}
	w.says("count-created", fmt.Sprintf("%d in User.com, %d in HighLevel", will.CreatedB, will.CreatedA))
	w.says("when", "We read both sides").says("when", "and wrote nothing")
	if x := s.walk("viewer").open(s.path("preview")).doc.Find("[data-testid=requests]"); x.Length() != 2 || !strings.Contains(x.Text(), "a day for looking") {
		t.Errorf("what it takes of both sides: %s", tidyText(x))
	}
	if x := w.doc.Find("[data-testid=sets-off]"); !strings.Contains(x.Text(), "automations that begin when a user is created") || !strings.Contains(x.Text(), fmt.Sprintf("%d people are new in User.com", r.To[1].Created)) {
		t.Errorf("what may begin by itself: %s", tidyText(x))
	}
	w.says("requests", "About ").says("time", "Less than a minute")
	if rect := w.doc.Find(".ribbon rect").Length(); rect != 4 {
		t.Errorf("the ribbon has %d stripes", rect)
	}
	for _, style := range []string{"[style]", "style"} {
		if w.doc.Find(style).Length() > 0 {
			t.Error("an inline style")
		}
	}
}

func TestThePreviewNamesEachRecordAndShowsEachValueBeforeAndAfter(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{})
	add := func(crm interface {
		Create(string, map[string]any) (map[string]any, error)
	}, object string, f map[string]any) {
		t.Helper()
		_, err := crm.Create(object, f)
		must(t, err)
	}
	add(s.box.HighLevel, "contacts", map[string]any{"firstName": "Maya", "lastName": "Okafor", "email": "maya@example.com", "phone": "+14155550136", "tags": []string{"vip", "whitening"}})
	add(s.box.UserCom, "users", map[string]any{"first_name": "Maya", "last_name": "O.", "email": "maya@example.com", "tags": []string{"vip"}})
	add(s.box.UserCom, "users", map[string]any{"first_name": "Jonas", "last_name": "Wieczorek", "email": "jonas@example.com"})
	add(s.box.UserCom, "users", map[string]any{"first_name": "Nobody", "last_name": "Known"})
	w := s.walk("editor")
	s.rehearsedBy(w)

	w.open(s.path("preview?show=updated&side=b"))
	if got := records(w); !slices.Equal(got, []string{"Maya O."}) {
		t.Fatalf("records %q", got)
	}
	lines := map[string][2]string{}
	w.doc.Find("[data-testid=change]").Each(func(_ int, n *goquery.Selection) {
		lines[tidyText(n.Find("th"))] = [2]string{tidyText(n.Find("td").Eq(0)), tidyText(n.Find("td").Eq(1))}
	})
	if got := lines["Phone number"]; got != [2]string{"empty", "+14155550136"} {
		t.Errorf("phone: %q", got)
	}
	if got := lines["Tags"]; got[0] != "vip" || !strings.Contains(got[1], "vip") || !strings.Contains(got[1], "whitening") {
		t.Errorf("tags: %q", got)
	}
	if w.doc.Find("del.was").Length() == 0 || w.doc.Find("ins.now").Length() != len(lines) {
		t.Error("what goes is not struck, or what comes is not washed")
	}

	w.click("[data-testid=count-created]")
	if got := records(w); !slices.Equal(got, []string{"Jonas Wieczorek"}) || !strings.Contains(w.at("why"), "made from the person in User.com") {
		t.Errorf("created: %q, %s", got, w.at("why"))
	}
	w.click("[data-testid=count-needs-you]").says("why", "no email and no phone").says("why", "Give it an email or a phone in User.com").says("count-needs-you", "until they can be told apart")
	if got := records(w); !slices.Equal(got, []string{"Nobody Known"}) {
		t.Errorf("needs you: %q", got)
	}
}

func TestThePreviewIsFilteredByResultSideFieldAndWords(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 400, Seed: 7})
	w := s.walk("viewer")
	r := s.run(engine.Rehearse, engine.Done)
	counts := planned(t, s, r.ID)
	all := counts.All(store.PlanUpdated)
	w.open(s.path("preview")).says("list-title", fmt.Sprint(all, " updated")).says("shown", fmt.Sprintf("50 of %d", all))
	if len(records(w)) != 50 {
		t.Fatalf("%d records", len(records(w)))
	}
	first := records(w)
	w.click("[data-testid=more]")
	if got := records(w); len(got) != 100 || !slices.Equal(got[:50], first) {
		t.Errorf("50 more made it %d, or others", len(got))
	}
	w.open(s.path("preview?show=updated&side=a")).says("list-title", fmt.Sprint(counts[store.PlanUpdated][0], " updated"))
	w.doc.Find("[data-testid=record] summary .sr").Each(func(_ int, n *goquery.Selection) {
		if tidyText(n) != "HighLevel" {
			t.Errorf("a record of %s", tidyText(n))
		}
	})
	fields, err := s.store.PlanFields(t.Context(), s.ws(), r.ID, -1)
	must(t, err)
	few := fields[len(fields)-1]
	w.open(s.path("preview?show=updated&field="+url.QueryEscape(few.Field))).says("list-title", fmt.Sprint(few.N, " updated"))
	if got := len(records(w)); got != few.N {
		t.Errorf("%d records with that field, want %d", got, few.N)
	}
	// A search looks at names and addresses, in any case, and keeps the filter.
	w.open(s.path("preview?show=created"))
	name := records(w)[0]
	w.open(s.path("preview?show=created&q=" + url.QueryEscape(strings.ToUpper(name))))
	if got := records(w); len(got) == 0 || got[0] != name {
		t.Errorf("%q was not found: %q", name, got)
	}
	w.open(s.path("preview?show=created&q=nobody-of-that-name")).says("nobody", "No record here has")
	w.open(s.path("preview?show=nonsense&side=x&n=-1")).says("list-title", fmt.Sprint(all, " updated"))
}

func TestAChangedFlowHasToBeRehearsedAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 40, Seed: 7})
	w := s.walk("editor")
	s.rehearsedBy(w)
	s.edit(func(f *flow.Flow) { f.Schedule.Every, f.Retry.MaxAttempts = flow.Duration(time.Hour), 3 })
	if w.open(s.path("preview")); w.at("outdated") != "" || !strings.HasPrefix(w.at("headline"), "If you switch on now") {
		t.Errorf("another schedule makes a rehearsal untrue: %s", w.at("headline"))
	}
	s.edit(func(f *flow.Flow) { f.Map = f.Map[:3] })
	w.open(s.path("preview")).expect(http.StatusOK, "The flow was changed since this rehearsal")
	w.says("outdated", "This is not what would happen any more")
	if w.doc.Find("[data-testid=go-on]").Length() > 0 {
		t.Error("one can go on")
	}
	w.open(s.path("on")).expect(http.StatusOK, "Rehearse it before you switch it on")
	if w.doc.Find("[data-testid=press]").Length() > 0 {
		t.Error("there is a button to switch it on")
	}
	// Whoever has the page open from before is told.
	w.request(http.MethodPost, w.resolve(s.path("on")), settings(url.Values{"do": {"on"}}))
	if w.status != http.StatusUnprocessableEntity || !strings.Contains(w.at("problem"), "no rehearsal of the flow as it is now") {
		t.Errorf("%d %s", w.status, w.at("problem"))
	}
	if f := s.stored(); f.Enabled || f.Approval != nil || len(s.woken) > 0 {
		t.Errorf("switched on: %+v", f)
	}
	r := s.rehearsedBy(w)
	r.click("[data-testid=go-on]").expect(http.StatusOK, w.at("headline"))
	if w.doc.Find("[data-testid=press]").Length() != 1 {
		t.Error("after another rehearsal it still cannot be switched on")
	}
}

func TestARehearsalThatComesToNothingSaysOnceWhyAndLeadsToTheFix(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 40, Seed: 7})
	w := s.walk("editor")
	s.box.UserCom.Revoke(s.box.Info().UserCom.Token)
	s.run(engine.Rehearse, engine.Paused)
	w.open(s.path("preview")).expect(http.StatusOK, "User.com did not let us in")
	w.says("problem", "User.com does not accept the key")
	if n := strings.Count(w.text(), "does not accept the key"); n != 1 || strings.Count(w.text(), "Nothing was written") != 1 {
		t.Errorf("it is said %d times", n)
	}
	mend := "/connections/" + s.conns[1].ID + "/key?" + url.Values{"then": {s.path("preview")}}.Encode()
	if href := w.doc.Find("[data-testid=stopped] a.btn").AttrOr("href", ""); href != mend {
		t.Errorf("the fix leads to %q", href)
	}
	if s.walk("viewer").open(s.path("preview")).doc.Find("[data-testid=stopped] .btn").Length() > 0 {
		t.Error("a viewer is offered what only an editor may do")
	}

	s = newStage(t, sandbox.Options{})
	w = s.walk("editor")
	s.edit(func(f *flow.Flow) { f.Map[2].B = mapping.Names{"no_such_field"} })
	s.run(engine.Rehearse, engine.Paused)
	w.open(s.path("preview")).expect(http.StatusOK, "A pair of the map cannot work").says("problem", "Row 3 of the map")
	w.doc.Find("[data-testid=stopped] a.btn").Each(func(_ int, n *goquery.Selection) {
		if n.AttrOr("href", "") != s.path("map")+"?open=firstName%2BlastName%3Dno_such_field" {
			t.Errorf("the fix leads to %q", n.AttrOr("href", ""))
		}
	})
}

func TestARehearsalIsWatchedUntilItIsOver(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{})
	w := s.walk("viewer")
	pair, err := s.store.PairFor(t.Context(), s.ws(), s.flow.Connections, s.flow.Object, engine.NewID("pair", s.now))
	must(t, err)
	s.pair = pair
	r := s.begun(0, func(r *engine.Run) {
		r.DryRun, r.Trigger, r.Flow, r.Pair, r.Revision = true, engine.Rehearse, s.flow.ID, pair.ID, s.flow.Revision()
		r.Progress = engine.Progress{Stages: []engine.Stage{{Phase: engine.PhaseRead, Side: 0, Began: s.now, Since: s.now}},
			Read: [2]engine.Reading{{N: 120, Of: 303, Whole: true}, {N: 40, Of: 40, Whole: true, Over: true}}, Waits: []engine.Wait{{For: engine.ForAllowance, Side: 0}}}
	})
	w.open(s.path("preview")).expect(http.StatusOK, "Rehearsing: nothing is written").says("live", "120 of 303 contacts").says("live", "40 people read").says("live", "As fast as HighLevel allows.")
	if got := w.doc.Find("#live").AttrOr("hx-sse:connect", ""); got != s.path("preview/events") {
		t.Errorf("watches %q", got)
	}
	e := s.listen(w.client, s.path("preview/events"))
	if _, doc := e.next(); !strings.Contains(doc.Text(), "120 of 303 contacts") {
		t.Errorf("shows %s", doc.Text())
	}
	r.Progress.Due, r.Progress.Done = 500, 200
	s.save(r)
	e.until(func(_ string, doc *goquery.Document) bool {
		return strings.Contains(doc.Text(), "200 of 500 records compared")
	})
	r.Status, r.Finished = engine.Done, time.Now()
	s.save(r)
	e.until(func(name string, _ *goquery.Document) bool { return name == "over" })
	w.open(s.path("preview")).expect(http.StatusOK, "If you switch on now, nothing changes")
}

// A run of the flow may be under way when somebody asks for a rehearsal.
func TestARehearsalThatWaitsSaysWhatFor(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{})
	w := s.walk("editor")
	s.begun(0, func(r *engine.Run) { r.Flow = s.flow.ID })
	w.open(s.path("preview")).send("[data-testid=rehearse]", nil).says("live", "A run of this flow is under way. The rehearsal begins when it is over.")
}

func TestAboutIsNoMoreExactThanAnyoneCanKnow(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 7: "7", 19: "19", 23: "23", 347: "350", 1018: "1,000", 99_961: "100,000", 123_456: "120,000"} {
		if got := templates.About(n); got != want {
			t.Errorf("%d is about %s, want %s", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{10 * time.Second: "Less than a minute", 55 * time.Second: "About 1 minute", 4*time.Minute + 20*time.Second: "About 4 minutes", 100 * time.Minute: "About 1 h 40 min"} {
		if got := templates.AboutTime(d); got != want {
			t.Errorf("%v is %s, want %s", d, got, want)
		}
	}
}
