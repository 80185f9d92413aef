package automation_test

import (
	"strings"
	"testing"

	"couplet/internal/automation"
	"couplet/internal/connector/highlevel"
	"couplet/internal/connector/usercom"
)

// systems are both vendors as the program knows them.
func systems() automation.Systems {
	return automation.Systems{
		"highlevel": {Spec: highlevel.Spec(), Catalog: highlevel.Operations()},
		"usercom":   {Spec: usercom.Spec(), Catalog: usercom.Operations()},
	}
}

// template is one of the templates, which a test may change.
func template(t *testing.T, id string) automation.Automation {
	t.Helper()
	x, err := automation.TemplateNamed(id)
	if err != nil {
		t.Fatal(err)
	}
	return automation.Clone(x.Automation)
}

func TestEveryTemplateCanBeSwitchedOn(t *testing.T) {
	t.Parallel()
	s := systems()
	for _, x := range automation.Templates() {
		for _, p := range automation.Check(x.Automation, s) {
			t.Errorf("%s: step %q, %s: %s", x.ID, p.Step, p.Field, p.Text)
		}
		if len(x.Description) < 40 || !strings.HasSuffix(x.Description, ".") || len(x.Systems()) != 2 {
			t.Errorf("%s: described as %q, for %v", x.ID, x.Description, x.Systems())
		}
	}
	if n := len(automation.Templates()); n < 7 {
		t.Errorf("%d templates", n)
	}
}
