package main

import (
	"encoding/json"
	"strings"
	"testing"

	"couplet/internal/command"
	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// restored stores what a run finds that sees an account in an older state: all its records are to be compared anew.
func (h *house) restored() { h.strange(engine.Afresh{Why: engine.Restored, Side: engine.B}) }

// strange stores what a run finds that takes an account for another one.
func (h *house) strange(x engine.Afresh) {
	h.t.Helper()
	a := h.inside()
	defer a.Close()
	pairs, err := a.store.Pairs(h.t.Context(), a.ws)
	if err != nil || len(pairs) != 1 {
		h.t.Fatal(pairs, err)
	}
	l, ok, err := a.store.Acquire(h.t.Context(), a.ws, engine.LeaseName(pairs[0].ID), "test", a.now(), a.now())
	if err != nil || !ok {
		h.t.Fatal(ok, err)
	}
	x.At = a.now()
	if err := a.store.StartAfresh(h.t.Context(), a.ws, l, pairs[0].ID, x); err != nil {
		h.t.Fatal(err)
	}
	if err := a.store.Release(h.t.Context(), a.ws, l); err != nil {
		h.t.Fatal(err)
	}
}

// TestComparingAnewIsApprovedAtTheCommandLine: a flow that stopped because an account is not what it was goes on once somebody saw a
// dry run made since, and said yes; and does then what that showed.
func TestComparingAnewIsApprovedAtTheCommandLine(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 12, Seed: 4}, "")
	h.must("apply", "-f", h.file)
	h.refused(1, "flow contacts does not wait to compare its records anew", "review", "afresh", "contacts")
	h.run()
	h.run("--dry-run") // before the account changed, so it shows nothing of it
	h.refused(1, "flow contacts does not wait to compare its records anew", "review", "afresh", "contacts", "--yes")
	h.restored()
	stops := func() {
		t.Helper()
		if out, _, code := h.call("run", "contacts"); code != 4 || !strings.Contains(out, "`couplet review afresh contacts`") {
			t.Errorf("it ran, or nothing says what to do: %d %s", code, out)
		}
	}
	stops()
	h.refused(1, "User.com shows records as they were some time ago, as after a restored backup. Nobody has seen yet what comparing all records of flow contacts anew comes to; see it with `couplet run contacts --dry-run`", "review", "afresh", "contacts", "--yes")
	l := h.links()[0]
	if _, err := h.box.HighLevel.Update("contacts", l.IDs[0], map[string]any{"phone": "+12025550177"}); err != nil {
		t.Fatal(err)
	}
	dry := h.run("--dry-run")
	out := h.must("review", "afresh", "contacts")
	for _, want := range []string{"User.com shows records as they were some time ago", "nothing is deleted", "dry run: nothing was written", dry.Run, "Nothing is approved yet"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in %s", want, out)
		}
	}
	stops()
	var d command.AfreshDoc
	if err := json.Unmarshal([]byte(h.must("review", "afresh", "contacts", "--json")), &d); err != nil || d.Approved || d.Reason != engine.Restored || d.DryRun.Run != dry.Run || d.DryRun.NeedsReview != dry.NeedsReview {
		t.Errorf("%v %+v", err, d)
	}
	// Of a flow that is off or was changed since, nothing is approved.
	h.must("apply", "-f", h.with("enabled: true", "enabled: false"))
	h.refused(1, "flow contacts is off, so nothing was approved", "review", "afresh", "contacts", "--yes")
	h.must("apply", "-f", h.with("enabled: true", "enabled: true, conflict: a_wins"))
	h.refused(1, "Nobody has seen yet", "review", "afresh", "contacts", "--yes")
	h.must("apply", "-f", h.file)
	stops()
	if out := h.must("review", "afresh", "contacts", "--yes"); !strings.Contains(out, "Approved. The next run does it") {
		t.Error(out)
	}
	did := h.run()
	if did.AToB != dry.AToB || did.BToA != dry.BToA {
		t.Errorf("approved was %+v, it did %+v", dry, did)
	}
	h.refused(1, "does not wait to compare its records anew", "review", "afresh", "contacts")
}

// TestRecordsThatWereReallyDeletedAreSaidToBeAtTheCommandLine: a flow that stopped because many records are gone goes on as before once
// somebody says that they were deleted.
func TestRecordsThatWereReallyDeletedAreSaidToBeAtTheCommandLine(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 12, Seed: 4}, "")
	h.must("apply", "-f", h.file)
	h.run()
	h.restored()
	h.refused(1, "That is not what deleting records looks like, so nothing was answered; see what comparing all records of flow contacts anew comes to", "review", "afresh", "contacts", "--deleted")
	h.run("--dry-run")
	h.must("review", "afresh", "contacts", "--yes")
	h.run()
	h.strange(engine.Afresh{Why: engine.Jumped, Side: engine.B, N: 12, Of: 30, Went: 12})
	if out, _, code := h.call("run", "contacts"); code != 4 || !strings.Contains(out, "12 of 30 records of User.com are gone at once") || !strings.Contains(out, "say so instead") {
		t.Errorf("it ran, or nothing says what to do: %d %s", code, out)
	}
	h.refused(2, "--yes and --deleted can't be used together", "review", "afresh", "contacts", "--yes", "--deleted")
	h.run("--dry-run")
	if out := h.must("review", "afresh", "contacts"); !strings.Contains(out, "`couplet review afresh contacts --deleted`") {
		t.Error(out)
	}
	var d command.DeletedDoc
	if err := json.Unmarshal([]byte(h.must("review", "afresh", "contacts", "--deleted", "--json")), &d); err != nil || !d.Deleted || d.Flow != "contacts" || d.Delete != "detach" {
		t.Errorf("%v %+v", err, d)
	}
	h.refused(1, "flow contacts does not wait to compare its records anew", "review", "afresh", "contacts", "--deleted")
	h.run()
	h.strange(engine.Afresh{Why: engine.Jumped, Side: engine.B, N: 13, Of: 30, Went: 13})
	if out := h.must("review", "afresh", "contacts", "--deleted"); !strings.Contains(out, "twice, ten minutes apart") || !strings.Contains(out, "`delete: detach`") {
		t.Error(out)
	}
}

// TestWhatIsApprovedIsTheDryRunThatWasSeen: of several dry runs only the newest can be approved, and only by whoever names it.
func TestWhatIsApprovedIsTheDryRunThatWasSeen(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 12, Seed: 4}, "")
	h.must("apply", "-f", h.file)
	h.run()
	h.restored()
	seen := h.run("--dry-run")
	if out := h.must("review", "afresh", "contacts"); !strings.Contains(out, "`couplet review afresh contacts --yes --run "+seen.Run+"`") {
		t.Error(out)
	}
	later := h.run("--dry-run") // made after somebody looked
	h.refused(1, "flow contacts had 2 dry runs since it stopped, and nobody can tell which of them you saw, so nothing was approved; look at the newest with `couplet review afresh contacts`, then approve just that with `couplet review afresh contacts --yes --run "+later.Run+"`", "review", "afresh", "contacts", "--yes")
	h.refused(1, seen.Run+" is not the newest dry run of flow contacts, which is "+later.Run, "review", "afresh", "contacts", "--yes", "--run", seen.Run)
	h.refused(2, "it goes with --yes only", "review", "afresh", "contacts", "--run", later.Run)
	h.refused(2, "it goes with --yes only", "review", "afresh", "contacts", "--deleted", "--run", later.Run)
	if out, _, code := h.call("run", "contacts"); code != 4 {
		t.Errorf("something was approved: %d %s", code, out)
	}
	if out := h.must("review", "afresh", "contacts", "--yes", "--run", later.Run); !strings.Contains(out, "Approved. The next run does it") {
		t.Error(out)
	}
	h.run()
}
