package engine_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
	"couplet/internal/sandbox/kit"
)

// peopled is a world with n linked people whose ids on both sides are known.
func peopled(t *testing.T, n int) (w *world, ids [2][]string) {
	t.Helper()
	w = newWorld(t, sandbox.Options{Seed: 5})
	for i := range n {
		w.add(engine.Side(i%2), fields{[2]string{"firstName", "first_name"}[i%2]: fmt.Sprint("P", i), "email": fmt.Sprintf("p%02d@example.com", i)})
	}
	w.pass(time.Minute)
	w.run(engine.Done)
	links := w.links()
	if len(links) != n {
		t.Fatalf("%d links, want %d", len(links), n)
	}
	base := func(l engine.Link) string { return fmt.Sprint(w.shows(engine.A, l.IDs[engine.A], "email")) }
	slices.SortFunc(links, func(x, y engine.Link) int { return slices.Compare([]string{base(x)}, []string{base(y)}) })
	for _, l := range links {
		ids[engine.A], ids[engine.B] = append(ids[engine.A], l.IDs[engine.A]), append(ids[engine.B], l.IDs[engine.B])
	}
	w.pass(time.Minute)
	return w, ids
}

// I9: whatever becomes of the calls of both systems, in whichever order, doubled or lost, both sides end the same.
func TestTheOrderOfCallsChangesNothing(t *testing.T) {
	t.Parallel()
	const n = 12
	end := func(t *testing.T, calls func(hint func(engine.Side, int))) (state []string) {
		w, ids := peopled(t, n)
		w.flow.Conflict = mapping.AWins
		for i := range n { // the same people type the same, in every world
			if i%3 != 1 {
				w.edit(engine.A, ids[engine.A][i], fields{"phone": fmt.Sprintf("+120255501%02d", i)})
			}
			if i%3 != 0 {
				w.edit(engine.B, ids[engine.B][i], fields{"phone_number": fmt.Sprintf("+120255502%02d", i)})
			}
		}
		w.pass(5 * time.Second)
		calls(func(side engine.Side, i int) {
			w.hint(side, ids[side][i])
			if rand.IntN(4) == 0 {
				w.request(engine.Request{}, engine.Done)
			}
		})
		w.pass(time.Minute)
		w.run(engine.Done)
		for i := range n {
			state = append(state, fmt.Sprint(w.shows(engine.A, ids[engine.A][i], "phone"), w.shows(engine.B, ids[engine.B][i], "phone_number")))
		}
		return state
	}
	want := end(t, func(func(engine.Side, int)) {}) // all are lost
	for range 4 {
		got := end(t, func(hint func(engine.Side, int)) {
			for _, k := range rand.Perm(4 * n) {
				if rand.IntN(5) > 0 { // some are lost, most come twice
					hint(engine.Side(k%2), k/2%n)
				}
			}
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the order of calls made a difference: %s", diff)
		}
	}
}

// I10: what a change, a tag and a new record may cost, by the systems' own counts (sync-semantics 5.16).
func TestCallsPerRecordStayInsideTheirBounds(t *testing.T) {
	t.Parallel()
	const n = 20
	w, ids := peopled(t, n)
	w.run(engine.Done)
	w.pass(time.Minute)
	list := func(c kit.Call) bool { // of many records at once
		return c.Path == "/contacts/search" || c.Path == "/contacts/" || c.Path == "/users/" || c.Path == "/users/search/"
	}
	read := func(c kit.Call) bool { return !writing(c) && !list(c) && !upkeep(c) }
	cost := func(what string, do func(), gets, writes [2]int) {
		t.Helper()
		var before [2][2]int
		for side := range before {
			before[side] = [2]int{w.calls(engine.Side(side), read), w.calls(engine.Side(side), writing)}
		}
		do()
		w.pass(time.Minute)
		w.run(engine.Done)
		for side := range before {
			got := [2]int{w.calls(engine.Side(side), read) - before[side][0], w.calls(engine.Side(side), writing) - before[side][1]}
			if got[0] > gets[side]*n || got[1] > writes[side]*n {
				t.Errorf("%s: side %s: %d reads and %d writes for %d records, at most %d and %d each", what, engine.Side(side), got[0], got[1], n, gets[side], writes[side])
			}
		}
	}
	cost("quiet", func() {}, [2]int{}, [2]int{})
	cost("a change in HighLevel", func() {
		for i, id := range ids[engine.A] {
			w.edit(engine.A, id, fields{"phone": fmt.Sprintf("+120255501%02d", i)})
		}
	}, [2]int{2, 2}, [2]int{0, 1})
	cost("a change in User.com", func() {
		for i, id := range ids[engine.B] {
			w.edit(engine.B, id, fields{"phone_number": fmt.Sprintf("+120255502%02d", i)})
		}
	}, [2]int{2, 2}, [2]int{1, 0})
	cost("tags", func() {
		for _, id := range ids[engine.A] {
			w.edit(engine.A, id, fields{"tags": []any{"vip"}})
		}
	}, [2]int{2, 2}, [2]int{0, 2})
	cost("new in User.com", func() {
		for i := range n {
			w.add(engine.B, fields{"first_name": "New", "email": fmt.Sprintf("new%02d@example.com", i)})
		}
	}, [2]int{4, 2}, [2]int{1, 0})
}

// A first run that follows its rehearsal at once reads both sides as lists, and no record by itself but for what it creates.
func TestAFirstRunAfterItsRehearsalReadsListsOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Contacts: 250, Seed: 3})
	w.e.Settle = 5 * time.Second // as it is for people, who switch on within the settle time
	w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
	one := func(c kit.Call) bool {
		return c.Method == "GET" && (c.Path == "/contacts/{contactId}" || c.Path == "/users/{id}/")
	}
	before := [2]int{w.calls(engine.A, one), w.calls(engine.B, one)}
	r := w.run(engine.Done)
	for side := range before {
		if n := w.calls(engine.Side(side), one) - before[side]; n > r.To[side].Created {
			t.Errorf("side %s: %d records were read one by one for %+v", engine.Side(side), n, r.To[side])
		}
	}
}

// upkeep are calls of a run and not of a record: which fields, tags and people there are.
func upkeep(c kit.Call) bool {
	return slices.ContainsFunc([]string{"customFields", "attributes", "/locations/", "/tags", "/agents"}, func(part string) bool { return strings.Contains(c.Path, part) })
}

// I11: no write names a field that shows already what is written.
func TestAWriteNamesOnlyWhatChanges(t *testing.T) {
	t.Parallel()
	w, ids := peopled(t, 10)
	var mu sync.Mutex
	sent := 0
	w.veil = func(side engine.Side, c whole) connector.Connector {
		return watched{c, func(ref connector.Ref, set connector.Fields) {
			mu.Lock()
			defer mu.Unlock()
			for name, v := range set {
				if _, isSet := v.(connector.Delta); !isSet && name != "first_name" && name != "last_name" { // these two are one field there
					sent++
					if got := w.shows(side, ref.ID, name); fmt.Sprint(got) == fmt.Sprint(v) {
						t.Errorf("side %s: %s was sent as %v, which it was", side, name, v)
					}
				}
			}
		}}
	}
	for round := range 6 {
		for i := range ids[engine.A] {
			switch (i + round) % 4 {
			case 0:
				w.edit(engine.A, ids[engine.A][i], fields{"phone": fmt.Sprintf("+12025550%d%02d", round, i)})
			case 1:
				w.edit(engine.B, ids[engine.B][i], fields{"company_name": fmt.Sprint("Acme ", round)})
			case 2:
				w.edit(engine.A, ids[engine.A][i], fields{"lastName": fmt.Sprint("L", round)})
				w.edit(engine.B, ids[engine.B][i], fields{"phone_number": fmt.Sprintf("+12025551%d%02d", round, i)})
			}
		}
		w.pass(time.Minute)
		w.run(engine.Done)
	}
	if sent == 0 {
		t.Error("nothing was written, so this shows nothing")
	}
}

// watched tells of updates before they leave.
type watched struct {
	whole
	tell func(connector.Ref, connector.Fields)
}

func (s watched) Update(ctx context.Context, ref connector.Ref, set connector.Fields) (connector.Record, error) {
	s.tell(ref, set)
	return s.whole.Update(ctx, ref, set)
}

// I18: the same state leads to the same plan, field by field.
func TestTheSameStateLeadsToTheSamePlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Contacts: 120, Seed: 9})
	plan := func() (lines []string) {
		for _, e := range w.entries(w.request(engine.Request{Look: true, DryRun: true}, engine.Done), "") {
			line := fmt.Sprint(e.Result, e.IDs, e.To, e.Reason)
			for _, f := range e.Fields {
				line += fmt.Sprintf(" %s %s %s %v %v", f.Field, f.Outcome, f.Rule, f.Before, f.After)
			}
			lines = append(lines, line)
		}
		slices.Sort(lines)
		return lines
	}
	first := plan()
	if len(first) == 0 {
		t.Fatal("nothing is planned, so this shows nothing")
	}
	if diff := cmp.Diff(first, plan()); diff != "" {
		t.Errorf("a second rehearsal planned otherwise: %s", diff)
	}
}
