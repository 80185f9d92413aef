package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
	"couplet/templates"
)

// hangingOn is a stage whose contacts are in step, or only read, with a flow of what hangs on them that is off.
func hangingOn(t *testing.T, template string, contacts int, linked bool) *stage {
	t.Helper()
	s := newStage(t, sandbox.Options{Contacts: contacts, Seed: 7})
	if linked {
		f := s.flow
		f.Enabled, f.Approval = true, &flow.Approval{By: "x", How: "apply"}
		_, _, err := s.store.SaveFlow(t.Context(), s.ws(), f)
		must(t, err)
		s.run("manual", engine.Done)
	} else {
		s.run(engine.Rehearse, engine.Done) // they are read, and nobody is linked
	}
	f, err := flow.Resolve(flow.FlowSpec{Name: "What hangs on them", Template: template})
	must(t, err)
	f.Connections = s.flow.Connections
	s.flow, _, err = s.store.SaveFlow(t.Context(), s.ws(), f)
	must(t, err)
	return s
}

// One task or note of a linked contact is tried like a contact is: chosen, seen, written, looked at and taken back.
func TestOneTaskOrNoteIsTriedAndTakenBack(t *testing.T) {
	t.Parallel()
	for template, one := range map[string]string{"task-sync": "task", "note-sync": "note"} {
		t.Run(template, func(t *testing.T) {
			t.Parallel()
			s := hangingOn(t, template, 60, true)
			w := s.walk("editor")
			s.rehearsedBy(w)
			dry, _, err := s.store.Rehearsal(t.Context(), s.ws(), s.flow.ID)
			must(t, err)
			w.click("[data-testid=try-one]").expect(http.StatusOK, "Try one real "+one+" first")
			if n := w.doc.Find("[data-testid=choice]").Length(); n < 2 || strings.Count(w.at("choices"), templates.Capital(one)+" of ") < n {
				t.Fatalf("%d choices: %s", n, w.at("choices"))
			}
			will := w.doc.Find("[data-testid=will] [data-testid=record]").Length()
			w.send("[data-testid=sync-one]", nil).expect(http.StatusOK, "One record is brought into step")
			r := s.act(engine.Trial, engine.Done)
			if did := r.To[0].Created + r.To[1].Created + r.To[0].Updated + r.To[1].Updated; did != will || will == 0 {
				t.Fatalf("%d were shown, %d done: %+v", will, did, r)
			}
			if pair, err := s.store.PairFor(t.Context(), s.ws(), s.flow.Connections, one, "pair_new"); err != nil || s.linkedIn(pair) != 1 {
				t.Fatalf("%d links, %v", s.linkedIn(pair), err)
			}
			w.open(s.path("one"))
			if !strings.HasSuffix(w.at("headline"), "is in step") || w.doc.Find("[data-testid=both] tbody tr").Length() == 0 {
				t.Fatalf("it says %s", w.text())
			}
			if f := s.stored(); f.Enabled || f.Approval != nil || f.Scope.Only != "" {
				t.Errorf("the flow: %+v", f)
			}
			s.walk("editor").open(w.doc.Find("[data-testid=timeline]").AttrOr("href", "")).says("headline", strings.TrimSuffix(w.at("headline"), " is in step"))
			// Everything else is what was rehearsed, less the one that was done.
			w.click("[data-testid=go-on]")
			all := s.press(w, "[data-testid=press]", nil, engine.Done)
			for side := range all.To {
				did, foretold := all.To[side].Created+all.To[side].Updated+r.To[side].Created+r.To[side].Updated, dry.To[side].Created+dry.To[side].Updated
				if did != foretold || all.Halt.Why != "" {
					t.Errorf("side %d: %d were foretold, %d done", side, foretold, did)
				}
			}
		})
	}
}

// What was tried of what hangs on a contact is taken back like any run, while the flow is off: the one that was made is deleted.
func TestATaskThatWasTriedIsTakenBack(t *testing.T) {
	t.Parallel()
	s := hangingOn(t, "task-sync", 60, true)
	w := s.walk("editor")
	s.rehearsedBy(w)
	w.open(s.path("one")).send("[data-testid=sync-one]", nil)
	r := s.act(engine.Trial, engine.Done)
	if r.To[engine.B].Created != 1 { // the mildest is one that can be taken back
		t.Fatalf("the trial: %+v", r.To)
	}
	w.open(s.path("one")).click("[data-testid=undo-trial]").send("[data-testid=look]", nil)
	s.act(engine.Undo, engine.Done)
	w.open(w.url.String()).send("[data-testid=undo]", url.Values{"made": {"yes"}})
	undone := s.act(engine.Undo, engine.Done)
	if undone.Undo == nil || undone.Undo.Run != r.ID || undone.To[engine.B].Deleted != 1 {
		t.Errorf("%+v", undone)
	}
	if f := s.stored(); f.Enabled || f.Approval != nil {
		t.Errorf("the flow: %+v", f)
	}
	// Of one that is made where nobody can tell whether it was touched since, that is said before and after.
	s.rehearsedBy(w)
	w.open(s.path("one") + "?q=" + url.QueryEscape("write the summary"))
	w.says("stays", "HighLevel does not say whether somebody touched a task since it was made").send("[data-testid=sync-one]", nil)
	if r = s.act(engine.Trial, engine.Done); r.To[engine.A].Created != 1 {
		t.Fatalf("the trial: %+v", r.To)
	}
	if w.open(s.path("one")).says("stays", "Delete it there, by hand"); w.doc.Find("[data-testid=undo-trial]").Length() != 0 {
		t.Error("an undo that takes nothing back is offered")
	}
}

// Where no contact is linked yet nothing can be tried, and both pages say what comes first.
func TestATaskWithoutALinkedContactIsNotTried(t *testing.T) {
	t.Parallel()
	s := hangingOn(t, "task-sync", 60, false)
	w := s.walk("editor")
	s.rehearsedBy(w)
	for _, page := range []string{"preview", "one"} {
		w.open(s.path(page)).says("orphans", "is off, so nothing links the contacts. Switch it on.")
	}
	w.says("none", "What waits cannot be tried yet")
	if w.doc.Find("[data-testid=sync-one]").Length() != 0 {
		t.Error("something is offered")
	}
	w.open(s.path("one")+"?q=nothing+at+all").says("none", "No task in the rehearsal says so and would change.")
}

// linkedIn counts the links of a pair.
func (s *stage) linkedIn(p engine.Pair) int {
	s.t.Helper()
	all, err := s.store.Links(s.t.Context(), s.ws(), p.ID, "", 1000)
	must(s.t, err)
	return len(all)
}
