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

func TestARestoredBackupIsToldAndLooksForApproval(t *testing.T) {
	t.Parallel()
	s, _, w := planOn(t)
	before := s.stored()
	all, err := s.store.Pairs(t.Context(), s.ws())
	must(t, err)
	pairs := slices.DeleteFunc(all, func(p engine.Pair) bool { return p.Conns != before.Connections })
	l, ok, err := s.store.Acquire(t.Context(), s.ws(), "pair/"+pairs[0].ID, "test", time.Now(), time.Now())
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	must(t, s.store.StartAfresh(t.Context(), s.ws(), l, pairs[0].ID, engine.Afresh{At: time.Now(), Why: engine.Restored, Side: engine.B}))
	must(t, s.store.Release(t.Context(), s.ws(), l))
	if before.Approval == nil {
		t.Fatal("it was never approved")
	}
	r := s.run("schedule", engine.Paused)
	w.open("/runs/"+r.ID).says("stopped", "User.com shows an older state")
	w.open("/").has("All records are to be compared anew")
	w.open(s.path("preview")).says("afresh", "The flow has stopped and writes nothing")
	w.send("[data-testid=rehearse]", nil)
	s.act(engine.Rehearse, engine.Done)
	s.box.Clock.Advance(time.Second)
	w.open(s.path("preview")).click("[data-testid=go-on]")
	s.press(w, "[data-testid=press]", nil, engine.Done)
	w.open(s.path("preview")).hasNo("afresh")
}
