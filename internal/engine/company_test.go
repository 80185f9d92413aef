package engine_test

import (
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
)

// firms is a world whose flow keeps companies in step.
func firms(t *testing.T, o sandbox.Options) *world {
	t.Helper()
	w := newWorld(t, o)
	f, err := flow.Resolve(flow.FlowSpec{Name: "companies", Template: "company-sync"})
	if err != nil {
		t.Fatal(err)
	}
	f.ID, f.Workspace, f.Connections, f.Enabled, f.Region, f.Version = "flow_company", ws, w.flow.Connections, true, "US", 1
	f.Retry, f.Approval = w.flow.Retry, w.flow.Approval
	w.flow = f
	return w
}

// acme is a company that both sides know.
func acme(t *testing.T) (w *world, a, b string) {
	t.Helper()
	w = firms(t, sandbox.Options{})
	a, b = w.couple(fields{"name": "Acme", "website": "https://acme.example", "phone": phone0, "city": "Gdynia", "country": "Poland"})
	w.pass(time.Hour)
	return w, a, b
}

func TestCompaniesAreMatchedByDomainAndNameOrMade(t *testing.T) {
	t.Parallel()
	w := firms(t, sandbox.Options{})
	w.run(engine.Done) // the attribute for the website is made
	both := w.add(engine.A, fields{"name": "Acme  Ltd", "city": "Gdynia"})
	there := w.add(engine.B, fields{"name": " ACME ltd", "phone_numbers": []any{phone0}})
	legal := w.add(engine.A, fields{"name": "Blue Kite"})
	form := w.add(engine.B, fields{"name": "Blue Kite LLC"})
	renamed := w.add(engine.A, fields{"name": "Sunrise Bakery", "website": "https://www.sunrise.example/"})
	before := w.add(engine.B, fields{"name": "Sunrise Bakeries", "website": "sunrise.example"})
	page := w.add(engine.A, fields{"name": "Cafe A", "website": "https://social.example/a"})
	other := w.add(engine.B, fields{"name": "Cafe B", "website": "https://social.example/b"})
	w.pass(time.Hour)
	r := w.run(engine.Done)
	if r.Linked != 2 || r.To[engine.A].Created != 2 || r.To[engine.B].Created != 2 || r.Review != 0 {
		t.Errorf("linked %d, %+v, %d in review: %v", r.Linked, r.To, r.Review, w.reviews())
	}
	for a, b := range map[string]string{both: there, renamed: before} {
		if got := w.partner(engine.A, a); got != b {
			t.Errorf("%s goes with %s, want %s", a, got, b)
		}
	}
	for _, a := range []string{legal, page} {
		if got := w.partner(engine.A, a); got == "" || got == form || got == other {
			t.Errorf("%s goes with %q", a, got)
		}
	}
	w.want(engine.A, both, fields{"phone": phone0})
	w.want(engine.B, there, fields{"city": "Gdynia"})
	w.inStep()
	w.quiet()
}

func TestANameThatTwoCompaniesHoldIdentifiesNobody(t *testing.T) {
	t.Parallel()
	w := firms(t, sandbox.Options{})
	one, two := w.add(engine.A, fields{"name": "Harbor Supply"}), w.add(engine.A, fields{"name": "harbor supply"})
	third := w.add(engine.B, fields{"name": "Harbor Supply"})
	apart := w.add(engine.A, fields{"name": "Harbor Supply", "website": "harbor.example"}) // its domain says who it is
	w.pass(time.Hour)
	r := w.run(engine.Done)
	for place, reason := range map[string]string{"a " + one: "shared_key", "a " + two: "shared_key", "b " + third: "shared_key"} {
		if got := w.reviews()[place]; got != reason {
			t.Errorf("%s: %q, want %q", place, got, reason)
		}
	}
	if r.To[engine.B].Created != 1 || w.partner(engine.A, apart) == "" {
		t.Errorf("%+v", r.To)
	}
	w.quiet()
}

func TestEditsOfACompanyTravelEitherWay(t *testing.T) {
	t.Parallel()
	w, a, b := acme(t)
	w.edit(engine.A, a, fields{"city": "Sopot", "description": "Makes things."})
	w.edit(engine.B, b, fields{"name": "Acme Group", "phone_numbers": []any{phoneB, phone0}, "website": "https://acme.example/"})
	r := w.run(engine.Done)
	w.want(engine.A, a, fields{"name": "Acme Group", "phone": phoneB, "city": "Sopot"})
	w.want(engine.B, b, fields{"name": "Acme Group", "city": "Sopot", "description": "Makes things."})
	if r.To[engine.A].Updated != 1 || r.To[engine.B].Updated != 1 || len(w.conflicts(false)) != 0 {
		t.Errorf("%+v, conflicts %q", r.To, w.conflicts(false))
	}
	w.inStep()
	w.quiet()
	w.edit(engine.A, a, fields{"phone": phoneA}) // the number behind the first one stays
	w.run(engine.Done)
	if got := w.shows(engine.B, b, "phone_numbers"); got != phone0+" "+phoneA {
		t.Errorf("the numbers are %v", got)
	}
}

func TestWhereBothSidesChangeACompanyTheLosingValueIsKept(t *testing.T) {
	t.Parallel()
	w, a, b := acme(t)
	w.flow.Conflict = "b_wins"
	w.edit(engine.A, a, fields{"city": "Sopot"})
	w.edit(engine.B, b, fields{"city": "Tczew"})
	w.run(engine.Done)
	w.want(engine.A, a, fields{"city": "Tczew"})
	if kept := w.conflicts(false); len(kept) != 1 || kept[0] != "city=city: Sopot | Tczew, b_wins" {
		t.Errorf("kept %q", kept)
	}
	w.quiet()
}

func TestADeletedCompanyIsLetGoAndItsPartnerStays(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		w, a, b := acme(t)
		gone, left := []string{a, b}[side], []string{b, a}[side]
		w.remove(side, gone)
		w.run(engine.Done) // no call tells of it: the list does not show it, and it is not found
		w.pass(11 * time.Minute)
		r := w.run(engine.Done)
		if w.partner(side, gone) != "" || len(w.entries(r, engine.ResultGone)) != 1 {
			t.Fatalf("%+v", w.link(side, gone))
		}
		w.edit(side.Other(), left, fields{"city": "Hel"})
		w.run(engine.Done)
		w.want(side.Other(), left, fields{"city": "Hel", "name": "Acme"})
		if n := len(w.all(side)); n != 0 {
			t.Errorf("%d companies on side %s, which was made again", n, side)
		}
		w.quiet()
	}
}

func TestTheCompanyThatIsLeftIsDeletedWhenAPersonSaysSo(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		w, a, b := acme(t)
		w.flow.Delete = flow.Approve
		gone, left, to := []string{a, b}[side], []string{b, a}[side], side.Other()
		w.remove(side, gone)
		w.run(engine.Done)
		w.pass(11 * time.Minute)
		w.run(engine.Done)
		if got := w.reviews()[to.String()+" "+left]; got != "to_delete_"+side.String() || len(w.all(to)) != 1 {
			t.Fatalf("waits for %q, %d companies", got, len(w.all(to)))
		}
		o := w.erasing(engine.OrderDelete, to, left)
		r := w.run(engine.Done)
		w.ended(o, engine.OrderDone, "")
		if len(w.all(to)) != 0 || r.To[to].Deleted != 1 || len(w.links()) != 0 {
			t.Errorf("%d companies, %+v, links %v", len(w.all(to)), r.To, w.links())
		}
		w.quiet()
	}
}

func TestACompanyWhoseAnswerIsLostIsFoundAndNeverDoubled(t *testing.T) {
	t.Parallel()
	both := []engine.Side{engine.A, engine.B}
	for fault, sides := range map[string][]engine.Side{"timeout": both, "after": both, "created-422": {engine.A}} { // User.com knows the last of people only
		for _, side := range sides {
			t.Run(fault+" "+side.String(), func(t *testing.T) {
				t.Parallel()
				w := firms(t, sandbox.Options{})
				w.run(engine.Done)
				id := w.add(side.Other(), fields{"name": "Acme", "email": "hello@acme.example"})
				w.pass(time.Second)
				w.once(side, fault)
				r := w.run(engine.Done)
				if l := w.link(side.Other(), id); l.Made != "adopt" || r.To[side].Created+r.Linked != 1 {
					t.Errorf("link %+v, counts %+v", l, r.To)
				}
				if n := w.calls(side, created); n != 1 || len(w.all(side)) != 1 {
					t.Errorf("%d creates, %d companies", n, len(w.all(side)))
				}
				w.inStep()
				w.quiet()
			})
		}
	}
}

func TestCompaniesOfTheDemoComeInStepUnderFaults(t *testing.T) {
	t.Parallel()
	w := firms(t, sandbox.Options{Contacts: 100, Seed: 2})
	want := [2]map[string]int{titles(w.all(engine.A)), titles(w.all(engine.B))}
	w.e.Settle = 200 * time.Millisecond
	w.box.Faults.Chaos()
	w.run(engine.Done)
	w.calm()
	for range 3 {
		w.pass(time.Hour)
		w.run(engine.Done)
	}
	links := w.inStep()
	now := [2]map[string]int{titles(w.all(engine.A)), titles(w.all(engine.B))}
	for side := range now {
		for name, n := range now[side] {
			if had := want[side][name]; n != max(had, min(want[1-side][name], 1)) {
				t.Errorf("side %d has %q %d times, it had it %d times and the other side %d times", side, name, n, had, want[1-side][name])
			}
		}
	}
	if reviews := w.reviews(); len(links) < 30 || len(reviews) != 5 {
		t.Errorf("%d links, in review %v", len(links), reviews)
	}
	w.quiet()
}

// titles counts companies by name.
func titles(all map[string]connector.Record) map[string]int {
	out := map[string]int{}
	for _, r := range all {
		out[r.Fields["name"].(string)]++
	}
	return out
}
