package automation_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"couplet/internal/automation"
)

func TestNumbersAreThoseOfThePicture(t *testing.T) {
	t.Parallel()
	stop := func(id string) automation.Step { return automation.Step{ID: id, Kind: "stop"} }
	a := automation.Automation{Steps: []automation.Step{stop("a"),
		{ID: "b", Kind: "condition", Then: []automation.Step{stop("c")}, Else: []automation.Step{stop("d"),
			{ID: "e", Kind: "condition", Then: []automation.Step{stop("f")}}}},
		{ID: "g", Kind: "each", Do: []automation.Step{stop("h"), stop("i")}}}}
	got := map[string]string{}
	automation.Walk(a, func(place string, st automation.Step) { got[st.ID] = place + " " + automation.Number(a, place) })
	want := map[string]string{"a": "0 1", "b": "1 2", "c": "1/then/0 2a", "d": "1/else/0 2b1", "e": "1/else/1 2b2", "f": "1/else/1/then/0 2b2a", "g": "2 3", "h": "2/do/0 3.1", "i": "2/do/1 3.2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, odd := range []string{"", "9", "x", "0/then/0", "1/then/0/x/0", "1/moon/0"} {
		if n := automation.Number(a, odd); n != "" {
			t.Errorf("Number(%q) = %q", odd, n)
		}
	}
}

// places are all places of an automation, those behind the last step of a list too.
func places(a automation.Automation) (out []string) {
	ends := map[string]int{"": len(a.Steps)}
	automation.Walk(a, func(place string, st automation.Step) {
		out = append(out, place)
		for _, name := range automation.Lists(st.Kind) {
			ends[place+"/"+name+"/"] = len(map[string][]automation.Step{"then": st.Then, "else": st.Else, "do": st.Do}[name])
		}
	})
	for under, n := range ends {
		out = append(out, under+string(rune('0'+n)))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func idsOf(a automation.Automation) (out []string) {
	automation.Walk(a, func(_ string, st automation.Step) { out = append(out, st.ID) })
	slices.Sort(out)
	return out
}

// TestEditingKeepsEveryStepAndTouchesNothingElse edits at random: no step is lost or doubled, ids stay unique, what is moved
// arrives where Move says, and the automation that was given stays as it was.
func TestEditingKeepsEveryStepAndTouchesNothingElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := automation.Automation{Steps: []automation.Step{}}
		for range rapid.IntRange(1, 9).Draw(t, "steps") {
			kind := rapid.SampledFrom([]string{"stop", "condition", "each"}).Draw(t, "kind")
			var err error
			a, err = automation.Insert(a, rapid.SampledFrom(places(a)).Draw(t, "at"), automation.Step{Kind: kind, With: map[string]string{"a": kind}})
			if err != nil {
				t.Fatal(err)
			}
		}
		for range rapid.IntRange(1, 9).Draw(t, "edits") {
			before, was := automation.Clone(a), idsOf(a)
			if len(was) == 0 {
				return
			}
			id := rapid.SampledFrom(was).Draw(t, "step")
			from := automation.PlaceOf(a, id)
			st, err := automation.StepAt(a, from)
			if err != nil || st.ID != id {
				t.Fatalf("%q stands at %q: %v %v", id, from, st, err)
			}
			next, now := a, ""
			switch rapid.IntRange(0, 3).Draw(t, "edit") {
			case 0:
				to := rapid.SampledFrom(places(a)).Draw(t, "to")
				if next, now, err = automation.Move(a, from, to); err != nil {
					next, now, err = a, from, nil
				}
			case 1:
				next, now, err = automation.Shift(a, from, rapid.SampledFrom([]int{-1, 1}).Draw(t, "by"))
			case 2:
				next, now = a, from
				next, err = automation.Change(a, from, automation.Step{Kind: st.Kind, Name: "new", Then: st.Then, Else: st.Else, Do: st.Do})
			case 3:
				next, err = automation.Remove(a, from)
				if automation.PlaceOf(next, id) != "" || len(idsOf(next)) >= len(was) {
					t.Fatal("it is still there")
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			if now != "" {
				if !slices.Equal(idsOf(next), was) {
					t.Fatalf("%v became %v", was, idsOf(next))
				}
				if st, err := automation.StepAt(next, now); err != nil || st.ID != id {
					t.Fatalf("%q is not at %q: %v %v", id, now, st, err)
				}
			}
			if diff := cmp.Diff(before, a); diff != "" {
				t.Fatalf("the automation that was given changed: %s", diff)
			}
			a = next
		}
	})
}

func TestAStepGoesUpAndDownAndOutOfItsBranch(t *testing.T) {
	t.Parallel()
	a := template(t, "new-contact-follow-up")
	for _, c := range []struct {
		id   string
		by   int
		want string
	}{{"person", -1, "0"}, {"person", 1, "1"}, {"event", -1, "1"}, {"decide", 1, "5"}, {"ring", 1, "6"}, {"ring", -1, "5"}, {"made", 1, "2"}} {
		_, now, err := automation.Shift(a, automation.PlaceOf(a, c.id), c.by)
		if err != nil || now != c.want {
			t.Errorf("%s by %d stands at %q, want %q (%v)", c.id, c.by, now, c.want, err)
		}
	}
	if _, _, err := automation.Move(a, "5", "5/then/0"); err == nil || !strings.Contains(err.Error(), "into itself") {
		t.Errorf("a step was moved into itself: %v", err)
	}
	c, err := automation.Change(a, "5", automation.Step{ID: "x", Kind: "each", Then: a.Steps[5].Then, Do: a.Steps[5].Else})
	if st := c.Steps[5]; err != nil || st.ID != "decide" || len(st.Then) > 0 || len(st.Do) != 1 {
		t.Errorf("a step of another kind kept what it cannot hold, or its id was lost: %+v %v", st, err)
	}
	for _, odd := range []string{"", "-1", "99", "5/then/9", "0/then/0", "6/then/0", "01"} {
		if _, err := automation.Insert(a, odd, automation.Step{Kind: "stop"}); err == nil {
			t.Errorf("a step was put at %q", odd)
		}
	}
	if _, err := automation.Remove(a, "6"); err == nil {
		t.Error("what is behind the last step was removed")
	}
	b, err := automation.Insert(a, "0", automation.Step{ID: "person", Kind: "condition", Then: []automation.Step{{ID: "event", Kind: "stop"}, {Kind: "stop"}}})
	if err != nil {
		t.Fatal(err)
	}
	if all := idsOf(b); len(slices.Compact(all)) != len(idsOf(a))+3 {
		t.Errorf("a copied step shares an id: %v", idsOf(b))
	}
}
