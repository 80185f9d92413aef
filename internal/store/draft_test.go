package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"couplet/internal/flow"
	"couplet/internal/store"
)

// draftStill changes the draft at the revision that it has, by guessing it where the workspace cannot see it.
func draftStill(s *store.Store, ws, id string, change func(revision int) (store.Draft, error)) (d store.Draft, err error) {
	for revision := range 10 {
		if d, err = change(revision); err == nil || !errors.Is(err, store.ErrChanged) {
			return d, err
		}
	}
	return d, err
}

func (w *world) draft(t testing.TB) store.Draft {
	t.Helper()
	d, err := w.DraftState(w.ctx, w.ws, w.flow.ID)
	must(t, err)
	return d
}

// change makes a draft that matches by the given kinds.
func (w *world) change(t testing.TB, revision int, kinds ...string) store.Draft {
	t.Helper()
	f := w.draft(t).Flow
	f.Match = kinds
	d, err := w.ChangeDraft(w.ctx, w.ws, "ann", f, revision)
	must(t, err)
	return d
}

func TestADraftChangesNothingUntilItIsPublished(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		published, err := w.FlowByID(w.ctx, w.ws, w.flow.ID)
		must(t, err)
		same(t, store.Draft{Flow: published, Base: 1}, w.draft(t))

		w.now = start.Add(time.Minute)
		f := published
		f.Match, f.Enabled, f.Version, f.Approval = []string{"phone"}, false, 99, &flow.Approval{By: "mallory"}
		must(t, w.SaveDraft(w.ctx, w.ws, "ann", f))
		want := published // a draft is about the body alone: it can neither switch off, nor count, nor approve
		want.Match = []string{"phone"}
		same(t, store.Draft{Flow: want, Changed: true, Revision: 1, Base: 1, By: "ann", At: w.now, Undo: true}, w.draft(t))
		still, err := w.FlowByID(w.ctx, w.ws, w.flow.ID)
		must(t, err)
		same(t, published, still)

		must(t, w.SetEnabled(w.ctx, w.ws, w.flow.ID, false))
		got, changed, err := w.Publish(w.ctx, w.ws, "ann@x.test", w.flow.ID)
		must(t, err)
		want.Enabled, want.Version = false, 2
		if !changed {
			t.Error("a draft that differs was published, and it is said that nothing changed")
		}
		same(t, want, got)
		now, err := w.FlowByID(w.ctx, w.ws, w.flow.ID)
		must(t, err)
		same(t, want, now)
		versions, err := w.FlowVersions(w.ctx, w.ws, w.flow.ID, 0, 9)
		must(t, err)
		same(t, 2, len(versions))
		same(t, store.Author{By: "ann@x.test", How: store.ByPage}, versions[0].Author)
		same(t, store.Author{}, versions[1].Author)

		got, changed, err = w.Publish(w.ctx, w.ws, "ann@x.test", w.flow.ID)
		must(t, err)
		if changed {
			t.Error("there was nothing to publish")
		}
		same(t, want, got)
		if d := w.draft(t); d.Changed || d.Undo || d.By != "" || d.Revision != 2 {
			t.Errorf("the draft outlived its publishing: %+v", d)
		}
	})
}

func TestADraftIsNotChangedOverAColleague(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		opened := w.draft(t).Revision
		w.change(t, opened, "phone")
		f := w.flow
		f.Match = []string{"email", "phone"}
		now, err := w.ChangeDraft(w.ctx, w.ws, "ben", f, opened)
		if !errors.Is(err, store.ErrChanged) || now.By != "ann" || now.Flow.Match[0] != "phone" {
			t.Errorf("%+v, %v", now, err)
		}
		same(t, now, w.draft(t))
		if _, err := w.StepDraft(w.ctx, w.ws, "ben", w.flow.ID, -1, opened); !errors.Is(err, store.ErrChanged) {
			t.Error(err)
		}
		// A page that was open before the draft was published or dropped does not fit the next draft either.
		must(t, w.DropDraft(w.ctx, w.ws, w.flow.ID))
		for _, revision := range []int{opened, now.Revision} {
			if _, err := w.ChangeDraft(w.ctx, w.ws, "ben", f, revision); !errors.Is(err, store.ErrChanged) {
				t.Errorf("revision %d: %v", revision, err)
			}
		}
		w.change(t, w.draft(t).Revision, "phone")
		if _, err := w.ChangeDraft(w.ctx, w.ws, "ben", f, now.Revision); !errors.Is(err, store.ErrChanged) {
			t.Error(err)
		}
	})
}

func TestOfEditorsAtOneMomentOneWins(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for i := range 8 {
			wg.Go(func() {
				f := w.flow
				f.Region = fmt.Sprintf("A%c", 'A'+i)
				_, err := w.ChangeDraft(w.ctx, w.ws, "ann", f, 0)
				if err != nil && !errors.Is(err, store.ErrChanged) {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				}
			})
		}
		wg.Wait()
		same(t, 1, won)
	})
}

func TestADraftIsUndoneAndRedone(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		step := func(direction int, kind string, undo, redo bool) {
			t.Helper()
			d, err := w.StepDraft(w.ctx, w.ws, "ben", w.flow.ID, direction, w.draft(t).Revision)
			must(t, err)
			if d.Flow.Match[0] != kind || d.Undo != undo || d.Redo != redo {
				t.Errorf("%v, undo %v, redo %v; want %s, %v, %v", d.Flow.Match, d.Undo, d.Redo, kind, undo, redo)
			}
			same(t, d, w.draft(t))
		}
		step(-1, "email", false, false) // nothing to undo
		w.change(t, 0, "one")
		w.change(t, 1, "two")
		same(t, 2, w.change(t, 2, "two").Revision) // the same again is no change
		step(-1, "one", true, true)
		step(-1, "email", false, true)
		if w.draft(t).Changed {
			t.Error("everything is undone and still it counts as changed")
		}
		step(-1, "email", false, true)
		step(1, "one", true, true)
		if d := w.draft(t); d.By != "ben" {
			t.Errorf("who undid it? %q", d.By)
		}
		w.change(t, w.draft(t).Revision, "other") // what was undone is not to come back
		step(1, "other", true, false)
		step(-1, "one", true, true)

		// The history is bounded; its newest part stays.
		for i := range 120 {
			w.change(t, w.draft(t).Revision, fmt.Sprint(i))
		}
		n := 0
		for w.draft(t).Undo {
			_, err := w.StepDraft(w.ctx, w.ws, "ben", w.flow.ID, -1, w.draft(t).Revision)
			must(t, err)
			n++
		}
		same(t, 50, n)
		same(t, "69", w.draft(t).Flow.Match[0])
	})
}

func TestADraftSaysThatTheFlowWasPublishedOtherwise(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		w.change(t, 0, "phone")
		f := w.flow
		f.Region = "PT"
		_, _, err := w.SaveFlow(w.ctx, w.ws, f)
		must(t, err)
		if d := w.draft(t); d.Base != 1 || d.Flow.Version != 2 || !d.Changed {
			t.Errorf("%+v", d)
		}
		// Publishing a draft under a name that another flow has taken meanwhile changes nothing.
		f = w.draft(t).Flow
		f.Name = "taken"
		must(t, w.SaveDraft(w.ctx, w.ws, "ann", f))
		_, _, err = w.SaveFlow(w.ctx, w.ws, flow.Flow{Name: "taken"})
		must(t, err)
		if _, _, err := w.Publish(w.ctx, w.ws, "ann@x.test", w.flow.ID); !errors.Is(err, store.ErrExists) {
			t.Error(err)
		}
		if !w.draft(t).Changed {
			t.Error("the draft is lost")
		}
		if _, _, err := w.Publish(w.ctx, w.ws, "", "none"); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestWhatADraftWasIsKnownToWhoStillSeesIt(t *testing.T) {
	suite(t, func(t *testing.T, w *world) {
		opened := w.draft(t).Revision
		w.change(t, opened, "phone")
		w.change(t, opened+1, "email")
		must(t, w.DropDraft(w.ctx, w.ws, w.flow.ID))
		for revision, match := range map[int]string{opened: "email", opened + 1: "phone", opened + 2: "email"} {
			f, known, err := w.DraftAt(w.ctx, w.ws, w.flow.ID, revision)
			must(t, err)
			if !known || f.Match[0] != match {
				t.Errorf("revision %d: %v, %v", revision, known, f.Match)
			}
		}
		if _, known, err := w.DraftAt(w.ctx, w.ws, w.flow.ID, opened+3); known || err != nil {
			t.Errorf("what holds now is over: %v, %v", known, err)
		}
	})
}
