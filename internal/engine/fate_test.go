package engine_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// lose deletes a person as a user would and lets the engine become sure of it; dry, when not nil, is told the rehearsal
// of the run that becomes sure.
func (w *world) lose(side engine.Side, id string, dry func(engine.Run)) engine.Run {
	w.t.Helper()
	w.remove(side, id)
	w.hint(side, id)
	w.request(engine.Request{}, engine.Done)
	w.pass(11 * time.Minute)
	if dry != nil {
		before := w.writes(engine.A) + w.writes(engine.B)
		r := w.request(engine.Request{DryRun: true}, engine.Done)
		if n := w.writes(engine.A) + w.writes(engine.B); n != before {
			w.t.Errorf("the dry run wrote %d times", n-before)
		}
		dry(r)
	}
	return w.request(engine.Request{}, engine.Done)
}

// foretold fails unless a dry run said what the run then did.
func (w *world) foretold(dry, r engine.Run) {
	w.t.Helper()
	if diff := cmp.Diff(dry.To, r.To); diff != "" {
		w.t.Errorf("dry run and run differ: %s", diff)
	}
	lines := func(r engine.Run) (all []string) {
		for _, e := range w.entries(r, "") {
			all = append(all, string(e.Result)+" "+e.Reason)
		}
		slices.Sort(all)
		return all
	}
	if diff := cmp.Diff(lines(dry), lines(r)); diff != "" {
		w.t.Errorf("the lines of dry run and run differ: %s", diff)
	}
}

func TestTheOneThatIsLeftGetsATag(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		w, a, b := ada(t)
		w.flow.Delete = flow.Tag
		ids := [2]string{a, b}
		var dry engine.Run
		r := w.lose(side, ids[side], func(r engine.Run) { dry = r })
		w.foretold(dry, r)
		left := side.Other()
		want := [2]string{"deleted in highlevel", "deleted in user.com"}[side]
		w.want(left, ids[left], fields{"tags": want, "email": "ada@example.com"})
		if len(w.links()) != 0 || r.To[left].Updated != 1 || len(w.entries(r, engine.ResultGone)) != 1 {
			t.Errorf("%d links, %+v", len(w.links()), r)
		}
		w.pass(time.Hour)
		w.request(engine.Request{Look: true, Full: true}, engine.Done)
		w.quiet()
		if n := w.deletes(); n != 0 {
			t.Errorf("%d deletes", n)
		}
	}
}

func TestATagIsWrittenOnceMoreAfterACrash(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.flow.Delete = flow.Tag
	w.remove(engine.A, a)
	w.hint(engine.A, a)
	w.request(engine.Request{}, engine.Done)
	w.pass(11 * time.Minute)
	before := w.writes(engine.B)
	if !w.diesAt(engine.Request{}, func(m string) bool { return m == "Commit" && w.writes(engine.B) > before }) {
		t.Fatal("it lives")
	}
	if w.link(engine.B, b).State != engine.On {
		t.Fatal("it was stored")
	}
	w.pass(time.Minute)
	r := w.run(engine.Done)
	w.want(engine.B, b, fields{"tags": "deleted in highlevel"})
	if len(w.links()) != 0 || len(w.entries(r, engine.ResultGone)) != 1 {
		t.Errorf("links %v, %+v", w.links(), w.entries(r, ""))
	}
	w.quiet()
}

func TestATagThatIsNotTakenIsToldAndTheLinkEndsAllTheSame(t *testing.T) {
	t.Parallel()
	w, a, _ := ada(t)
	w.flow.Delete = flow.Tag
	w.fault("ignore-field", 1)
	w.remove(engine.A, a)
	w.hint(engine.A, a)
	w.request(engine.Request{}, engine.Done)
	w.pass(11 * time.Minute)
	r := w.request(engine.Request{}, engine.DoneWithProblems)
	e := w.entries(r, engine.ResultFailed)
	if len(w.links()) != 0 || len(e) != 1 || !strings.Contains(e[0].Reason, "did not take the tag “deleted in HighLevel”") {
		t.Errorf("links %v, %+v", w.links(), e)
	}
	w.calm()
	w.quiet()
}

func TestAOneWayFlowTagsOnlyWhereItWrites(t *testing.T) {
	t.Parallel()
	w, _, b := ada(t)
	w.flow.Delete, w.flow.Direction = flow.Tag, mapping.AToB
	before := w.writes(engine.A)
	w.lose(engine.B, b, nil)
	if n := w.writes(engine.A) - before; n != 0 || len(w.links()) != 0 {
		t.Errorf("%d writes against the direction, links %v", n, w.links())
	}
}

func TestADeletedRecordIsMadeAgainOnceAndTheLinkMoves(t *testing.T) {
	t.Parallel()
	for _, side := range []engine.Side{engine.A, engine.B} {
		w, a, b := ada(t)
		w.flow.Delete = flow.Restore
		ids := [2]string{a, b}
		left := side.Other()
		var dry engine.Run
		r := w.lose(side, ids[side], func(r engine.Run) { dry = r })
		w.foretold(dry, r)
		fresh := w.partner(left, ids[left])
		if fresh == "" || fresh == ids[side] || r.To[side].Created != 1 {
			t.Fatalf("partner %q, %+v", fresh, r)
		}
		if e := w.entries(r, engine.ResultCreated); len(e) != 1 || e[0].Reason != "restored_"+side.String() {
			t.Errorf("%+v", e)
		}
		w.want(side, fresh, []fields{{"firstName": "Ada", "lastName": "Bell", "email": "ada@example.com", "phone": phone0},
			{"name": "Ada Bell", "email": "ada@example.com", "phone_number": phone0}}[side])
		// The two go on together.
		w.pass(time.Minute)
		w.edit(left, ids[left], []fields{{"phone": phoneA}, {"phone_number": phoneA}}[left])
		w.run(engine.Done)
		w.want(side, fresh, []fields{{"phone": phoneA}, {"phone_number": phoneA}}[side])
		w.inStep()
		w.quiet()
		// A person who deletes it again means it.
		r = w.lose(side, fresh, func(r engine.Run) { dry = r })
		w.foretold(dry, r)
		if got := w.reviews()[left.String()+" "+ids[left]]; got != "deleted_again_"+side.String() || len(w.links()) != 0 || r.To[side].Created != 0 {
			t.Errorf("reviews %v, links %v", w.reviews(), w.links())
		}
		w.pass(time.Hour)
		w.request(engine.Request{Look: true, Full: true}, engine.Done)
		w.quiet()
		if n := w.deletes(); n != 0 {
			t.Errorf("%d deletes", n)
		}
	}
}

func TestWhatIsMadeAgainHoldsWhatBothSidesSaidLast(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.flow.Delete = flow.Restore
	// User.com holds a cut form of the name; it must not come back as HighLevel's.
	w.edit(engine.A, a, fields{"firstName": longFirst, "lastName": longLast})
	w.run(engine.Done)
	w.pass(time.Minute)
	w.remove(engine.A, a)
	w.hint(engine.A, a)
	w.request(engine.Request{}, engine.Done)
	w.edit(engine.B, b, fields{"phone_number": phoneB})
	w.pass(11 * time.Minute)
	w.run(engine.Done)
	fresh := w.partner(engine.B, b)
	w.want(engine.A, fresh, fields{"firstName": longFirst, "lastName": longLast, "phone": phoneB})
	w.inStep()
	w.quiet()
}

func TestAChangeThatWasOnItsWayWhenTheRecordWasDeletedArrives(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.flow.Delete = flow.Restore
	m := w.mirror(engine.A, a)
	m.Fields["phone"] = phoneA // seen, and not carried over yet
	w.put(engine.A, m)
	w.lose(engine.A, a, nil)
	w.run(engine.Done)
	w.want(engine.A, w.partner(engine.B, b), fields{"phone": phoneA})
	w.want(engine.B, b, fields{"phone_number": phoneA})
	w.inStep()
	w.quiet()
}

func TestARecordIsMadeAgainOnceWhateverBreaks(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"Begin", "create", "created-422", "after"} {
		w, a, b := ada(t)
		w.flow.Delete = flow.Restore
		w.remove(engine.A, a)
		w.hint(engine.A, a)
		w.request(engine.Request{}, engine.Done)
		w.pass(11 * time.Minute)
		before := w.calls(engine.A, created)
		switch at {
		case "Begin":
			if !w.diesAt(engine.Request{}, func(m string) bool { return m == "Begin" }) {
				t.Fatal("it lives")
			}
		case "create":
			if !w.diesAt(engine.Request{}, func(m string) bool { return m == "Commit" && w.calls(engine.A, created) > before }) {
				t.Fatal("it lives")
			}
		default:
			w.fault(at, 1)
			w.flow.Retry.MaxAttempts = 2
			if _, err := w.e.Run(t.Context(), engine.Request{Workspace: ws, Flow: w.flow, Trigger: "manual"}); err != nil {
				t.Fatal(err)
			}
			w.calm()
		}
		for range 3 {
			w.pass(25 * time.Hour)
			w.request(engine.Request{Look: true, Full: true}, engine.Done)
		}
		fresh := w.partner(engine.B, b)
		if fresh == "" || fresh == a || w.link(engine.B, b).State != engine.On {
			t.Fatalf("%s: link %+v, reviews %v", at, w.link(engine.B, b), w.reviews())
		}
		if n := len(w.all(engine.A)); n != 1 {
			t.Errorf("%s: %d people on side a", at, n)
		}
		w.inStep()
		w.quiet()
	}
}

func TestSomebodyWhoTookThePlaceIsNotMadeAgain(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.flow.Delete = flow.Restore
	w.remove(engine.A, a)
	w.hint(engine.A, a)
	w.request(engine.Request{}, engine.Done)
	again := w.add(engine.A, fields{"email": "ada@example.com"}) // a person was quicker
	w.pass(11 * time.Minute)
	w.run(engine.Done)
	w.pass(time.Hour)
	w.run(engine.Done)
	if n := len(w.all(engine.A)); n != 1 {
		t.Errorf("%d people on side a", n)
	}
	waits := w.reviews()
	if w.partner(engine.B, b) != again && waits["a "+again] == "" && waits["b "+b] == "" {
		t.Errorf("neither linked nor asked: %v", waits)
	}
	w.quiet()
}

func TestARecordThatIsThereAgainBeforeItIsMadeAgainKeepsItsLink(t *testing.T) {
	t.Parallel()
	w, a, b := ada(t)
	w.flow.Delete = flow.Restore
	l := w.link(engine.A, a)
	m := w.mirror(engine.A, a)
	m.Gone = w.box.Clock.Now() // it was not found twice, and is there
	w.put(engine.A, m)
	l.State = engine.OneGone
	w.putLink(l)
	w.pass(time.Minute)
	w.request(engine.Request{Look: true, Full: true}, engine.Done)
	if got := w.link(engine.B, b); got.State != engine.On || got.IDs[engine.A] != a {
		t.Errorf("%+v", got)
	}
	if n := len(w.all(engine.A)); n != 1 {
		t.Errorf("%d people on side a", n)
	}
	w.edit(engine.A, a, fields{"phone": phoneA})
	w.run(engine.Done)
	w.want(engine.B, b, fields{"phone_number": phoneA})
}
