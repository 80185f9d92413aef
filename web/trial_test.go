package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
)

// One record is chosen, seen, brought into step and looked at before anything else is; the flow stays off, and what is switched on after it
// is what was rehearsed before it.
func TestOneRealRecordIsTriedBeforeTheFlowIsSwitchedOn(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 60, Seed: 7})
	w := s.walk("editor")
	s.rehearsedBy(w)
	dry, _, err := s.store.Rehearsal(t.Context(), s.ws(), s.flow.ID)
	must(t, err)
	w.click("[data-testid=try-one]").expect(http.StatusOK, "Try one real record first")
	if n := w.doc.Find("[data-testid=choice]").Length(); n < 2 || w.doc.Find("[data-testid=choice][aria-current=true]").Length() != 1 {
		t.Fatalf("%d choices", n)
	}
	w.says("choice", "Suggested: changes least")
	will := w.doc.Find("[data-testid=will] [data-testid=record]")
	if will.Length() == 0 || will.Find("[data-testid=change]").Length() == 0 || strings.Contains(will.Text(), "Create") {
		t.Fatalf("the mildest: %s", tidyText(will))
	}
	changes := tidyText(will.Find("[data-testid=change]"))
	w.send("[data-testid=sync-one]", nil).expect(http.StatusOK, "One record is brought into step")
	if links := s.links(); len(links) != 0 {
		t.Errorf("before a worker took it up there are %d links", len(links))
	}
	r := s.act(engine.Trial, engine.Done)
	if r.To[0].Created+r.To[1].Created+r.To[0].Updated+r.To[1].Updated != will.Length() || r.Linked > 1 || r.DryRun {
		t.Errorf("the trial: %+v", r)
	}
	w.open(s.path("one"))
	if !strings.HasSuffix(w.at("headline"), "is in step") {
		t.Fatalf("it says %s", w.at("headline"))
	}
	if did := tidyText(w.doc.Find("[data-testid=came] [data-testid=record] [data-testid=change]")); did != changes {
		t.Errorf("seen: %s\ndone: %s", changes, did)
	}
	w.doc.Find("[data-testid=both] tbody tr").Each(func(_ int, row *goquery.Selection) {
		if label := tidyText(row.Find("th")); label == "Email" && !strings.EqualFold(tidyText(row.Find("td").First()), tidyText(row.Find("td").Last())) {
			t.Errorf("both sides: %s", tidyText(row))
		}
	})
	if f := s.stored(); f.Enabled || f.Approval != nil || f.Scope.Only != "" {
		t.Errorf("the flow: %+v", f)
	}
	if links := s.links(); len(links) != 1 {
		t.Errorf("%d links", len(links))
	}
	if !s.pairOf().Settled.IsZero() {
		t.Error("the first run, with what holds for one, is still to come")
	}
	name := tidyText(w.doc.Find("[data-testid=came] [data-testid=name]").First())
	if strings.Contains(tidyText(w.doc.Find("[data-testid=choices]")), name) {
		t.Errorf("%s is offered once more", name)
	}
	s.walk("editor").open(w.doc.Find("[data-testid=timeline]").AttrOr("href", "")).expect(http.StatusOK, name)
	s.walk("editor").open(w.doc.Find("[data-testid=undo-trial]").AttrOr("href", ""))
	// Everything else is what was rehearsed, less the one that was done.
	w.click("[data-testid=go-on]")
	all := s.press(w, "[data-testid=press]", nil, engine.Done)
	for side := range all.To {
		did, foretold := all.To[side].Created+all.To[side].Updated+r.To[side].Created+r.To[side].Updated, dry.To[side].Created+dry.To[side].Updated
		if did != foretold || all.Halt.Why != "" {
			t.Errorf("side %d: %d were foretold, %d done", side, foretold, did)
		}
	}
	w.open(s.path("one"))
	if w.url.Path != s.path("on") {
		t.Errorf("a flow that was on is tried: %s", w.url.Path)
	}
}

// What was tried is taken back like any run, while the flow is off.
func TestWhatWasTriedIsTakenBack(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 60, Seed: 7})
	w := s.walk("editor")
	s.rehearsedBy(w)
	w.open(s.path("one")).send("[data-testid=sync-one]", nil)
	r := s.act(engine.Trial, engine.Done)
	w.open("/runs/"+r.ID+"/undo").send("main form[method=post] button[type=submit]", nil)
	undone := s.act(engine.Undo, engine.Done)
	if undone.Undo == nil || undone.Undo.Run != r.ID {
		t.Errorf("%+v", undone)
	}
}

// Who is not among the suggestions is found by name; a record that is to be made is made.
func TestARecordToTryIsFoundByName(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 10, Seed: 7})
	s.types("", map[string]any{"firstName": "Zenobia", "lastName": "Quill", "email": "zenobia@example.com"})
	w := s.walk("editor")
	s.rehearsedBy(w)
	w.open(s.path("one") + "?q=" + url.QueryEscape("ZENOBIA"))
	if n := w.doc.Find("[data-testid=choice]").Length(); n != 1 {
		t.Fatalf("%d found: %s", n, tidyText(w.doc.Find("[data-testid=choices]")))
	}
	w.says("choice", "a new one in User.com").click("[data-testid=choice]").says("will", "Zenobia Quill")
	w.send("[data-testid=sync-one]", nil)
	s.act(engine.Trial, engine.Done)
	w.open(s.path("one")).expect(http.StatusOK, "Zenobia Quill is in step")
	w.open(s.path("one")+"?q=nobody+at+all").says("none", "Nobody in the rehearsal is called so")
}

// A record that changed since it was looked at is not written: it waits, and the page says so.
func TestARecordThatChangedSinceIsNotTried(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 10, Seed: 7})
	id := s.types("", map[string]any{"firstName": "Zenobia", "lastName": "Quill", "email": "zenobia@example.com"})
	w := s.walk("editor")
	s.rehearsedBy(w)
	w.open(s.path("one")+"?q=quill").click("[data-testid=choice]").send("[data-testid=sync-one]", nil)
	s.types(id, map[string]any{"firstName": "Zoe"})
	s.act(engine.Trial, engine.Done)
	if links := s.links(); len(links) != 0 {
		t.Errorf("%d links", len(links))
	}
	w.open(s.path("one")).expect(http.StatusOK, "Nothing was written")
}

// Where there is no rehearsal of the flow as it is, there is nothing to try, and a task stands for no record of its own.
func TestOnlyWhatWasRehearsedIsTried(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 10, Seed: 7})
	w := s.walk("editor")
	if w.open(s.path("one")); w.url.Path != s.path("preview") {
		t.Errorf("without a rehearsal: %s", w.url.Path)
	}
	s.rehearsedBy(w)
	w.open(s.path("one"))
	s.edit(func(f *flow.Flow) { f.Map = f.Map[:len(f.Map)-1] })
	if w.send("[data-testid=sync-one]", nil); w.url.Path != s.path("preview") || len(s.woken) != 0 {
		t.Errorf("of another flow: %s", w.url.Path)
	}
	s.edit(func(f *flow.Flow) { f.Watch = true })
	if w.open(s.path("one")); w.url.Path != s.path("on") {
		t.Errorf("of a flow that watches: %s", w.url.Path)
	}
}

// links are those of the flow's pair.
func (s *stage) links() (all []engine.Link) {
	s.t.Helper()
	all, err := s.store.Links(s.t.Context(), s.ws(), s.pairOf().ID, "", 1000)
	must(s.t, err)
	return all
}
