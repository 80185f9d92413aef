package main

import (
	"strings"
	"testing"

	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// widow stores what a run finds that does not find one of two linked records any more: the other one waits for a person.
func (h *house) widow(l engine.Link) {
	h.t.Helper()
	a := h.inside()
	defer a.Close()
	lease, ok, err := a.store.Acquire(h.t.Context(), a.ws, engine.LeaseName(l.Pair), "test", a.now(), a.now())
	if err != nil || !ok {
		h.t.Fatal(ok, err)
	}
	l.State = engine.OneGone
	r := engine.Review{Pair: l.Pair, Side: engine.B, ID: l.IDs[engine.B], Reason: engine.DeleteReasons()[engine.A], At: a.now()}
	if err := a.store.Commit(h.t.Context(), a.ws, lease, engine.Run{ID: "run_test", Pair: l.Pair}, []engine.Commit{{Link: &l, Review: []engine.Review{r}}}); err != nil {
		h.t.Fatal(err)
	}
	if err := a.store.Release(h.t.Context(), a.ws, lease); err != nil {
		h.t.Fatal(err)
	}
}

// TestADeleteAtTheCommandLineIsAboutWhatWasListed: nobody has a record deleted that they did not see as it is.
func TestADeleteAtTheCommandLineIsAboutWhatWasListed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 12, Seed: 4}, "")
	h.must("apply", "-f", h.file)
	h.run()
	l := h.links()[0]
	h.widow(l)
	id, seen := l.IDs[engine.B], ""
	for _, r := range h.reviews() {
		if r.Record == id {
			seen = r.Seen
		}
	}
	says := "`couplet review delete " + id + " --seen " + seen + "` deletes it as it is now"
	if out := h.must("review"); seen == "" || !strings.Contains(out, says) {
		t.Errorf("%q is not in %s", says, out)
	}
	h.refused(2, "nothing says which state of record "+id+" you saw", "review", "delete", id)
	h.refused(1, "the values changed meanwhile, so nothing was decided", "review", "delete", id, "--seen", "0011223344556677")
	if out := h.must("review", "delete", id, "--seen", seen); !strings.Contains(out, "is deleted like its partner") {
		t.Error(out)
	}
	if out := h.must("review"); strings.Contains(out, says) {
		t.Error(out)
	}
	h.must("review", "back", id)
}
