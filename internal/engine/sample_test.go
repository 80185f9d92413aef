package engine_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/connector/highlevel"
	"couplet/internal/connector/usercom"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
	"couplet/internal/sandbox/kit"
)

var specs = [2]*connector.Spec{highlevel.Spec(), usercom.Spec()}

// samples reads n samples and the ground that they stand on.
func (w *world) samples(n int) (engine.Ground, *mapping.Map, engine.Sampling) {
	w.t.Helper()
	g := w.e.Ground(w.t.Context(), ws, w.flow).Fit(w.flow, specs)
	if g.Problem != [2]error{} {
		w.t.Fatal(g.Problem)
	}
	m, problems := mapping.Compile(w.flow.Map, g.Fields[0], g.Fields[1], g.Options(w.flow))
	if len(problems) > 0 {
		w.t.Fatal(problems)
	}
	s, err := w.e.Samples(w.t.Context(), ws, w.flow, g, n)
	if err != nil {
		w.t.Fatal(err)
	}
	return g, m, s
}

// TestASampleIsPlannedAsTheRunPlansIt reads samples, then lets the run say what it would do with the same people.
func TestASampleIsPlannedAsTheRunPlansIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Contacts: 400, Seed: 3})
	check := func(want int) {
		t.Helper()
		g, m, s := w.samples(12)
		caps, err := w.st.Capabilities(t.Context(), ws, w.flow.Connections, "contact")
		if err != nil {
			t.Fatal(err)
		}
		dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
		entries := map[[2]string]engine.Entry{}
		for _, e := range w.entries(dry, "") {
			entries[e.IDs] = e
		}
		seen, reviews := map[string]int{}, w.reviews()
		for _, e := range w.entries(dry, engine.ResultReview) {
			for side, id := range e.IDs {
				if id != "" {
					reviews[engine.Side(side).String()+" "+id] = e.Reason
				}
			}
		}
		for _, x := range s.Samples {
			ids := [2]string{x.Records[0].ID, x.Records[1].ID}
			e, told := entries[ids]
			d := x.Decide(m, w.flow, g, caps)
			seen[kind(x)]++
			for i := range d.Fields {
				f := &d.Fields[i]
				for side := range f.Sends {
					if got, want := after(e, f.Rule, side), f.Send[side]; f.Sends[side] && mapping.Canon(got) != mapping.Canon(want) {
						t.Errorf("%v: %s of side %d would become %s, and the run says %s", ids, f.Rule.Key, side, mapping.Canon(want), mapping.Canon(got))
					}
				}
			}
			if d.Writing() && !told {
				t.Errorf("%v would be written, and the run leaves it alone: %+v", ids, d.Writes)
			}
			if reason := reviews["a "+ids[0]] + reviews["b "+ids[1]]; x.Waits() != (reason != "") {
				t.Errorf("%v: %q, and the run says %q", ids, x.Why, reason)
			}
		}
		if len(s.Samples) < want {
			t.Errorf("%d samples: %v", len(s.Samples), seen)
		}
		t.Log(seen)
	}
	check(12)
	w.run(engine.Done)
	w.pass(time.Hour)
	for i, l := range w.links()[:30] {
		w.edit(engine.A, l.IDs[engine.A], fields{"city": "New"})
		if i%2 == 0 {
			w.edit(engine.B, l.IDs[engine.B], fields{"phone_number": "+12025550123"})
		}
	}
	check(10)
}

func kind(s engine.Sample) string {
	switch {
	case s.Linked:
		return "linked"
	case s.Both():
		return "matched"
	}
	return s.Why
}

// after is what an entry says that a side would hold.
func after(e engine.Entry, r *mapping.Rule, side int) any {
	for _, f := range e.Fields {
		if f.Field == r.Key {
			return r.Restore(engine.Side(side), f.After[side])
		}
	}
	return nil
}

func TestSamplesAreBothPairsAndSinglesAndCostFewCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Contacts: 400, Seed: 5})
	_, _, s := w.samples(5)
	both, single := 0, [2]int{}
	for _, x := range s.Samples {
		switch {
		case x.Both() && x.By == "":
			t.Errorf("what joins %v?", x.Records)
		case x.Both():
			both++
		default:
			for side := range x.Records {
				if x.Records[side].ID != "" {
					single[side]++
				}
			}
		}
	}
	if len(s.Samples) != 5 || both < 3 || single[0]+single[1] == 0 {
		t.Errorf("%d samples, %d of them pairs, single %v", len(s.Samples), both, single)
	}
	for _, side := range []engine.Side{engine.A, engine.B} {
		if n := w.writes(side); n != 0 {
			t.Errorf("%d calls that write", n)
		}
		if n := w.calls(side, func(kit.Call) bool { return true }); n > 30 {
			t.Errorf("%d calls of side %s for 5 samples", n, side)
		}
	}
}

// away makes connections that cannot be opened.
type away struct {
	engine.Links
	side string
}

func (l away) Open(ctx context.Context, ws, conn string, observe func(connector.Exchange)) (connector.Connector, error) {
	if conn == l.side {
		return nil, errors.New("the key is no longer taken")
	}
	return l.Links.Open(ctx, ws, conn, observe)
}

func TestAMapCanBeWorkedOnWhileAnAccountCannotBeRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Contacts: 20, Seed: 5})
	w.flow.Map = append(w.flow.Map, mapping.Row{A: mapping.Names{"city"}, B: mapping.Names{"their_own"}})
	w.e.Links = away{w, "con_b"}
	g := w.e.Ground(t.Context(), ws, w.flow).Fit(w.flow, specs)
	if g.Problem[engine.B] == nil || g.Problem[engine.A] != nil {
		t.Fatalf("%v", g.Problem)
	}
	if _, problems := mapping.Compile(w.flow.Map, g.Fields[0], g.Fields[1], g.Options(w.flow)); len(problems) > 0 {
		t.Errorf("what cannot be looked up counts as broken: %+v", problems)
	}
	s, err := w.e.Samples(t.Context(), ws, w.flow, g, 5)
	if err != nil || s.Problem[engine.B] == nil || len(s.Samples) == 0 {
		t.Fatalf("%+v, %v", s, err)
	}
	for _, x := range s.Samples {
		if x.Why != "" || x.Records[engine.A].ID == "" || len(x.Records[engine.A].Fields) == 0 {
			t.Errorf("nobody could look, and it is said to be %q: %+v", x.Why, x.Records)
		}
	}
}

func TestTheGroundShowsFieldsThatAreStillToBeMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{Contacts: 10, Seed: 5})
	g := w.e.Ground(t.Context(), ws, w.flow).Fit(w.flow, specs)
	if len(g.Made[engine.B]) != 1 || g.Made[engine.B][0] != "company_name" || len(g.Stamps[engine.A])+len(g.Stamps[engine.B]) != 0 {
		t.Fatalf("made %v, stamps %v", g.Made, g.Stamps)
	}
	w.run(engine.Done)
	g = w.e.Ground(t.Context(), ws, w.flow).Fit(w.flow, specs)
	if len(g.Made[engine.B]) != 0 || len(g.Stamps[engine.A]) != 1 || len(g.Stamps[engine.B]) != 1 {
		t.Errorf("made %v, stamps %v", g.Made, g.Stamps)
	}
	if _, there := connector.FieldNamed(g.Fields[engine.B], "company_name"); !there {
		t.Error("the field was not made")
	}
}
