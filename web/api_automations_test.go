package web

import (
	"net/http"
	"net/url"
	"testing"

	"couplet/internal/automation"
	"couplet/internal/command"
)

// TestAProgramHasFiringsGoOn lists what stands, and says what is to be done.
func TestAProgramHasFiringsGoOn(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id := b.published(b.walk("editor"))
	p := b.program(b.conns[0].Workspace, "editor")
	list := b.parked(id, "No such tag.", automation.StepWaits, "1", "2", "3")
	doubt := b.parked(id, "Who knows.", automation.InDoubt, "4")[0]
	firings, answer, all := b.named("listFirings"), b.named("answerFiring"), b.named("answerFirings")
	if d := jsonOf[command.AutomationsDoc](t, p.ask(b.named("listAutomations"), "/automations", "")); len(d.Automations) != 1 || d.Automations[0].Firings[automation.Parked] != 4 || len(d.Automations[0].Steps) == 0 || d.Automations[0].Trigger.Event != "contact-created" {
		t.Errorf("%+v", d)
	}
	first := jsonOf[command.FiringsDoc](t, p.ask(firings, "/firings?state=parked&limit=3", ""))
	rest := jsonOf[command.FiringsDoc](t, p.ask(firings, "/firings?state=parked&limit=3&cursor="+first.Next, ""))
	if len(first.Firings) != 3 || first.Firings[0].Firing != doubt.ID || len(rest.Firings) != 1 || rest.Firings[0].Firing != list[0].ID || rest.Next != "" {
		t.Errorf("%+v, then %+v", first, rest)
	}
	if d := jsonOf[command.FiringsDoc](t, p.ask(firings, "/firings?automation="+url.QueryEscape("New-contact follow-up")+"&q=who+knows", "")); len(d.Firings) != 1 {
		t.Errorf("%+v", d)
	}
	shown := jsonOf[command.ShownFiringDoc](t, p.ask(b.named("showFiring"), "/firings/"+doubt.ID, ""))
	if len(shown.Steps) != 1 || shown.Steps[0].State != automation.InDoubt || len(shown.Answers) != 5 || shown.Answers[0] != (command.VerdictIn{Answer: command.AnswerDone}) || shown.Data["contact"] == nil {
		t.Errorf("%+v", shown)
	}
	for path, want := range map[string]int{"/firings?state=nonsense": http.StatusUnprocessableEntity, "/firings?since=yesterday": http.StatusBadRequest, "/firings?automation=none": http.StatusNotFound,
		"/firings?cursor=fire_none": http.StatusUnprocessableEntity, "/firings?limit=0": http.StatusBadRequest} {
		if res := p.do(http.MethodGet, apiPath+path, nil, map[string]string{"Authorization": "Bearer " + p.token}); res.StatusCode != want {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	for body, want := range map[string]int{`{"answer": "done"}`: http.StatusConflict, `{"answer": "nonsense"}`: http.StatusUnprocessableEntity, `{"answer": "end", "newest": true}`: http.StatusUnprocessableEntity} {
		if res := p.ask(answer, "/firings/"+list[0].ID+"/answer", body); res.StatusCode != want {
			t.Errorf("%s: %d %s", body, res.StatusCode, textOf(res))
		}
	}
	if d := jsonOf[command.AnsweredDoc](t, p.ask(answer, "/firings/"+list[0].ID+"/answer", `{"answer": "leave_out"}`)); d.Changed != 1 || b.stateOf(list[0].ID) != automation.Waiting || len(b.woken) != 1 {
		t.Errorf("%+v, %d woken", d, len(b.woken))
	}
	d := jsonOf[command.AnsweredDoc](t, p.ask(all, "/firings/answer", `{"answer": "again", "from_start": true, "newest": true, "state": "parked", "automation": "`+id+`"}`))
	if d.Changed != 2 || len(d.Begun) != 2 || d.Left != 1 || d.Doubt != 1 || b.stateOf(doubt.ID) != automation.Parked || b.stateOf(list[1].ID) != automation.Ended {
		t.Errorf("%+v", d)
	}
	if d := jsonOf[command.AnsweredDoc](t, p.ask(all, "/firings/answer", `{"answer": "done", "q": "who knows"}`)); d.Changed != 1 || b.stateOf(doubt.ID) != automation.Waiting {
		t.Errorf("%+v", d)
	}
}

// TestAProgramSwitchesAnAutomationAsThePageDoes and is told why not.
func TestAProgramSwitchesAnAutomationAsThePageDoes(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id := madeAutomation(b, b.walk("editor"), "new-contact-follow-up")
	p := b.program(b.conns[0].Workspace, "editor")
	on, start := b.named("switchAutomation"), b.named("startAutomation")
	if res := p.ask(on, "/automations/"+id+"/switch", `{"on": true}`); res.StatusCode != http.StatusConflict || b.storedAutomation(id).Published.Enabled {
		t.Errorf("one that was never published: %d", res.StatusCode)
	}
	if res := p.ask(on, "/automations/"+id+"/switch", ""); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("neither on nor off: %d", res.StatusCode)
	}
	_, _, err := b.store.PublishAutomation(t.Context(), b.conns[0].Workspace, "ann", id, b.storedAutomation(id).Revision)
	must(t, err)
	if d := jsonOf[command.AutomationDoc](t, p.ask(on, "/automations/"+url.PathEscape("New-contact follow-up")+"/switch", `{"on": true}`)); !d.Enabled || len(b.woken) != 1 {
		t.Errorf("%+v, %d woken", d, len(b.woken))
	}
	if res := p.ask(start, "/automations/"+id+"/start", `{}`); res.StatusCode != http.StatusConflict {
		t.Errorf("one that something else sets off is started: %d", res.StatusCode)
	}
	hand := b.byHand("hand", "contact")
	b.switchedOn(hand)
	if res := p.ask(start, "/automations/hand/start", `{}`); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("started for no contact: %d", res.StatusCode)
	}
}
