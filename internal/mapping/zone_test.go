package mapping_test

import (
	"strings"
	"testing"

	"couplet/internal/mapping"
)

func TestEveryZoneThatIsOfferedIsKnown(t *testing.T) {
	t.Parallel()
	all := mapping.Zones()
	if len(all) < 400 {
		t.Fatalf("%d zones", len(all))
	}
	for _, z := range all {
		if !mapping.KnownZone(z) || mapping.NearZone(strings.ToUpper(z)) != z {
			t.Errorf("%s is known: %v, and near itself: %q", z, mapping.KnownZone(z), mapping.NearZone(strings.ToUpper(z)))
		}
	}
}

func TestAZoneThatIsNoneIsToldTheNearOne(t *testing.T) {
	t.Parallel()
	for typed, near := range map[string]string{
		"Warsaw": "Europe/Warsaw", "europe/warsaw": "Europe/Warsaw", "Europe/Warsow": "Europe/Warsaw", "New York": "America/New_York", "america/new york": "America/New_York",
		"Warszaw": "Europe/Warsaw", "US/Berlin": "Europe/Berlin", "los ang": "America/Los_Angeles", "utc ": "UTC", "Mars": "", "xx": "", "": "", "qwertyuiop": "",
	} {
		if got := mapping.NearZone(typed); got != near {
			t.Errorf("%q: %q, want %q", typed, got, near)
		}
	}
	err := mapping.CheckStep(mapping.Step{Do: "read_time", With: map[string]string{"form": "dmy", "zone": "Warsaw"}})
	if err == nil || !strings.Contains(err.Error(), `"Warsaw" is no time zone; perhaps you mean Europe/Warsaw`) {
		t.Error(err)
	}
	if mapping.KnownZone("Local") || mapping.KnownZone("") {
		t.Error("no place is one")
	}
}
