package engine_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
)

// merge does what a merge does that nobody tells of: the other record is gone, and the first has what it had. It returns
// the run that became sure of it.
func (w *world) merge(side engine.Side, into, other string, gains fields) engine.Run {
	w.t.Helper()
	w.remove(side, other)
	w.edit(side, into, gains)
	w.run(engine.Done)
	w.hint(side, other)
	w.request(engine.Request{}, engine.Done)
	w.pass(11 * time.Minute)
	dry := w.request(engine.Request{DryRun: true}, engine.Done)
	r := w.request(engine.Request{}, engine.Done)
	w.foretold(dry, r)
	return r
}

func TestAMergeIsLeftToAPersonUnderEveryPolicy(t *testing.T) {
	t.Parallel()
	for _, policy := range policies {
		for _, side := range []engine.Side{engine.A, engine.B} {
			w := newWorld(t, sandbox.Options{})
			w.flow.Delete = policy
			a1 := w.add(engine.A, fields{"firstName": "Ada", "email": "ada@example.com"})
			a2 := w.add(engine.A, fields{"firstName": "Ada", "lastName": "Bell", "email": "bell@example.com", "phone": phone0})
			w.run(engine.Done)
			w.pass(time.Hour)
			ones, twos := [2]string{a1, w.partner(engine.A, a1)}, [2]string{a2, w.partner(engine.A, a2)}
			left := side.Other()
			writes := w.writes(left)
			w.merge(side, ones[side], twos[side], []fields{{"phone": phone0}, {"phone_number": phone0}}[side])
			if got := w.reviews()[left.String()+" "+twos[left]]; got != "merged_there_"+side.String() {
				t.Fatalf("%s, side %s: reviews %v", policy, side, w.reviews())
			}
			list, err := w.st.Reviews(t.Context(), ws, w.pair().ID, engine.Place{Side: -1}, 9)
			if err != nil || len(list) != 1 || len(list[0].Candidates) != 1 || list[0].Candidates[0] != ones[side] || len(list[0].Twins) != 1 || list[0].Twins[0] != ones[left] {
				t.Errorf("%s, side %s: %+v %v", policy, side, list, err)
			}
			// The one that is left stays as it is, whatever happens to it.
			w.edit(left, twos[left], []fields{{"city": "Rome", "firstName": "Left"}, {"name": "Left"}}[left])
			for range 3 {
				w.pass(25 * time.Hour)
				w.request(engine.Request{Look: true, Full: true}, engine.Done)
			}
			if n := w.writes(left) - writes; n != 1 || w.deletes() != 0 || len(w.all(side)) != 1 || w.shows(left, twos[left], "tags") != "" {
				t.Errorf("%s, side %s: %d writes, %d deletes, %d people, tags %v", policy, side, n, w.deletes(), len(w.all(side)), w.shows(left, twos[left], "tags"))
			}
			// A person merges the partners, too, and it is over.
			w.remove(left, twos[left])
			for range 3 {
				w.pass(25 * time.Hour)
				w.request(engine.Request{Look: true, Full: true}, engine.Done)
			}
			if len(w.reviews()) != 0 || len(w.links()) != 1 {
				t.Errorf("%s, side %s: reviews %v, links %v", policy, side, w.reviews(), w.links())
			}
			w.quiet()
		}
	}
}

// merged is a person who was merged into another on side a, and whose partner waits for a person to say what becomes of it.
func merged(t *testing.T) (w *world, into, b2 string) {
	t.Helper()
	w = newWorld(t, sandbox.Options{})
	a1 := w.add(engine.A, fields{"firstName": "Ada", "email": "ada@example.com"})
	a2 := w.add(engine.A, fields{"firstName": "Ada", "lastName": "Bell", "email": "bell@example.com", "phone": phone0})
	w.run(engine.Done)
	w.pass(time.Hour)
	b2 = w.partner(engine.A, a2)
	w.merge(engine.A, a1, a2, fields{"phone": phone0})
	return w, a1, b2
}

func TestAPersonSaysWhatBecomesOfTheOneThatAMergeLeft(t *testing.T) {
	t.Parallel()
	for _, kind := range []engine.OrderKind{engine.OrderAlone, engine.OrderCreate, engine.OrderLink} {
		w, a1, b2 := merged(t)
		o := engine.Order{Kind: kind, Side: engine.B, Record: b2}
		links := map[engine.OrderKind]int{engine.OrderAlone: 1, engine.OrderCreate: 2, engine.OrderLink: 2}[kind]
		if kind == engine.OrderLink {
			o.Partner = w.add(engine.A, fields{"firstName": "Ada", "lastName": "Bell"})
			w.run(engine.Done)
		}
		people, told := len(w.all(engine.A)), map[engine.OrderKind]engine.Result{
			engine.OrderAlone: engine.ResultSkipped, engine.OrderCreate: engine.ResultCreated, engine.OrderLink: engine.ResultLinked}[kind]
		o = w.order(o)
		w.hint(engine.A, a1)
		dry := w.request(engine.Request{Look: true, DryRun: true}, engine.Done)
		r := w.run(engine.Done)
		w.ended(o, engine.OrderDone, "")
		for _, x := range []engine.Run{dry, r} {
			if e := w.entries(x, ""); len(e) != 1 || e[0].Result != told || e[0].By != "Anna" || x.To != r.To {
				t.Errorf("%s: the log says %+v, %+v", kind, e, x.To)
			}
		}
		if len(w.links()) != links || len(w.all(engine.A)) != people+map[engine.OrderKind]int{engine.OrderCreate: 1}[kind] {
			t.Errorf("%s: links %v, %d people", kind, w.links(), len(w.all(engine.A)))
		}
		if kind != engine.OrderAlone && w.partner(engine.B, b2) == "" {
			t.Errorf("%s: no partner", kind)
		}
		w.waitsForNobody(b2, kind)
		w.quiet()
		for range 2 { // and it stays so
			w.pass(25 * time.Hour)
			w.request(engine.Request{Look: true, Full: true}, engine.Done)
		}
		if len(w.links()) != links || w.deletes() != 0 {
			t.Errorf("%s: links %v, %d deletes", kind, w.links(), w.deletes())
		}
		w.waitsForNobody(b2, kind)
	}
}

// waitsForNobody fails unless nobody is asked about a record of side b any more.
func (w *world) waitsForNobody(b string, kind engine.OrderKind) {
	w.t.Helper()
	list, err := w.st.ReviewsOf(w.t.Context(), ws, w.pair().ID, engine.B, []string{b})
	if r, ok := list[b]; err != nil || ok != (kind == engine.OrderAlone) || ok && r.Alone != "Anna" {
		w.t.Errorf("%s: %+v, %v", kind, list, err)
	}
}

func TestAnOrderAboutAMergeIsOverWhenNobodyIsLeft(t *testing.T) {
	t.Parallel()
	w, _, b2 := merged(t)
	o := w.order(engine.Order{Kind: engine.OrderCreate, Side: engine.B, Record: b2})
	w.remove(engine.B, b2)
	w.hint(engine.B, b2)
	w.request(engine.Request{}, engine.Done)
	w.pass(11 * time.Minute)
	r := w.request(engine.Request{}, engine.Done)
	w.ended(o, engine.OrderWithdrawn, "gone_meanwhile")
	if e := w.entries(r, engine.ResultGone); len(e) != 1 || e[0].By != "" || len(w.links()) != 1 || len(w.reviews()) != 0 {
		t.Errorf("%+v, links %v, reviews %v", e, w.links(), w.reviews())
	}
}

// An address beside the first is in no list, so the system is asked for it.
func TestAMergeThatKeptTheEmailBesideTheFirstIsSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.flow.Delete = flow.Restore
	a1 := w.add(engine.A, fields{"firstName": "Ada", "email": "ada@example.com"})
	a2 := w.add(engine.A, fields{"firstName": "Ada", "email": "bell@example.com"})
	w.run(engine.Done)
	w.pass(time.Hour)
	b2 := w.partner(engine.A, a2)
	w.merge(engine.A, a1, a2, fields{"additionalEmails": []any{"bell@example.com"}})
	if got := w.reviews()["b "+b2]; got != "merged_there_a" || len(w.all(engine.A)) != 1 {
		t.Errorf("reviews %v, %d people", w.reviews(), len(w.all(engine.A)))
	}
}

func TestWithoutEvidenceItIsADelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	a1 := w.add(engine.A, fields{"firstName": "Ada", "email": "ada@example.com"})
	a2 := w.add(engine.A, fields{"firstName": "Bea", "email": "bea@example.com"})
	w.run(engine.Done)
	w.pass(time.Hour)
	r := w.merge(engine.A, a1, a2, fields{"phone": phone0})
	if len(w.entries(r, engine.ResultGone)) != 1 || len(w.reviews()) != 0 {
		t.Errorf("%+v, reviews %v", w.entries(r, ""), w.reviews())
	}
}

func TestSomebodyMadeAfterTheDeleteIsNoHeir(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.remove(engine.A, a)
	w.hint(engine.A, a)
	w.request(engine.Request{}, engine.Done)
	w.pass(time.Minute)
	w.add(engine.A, fields{"email": "ada@example.com"})
	w.run(engine.Done)
	w.pass(11 * time.Minute)
	w.run(engine.Done)
	if got := w.reviews()["b "+b]; got != "" {
		t.Errorf("reviews %v", w.reviews())
	}
}

// Where a system hands on all values, the one that stays carries the reference of the one that is gone.
func TestAMergeThatHandedOnOurReferenceIsSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Options{})
	w.flow.Delete = flow.Restore
	one := w.add(engine.B, fields{"first_name": "Ada", "email": "ada@example.com", "phone_number": phone0})
	w.run(engine.Done)
	a2 := w.add(engine.A, fields{"firstName": "Bea", "email": "bea@example.com", "phone": phoneA})
	w.run(engine.Done)
	w.pass(time.Hour)
	w.unite(engine.B, one, w.partner(engine.A, a2))
	for range 3 {
		w.request(engine.Request{Look: true, Full: true}, engine.Done)
		w.pass(11 * time.Minute)
	}
	if got := w.reviews()["a "+a2]; got != "merged_there_b" || len(w.all(engine.B)) != 1 {
		t.Errorf("reviews %v, %d people", w.reviews(), len(w.all(engine.B)))
	}
}

// The one that stays of a merge carries the reference of the one that is gone. A search for what an unanswered create made finds it,
// too, and it is somebody else's partner.
func TestACreateInDoubtIsNotAnsweredByTheHeirOfAMerge(t *testing.T) {
	t.Parallel()
	for _, happens := range []bool{true, false} {
		w := newWorld(t, sandbox.Options{})
		one := w.add(engine.B, fields{"first_name": "Ada", "email": "ada@example.com", "phone_number": phone0})
		w.run(engine.Done)
		a2 := w.add(engine.A, fields{"firstName": "Bea", "email": "bea@example.com", "phone": phoneA})
		w.run(engine.Done)
		w.pass(time.Hour)
		w.unite(engine.B, one, w.partner(engine.A, a2))
		for range 3 {
			w.request(engine.Request{Look: true, Full: true}, engine.Done)
			w.pass(11 * time.Minute)
		}
		o := w.order(engine.Order{Kind: engine.OrderCreate, Side: engine.A, Record: a2})
		var asked atomic.Int64
		w.veil = func(_ engine.Side, c whole) connector.Connector { return deafOnce{c, &asked, happens} }
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // many times what it takes
		defer cancel()
		for range 3 {
			if _, err := w.e.Run(ctx, engine.Request{Workspace: ws, Flow: w.flow, Trigger: "manual", Look: true}); err != nil {
				t.Fatalf("happens %t: the run does not end: %v", happens, err)
			}
			w.pass(11 * time.Minute)
		}
		w.ended(o, engine.OrderDone, "")
		if b2 := w.partner(engine.A, a2); b2 == "" || b2 == one || len(w.all(engine.B)) != 2 {
			t.Errorf("happens %t: the partner is %q, %d people", happens, b2, len(w.all(engine.B)))
		}
	}
}

// deafOnce does not answer the first create.
type deafOnce struct {
	whole
	asked   *atomic.Int64
	happens bool
}

func (u deafOnce) Create(ctx context.Context, object, parent string, set connector.Fields) (connector.Record, error) {
	first := u.asked.Add(1) == 1
	if first && !u.happens {
		return connector.Record{}, &connector.Error{Kind: connector.Unknown, Status: 422, Message: "It was refused."}
	}
	r, err := u.whole.Create(ctx, object, parent, set)
	if first && err == nil {
		return connector.Record{}, &connector.Error{Kind: connector.Unknown, Status: 422, Message: "It was refused."}
	}
	return r, err
}
