package flow_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"couplet/internal/connector"
	"couplet/internal/flow"
	"couplet/internal/mapping"
)

// TestASharedFlowIsTheSameElsewhere shares one with a custom field, and makes it of the file for other accounts.
func TestASharedFlowIsTheSameElsewhere(t *testing.T) {
	t.Parallel()
	base, err := flow.TemplateNamed("contact-sync")
	if err != nil {
		t.Fatal(err)
	}
	f := base.Flow()
	f.ID, f.Name, f.Connections, f.Enabled, f.Version, f.Conflict = "flow_1", "mine", [2]string{"conn_1", "conn_2"}, true, 4, mapping.Policy("a_wins")
	f.Scope = flow.Scope{Only: flow.ScopeThese, Records: []string{"rec_1"}}
	f.Map = append(f.Map, mapping.Row{A: mapping.Names{"customFields.x1"}, B: mapping.Names{"birthday"}, Direction: mapping.Both})
	standard := [2][]connector.Field{}
	for _, row := range base.Flow().Map {
		for side := range standard {
			for _, name := range row.Side(connector.Side(side)) {
				if name != "company_name" { // it is made where it is missing
					standard[side] = append(standard[side], connector.Field{Name: name, Label: name, Type: "text"})
				}
			}
		}
	}
	own := func(name string) connector.Field {
		return connector.Field{Name: name, Label: "Birthday", Type: "date", Custom: true}
	}
	here := [2][]connector.Field{append(standard[0][:len(standard[0]):len(standard[0])], own("customFields.x1")), append(standard[1][:len(standard[1]):len(standard[1])], own("birthday"))}
	data, err := f.Share("Ours", "As we: like it.", here)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"conn_1", "flow_1", "rec_1", "mine", "enabled: true"} {
		if strings.Contains(string(data), word) {
			t.Errorf("it tells %s:\n%s", word, data)
		}
	}
	back, err := flow.ReadTemplate("ours.yaml", data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if back.Title != "Ours" || back.Description != "As we: like it." || back.Object != "contact" || back.Systems != base.Systems {
		t.Errorf("it is %+v", back)
	}
	there := [2][]connector.Field{append(standard[0][:len(standard[0]):len(standard[0])], own("customFields.y9")), append(standard[1][:len(standard[1]):len(standard[1])], own("bday"))}
	made, gaps := back.For(standard, there)
	if len(gaps) > 0 || len(made.Map) != len(f.Map) {
		t.Fatalf("%+v %+v", gaps, made.Map)
	}
	if last := made.Map[len(made.Map)-1]; !cmp.Equal(last.A, mapping.Names{"customFields.y9"}) || !cmp.Equal(last.B, mapping.Names{"bday"}) {
		t.Errorf("the custom fields are %v and %v", last.A, last.B)
	}
	if made.Template != "contact-sync" || made.Conflict != "a_wins" || made.Enabled || made.Scope.Only != flow.ScopeNew || made.Connections != [2]string{} {
		t.Errorf("it is %+v", made)
	}
	if made, gaps = back.For(standard, standard); len(gaps) != 2 || len(made.Map) != len(f.Map)-1 {
		t.Errorf("where there is no such field: %+v", gaps)
	}
}

func TestAFileThatIsNoTemplateOfAFlowSaysWhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		line int
		says string
	}{
		{"title: x\n", 1, "template is missing"},
		{"title: x\ntemplate: moon\n", 2, "moon"},
		{"template: contact-sync\n", 1, "title is missing"},
		{"title: x\ntemplate: contact-sync\nflow:\n  map:\n    - { a: email, b: email }\n    - { a: email, b: email, transform: dance }\n", 6, "dance"},
		{"title: x\ntemplate: contact-sync\nflow:\n  conflict: dance\n", 4, "dance"},
		{"title: x\ntemplate: contact-sync\nobject: task\n", 3, "object"},
		{"title: x\ntemplate: contact-sync\nflow:\n  scope: these\n  records: [a]\n", 5, "records"},
		{"title: x\ntemplate: contact-sync\ndance: 1\n", 3, "dance is not a key"},
		{"title: \"${HOME}\"\ntemplate: contact-sync\n", 1, "$"},
	} {
		_, err := flow.ReadTemplate("x.yaml", []byte(c.text))
		var errs flow.Errors
		if !errors.As(err, &errs) || errs[0].Line != c.line || !strings.Contains(errs.Error(), c.says) {
			t.Errorf("%q: %v, want line %d to say %q", c.text, err, c.line, c.says)
		}
	}
}
