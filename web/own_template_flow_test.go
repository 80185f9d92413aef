package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// TestAFlowBecomesATemplateAndTheTemplateAFlow saves one with a custom field and a rule of its own, makes the next of it, and another one
// where the field is gone.
func TestAFlowBecomesATemplateAndTheTemplateAFlow(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 5})
	s.o.Samples = s.eng // which may call the pretend accounts
	field, err := s.box.HighLevel.Create("customFields", map[string]any{"name": "Shoe size", "dataType": "TEXT"})
	must(t, err)
	attribute, err := s.box.UserCom.Create("attributes", map[string]any{"name": "shoe_size", "content_type": "clientuser", "value_type": "string"})
	must(t, err)
	name, _ := attribute["name_std"].(string)
	f := s.flow
	f.Conflict, f.Enabled = "a_wins", true
	f.Map = append(slices.Clone(f.Map), mapping.Row{A: mapping.Names{"customFields." + field["id"].(string)}, B: mapping.Names{name}, Direction: mapping.Both})
	_, _, err = s.store.SaveFlow(t.Context(), s.ws(), f)
	must(t, err)
	w := s.walk("editor").open(s.path("map")).click("[data-testid=to-template]").expect(http.StatusOK, "Save as a template").says("file", "Shoe size")
	for _, word := range []string{s.conns[0].ID, s.flow.ID, "enabled: true"} {
		if strings.Contains(w.doc.Find("[data-testid=file]").Text(), word) {
			t.Errorf("the file tells %s", word)
		}
	}
	w.send("[data-testid=save-template]", url.Values{"name": {"Contacts, ours"}}).says("own-template", "Contacts, ours").says("own-template", "Flow · 6 pairs ready")
	make := func() flow.Flow {
		t.Helper()
		to := w.open("/flows").doc.Find("[data-testid=use-own]").AttrOr("href", "") + "&a=" + s.conns[0].ID + "&b=" + s.conns[1].ID
		w.open(to).expect(http.StatusOK, "What should stay in step?").send("button[name=template][value="+s.owns()[0].ID+"]", nil)
		id := strings.TrimSuffix(strings.TrimPrefix(w.url.Path, "/flows/"), "/map")
		made, err := s.store.FlowByID(t.Context(), s.ws(), id)
		if err != nil {
			t.Fatalf("%v at %s: %s", err, w.url, w.text())
		}
		return made
	}
	made := make()
	if made.Enabled || made.Conflict != "a_wins" || made.Template != "contact-sync" || len(made.Map) != 6 || made.Connections != f.Connections || !strings.HasPrefix(made.Name, "Contacts, ours") {
		t.Errorf("made is %+v", made)
	}
	must(t, s.box.HighLevel.Delete("customFields", field["id"].(string)))
	s.options.Connect.Pool.Forget(s.conns[0].ID)
	if made = make(); len(made.Map) != 5 {
		t.Errorf("made is %+v", made.Map)
	}
	w.has("1 pair was left out, because an account has no such field: Shoe size and")
}
