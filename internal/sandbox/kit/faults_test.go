package kit

import (
	"slices"
	"testing"
)

func TestFaultsNeverStrikeUnlessSet(t *testing.T) {
	t.Parallel()
	f := NewFaults(1)
	for _, name := range FaultNames() {
		for range 100 {
			if f.Hit(name) {
				t.Fatal(name)
			}
		}
	}
}

func TestFaultsStrikeAtTheirRateAndTheSameForASeed(t *testing.T) {
	t.Parallel()
	draw := func(seed int64) (hits []bool) {
		f := NewFaults(seed)
		if err := f.Set(Lose, .3); err != nil {
			t.Fatal(err)
		}
		for range 2000 {
			hits = append(hits, f.Hit(Lose))
		}
		return hits
	}
	a := draw(1)
	if n := len(slices.DeleteFunc(slices.Clone(a), func(hit bool) bool { return !hit })); n < 500 || n > 700 {
		t.Errorf("%d of 2000 at rate .3", n)
	}
	if !slices.Equal(a, draw(1)) || slices.Equal(a, draw(2)) {
		t.Error("the seed does not decide")
	}
}

func TestUnknownFaultsAndRatesAreErrors(t *testing.T) {
	t.Parallel()
	f := NewFaults(1)
	if f.Set("ignore_field", .1) == nil || f.Set(Before, 1.1) == nil || f.Set(Before, -1) == nil {
		t.Error("accepted")
	}
}

func TestChaosSetsAllNineNames(t *testing.T) {
	t.Parallel()
	f := NewFaults(1)
	f.Chaos()
	want := []string{"after", "before", "created-422", "double", "ignore-field", "lose", "revoke", "shuffle", "timeout"}
	if !slices.Equal(FaultNames(), want) {
		t.Errorf("%v", FaultNames())
	}
	for name, rate := range f.Rates() {
		if rate <= 0 || rate > .5 {
			t.Errorf("%s: %v", name, rate)
		}
	}
}

func TestDropFieldTakesOneField(t *testing.T) {
	t.Parallel()
	f := NewFaults(1)
	if err := f.Set(IgnoreField, 1); err != nil {
		t.Fatal(err)
	}
	fields := map[string]any{"a": 1, "b": 2, "c": 3}
	name, dropped := f.DropField(fields)
	if _, still := fields[name]; !dropped || still || len(fields) != 2 {
		t.Errorf("%q %v %v", name, dropped, fields)
	}
	if _, dropped := f.DropField(map[string]any{}); dropped {
		t.Error("dropped out of nothing")
	}
}
