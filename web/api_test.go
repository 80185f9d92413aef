package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"couplet/internal/automation"
	"couplet/internal/engine"
	"couplet/internal/mapping"
)

// calls are how each route of the API is called by its name: the path after apiPath, and the body. What they are about is of the
// first workspace, made by asked.
var calls = map[string][2]string{
	"whoami": {"", ""}, "description": {"/openapi.json", ""}, "guide": {"/guide", ""},
	"listFlows": {"/flows", ""}, "showFlow": {"/flows/people", ""}, "runFlow": {"/flows/people/run", `{"allow": true}`}, "previewFlow": {"/flows/people/preview", ""},
	"switchFlow": {"/flows/people/switch", `{"on": false}`}, "showAfresh": {"/flows/people/afresh", ""}, "approveAfresh": {"/flows/people/afresh", `{"approve": "run_1"}`},
	"answerDeleted": {"/flows/people/deleted", ""}, "listVersions": {"/flows/people/versions?limit=1", ""}, "compareVersions": {"/flows/people/difference?from=1&to=draft", ""}, "restoreVersion": {"/flows/people/restore", `{"version": 1}`},
	"export": {"/export?flow=people", ""}, "apply": {"/apply?dry_run=true", "version: 1\n"},
	"listRuns": {"/runs?flow=people&limit=1", ""}, "showRun": {"/runs/RUN?result=updated&limit=1", ""}, "stopRun": {"/runs/RUN/stop", ""}, "undoRun": {"/runs/RUN/undo", `{"dry_run": true}`},
	"listConflicts": {"/conflicts?flow=people&limit=1", ""}, "takeConflict": {"/conflicts/CONFLICT/take", `{"answer": "b"}`}, "ruleConflict": {"/conflicts/CONFLICT/rule", `{"side": "a"}`},
	"takeConflictBack": {"/conflicts/CONFLICT/back", ""}, "listReviews": {"/reviews?flow=people&limit=1", ""}, "answerReview": {"/reviews/a5", `{"answer": "alone", "flow": "people", "side": "a"}`},
	"takeReviewBack": {"/reviews/a5/back", `{}`}, "listConnections": {"/connections", ""}, "showConnection": {"/connections/left", ""}, "checkConnection": {"/connections/left/check", ""},
	"listAutomations": {"/automations", ""}, "showAutomation": {"/automations/AUTOMATION", ""}, "switchAutomation": {"/automations/AUTOMATION/switch", `{"on": false}`}, "startAutomation": {"/automations/AUTOMATION/start", `{}`},
	"listFirings": {"/firings?automation=AUTOMATION&state=parked&q=stone&since=2026-01-01T00:00:00Z&limit=1", ""}, "showFiring": {"/firings/FIRING", ""}, "answerFiring": {"/firings/FIRING/answer", `{"answer": "done"}`},
	"answerFirings":  {"/firings/answer", `{"answer": "again", "from_start": true, "state": "done", "since": "2026-01-01T00:00:00Z"}`},
	"listOperations": {"/operations?q=note&system=usercom&kind=action", ""},
}

// asked makes what calls are about, and gives the call of a route.
func (b *bundle) asked(r apiRoute) (path, body string) {
	b.t.Helper()
	run := b.once("api run", func() string {
		r := b.waiting()
		f := b.flow // one that a flow file can say, and that asks about cities
		f.Template, f.Map = "contact-sync", []mapping.Row{{A: mapping.Names{"city"}, B: mapping.Names{"city"}, Conflict: mapping.Ask}}
		_, _, err := b.store.SaveFlow(b.t.Context(), b.conns[0].Workspace, f)
		must(b.t, err)
		b.commit(r, engine.Commit{Review: []engine.Review{{Pair: b.pair.ID, ID: "a5", Reason: "shared_key", Candidates: []string{"b6"}, At: b.now}}})
		return r.ID
	})
	list, err := b.store.OpenConflicts(b.t.Context(), b.conns[0].Workspace, b.pair.ID, "", 1)
	must(b.t, err)
	conflict := "none"
	if len(list) > 0 {
		conflict = list[0].ID
	}
	call, ok := calls[r.name]
	if !ok {
		b.t.Fatalf("nobody says how %s is called: put it into calls", r.name)
	}
	auto := b.once("api automation", func() string {
		id := b.byHand("hand", "")
		b.switchedOn(id)
		b.once("api firing", func() string { return b.parked(id, "Who knows, example.test.", automation.InDoubt, "1")[0].ID })
		b.fired(id, "2", automation.Firing{State: automation.Done, Over: b.now})
		return id
	})
	firing := b.once("api firing", nil)
	return strings.NewReplacer("RUN", run, "CONFLICT", conflict, "AUTOMATION", auto, "FIRING", firing).Replace(call[0]), call[1]
}

func TestTheDescriptionIsValidAndNamesEveryRouteOnce(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	res := b.get(apiPath+"/openapi.json", nil)
	doc, err := openapi3.NewLoader().LoadFromData([]byte(textOf(res)))
	must(t, err)
	must(t, doc.Validate(t.Context()))
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/json" || !doc.IsOpenAPI31OrLater() {
		t.Errorf("%d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	n, names := 0, map[string]bool{}
	for _, r := range b.apiRoutes() {
		op := doc.Paths.Value(r.template()).GetOperation(r.method)
		if op == nil || names[r.name] || op.OperationID != r.name || r.says == "" || r.gives == nil && r.name != "description" {
			t.Errorf("%s %s is described as %+v", r.method, r.path, op)
		}
		names[r.name] = true
		n++
		switch open := r.name == "description" || r.name == "guide"; {
		case open != (r.who == anyone), !open && !slices.Contains(Roles, string(r.who)):
			t.Errorf("%s takes the role %q", r.name, r.who)
		case (r.method == http.MethodGet) != (r.who == viewer || open):
			t.Errorf("%s %s takes the role %s: viewers look and change nothing, and nothing is changed by looking", r.method, r.path, r.who)
		}
		for _, q := range r.asks {
			if apiQuery[q].kind == "" {
				t.Errorf("%s asks for %s, which is not in apiQuery", r.name, q)
			}
		}
		for p := range strings.SplitSeq(r.path, "/") {
			if name, is := strings.CutPrefix(p, ":"); is && apiPathWords[name] == "" {
				t.Errorf("%s has %s, which is not in apiPathWords", r.name, name)
			}
		}
	}
	for _, item := range doc.Paths.Map() {
		n -= len(item.Operations())
	}
	if n != 0 || len(calls) != len(names) {
		t.Errorf("%d routes are missing, %d calls for %d routes", n, len(calls), len(names))
	}
}

// TestNoRouteOfTheAPIGivesOrChangesWhatItMayNot calls every route without a token, with tokens of other workspaces, and as a
// viewer: nothing of the first workspace changes, and none of it is told to strangers.
func TestNoRouteOfTheAPIGivesOrChangesWhatItMayNot(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	other, err := b.store.AddWorkspace(t.Context(), "other")
	must(t, err)
	here := b.conns[0].Workspace
	nobody, looker, stranger := program{b, ""}, b.program(here, "viewer"), b.program(other.ID, "owner")
	for _, r := range b.apiRoutes() {
		path, body := b.asked(r)
		if r.who == anyone {
			continue
		}
		was := b.kept(here)
		if res := nobody.ask(r, path, body); res.StatusCode != http.StatusUnauthorized || res.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s by nobody: %d", r.name, res.StatusCode)
		}
		if res := b.as(b.signIn("owner"), r.method, apiPath+path, strings.NewReader(body), map[string]string{"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s by a browser that is signed in: %d", r.name, res.StatusCode)
		}
		was = b.kept(here) // with the owner that was just made
		res := stranger.ask(r, path, body)
		if text := textOf(res); strings.Contains(r.path, ":") && res.StatusCode != http.StatusNotFound || strings.Contains(text, "example.test") || strings.Contains(text, `"name":"left"`) || strings.Contains(text, `"people"`) && res.StatusCode < 400 {
			t.Errorf("%s by an owner of another workspace: %d %s", r.name, res.StatusCode, text)
		}
		res = looker.ask(r, path, body)
		if (res.StatusCode == http.StatusForbidden) != (r.who != viewer) {
			t.Errorf("%s by a viewer: %d", r.name, res.StatusCode)
		}
		if is := b.kept(here); is != was {
			t.Errorf("%s changed something for somebody who may not:\n%s", r.name, difference(was, is))
		}
	}
	if len(b.woken) > 0 {
		t.Error("somebody was woken for whom who may not")
	}
}

// unfit are calls that are refused as things are in a bundle, with the status.
var unfit = map[string]int{"showAfresh": 409, "approveAfresh": 409, "answerDeleted": 409, "takeConflictBack": 409, "takeReviewBack": 409, "checkConnection": 409}

// TestEveryRouteOfTheAPIAnswersAsDescribed calls every route as an editor may, each on a workspace that no other has changed.
func TestEveryRouteOfTheAPIAnswersAsDescribed(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	for _, r := range b.apiRoutes() {
		here := b
		if r.method != http.MethodGet {
			here = newBundle(t)
		}
		here.soon = 0 // nobody works here
		path, body := here.asked(r)
		want := unfit[r.name]
		if want == 0 {
			if want = r.status; want == 0 {
				want = 200
			}
		}
		if res := here.program(here.conns[0].Workspace, "editor").ask(r, path, body); res.StatusCode != want {
			t.Errorf("%s: %d, want %d: %s", r.name, res.StatusCode, want, textOf(res))
		}
	}
}
