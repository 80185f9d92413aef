package automation_test

import (
	"errors"
	"strings"
	"testing"

	"couplet/internal/automation"
	"couplet/internal/flow"
)

// TestASharedAutomationTellsNothingOfItsAccounts writes one that holds all that must not be told, and reads what others get.
func TestASharedAutomationTellsNothingOfItsAccounts(t *testing.T) {
	t.Parallel()
	private := []string{"conn_1", "conn_2", "auto_9", "Maya", "cal-7", "u-42", "boss@example.com", "hooks.example.com", "Bearer", "sk-1", "rec-5", "vip@example.com", "c-77"}
	a := automation.Automation{ID: "auto_9", Name: "Book and tell", Template: "enrichment", Connections: [2]string{"conn_1", "conn_2"}, Enabled: true, Version: 3,
		Trigger: automation.Trigger{Kind: automation.OnHook, Sample: `{"name": "Maya", "n": 5, "list": [{"a": "Maya"}, {"a": "x"}]}`},
		Filter:  automation.Filter{All: []automation.Filter{{Value: "call.name", Op: "is_not", Than: "test"}, {Value: "call.ownerId", Op: "is", Than: "rec-5"}, {Value: "call.email", Op: "is", Than: "vip@example.com"}}},
		Steps: []automation.Step{
			{ID: "s1", Kind: "operation", System: "highlevel", Operation: "appointment-create", With: map[string]string{"calendarId": "cal-7", "contactId": "{{call.id}}", "title": "Check-up", "assignedUserId": "u-42"}},
			{ID: "s2", Kind: "condition", If: automation.Filter{Value: "s1.id", Op: "is", Than: "c-77"}, Then: []automation.Step{
				{ID: "s3", Kind: "http", HTTP: automation.HTTP{Method: "POST", URL: "https://hooks.example.com/T1", Headers: map[string]string{"Authorization": "Bearer sk-1", "Accept": "text/plain"}, Body: `{"token": "sk-1"}`}, With: map[string]string{"api_key": "sk-1", "to": "{{call.name}}"}}}},
			{ID: "s4", Kind: "operation", System: "highlevel", Operation: "contact-create", With: map[string]string{"email": "boss@example.com", "firstName": "{{call.name}}"}},
		}}
	shared, left := automation.Share(a, systems())
	data, err := automation.WriteTemplate("Books\nand tells.", shared)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range private {
		if strings.Contains(string(data), word) {
			t.Errorf("it tells %s:\n%s", word, data)
		}
	}
	for _, word := range []string{"# Books and tells.", "Check-up", "{{call.id}}", "text/plain", "{{call.name}}", "firstName", `\"n\":0`} {
		if !strings.Contains(string(data), word) {
			t.Errorf("it lacks %s:\n%s", word, data)
		}
	}
	all := strings.Join(left, "; ")
	for _, part := range []string{"Only if: “ownerId”", "Step 1 (Book an appointment): “Calendar”", "Step 2a (Call an address): “address”", "“Authorization”", "Step 3 (Create a contact): “Email”"} {
		if !strings.Contains(all, part) {
			t.Errorf("it is not said that %s is left out: %s", part, all)
		}
	}
	if a.Steps[0].With["calendarId"] != "cal-7" || a.Trigger.Sample == shared.Trigger.Sample {
		t.Error("the automation itself was changed")
	}
	// Who writes it into a file all the same does not get it in.
	a.ID, a.Version = "", 0
	if data, err = automation.Write(a); err != nil {
		t.Fatal(err)
	}
	back, err := automation.ReadTemplate("mine.yaml", data, systems())
	if err != nil {
		t.Fatal(err)
	}
	if data, _ = automation.Write(back.Automation); strings.Contains(string(data), "conn_1") || strings.Contains(string(data), "sk-1") {
		t.Errorf("it is read with\n%s", data)
	}
}

// TestEveryTemplateIsSharedAsItIs because those that come with the program hold nothing of anybody.
func TestEveryTemplateIsSharedAsItIs(t *testing.T) {
	t.Parallel()
	for _, x := range automation.Templates() {
		shared, left := automation.Share(x.Automation, systems())
		if len(left) > 0 {
			t.Errorf("%s loses %v", x.ID, left)
		}
		data, err := automation.WriteTemplate(x.Description, shared)
		if err != nil {
			t.Fatal(err)
		}
		back, err := automation.ReadTemplate("x.yaml", data, systems())
		if err != nil || back.Title != x.Title || back.Description != x.Description || len(back.Automation.Steps) != len(x.Automation.Steps) {
			t.Errorf("%s: %v", x.ID, err)
		}
	}
}

func TestAFileThatIsNoTemplateSaysWhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		line int
		says string
	}{
		{"name: x\ntrigger: { kind: manual }\nsteps:\n  - { id: a, kind: stop }\n  - { id: b, kind: dance }\n", 5, "step b"},
		{"name: x\ntrigger: { kind: manual }\nsteps:\n  - { id: a, kind: stop }\n  - { id: a, kind: stop }\n", 4, "taken by another"},
		{"name: x\ntrigger:\n  kind: event\n  system: moon\n  event: rise\nsteps:\n  - { id: a, kind: stop }\n", 4, "moon"},
		{"name: x\ntrigger: { kind: manual }\nsteps:\n  - { id: a, kind: operation, system: highlevel, operation: dance }\n", 4, "dance"},
		{"name: x\ntrigger: { kind: manual }\n", 1, "no step yet"},
		{"nmae: x\n", 1, "nmae"},
	} {
		_, err := automation.ReadTemplate("x.yaml", []byte(c.text), systems())
		var errs flow.Errors
		if !errors.As(err, &errs) || errs[0].Line != c.line || !strings.Contains(errs.Error(), c.says) {
			t.Errorf("%q: %v, want line %d to say %q", c.text, err, c.line, c.says)
		}
	}
}
