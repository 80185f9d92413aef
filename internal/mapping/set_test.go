package mapping_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"couplet/internal/mapping"
)

// sets are small, so that two of them have much in common, in several spellings.
var sets = rapid.SliceOfN(rapid.SampledFrom([]string{"a", "A", " a ", "b", "B", "c", "d", "", "e  e", "E e"}), 0, 6)

func holds(set []string, s string) bool {
	return slices.ContainsFunc(set, func(x string) bool { return mapping.Element(x) == mapping.Element(s) })
}

// TestSetsMergeByElement holds M = (A ∪ B) \ ((base\A) ∪ (base\B)) of sync-semantics 5.5, element by element.
func TestSetsMergeByElement(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := sets.Draw(t, "a"), sets.Draw(t, "b")
		baseA, baseB := sets.Draw(t, "base a"), sets.Draw(t, "base b")
		m := mapping.Merge(a, b, baseA, baseB)
		for _, e := range slices.Concat(a, b, baseA, baseB) {
			if mapping.Element(e) == "" {
				continue
			}
			gone := holds(baseA, e) && !holds(a, e) || holds(baseB, e) && !holds(b, e)
			if want := (holds(a, e) || holds(b, e)) && !gone; holds(m, e) != want {
				t.Fatalf("%q in %q: %v", e, m, !want)
			}
		}
		if other := mapping.Merge(b, a, baseB, baseA); len(other) != len(m) || slices.ContainsFunc(m, func(e string) bool { return !holds(other, e) }) {
			t.Fatalf("the sides are not alike: %q, %q", m, other)
		}
		if again := mapping.Merge(m, m, m, m); !slices.Equal(again, m) {
			t.Fatalf("merged once more: %q, then %q", m, again)
		}
		if slices.ContainsFunc(m, func(e string) bool { return mapping.Element(e) == "" }) {
			t.Fatalf("an empty name in %q", m)
		}
	})
}

func TestMinusAndSpellings(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x, y := sets.Draw(t, "x"), sets.Draw(t, "y")
		minus, all := mapping.Minus(x, y), mapping.Spellings(x, y)
		for _, e := range x {
			want := mapping.Element(e) != "" && !holds(y, e)
			if holds(minus, e) != want || slices.Contains(all, e) != want {
				t.Fatalf("%q: minus %q, spellings %q", e, minus, all)
			}
		}
		for i, e := range minus {
			if holds(minus[:i], e) {
				t.Fatalf("%q twice in %q", e, minus)
			}
		}
		if slices.ContainsFunc(minus, func(e string) bool { return !holds(x, e) }) {
			t.Fatalf("%q out of %q", minus, x)
		}
	})
}
