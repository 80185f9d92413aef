package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"couplet/internal/command"
	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// conflicts are the open conflicts as the program lists them.
func (h *house) conflicts(args ...string) []command.ConflictDoc {
	h.t.Helper()
	var d struct{ Conflicts []command.ConflictDoc }
	if err := json.Unmarshal([]byte(h.must(append([]string{"conflicts", "--json"}, args...)...)), &d); err != nil {
		h.t.Fatal(err)
	}
	return d.Conflicts
}

// reviews are the records that wait for a person, as the program lists them.
func (h *house) reviews() []command.ReviewDoc {
	h.t.Helper()
	var d struct{ Reviews []command.ReviewDoc }
	if err := json.Unmarshal([]byte(h.must("review", "contacts", "--json")), &d); err != nil {
		h.t.Fatal(err)
	}
	return d.Reviews
}

// TestConflictsAreDecidedAtTheCommandLine: what changed on both sides is listed, taken, taken back, and carried out.
func TestConflictsAreDecidedAtTheCommandLine(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 12, Seed: 4}, "")
	h.must("apply", "-f", h.with("enabled: true", "enabled: true, conflict: ask"))
	h.run()
	if out := h.must("conflicts"); out != "No conflict waits for you.\n" {
		t.Error(out)
	}
	const phoneA, phoneB, phoneC = "+12025550177", "+12025550178", "+12025550179"
	links := h.links()[:3]
	edit := func(l engine.Link, phoneA, phoneB string) {
		t.Helper()
		_, errA := h.box.HighLevel.Update("contacts", l.IDs[0], map[string]any{"phone": phoneA})
		_, errB := h.box.UserCom.Update("users", l.IDs[1], map[string]any{"phone_number": phoneB})
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
	}
	for _, l := range links {
		edit(l, phoneA, phoneB)
	}
	h.run()
	open := h.conflicts("contacts")
	if len(open) != 3 {
		t.Fatalf("%+v", open)
	}
	for _, c := range open {
		if c.A.Value != phoneA || c.B.Value != phoneB || c.Field != "phone=phone_number" || c.Flow != "contacts" || c.Name == "" || c.Reason != "ask" || c.Decided != nil {
			t.Errorf("%+v", c)
		}
	}
	h.must("conflicts", "take", open[0].ID, "b")
	if out := h.must("conflicts", "take", open[1].ID, "--value", phoneC); !strings.Contains(out, `Decided: "`+phoneC+`" is put on both sides.`) || !strings.Contains(out, "`couplet run contacts`") {
		t.Error(out)
	}
	h.must("conflicts", "take", open[2].ID, "a")
	var o command.OrderDoc
	if err := json.Unmarshal([]byte(h.must("conflicts", "take", open[2].ID, "different", "--json")), &o); err != nil || o.Kind != "alone" || !strings.HasSuffix(o.By, " at the command line") {
		t.Errorf("%+v %v", o, err)
	}
	if out := h.must("conflicts"); !strings.Contains(out, open[0].ID+"  contacts  phone=phone_number  of ") || !strings.Contains(out, `HighLevel `+open[0].A.Record+` has "`+phoneA+`"`) ||
		!strings.Contains(out, "the two values stay different; `couplet conflicts back "+open[2].ID+"` takes it back") {
		t.Error(out)
	}
	if out := h.must("conflicts", "back", open[2].ID); !strings.Contains(out, "Taken back: the two values stay different.") {
		t.Error(out)
	}
	h.refused(1, "couplet: no answer waits for a run, so there is nothing to take back", "conflicts", "back", open[2].ID)
	if left := h.conflicts(); len(left) != 3 || left[0].Decided == nil || left[0].Decided.From != "b" || left[2].Decided != nil {
		t.Errorf("%+v", left)
	}
	run := h.run()
	phones := func(id [2]string) [2]any {
		now := h.read()
		return [2]any{now[0][id[0]]["phone"], now[1][id[1]]["phone_number"]}
	}
	slices.SortFunc(links, func(x, y engine.Link) int { return at(open, x) - at(open, y) })
	for i, want := range [][2]any{{phoneB, phoneB}, {phoneC, phoneC}, {phoneA, phoneB}} {
		if got := phones(links[i].IDs); got != want {
			t.Errorf("%d: both show %v, want %v", i, got, want)
		}
	}
	if left := h.conflicts(); len(left) != 1 || left[0].ID != open[2].ID {
		t.Errorf("%+v", left)
	}
	if out := h.must("runs", "show", run.Run); !strings.Contains(out, " at the command line decided that the value of User.com counts") {
		t.Error(out)
	}
	h.refused(1, "no open conflict", "conflicts", "take", open[0].ID, "a")

	// The side's value becomes the rule: for what waits, and for what both sides change from now on.
	if out := h.must("conflicts", "rule", open[2].ID, "b"); !strings.Contains(out, "From now on User.com wins for phone=phone_number of flow contacts. 1 that waited") {
		t.Error(out)
	}
	h.refused(1, "flow contacts does not ask about phone=phone_number any more", "conflicts", "rule", open[2].ID, "b")
	edit(links[0], phoneA, phoneB[:11]+"5")
	h.run()
	for i, want := range map[int]any{2: phoneB, 0: phoneB[:11] + "5"} {
		if got := phones(links[i].IDs); got != [2]any{want, want} {
			t.Errorf("%d: both show %v, want %v", i, got, want)
		}
	}
	if !strings.Contains(h.must("export"), "conflict: b_wins") {
		t.Error(h.must("export"))
	}
}

// TestReviewsAreDecidedAtTheCommandLine: what cannot be told apart is linked, made anew or left alone.
func TestReviewsAreDecidedAtTheCommandLine(t *testing.T) {
	t.Parallel()
	h := newHouse(t, sandbox.Options{Contacts: 60, Seed: 4}, "")
	h.must("apply", "-f", h.file)
	h.run()
	open := h.reviews()
	i := slices.IndexFunc(open, func(r command.ReviewDoc) bool { return len(r.Candidates) > 1 && r.Name != "" })
	if i < 0 || len(open) < 3 {
		t.Fatalf("%+v", open)
	}
	r := open[i]
	var others []command.ReviewDoc
	for _, x := range open {
		if x.Record != r.Record && x.Record != r.Candidates[0].Record && len(others) < 2 {
			others = append(others, x)
		}
	}
	h.refused(1, "the other record is gone, unknown, or has a partner already", "review", "link", r.Record, "nobody")
	to := r.Candidates[0]
	h.refused(1, "the values changed meanwhile, so nothing was decided", "review", "link", r.Record, to.Record, "--seen", "0011223344556677.0011223344556677")
	h.refused(2, "names both", "review", "link", r.Record, to.Record, "--seen", "0011223344556677")
	if says := "`couplet review link " + r.Record + " " + to.Record + " --seen " + to.Seen + "` links the two as they are now"; to.Seen == "" || !strings.Contains(h.must("review"), says) {
		t.Errorf("%q is not listed", says)
	}
	if out := h.must("review", "link", r.Record, to.Record, "--seen", to.Seen, "--side", r.Side, "--flow", "contacts"); !strings.Contains(out, " is linked with ") {
		t.Error(out)
	}
	h.refused(2, "answer with link or create or alone", "review", "delete", others[0].Record)
	h.refused(2, "answer with link or create or alone", "review", "accept", others[0].Record)
	h.must("review", "create", others[0].Record)
	h.must("review", "back", others[0].Record)
	h.must("review", "alone", others[1].Record)
	if out := h.must("review"); !strings.Contains(out, "may be "+r.Candidates[0].Record) || !strings.Contains(out, " is left alone; `couplet review back "+others[1].Record+"` takes it back") {
		t.Error(out)
	}
	h.run()
	side := map[string]int{"a": 0, "b": 1}[r.Side]
	linked := false
	for _, l := range h.links() {
		linked = linked || l.IDs[side] == r.Record && l.IDs[1-side] == r.Candidates[0].Record
	}
	if !linked {
		t.Error("the two are not linked")
	}
	for _, x := range h.reviews() {
		if x.Record == r.Record || x.Record == others[1].Record || x.Decided != nil {
			t.Errorf("%+v still waits", x)
		}
	}
}

// at is where a link stands among conflicts.
func at(list []command.ConflictDoc, l engine.Link) int {
	return slices.IndexFunc(list, func(c command.ConflictDoc) bool { return c.A.Record == l.IDs[engine.A] })
}
