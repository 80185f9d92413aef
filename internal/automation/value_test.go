package automation_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"couplet/internal/automation"
	"couplet/internal/connector"
)

// paths are the paths of values.
func paths(values []automation.Value) (out []string) {
	for _, v := range values {
		out = append(out, v.Path)
	}
	return out
}

func TestAPlaceMayUseWhatIsThereByThen(t *testing.T) {
	t.Parallel()
	a := template(t, "new-contact-follow-up")
	a.Steps = append(a.Steps, automation.Step{ID: "loop", Kind: "each", Over: "{{booked.events}}", Do: []automation.Step{{ID: "last", Kind: "stop"}}})
	s := systems()
	for _, c := range []struct {
		step    string
		has, no []string
	}{
		{"", []string{"contact.id", "contact.firstName", "now", "settings.usercom.task_type"}, []string{"person.id"}},
		{"person", []string{"contact.id"}, []string{"person.id"}},
		{"made", []string{"person.id", "person.found"}, []string{"made.id"}},
		{"event", []string{"person.id", "made.id"}, []string{"event.id", "booked.events"}},
		{"mark", []string{"booked.events", "event.id"}, []string{"ring.id"}},
		{"ring", []string{"booked.events"}, []string{"mark.tags"}},
		{"last", []string{"loop.item", "loop.number", "loop.item.startTime", "ring.id", "mark.tags"}, []string{"loop.count"}},
		{automation.AtEnd, []string{"loop.count"}, []string{"loop.item"}},
	} {
		got := paths(automation.Values(a, c.step, s))
		for _, p := range c.has {
			if !slices.Contains(got, p) {
				t.Errorf("%q has no %s: %v", c.step, p, got)
			}
		}
		for _, p := range c.no {
			if slices.Contains(got, p) {
				t.Errorf("%q has %s", c.step, p)
			}
		}
		if all := slices.Sorted(slices.Values(got)); len(slices.Compact(all)) != len(got) {
			t.Errorf("%q has a value twice: %v", c.step, got)
		}
	}
	for _, v := range automation.Values(a, automation.AtEnd, s) {
		if maybe := strings.HasPrefix(v.Path, "made.") || strings.HasPrefix(v.Path, "mark.") || strings.HasPrefix(v.Path, "ring."); v.Maybe != maybe {
			t.Errorf("%s may be missing: %t", v.Path, v.Maybe)
		}
		if v.Label == "" {
			t.Errorf("%s has no label", v.Path)
		}
	}
}

func TestAnAccountsOwnFieldsAreThere(t *testing.T) {
	t.Parallel()
	a, s := template(t, "new-contact-follow-up"), systems()
	sys := s["highlevel"]
	contact, _ := sys.Spec.Object("contact")
	sys.Fields = map[string][]connector.Field{"contact": append(slices.Clone(contact.Fields), connector.Field{Name: "customFields.x1", Label: "Treatment", Type: connector.Option, Read: true, Custom: true})}
	s["highlevel"] = sys
	i := slices.Index(paths(automation.Values(a, "", s)), "contact.customFields.x1")
	if i < 0 || automation.Values(a, "", s)[i].Label != "Treatment" {
		t.Error("the account's own field is not there")
	}
	read := automation.Automation{Steps: []automation.Step{{ID: "again", Kind: "operation", System: "highlevel", Operation: "contact"}}}
	if got := paths(automation.Values(read, automation.AtEnd, s)); !slices.Contains(got, "again.contact.firstName") || slices.Contains(got, "again.contact.customFields.x1") {
		t.Errorf("an answer writes an account's own fields in another way: %v", got)
	}
	a.Steps[5].Else[0].With["name"] = "Call about {{contact.customFields.x1}}"
	for _, p := range automation.Check(a, s) {
		t.Errorf("%+v", p)
	}
}

func TestSamplesAreFoundByTheirPaths(t *testing.T) {
	t.Parallel()
	a := template(t, "appointment-booked")
	values := automation.Values(a, automation.AtEnd, systems())
	d := automation.Samples(values)
	for _, v := range values {
		if got := d.At(v.Path); v.Sample != nil && !reflect.DeepEqual(got, v.Sample) {
			t.Errorf("%s is %v, want %v", v.Path, got, v.Sample)
		}
	}
	if d.At("appointment.title") != "Check-up" || d.At("contact.firstName") != "Maya" || d.At("contact.moon") != nil || d.At("") == nil {
		t.Errorf("%v", d)
	}
	odd := automation.Data{"contact": map[string]any{"customFields.x1": "whitening", "list": []any{map[string]any{"id": "1"}}}}
	if odd.At("contact.customFields.x1") != "whitening" || odd.At("contact.list.0.id") != "1" || odd.At("contact.list.1.id") != nil || odd.At("contact.list.x") != nil {
		t.Error("a path with a dot in a name, or through a list, is not found")
	}
}

func TestACallGivesWhatItsSampleShows(t *testing.T) {
	t.Parallel()
	a := template(t, "new-contact-follow-up")
	a.Trigger = automation.Trigger{Kind: automation.OnHook, Sample: `{"email": "a@example.com", "score": 3, "tags": ["x"], "more": {"a": 1}}`}
	types := map[string]string{}
	for _, v := range automation.Values(a, "", systems()) {
		types[v.Path] = v.Type
	}
	for path, want := range map[string]string{"call.email": "text", "call.score": "number", "call.tags": "list", "call.more": "data", "call": "data"} {
		if got, ok := types[path]; !ok || got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}

func TestPillsAreReadAndWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{{contact.email}}":                             "{{contact.email}}",
		"{{  contact.email|lowercase  }}":               "{{contact.email | lowercase}}",
		`{{a or b or "it is \"none\""}}`:                `{{a or b or "it is \"none\""}}`,
		`{{a | truncate length=5 | prefix text="x y"}}`: `{{a | truncate length="5" | prefix text="x y"}}`,
		`{{contact.customFields.x-1}}`:                  `{{contact.customFields.x-1}}`,
	} {
		p, err := automation.Pieces(text)
		if err != nil || len(p) != 1 || p[0].Pill == nil || p[0].Pill.String() != want {
			t.Errorf("%s: %+v %v", text, p, err)
			continue
		}
		again, err := automation.Pieces(want)
		if err != nil || again[0].Pill.String() != want {
			t.Errorf("%s is read as something else: %v %v", want, again, err)
		}
	}
	p, err := automation.Pieces("a {{b}} c } {{d}}{{e}}")
	if err != nil || len(p) != 5 || p[0].Text != "a " || p[2].Text != " c } " || p[4].Pill.Of[0].Path != "e" {
		t.Errorf("%+v %v", p, err)
	}
	for _, odd := range []string{"{{}}", "{{a", "{{a b}}", "{{| lowercase}}", "{{a |}}", "{{a or}}", "{{or a b}}", "{{a x=1}}", `{{a | "x"}}`, "{{a | b c}}", `{{a or "b}}`, "{{a {{b}} }}"} {
		if p, err := automation.Pieces(odd); err == nil {
			t.Errorf("%s is read as %+v", odd, p)
		}
	}
}
