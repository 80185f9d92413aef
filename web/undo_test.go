package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"couplet/internal/connection"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
)

// types has a person of the first system type something, into a record or a new one ("").
func (s *stage) types(id string, f map[string]any) string {
	s.t.Helper()
	if id != "" {
		_, err := s.box.HighLevel.Update("contacts", id, f)
		must(s.t, err)
		return id
	}
	made, err := s.box.HighLevel.Create("contacts", f)
	must(s.t, err)
	return made["id"].(string)
}

// there is what the second system shows in a field of the partner of a record.
func (s *stage) there(a, field string) string {
	s.t.Helper()
	got, err := s.box.UserCom.Get("users", s.linked(a).IDs[engine.B])
	must(s.t, err)
	text, _ := got[field].(string)
	return text
}

func (s *stage) linked(a string) engine.Link {
	s.t.Helper()
	links, err := s.store.LinksOf(s.t.Context(), s.ws(), s.pairOf().ID, engine.A, []string{a})
	must(s.t, err)
	return links[a]
}

func (s *stage) pairOf() engine.Pair {
	s.t.Helper()
	p, err := s.store.PairFor(s.t.Context(), s.ws(), s.flow.Connections, "contact", "pair_new")
	must(s.t, err)
	return p
}

// ada is a stage whose flow is on, and whose last run carried a phone and a last name of one person to the second system.
func ada(t *testing.T) (s *stage, run engine.Run, a string) {
	t.Helper()
	s = newStage(t, sandbox.Options{})
	must(t, s.store.SaveApproval(t.Context(), s.ws(), s.flow.ID, flow.Approval{By: "ann", How: "preview"}))
	must(t, s.store.SetEnabled(t.Context(), s.ws(), s.flow.ID, true))
	a = s.types("", map[string]any{"firstName": "Ada", "lastName": "Bell", "email": "ada@example.test", "phone": "+12025550131"})
	s.run("manual", engine.Done)
	s.types(a, map[string]any{"phone": "+12025550177", "lastName": "Lovelace"})
	return s, s.run("manual", engine.Done), a
}

func TestARunIsUndoneAfterALook(t *testing.T) {
	t.Parallel()
	s, run, a := ada(t)
	w := s.walk("editor").open("/runs/"+run.ID).send("[data-testid=undo]", nil)
	wants(t, w.doc, "[data-testid=headline]", "Looking at what would go back")
	s.act(engine.Undo, engine.Done)
	w.open(w.url.String())
	wants(t, w.doc, "[data-testid=headline]", "1 change goes back")
	compare(t, textsOf(w.doc, "[data-testid=fields] tbody tr"), []string{
		"Phone number HighLevel: +12025550177 User.com: was +12025550177 now +12025550131Given back what was there before",
		"Name HighLevel: Ada Lovelace User.com: was Ada Lovelace now Ada BellGiven back what was there before"})
	if s.there(a, "phone_number") != "+12025550177" {
		t.Error("a look has written")
	}
	w.send("[data-testid=undo]", nil)
	undo := s.act(engine.Undo, engine.Done)
	if w.url.Path != "/runs/"+undo.ID || undo.Undo.By == "" {
		t.Errorf("at %s, by %q", w.url, undo.Undo.By)
	}
	if got := s.there(a, "phone_number"); got != "+12025550131" {
		t.Errorf("the phone is %s", got)
	}
	w.open("/runs/" + undo.ID)
	wants(t, w.doc, "[data-testid=undid] b", "This is an undo")
	wants(t, w.doc, "[data-testid=undo]", "Undo the undo…")
	w.open("/runs/" + run.ID)
	if got := textsOf(w.doc, "[data-testid=undone] b"); len(got) != 1 || !strings.HasPrefix(got[0], "Undone by ") || !strings.Contains(got[0], "1 record got its values back") {
		t.Errorf("%q", got)
	}
	// The undo can be undone the same way.
	w.open("/runs/"+undo.ID).send("[data-testid=undo]", nil)
	s.act(engine.Undo, engine.Done)
	w.open(w.url.String()).send("[data-testid=undo]", nil)
	s.act(engine.Undo, engine.Done)
	if got := s.there(a, "phone_number"); got != "+12025550177" {
		t.Errorf("the phone is %s", got)
	}
	// Neither look stands among the runs.
	if got := textsOf(w.open("/runs?quiet=1").doc, "[data-testid=run]"); len(got) != 4 {
		t.Errorf("%d runs: %q", len(got), got)
	}
}

func TestALookSaysWhatStaysAndWhy(t *testing.T) {
	t.Parallel()
	s, run, a := ada(t)
	_, err := s.box.UserCom.Update("users", s.linked(a).IDs[engine.B], map[string]any{"phone_number": "+12025550199"})
	must(t, err)
	link := s.linked(a).ID
	w := s.walk("editor").open("/runs/" + run.ID + "/undo?" + url.Values{"link": {link}, "field": {"phone=phone_number"}}.Encode())
	wants(t, w.doc, "[data-testid=headline]", "Undo the Phone that it wrote to Ada Lovelace?")
	w.send("[data-testid=look]", nil)
	s.act(engine.Undo, engine.Done)
	w.open(w.url.String())
	wants(t, w.doc, "[data-testid=headline]", "Nothing goes back")
	compare(t, textsOf(w.doc, "[data-testid=fields] tbody tr"), []string{"Phone HighLevel: +12025550177 User.com: +12025550199 Changed in User.com since, so it was left"})
	if w.doc.Find("[data-testid=undo]").Length() != 0 {
		t.Error("nothing can be undone")
	}
}

func TestAnUndoNeedsTheLookThatWasLookedAt(t *testing.T) {
	t.Parallel()
	s, run, a := ada(t)
	w := s.walk("editor").open("/runs/"+run.ID+"/undo").send("[data-testid=look]", nil)
	s.act(engine.Undo, engine.Done)
	w.open(w.url.String())
	other := s.walk("editor").open(w.url.String()).send("[data-testid=look]", nil)
	s.act(engine.Undo, engine.Done)
	w.send("[data-testid=undo]", nil)
	wants(t, w.doc, "[data-testid=said]", "Somebody looked again since, so nothing was undone. This is what would go back now.")
	other.open(other.url.String()).send("[data-testid=undo]", nil)
	asked := w.open(w.url.String()).send("[data-testid=undo]", nil) // the other one's undo has not begun
	wants(t, asked.doc, "[data-testid=said]", "It is being undone already; this is that run.")
	// Before it gets its turn it can be stopped.
	asked.send("[data-testid=stop]", nil)
	s.act(engine.Undo, "") // there is nothing to do any more
	if got := s.there(a, "phone_number"); got != "+12025550177" {
		t.Errorf("the phone is %s", got)
	}
}

func TestAViewerSeesALookAndPressesNothing(t *testing.T) {
	t.Parallel()
	s, run, _ := ada(t)
	w := s.walk("viewer").open("/runs/" + run.ID).click("a[data-testid=undo]")
	wants(t, w.doc, "[data-testid=headline]", "Undo this run?")
	if w.doc.Find("main form[method=post]").Length() != 0 {
		t.Error("a viewer is offered what they may not do")
	}
	s.walk("editor").open("/runs/"+run.ID).send("[data-testid=undo]", nil)
	s.act(engine.Undo, engine.Done)
	w.open(w.url.String())
	wants(t, w.doc, "[data-testid=headline]", "1 change goes back")
	if w.doc.Find("main form[method=post]").Length() != 0 || w.doc.Find("[data-testid=record]").Length() != 1 {
		t.Error("a viewer sees the list and no button")
	}
	if res := s.post(w.client, "/runs/"+run.ID+"/undo", url.Values{}); res.StatusCode != http.StatusForbidden {
		t.Errorf("status %d", res.StatusCode)
	}
}

func TestWhatCannotBeUndoneSaysWhyAndWhatHelps(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change       func(b *bundle, r *engine.Run)
		title, helps string
	}{
		"rehearsal": {func(_ *bundle, r *engine.Run) { r.DryRun = true }, "A rehearsal cannot be undone", "To the run"},
		"going":     {func(_ *bundle, r *engine.Run) { r.Status, r.Finished = engine.Running, time.Time{} }, "This run is still going", "To the run"},
		"old":       {func(_ *bundle, r *engine.Run) { r.Started = r.Started.Add(-engine.UndoFor) }, "This run is too old to be undone", "To the run"},
		"gone":      {func(_ *bundle, r *engine.Run) { r.Flow = "none" }, "The flow of this run is gone", "To the run"},
		"nothing":   {func(_ *bundle, r *engine.Run) { r.To = [2]engine.Counts{} }, "There is nothing to undo", "To the run"},
		"lost": {func(b *bundle, _ *engine.Run) {
			b.conns[1].State = connection.NeedsKey
			_, err := b.store.SaveConnection(b.t.Context(), b.conns[1].Workspace, b.conns[1])
			must(b.t, err)
		}, "User.com does not take the key of right", "Connect right again"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBundle(t)
			r := b.ran(time.Hour, func(r *engine.Run) { r.To[engine.B].Updated = 1; c.change(b, r) })
			client := b.signIn("editor")
			doc := b.see(client, "/runs/"+r.ID+"/undo")
			voice(t, "/undo", doc)
			wants(t, doc, "[data-testid=headline]", c.title)
			wants(t, doc, "[data-testid=cannot] .btn", c.helps)
			goesTo(t, b.post(client, "/runs/"+r.ID+"/undo/look", url.Values{}), "/runs/"+r.ID+"/undo")
			goesTo(t, b.post(client, "/runs/"+r.ID+"/undo", url.Values{"look": {"x"}}), "/runs/"+r.ID+"/undo")
			if runs, err := b.store.UndosOf(t.Context(), r.Workspace, r.ID, true, 9); err != nil || len(runs) != 0 || len(b.woken) != 0 {
				t.Errorf("%d looks, %v", len(runs), err)
			}
		})
	}
	b := newBundle(t)
	if res := b.visit(b.signIn("editor"), "/runs/run_pruned/undo"); res.StatusCode != http.StatusNotFound || !strings.Contains(textOf(res), "30 days") {
		t.Errorf("status %d", res.StatusCode)
	}
}

func TestAnotherWorkspaceSeesNothingOfAnUndo(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.ran(time.Hour, func(r *engine.Run) { r.To[engine.B].Updated = 1 })
	must(t, b.store.StartRun(t.Context(), engine.AskUndo(b.flow, r, engine.Undoing{Run: r.ID}, true, b.now)))
	for _, path := range []string{"", "?link=l1", "/events"} {
		if res := b.visit(b.elsewhere(), "/runs/"+r.ID+"/undo"+path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", path, res.StatusCode)
		}
	}
}

func TestALongUndoIsListedPageByPage(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.ran(time.Hour, func(r *engine.Run) { r.To[engine.B].Updated = recordsOnPage + 9 })
	var entries []engine.Entry
	for i := range recordsOnPage + 9 {
		n := strconv.Itoa(i)
		entries = append(entries, engine.Entry{IDs: [2]string{"a" + n, "b" + n}, Link: "l" + n, Result: engine.ResultUpdated, To: 1, Sides: [2]bool{false, true}, Planned: true, Reason: "undo",
			Fields: []engine.FieldChange{{Field: "email=email", Outcome: engine.Write, Rule: "undo", Before: [2]any{"x", "x"}, After: [2]any{"x", "y"}}}})
	}
	b.ran(time.Minute, func(x *engine.Run) {
		x.DryRun, x.Trigger, x.Undo = true, engine.Undo, &engine.Undoing{Run: r.ID}
		x.To[engine.B].Updated = recordsOnPage + 9
	}, entries...)
	client := b.signIn("viewer")
	seen := map[string]bool{}
	for path := "/runs/" + r.ID + "/undo"; path != ""; {
		doc := b.see(client, path)
		path = doc.Find("[data-testid=more]").AttrOr("href", "")
		for _, n := range doc.Find("[data-testid=record]").Nodes {
			for _, at := range n.Attr {
				if at.Key == "id" {
					seen[at.Val] = true
				}
			}
		}
	}
	if len(seen) != recordsOnPage+9 {
		t.Errorf("%d records", len(seen))
	}
}

func TestWhatARunMadeIsDeletedOnlyWhenThatIsTicked(t *testing.T) {
	t.Parallel()
	s, _, _ := ada(t)
	a := s.types("", map[string]any{"firstName": "Bo", "email": "bo@example.test"})
	run := s.run("manual", engine.Done)
	b := s.linked(a).IDs[engine.B]
	w := s.walk("editor").open("/runs/"+run.ID).send("[data-testid=undo]", nil)
	s.act(engine.Undo, engine.Done)
	w.open(w.url.String())
	wants(t, w.doc, "[data-testid=headline]", "Nothing goes back")
	if got := tidyText(w.doc.Find("label.check")); !strings.HasPrefix(got, "Also delete the 1 record that this run created and nobody touched since") {
		t.Errorf("%q", got)
	}
	w.send("[data-testid=undo]", nil) // without the tick
	wants(t, w.doc, "[data-testid=said]", "Nothing was chosen that could go back.")
	w.send("[data-testid=undo]", url.Values{"made": {"yes"}})
	undo := s.act(engine.Undo, engine.Done)
	if _, err := s.box.UserCom.Get("users", b); err == nil || undo.To[engine.B].Deleted != 1 {
		t.Errorf("it is still there: %+v", undo.To)
	}
	w.open("/runs/" + run.ID)
	if got := textsOf(w.doc, "[data-testid=undone] b"); len(got) != 1 || !strings.Contains(got[0], "and 1 was deleted") {
		t.Errorf("%q", got)
	}
}
