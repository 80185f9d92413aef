package web

import (
	"net/http"
	"strings"
	"testing"

	"couplet/internal/command"
	"couplet/internal/engine"
)

// TestAProgramApprovesTheDryRunThatItNames: a flow that stopped because an account is not what it was goes on by naming the dry run
// that was looked at, never just the newest; or by saying that what is gone was deleted.
func TestAProgramApprovesTheDryRunThatItNames(t *testing.T) {
	t.Parallel()
	s, _, _ := planOn(t)
	s.soon = 0
	name := s.stored().Name
	p := s.program(s.ws(), "editor")
	at := "/flows/" + name + "/afresh"
	stands := func() bool { return s.pairOf().StandsStill(s.stored().Approval) }
	refused := func(r apiRoute, path, body string, status int, says string) {
		t.Helper()
		if res := p.ask(r, path, body); res.StatusCode != status {
			t.Errorf("%s: %d, want %d", body, res.StatusCode, status)
		} else if text := textOf(res); !strings.Contains(text, says) || strings.Contains(text, "couplet review") {
			t.Errorf("%s: no %q, or words of the command line, in %s", body, says, text)
		}
	}
	s.strange(engine.Afresh{Why: engine.Restored, Side: engine.B})
	refused(s.named("approveAfresh"), at, `{"approve": "run_x"}`, http.StatusConflict, "Nobody has seen yet")
	seen := s.run(engine.Rehearse, engine.Done)
	later := s.run(engine.Rehearse, engine.Done) // after somebody looked
	refused(s.named("approveAfresh"), at, "", http.StatusUnprocessableEntity, "which dry run")
	refused(s.named("approveAfresh"), at, `{}`, http.StatusUnprocessableEntity, "which dry run")
	refused(s.named("approveAfresh"), at, `{"approve": "`+seen.ID+`"}`, http.StatusConflict, later.ID)
	refused(s.named("answerDeleted"), "/flows/"+name+"/deleted", "", http.StatusConflict, "not what deleting records looks like")
	if !stands() {
		t.Fatal("a refusal approved something")
	}
	d := jsonOf[command.AfreshDoc](t, p.ask(s.named("showAfresh"), at, ""))
	if d.DryRun.Run != later.ID || d.Approved || !stands() {
		t.Errorf("shown is %+v", d)
	}
	if d = jsonOf[command.AfreshDoc](t, p.ask(s.named("approveAfresh"), at, `{"approve": "`+d.DryRun.Run+`"}`)); !d.Approved || stands() {
		t.Errorf("approved is %+v", d)
	}
	s.run("schedule", engine.Done)

	s.strange(engine.Afresh{Why: engine.Jumped, Side: engine.A, N: 12, Of: 30, Went: 12})
	if d := jsonOf[command.DeletedDoc](t, p.ask(s.named("answerDeleted"), "/flows/"+name+"/deleted", "")); !d.Deleted || d.Flow != name || stands() {
		t.Errorf("said to be deleted: %+v", d)
	}
}

// TestVersionsInTheAPI: what was published is listed, compared with the draft and taken back as the draft; nothing runs by it.
func TestVersionsInTheAPI(t *testing.T) {
	t.Parallel()
	s, _, _ := planOn(t)
	p := s.program(s.ws(), "editor")
	f := s.stored()
	at := "/flows/" + f.Name
	list := jsonOf[command.VersionsDoc](t, p.ask(s.named("listVersions"), at+"/versions", ""))
	if len(list.Versions) < 2 || list.Versions[0].Version != f.Version || list.More {
		t.Fatalf("the versions are %+v", list)
	}
	one := jsonOf[command.VersionsDoc](t, p.ask(s.named("listVersions"), at+"/versions?limit=1&before=2", ""))
	if len(one.Versions) != 1 || one.Versions[0].Version != 1 {
		t.Errorf("before 2 there is %+v", one)
	}
	differs := jsonOf[command.DifferenceDoc](t, p.ask(s.named("compareVersions"), at+"/difference?from=1&to=draft", ""))
	if len(differs.Changes) == 0 || differs.From != "1" || differs.To != "draft" {
		t.Errorf("1 and the draft: %+v", differs)
	}
	for query, status := range map[string]int{"?from=1&to=99": 404, "?from=1": 422, "?from=one&to=draft": 422} {
		if res := p.ask(s.named("compareVersions"), at+"/difference"+query, ""); res.StatusCode != status {
			t.Errorf("%s: %d", query, res.StatusCode)
		}
	}
	if res := p.ask(s.named("restoreVersion"), at+"/restore", `{"version": 99}`); res.StatusCode != http.StatusNotFound {
		t.Errorf("no such version: %d", res.StatusCode)
	}
	for _, changed := range []bool{true, false} {
		if d := jsonOf[command.RestoredDoc](t, p.ask(s.named("restoreVersion"), at+"/restore", `{"version": 1}`)); d.Changed != changed || d.Version != 1 {
			t.Errorf("restored: %+v, want changed %t", d, changed)
		}
	}
	if s.stored().Version != f.Version {
		t.Error("it was published")
	}
}
