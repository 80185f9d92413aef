package automation_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"couplet/internal/automation"
	"couplet/internal/connector"
)

// TestFieldsOfTheAccountAreRemembered: what an automation names of them is checked, filled in and decided later without the account; what it
// does not name, or the account has no longer, is not kept.
func TestFieldsOfTheAccountAreRemembered(t *testing.T) {
	t.Parallel()
	s := systems()
	asked := s["highlevel"]
	o, _ := asked.Spec.Object("contact")
	asked.Fields = map[string][]connector.Field{"contact": append(append([]connector.Field{}, o.Fields...),
		connector.Field{Name: "x9Yz", Label: "Treatment", Type: connector.Text, Custom: true, Read: true},
		connector.Field{Name: "customFields.a1", Label: "Visits", Type: connector.Number, Custom: true, Read: true},
		connector.Field{Name: "b2", Label: "Not named", Type: connector.Number, Custom: true, Read: true})}
	with := automation.Systems{"highlevel": asked, "usercom": s["usercom"]}

	a := template(t, "new-contact-follow-up")
	a.Filter = automation.Filter{All: []automation.Filter{{Value: "contact.x9Yz", Op: "is", Than: "whitening"}, {Formula: `contact.customFields["a1"] > 2`}}}
	if len(automation.Check(a, s)) == 0 {
		t.Fatal("fields that nobody knows are no problem")
	}
	a = automation.Remember(a, with)
	want := []automation.OwnField{{"contact.x9Yz", "Treatment", "text"}, {"contact.customFields.a1", "Visits", "number"}}
	if diff := cmp.Diff(want, a.Fields); diff != "" {
		t.Fatal(diff)
	}
	if found := automation.Check(a, s); len(found) != 0 {
		t.Errorf("without the account: %+v", found)
	}
	values := automation.Values(a, "", s)
	if got := a.Filter.All[0].Words(values); got != "Treatment is whitening" {
		t.Errorf("it is called %q", got)
	}
	for visits, want := range map[float64]bool{3: true, 1: false} {
		scene := automation.Scene{Data: automation.Data{"contact": map[string]any{"x9Yz": "Whitening", "customFields.a1": visits}}}
		if holds, _, err := scene.Judge(a.Filter, values); err != nil || holds != want {
			t.Errorf("%v visits: %v, %v", visits, holds, err)
		}
	}
	text, err := automation.Write(a)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := automation.Read("x.yaml", text); err != nil || cmp.Diff(a.Fields, back.Fields) != "" {
		t.Errorf("from a file: %v, %v", back.Fields, err)
	}

	if kept := automation.Remember(a, s); len(kept.Fields) != 2 {
		t.Errorf("without the account it forgets: %v", kept.Fields)
	}
	a.Filter = a.Filter.All[0]
	if less := automation.Remember(a, s); cmp.Diff(want[:1], less.Fields) != "" {
		t.Errorf("what is not named any more: %v", less.Fields)
	}
	a.Trigger = automation.Trigger{Kind: automation.ByHand, Object: "contact", System: "nobody"}
	if lost := automation.Remember(a, with); len(lost.Fields) != 0 {
		t.Errorf("of a system that nobody knows: %v", lost.Fields)
	}
	a.Trigger = template(t, "new-contact-follow-up").Trigger
	asked.Fields["contact"] = o.Fields
	if gone := automation.Remember(a, with); len(gone.Fields) != 0 || len(automation.Check(gone, with)) == 0 {
		t.Errorf("what the account has no longer: %v", gone.Fields)
	}
}
