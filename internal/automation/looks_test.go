package automation_test

import (
	"slices"
	"testing"

	"couplet/internal/automation"
)

func TestWhatAFilterLooksAt(t *testing.T) {
	t.Parallel()
	values := []automation.Value{{Path: "contact.tags"}, {Path: "contact.city"}, {Path: "contact.name"}, {Path: "contact.firstName"}, {Path: "now"}}
	type f = automation.Filter
	for name, c := range map[string]struct {
		filter f
		want   []string
	}{
		"nothing":           {f{}, nil},
		"a value":           {f{Value: "contact.tags", Op: "has", Than: "lead"}, []string{"contact.tags"}},
		"a value in a text": {f{Value: "contact.tags", Op: "has", Than: `of {{contact.city or "x"}}`}, []string{"contact.tags", "contact.city"}},
		"groups":            {f{All: []f{{Value: "contact.tags", Op: "empty"}, {Any: []f{{Value: "now", Op: "empty"}}}}}, []string{"contact.tags", "now"}},
		"a formula":         {f{Formula: `contact.city == "Lisbon" and "x" in contact["tags"]`}, []string{"contact.tags", "contact.city"}},
		"a longer name":     {f{Formula: `contact.firstName != ""`}, []string{"contact.firstName"}},
	} {
		if got := c.filter.Looks(values); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, and want %q", name, got, c.want)
		}
	}
}
