package web

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

func TestAMapIsAppliedToWhatIsThereAfterSomebodySawIt(t *testing.T) {
	t.Parallel()
	s, fields, w := planOn(t)
	key := "customFields." + fields[0] + "=plan"
	s.edit(func(f *flow.Flow) { // nothing was ever filled in this way
		for i := range f.Map {
			if f.Map[i].Key() == key {
				f.Map[i].Direction = mapping.BToA
			}
		}
	})
	w.open(s.path("preview")).says("reapply", "Records that are in step already")
	s.walk("viewer").open(s.path("preview")).hasNo("reapply")
	w.send("[data-testid=reapply] button", url.Values{"key": {key}})
	r := s.act(engine.Rehearse, engine.Done)
	if !r.DryRun {
		t.Fatal("it wrote")
	}
	w.open(s.path("preview")).says("afresh", "The map is applied to all linked records").hasNo("reapply")
	w.send("[data-testid=reapply-back]", nil)
	s.act(engine.Rehearse, engine.Done)
	w.open(s.path("preview")).hasNo("afresh")
	w.send("[data-testid=reapply] button", url.Values{"key": {""}})
	s.act(engine.Rehearse, engine.Done)
	s.box.Clock.Advance(time.Second)
	w.open(s.path("preview")).says("afresh", "all pairs").click("[data-testid=go-on]")
	done := s.press(w, "[data-testid=press]", nil, engine.Done)
	if done.DryRun {
		t.Error("it wrote nothing")
	}
	w.open(s.path("preview")).hasNo("afresh")
}

func TestToAskTwiceForTheSameShowsTheOneRehearsal(t *testing.T) {
	t.Parallel()
	s, _, w := planOn(t)
	client := s.signIn("editor")
	w.open(s.path("preview")).says("reapply", "Records that are in step already")
	ask := func(form url.Values) *walker {
		t.Helper()
		res := s.post(client, s.path("reapply"), form)
		return w.open(res.Header.Get("Location"))
	}
	all := url.Values{"do": {"apply"}, "key": {""}}
	proposed := func() engine.Afresh {
		t.Helper()
		pairs, err := s.store.Pairs(t.Context(), s.ws())
		must(t, err)
		i := slices.IndexFunc(pairs, func(p engine.Pair) bool { return p.Conns == s.stored().Connections })
		return pairs[i].Afresh
	}
	first := ask(all).url.Query()
	at := proposed()
	again := ask(all)
	if again.url.Query().Get("after") != first.Get("after") || again.url.Query().Get("asked") == "" || len(s.woken) != 1 {
		t.Errorf("the second click leads to %s, and %d rehearsals were asked for", again.url, len(s.woken))
	}
	again.says("live", "It waits for its turn")
	s.act(engine.Rehearse, engine.Done)
	// When it is over, a late click shows it; the proposal is the one that it was made for.
	if again = ask(all); again.url.RawQuery != "" || len(s.woken) != 0 || !proposed().At.Equal(at.At) {
		t.Errorf("it leads to %s, %d were asked for, proposed at %s and %s", again.url, len(s.woken), at.At, proposed().At)
	}
	again.says("afresh", "all pairs")
	// Another pair is another question.
	key := s.stored().Map[0].Key()
	ask(url.Values{"do": {"apply"}, "key": {key}})
	s.act(engine.Rehearse, engine.Done)
	if w.open(s.path("preview")); len(proposed().Keys) != 1 || proposed().Keys[0] != key || !proposed().Proposed {
		t.Errorf("proposed %+v", proposed())
	}
}

// strange has an account not be what it was, as a run notes it.
func (s *stage) strange(a engine.Afresh) {
	s.t.Helper()
	if s.stored().Approval == nil {
		s.t.Fatal("it was never approved")
	}
	p := s.pairOf()
	l, ok, err := s.store.Acquire(s.t.Context(), s.ws(), engine.LeaseName(p.ID), "test", time.Now(), time.Now())
	if err != nil || !ok {
		s.t.Fatal(ok, err)
	}
	a.At = time.Now()
	must(s.t, s.store.StartAfresh(s.t.Context(), s.ws(), l, p.ID, a))
	must(s.t, s.store.Release(s.t.Context(), s.ws(), l))
}

func TestAPersonSaysThatRecordsWereReallyDeleted(t *testing.T) {
	t.Parallel()
	s, _, w := planOn(t)
	was := s.pairOf()
	s.strange(engine.Afresh{Why: engine.Jumped, Side: engine.A, N: 12, Of: 30, Went: 12})
	r := s.run("schedule", engine.Paused)
	w.open("/runs/"+r.ID).says("stopped", "Many records of HighLevel are gone").says("stopped", "12 of 30 records disappeared at once").says("stopped", "or say there that they were really deleted")
	s.rehearsedBy(w).says("afresh", "Many records of HighLevel are gone").says("really", "asks HighLevel for each missing contact once more").says("really", "This flow deletes nothing").says("really", "5 or 1% of the linked records")
	s.walk("viewer").open(s.path("preview")).says("really", "An editor of this workspace can say so").hasNo("really-deleted")
	late := s.walk("editor").open(s.path("preview"))
	s.now = s.box.Clock.Now().Add(time.Second)
	w.send("[data-testid=really-deleted]", nil).has("Your answer is kept")
	if p := s.pairOf(); !p.Settled.Equal(was.Settled) || p.StandsStill(nil) || len(s.woken) != 1 {
		t.Errorf("it is %+v, %d runs were asked for", p, len(s.woken))
	}
	// What was rehearsed before is not what comes now.
	w.open(s.path("preview")).says("outdated", "really deleted, so they are handled as deletes").hasNo("afresh")
	w.hasNo("really")
	late.send("[data-testid=really-deleted]", nil).has("Somebody has answered already")
	if p := s.pairOf(); p.Again != 1 {
		t.Errorf("two answers count: %+v", p)
	}
	s.act("manual", engine.Done)
}

func TestARestoredBackupIsToldAndLooksForApproval(t *testing.T) {
	t.Parallel()
	s, _, w := planOn(t)
	s.strange(engine.Afresh{Why: engine.Restored, Side: engine.B})
	r := s.run("schedule", engine.Paused)
	w.open("/runs/"+r.ID).says("stopped", "User.com shows an older state")
	w.open("/").has("All records are to be compared anew")
	w.open(s.path("preview")).says("afresh", "The flow has stopped and writes nothing").hasNo("really")
	w.send("[data-testid=rehearse]", nil)
	s.act(engine.Rehearse, engine.Done)
	s.box.Clock.Advance(time.Second)
	w.open(s.path("preview")).click("[data-testid=go-on]")
	s.press(w, "[data-testid=press]", nil, engine.Done)
	w.open(s.path("preview")).hasNo("afresh")
}
