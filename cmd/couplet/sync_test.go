package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"couplet/internal/command"
	"couplet/internal/engine"
	"couplet/internal/sandbox"
)

// TestTheWholeJob is what the product is for: two CRMs with two thousand people, brought in step by the commands that a
// person types, then left alone, then edited on both sides.
func TestTheWholeJob(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, url func(testing.TB) string) {
		h := newHouse(t, sandbox.Options{Contacts: 2000, Seed: 11}, url(t))
		h.must("apply", "-f", h.file)
		first := h.run()
		got := sandbox.Expected{Linked: first.Linked, CreatedA: first.BToA.Created, CreatedB: first.AToB.Created, Review: first.NeedsReview}
		if got != h.info.Expected {
			t.Errorf("the first run came to %+v, the sandbox says %+v", got, h.info.Expected)
		}
		if n := h.inStep(h.read()); n != got.Linked+got.CreatedA+got.CreatedB {
			t.Errorf("%d links, want %d", n, got.Linked+got.CreatedA+got.CreatedB)
		}

		before := h.calls()
		second := h.run()
		if n := second.APICalls["a"].Write + second.APICalls["b"].Write; n != 0 {
			t.Errorf("a run after quiet wrote %d times", n)
		}
		for call, n := range h.calls() {
			if n > before[call] && !listing(call) {
				t.Errorf("a run after quiet called %s %d times", call, n-before[call])
			}
		}

		edited := h.editBothSides()
		third := h.run()
		if n := third.AToB.Updated + third.BToA.Updated; n < 36 || n > 44 {
			t.Errorf("the third run updated %d records: %+v", n, third)
		}
		h.wroteExactly(third.Run, edited)
		h.inStep(h.read())
		if last := h.run(); last.APICalls["a"].Write+last.APICalls["b"].Write != 0 {
			t.Errorf("it does not come to rest: %+v", last)
		}
	})
}

// listing reports whether a call reads a list, or what fields there are.
func listing(call string) bool {
	for _, ok := range []string{"POST /contacts/search 2", "GET /contacts/ 2", "GET /users/ 2", "GET /attributes/ 2", "/customFields 2", "GET /locations/"} {
		if strings.Contains(call, ok) {
			return true
		}
	}
	return false
}

// calls counts what the sandbox was asked, as "METHOD route status".
func (h *house) calls() map[string]int {
	h.t.Helper()
	all := map[string]int{}
	for _, system := range []string{"highlevel", "usercom"} {
		for _, c := range h.box.Counters(system).Calls {
			all[fmt.Sprintf("%s %s %d", c.Method, c.Path, c.Status)] += c.Count
		}
	}
	return all
}

// editBothSides edits twenty contacts of each side as a person would, five of them on both sides, and returns which
// field of which link was changed where.
func (h *house) editBothSides() map[string][]string {
	h.t.Helper()
	links := h.links()
	edited := map[string][]string{}
	edit := func(side engine.Side, l engine.Link, rule, field string, v any) {
		var err error
		if side == engine.A {
			_, err = h.box.HighLevel.Update("contacts", l.IDs[0], map[string]any{field: v})
		} else {
			_, err = h.box.UserCom.Update("users", l.IDs[1], map[string]any{field: v})
		}
		if err != nil {
			h.t.Fatal(err)
		}
		edited[l.IDs[0]] = append(edited[l.IDs[0]], rule)
	}
	for i, l := range links[:20] {
		switch i % 2 {
		case 0:
			edit(engine.A, l, "phone=phone_number", "phone", fmt.Sprintf("+1201555%04d", 7000+i))
		case 1:
			edit(engine.A, l, "companyName=company_name", "companyName", fmt.Sprintf("Edited %d Ltd", i))
		}
	}
	for i, l := range links[15:35] {
		switch i % 2 {
		case 0:
			edit(engine.B, l, "email=email", "email", fmt.Sprintf("edited%d@example.org", i))
		case 1:
			edit(engine.B, l, "firstName+lastName=name", "name", fmt.Sprintf("Edited Person %c", 'A'+i))
		}
	}
	return edited
}

// wroteExactly holds that the run's log names exactly the edited fields and no others.
func (h *house) wroteExactly(run string, edited map[string][]string) {
	h.t.Helper()
	var shown struct{ Records []command.EntryDoc }
	if err := json.Unmarshal([]byte(h.must("runs", "show", run, "--limit", "1000", "--json")), &shown); err != nil {
		h.t.Fatal(err)
	}
	wrote := map[string][]string{}
	for _, r := range shown.Records {
		for _, f := range r.Fields {
			wrote[r.A] = append(wrote[r.A], f.Field)
		}
	}
	for id, fields := range edited {
		slices.Sort(fields)
		slices.Sort(wrote[id])
		if !slices.Equal(fields, wrote[id]) {
			h.t.Errorf("contact %s: edited %v, wrote %v", id, fields, wrote[id])
		}
		delete(wrote, id)
	}
	for id, fields := range wrote {
		h.t.Errorf("contact %s was not edited, and %v were written", id, fields)
	}
}
