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
