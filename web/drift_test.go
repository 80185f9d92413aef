package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// planOn is a stage whose flow is on and maps a custom field "Plan" of both sides.
func planOn(t *testing.T) (s *stage, fields [2]string, w *walker) {
	t.Helper()
	s = newStage(t, sandbox.Options{Contacts: 8, Seed: 3})
	s.looks.sampler = s.eng
	made, err := s.box.HighLevel.Create("customFields", map[string]any{"name": "Plan", "dataType": "TEXT"})
	must(t, err)
	fields[0] = made["id"].(string)
	made, err = s.box.UserCom.Create("attributes", map[string]any{"name": "Plan", "value_type": "string", "content_type": "clientuser"})
	must(t, err)
	fields[1] = fmt.Sprint(made["id"])
	_, err = s.box.HighLevel.Create("contacts", map[string]any{"email": "ada@example.com", "firstName": "Ada",
		"customFields": []any{map[string]any{"id": fields[0], "field_value": "12"}}})
	must(t, err)
	f := s.stored()
	f.Map = append(slices.Clone(f.Map), mapping.Row{A: mapping.Names{"customFields." + fields[0]}, B: mapping.Names{"plan"}})
	f.Enabled, f.Approval = true, &flow.Approval{By: "test", How: "apply"}
	s.flow, _, err = s.store.SaveFlow(t.Context(), s.ws(), f)
	must(t, err)
	s.run("schedule", engine.Done)
	s.box.Clock.Advance(time.Minute)
	return s, fields, s.walk("editor")
}

// reread has the map read the fields of both accounts anew.
func (s *stage) reread() { s.looks.forget(s.ws(), s.stored()) }

func (w *walker) has(part string) *walker {
	w.t.Helper()
	if !strings.Contains(w.text(), part) {
		w.t.Errorf("%s does not say %q: %s", w.url, part, w.text())
	}
	return w
}

func (w *walker) hasNo(id string) {
	w.t.Helper()
	if w.doc.Find("[data-testid="+id+"]").Length() != 0 {
		w.t.Errorf("%s shows %s: %s", w.url, id, w.at(id))
	}
}

func TestAFieldThatWentAwayIsToldEverywhereAndMended(t *testing.T) {
	t.Parallel()
	s, fields, w := planOn(t)
	must(t, s.box.UserCom.Delete("attributes", fields[1]))
	r := s.run("schedule", engine.Done)
	const gone = "“Plan” is gone from User.com"
	w.open("/runs/"+r.ID).says("drift", gone)
	w.open("/").says("need", gone).has("1 pair is paused")
	w.open("/needs-you").has(gone)
	w.open("/needs-you?kind=failure").hasNo("drift")
	w.open("/needs-you?kind=field").expect(200, "1 thing needs you").says("drift", gone)
	s.reread()
	w.open(s.path("map")).says("drift", gone).says("needs", "Plan")
	w.send("[data-testid=drift-unpair]", nil).hasNo("drift")
}

func TestAFieldThatWasRetypedGoesOnWhenSomebodyAccepts(t *testing.T) {
	t.Parallel()
	s, fields, w := planOn(t)
	_, err := s.box.UserCom.Update("attributes", fields[1], map[string]any{"value_type": "integer"})
	must(t, err)
	s.run("schedule", engine.Done)
	s.reread()
	w.open(s.path("map")).says("drift", "“Plan” in User.com holds numbers now, not text")
	viewer := s.walk("viewer").open(s.path("map")).says("drift", "“Plan” in User.com")
	viewer.hasNo("drift-accept")
	w.send("[data-testid=drift-accept]", nil).hasNo("drift")
	if r := s.run("schedule", engine.Done); len(r.Drift) != 0 {
		t.Errorf("the next run says %+v", r.Drift)
	}
	if w.open("/"); strings.Contains(w.text(), "paused") {
		t.Errorf("the overview says %s", w.text())
	}
}

func TestARenamedFieldIsToldAndItsPairWorks(t *testing.T) {
	t.Parallel()
	s, fields, w := planOn(t)
	_, err := s.box.UserCom.Update("attributes", fields[1], map[string]any{"name": "Tariff", "name_std": "tariff"})
	must(t, err)
	s.run("schedule", engine.Done)
	s.reread()
	if w.open("/"); strings.Contains(w.text(), "paused") {
		t.Errorf("the overview says %s", w.text())
	}
	w.open(s.path("map")).says("drift", "“Plan” is called “Tariff” in User.com now").hasNo("needs")
	w.send("[data-testid=drift-accept]", nil).hasNo("drift")
	s.run("schedule", engine.Done)
	w.open(s.path("map")).hasNo("drift")
}

func TestOnlyTheChangeThatWasShownIsAccepted(t *testing.T) {
	t.Parallel()
	s, fields, w := planOn(t)
	for _, kind := range []string{"integer", "boolean"} {
		_, err := s.box.UserCom.Update("attributes", fields[1], map[string]any{"value_type": kind})
		must(t, err)
		s.run("schedule", engine.Done)
		s.reread()
		if kind == "integer" {
			w.open(s.path("map")).says("drift", "holds numbers now")
		}
	}
	w.send("[data-testid=drift-accept]", nil).has("That field is no longer as it was when this page was made.")
	w.open(s.path("map")).says("drift", "“Plan” in User.com holds yes or no now, not text")
	w.send("[data-testid=drift-accept]", nil).hasNo("drift")
}

// Switching on makes the fields that are missing. Who looks at the map before and after that sees them, not that they are gone.
func TestAFieldThatTheFirstRunMadeIsNotToldAsGone(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 8, Seed: 3})
	s.looks.sampler = s.eng
	w := s.walk("editor")
	w.open(s.path("map"))
	s.rehearsedBy(w)
	s.press(w.open(s.path("on")), "[data-testid=press]", settings(nil), engine.Done)
	w.open(s.path("map")).hasNo("drift")
}
