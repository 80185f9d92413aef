package engine_test

import (
	"strings"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// order stores what Anna decides, and fails unless it is taken.
func (w *world) order(o engine.Order) engine.Order {
	w.t.Helper()
	o.Pair, o.By = w.pair().ID, "Anna"
	o, err := w.st.AddOrder(w.t.Context(), ws, o)
	if err != nil {
		w.t.Fatal(err)
	}
	return o
}

// ended fails unless the order came to the state, for the reason.
func (w *world) ended(o engine.Order, state engine.OrderState, reason string) {
	w.t.Helper()
	got, ok, err := w.st.LastOrder(w.t.Context(), ws, o.Pair, o.Side, o.Record, o.Field)
	if err != nil || !ok || got.ID != o.ID || got.State != state || got.Reason != reason {
		w.t.Errorf("the order is %s %q (%v), want %s %q", got.State, got.Reason, err, state, reason)
	}
}

// asked is a person whose phone changed on both sides, with a flow that asks.
func asked(t *testing.T) (w *world, a, b string, c engine.Order) {
	t.Helper()
	w, a, b = ada(t)
	w.row("phone", func(r *mapping.Row) { r.Conflict = mapping.Ask })
	w.edit(engine.A, a, fields{"phone": phoneA})
	w.edit(engine.B, b, fields{"phone_number": phoneB})
	w.run(engine.Done)
	list, err := w.st.Conflicts(t.Context(), ws, w.pair().ID, true, "", 9)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	return w, a, b, engine.Order{Kind: engine.OrderChoose, Link: list[0].Link, Field: list[0].Field}
}

func TestAChosenValueGoesOverAndTheOtherIsKept(t *testing.T) {
	t.Parallel()
	for _, from := range []engine.Side{engine.A, engine.B} {
		w, a, b, c := asked(t)
		c.From = from
		o := w.order(c)
		dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
		if got := w.changes(dry, "phone"); len(got) != 1 || got[0] != "write chosen_"+from.String() {
			t.Errorf("foretold %q", got)
		}
		r := w.run(engine.Done)
		want := [2]string{phoneA, phoneB}[from]
		w.want(engine.A, a, fields{"phone": want})
		w.want(engine.B, b, fields{"phone_number": want})
		w.ended(o, engine.OrderDone, "")
		e := w.entries(r, engine.ResultUpdated)
		if len(e) != 1 || e[0].By != "Anna" || e[0].Fields[0].By != "Anna" {
			t.Errorf("the log says %+v", e)
		}
		kept := strings.Join(w.conflicts(false), "\n")
		if len(w.conflicts(true)) != 0 || !strings.Contains(kept, ", chosen_"+from.String()) {
			t.Errorf("open %q, kept %q", w.conflicts(true), kept)
		}
		w.quiet()
		// And the value that gave way is put back.
		c.Kind, c.From, c.Value, c.Seen = engine.OrderPut, from.Other(), [2]string{phoneB, phoneA}[from], [2]any{want, want}
		o = w.order(c)
		w.run(engine.Done)
		w.want(engine.A, a, fields{"phone": c.Value})
		w.want(engine.B, b, fields{"phone_number": c.Value})
		w.ended(o, engine.OrderDone, "")
		w.quiet()
	}
}

func TestAnOrderThatDoesNotFitIsWithdrawn(t *testing.T) {
	t.Parallel()
	w, a, b, c := asked(t)
	o := w.order(c)
	w.edit(engine.B, b, fields{"phone_number": "+12025550105"})
	w.run(engine.Done)
	w.ended(o, engine.OrderWithdrawn, "changed_since")
	w.want(engine.A, a, fields{"phone": phoneA})
	w.want(engine.B, b, fields{"phone_number": "+12025550105"})
	if len(w.conflicts(true)) != 1 {
		t.Errorf("open: %q", w.conflicts(true))
	}
	w.quiet()
}

func TestValuesAreLeftDifferentWhenAPersonSaysSo(t *testing.T) {
	t.Parallel()
	w, a, b, c := asked(t)
	c.Kind = engine.OrderAlone
	o := w.order(c)
	w.run(engine.Done)
	w.ended(o, engine.OrderDone, "")
	w.want(engine.A, a, fields{"phone": phoneA})
	w.want(engine.B, b, fields{"phone_number": phoneB})
	if len(w.conflicts(true)) != 0 {
		t.Errorf("open: %q", w.conflicts(true))
	}
	w.quiet()
}

func TestAThirdValueIsPutOnBothSides(t *testing.T) {
	t.Parallel()
	w, a, b, c := asked(t)
	c.Kind, c.Value = engine.OrderPut, "+12025550103"
	o := w.order(c)
	w.run(engine.Done)
	w.ended(o, engine.OrderDone, "")
	w.want(engine.A, a, fields{"phone": c.Value})
	w.want(engine.B, b, fields{"phone_number": c.Value})
	w.quiet()
}

// The call to one side is without effect, and nobody hears of the one to the other: the value still comes to both.
func TestAThirdValueArrivesOnBothSidesWhateverEachCallDoes(t *testing.T) {
	t.Parallel()
	for _, wrongs := range [][2][]string{{{"unheard"}, {"ignores"}}, {{"ignores"}, {"unheard"}}, {{"fails", "unheard"}, {"ignores", "ignores"}}} {
		w, a, b, c := asked(t)
		c.Kind, c.Value = engine.OrderPut, "+12025550103"
		w.order(c)
		w.veil = func(side engine.Side, c whole) connector.Connector { return clumsy{c, &wrongs[side]} }
		for range 6 {
			w.request(engine.Request{Look: true}, engine.Done)
			w.pass(2 * time.Hour)
		}
		w.want(engine.A, a, fields{"phone": c.Value})
		w.want(engine.B, b, fields{"phone_number": c.Value})
		w.quiet()
	}
}

func TestAKillBetweenAnOrderAndItsCommitChangesNothingTwice(t *testing.T) {
	t.Parallel()
	for last := range 3 { // the commit that it dies at: of what is lost, of what was written
		w, a, b, c := asked(t)
		o := w.order(c)
		n := 0
		w.diesAt(engine.Request{Look: true}, func(m string) bool {
			if m == "Commit" {
				n++
			}
			return n > last
		})
		w.run(engine.Done)
		w.want(engine.A, a, fields{"phone": phoneA})
		w.want(engine.B, b, fields{"phone_number": phoneA})
		w.ended(o, engine.OrderDone, "")
		if len(w.conflicts(true)) != 0 || !strings.Contains(strings.Join(w.conflicts(false), "\n"), phoneB) {
			t.Errorf("open: %q, kept: %q", w.conflicts(true), w.conflicts(false))
		}
		w.quiet()
	}
}

// twins are one person on side a who could be either of two on side b.
func twins(t *testing.T) (w *world, a, b1, b2 string) {
	t.Helper()
	w = newWorld(t, sandbox.Options{})
	a = w.add(engine.A, fields{"firstName": "Ada", "email": "ada@example.com", "phone": phoneA})
	b1 = w.add(engine.B, fields{"name": "Ada", "email": "ada@example.com"})
	b2 = w.add(engine.B, fields{"name": "Ada Two", "email": "ada@example.com"})
	w.run(engine.Done)
	if len(w.reviews()) != 3 {
		t.Fatal(w.reviews())
	}
	w.pass(time.Minute)
	return w, a, b1, b2
}

func TestAPersonLinksWhatCouldNotBeToldApart(t *testing.T) {
	t.Parallel()
	w, a, b1, b2 := twins(t)
	o := w.order(engine.Order{Kind: engine.OrderLink, Side: engine.A, Record: a, Partner: b1})
	r := w.run(engine.Done)
	if w.partner(engine.A, a) != b1 || len(w.reviews()) != 1 {
		t.Fatalf("partner %q, waiting %v", w.partner(engine.A, a), w.reviews())
	}
	w.want(engine.B, b1, fields{"phone_number": phoneA})
	w.ended(o, engine.OrderDone, "")
	e := w.entries(r, engine.ResultLinked)
	if len(e) != 1 || e[0].By != "Anna" || e[0].Reason != "matched_by_person" || r.Linked != 1 {
		t.Errorf("the log says %+v", e)
	}
	// The other one cannot have the same partner any more.
	if _, err := w.st.AddOrder(t.Context(), ws, engine.Order{Pair: w.pair().ID, Kind: engine.OrderLink, Side: engine.B, Record: b2, Partner: a}); err == nil {
		t.Error("a taken partner was accepted")
	}
	w.quiet()
}

func TestTwoOrdersForOnePartnerLinkItOnce(t *testing.T) {
	t.Parallel()
	w, a, b1, b2 := twins(t)
	first := w.order(engine.Order{Kind: engine.OrderLink, Side: engine.B, Record: b1, Partner: a})
	second := w.order(engine.Order{Kind: engine.OrderLink, Side: engine.B, Record: b2, Partner: a})
	w.run(engine.Done)
	if w.partner(engine.A, a) != b1 {
		t.Fatalf("partner %q", w.partner(engine.A, a))
	}
	w.ended(first, engine.OrderDone, "")
	w.ended(second, engine.OrderWithdrawn, "partner_taken")
	if got := w.reviews(); len(got) != 1 || got["b "+b2] == "" {
		t.Errorf("waiting: %v", got)
	}
	w.quiet()
}

func TestAPersonHasANewPartnerMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.add(engine.B, fields{"name": "Ada", "email": "ada@example.com"})
	w.add(engine.B, fields{"name": "Ada Two", "email": "ada@example.com"})
	a := w.add(engine.A, fields{"firstName": "Ada", "email": "ada@example.com"})
	w.run(engine.Done)
	w.pass(time.Minute)
	o := w.order(engine.Order{Kind: engine.OrderCreate, Side: engine.A, Record: a})
	dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
	if e := w.entries(dry, engine.ResultCreated); len(e) != 1 || e[0].By != "Anna" {
		t.Errorf("foretold %+v", w.entries(dry, ""))
	}
	r := w.run(engine.Done)
	last, _, err := w.st.LastOrder(t.Context(), ws, o.Pair, o.Side, o.Record, "")
	if err != nil {
		t.Fatal(err)
	}
	b := w.partner(engine.A, a)
	t.Log(last.State, last.Reason, b, w.reviews(), r.To)
	if made := w.entries(r, engine.ResultCreated); b == "" || len(made) != 1 || made[0].By != "Anna" {
		t.Errorf("partner %q, the log says %+v", b, w.entries(r, ""))
	}
	w.ended(o, engine.OrderDone, "")
	w.quiet()
}

func TestANewPartnerIsNotMadeWhenSomebodyFitsByNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	a := w.add(engine.A, fields{"firstName": "Ada"})
	w.run(engine.Done)
	w.pass(time.Minute)
	b := w.add(engine.B, fields{"name": "Ada", "email": "ada@example.com"})
	w.edit(engine.A, a, fields{"email": "ada@example.com"})
	o := w.order(engine.Order{Kind: engine.OrderCreate, Side: engine.A, Record: a})
	w.run(engine.Done)
	w.ended(o, engine.OrderWithdrawn, "match_found")
	if got := w.all(engine.B); len(got) != 1 {
		t.Errorf("made a twin: %v", got)
	}
	if w.reviews()["a "+a] == "" && w.partner(engine.A, a) != b {
		t.Errorf("neither asked again nor linked: %v", w.reviews())
	}
}

func TestWhoWasDeletedIsMadeAgainOnlyWhenAPersonSaysSo(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.remove(engine.B, b)
	w.hint(engine.B, b)
	w.run(engine.Done)
	w.pass(11 * time.Minute)
	w.run(engine.Done)
	w.remove(engine.A, a)
	again := w.add(engine.A, fields{"firstName": "Ada", "email": "ada@example.com"})
	w.run(engine.Done)
	if got := w.reviews()["a "+again]; got != "deleted_earlier" {
		t.Fatalf("in review for %q", got)
	}
	o := w.order(engine.Order{Kind: engine.OrderCreate, Side: engine.A, Record: again})
	w.pass(time.Minute)
	w.run(engine.Done)
	w.ended(o, engine.OrderDone, "")
	if w.partner(engine.A, again) == "" {
		t.Error("not made")
	}
	w.quiet()
}

func TestWhoIsLeftAloneIsAskedAboutAgainWhenTheirKeysChange(t *testing.T) {
	t.Parallel()
	w, a, _, _ := twins(t)
	o := w.order(engine.Order{Kind: engine.OrderAlone, Side: engine.A, Record: a})
	r := w.run(engine.Done)
	w.ended(o, engine.OrderDone, "")
	if e := w.entries(r, engine.ResultSkipped); len(e) != 1 || e[0].By != "Anna" || e[0].Reason != "left_alone" {
		t.Errorf("the log says %+v", w.entries(r, ""))
	}
	w.pass(time.Minute)
	w.edit(engine.A, a, fields{"firstName": "Augusta"})
	w.run(engine.Done)
	if got := w.reviews(); got["a "+a] != "" || w.partner(engine.A, a) != "" {
		t.Fatalf("not left alone: %v, partner %q", got, w.partner(engine.A, a))
	}
	w.pass(time.Minute)
	w.edit(engine.A, a, fields{"email": "augusta@example.com"})
	w.run(engine.Done)
	if w.partner(engine.A, a) == "" {
		t.Errorf("still alone: %v", w.reviews())
	}
	w.quiet()
}

func TestALinkToSomebodyWhoIsGoneBringsNothingOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	a := w.add(engine.A, fields{"firstName": "Ada", "email": "ada@example.com", "phone": phoneA})
	b := w.add(engine.B, fields{"name": "Berta", "email": "ada@example.com", "phone_number": phoneB})
	w.add(engine.B, fields{"name": "Ada Two", "email": "ada@example.com"})
	w.run(engine.Done)
	w.pass(time.Minute)
	w.flow.Conflict = mapping.BWins
	w.remove(engine.B, b)
	o := w.order(engine.Order{Kind: engine.OrderLink, Side: engine.A, Record: a, Partner: b})
	w.run(engine.Done)
	w.pass(11 * time.Minute)
	w.run(engine.Done)
	w.want(engine.A, a, fields{"phone": phoneA, "firstName": "Ada"})
	w.ended(o, engine.OrderWithdrawn, "gone_meanwhile")
	if w.reviews()["a "+a] == "" {
		t.Errorf("nobody is asked: %v", w.reviews())
	}
}

// Two people decide about both records of what becomes a pair: the one is carried out, the other ends with its reason.
func TestADecisionAboutThePartnerOfANewPairEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{AllowDuplicates: true})
	one := w.add(engine.A, fields{"firstName": "Ada", "email": "ada@example.com"})
	w.add(engine.A, fields{"firstName": "Adele", "email": "ada@example.com"})
	b := w.add(engine.B, fields{"first_name": "Ada", "email": "ada@example.com"})
	w.pass(time.Minute)
	w.run(engine.Done)
	w.order(engine.Order{Kind: engine.OrderLink, Side: engine.A, Record: one, Partner: b})
	w.order(engine.Order{Kind: engine.OrderCreate, Side: engine.B, Record: b})
	for range 3 {
		w.run(engine.Done)
		w.pass(time.Minute)
	}
	open, err := w.st.OpenOrders(t.Context(), ws, w.pair().ID, "", 10)
	if err != nil || len(open) != 0 {
		t.Errorf("nobody came to %+v (%v)", open, err)
	}
}
