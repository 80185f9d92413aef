package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/connection"
	"couplet/internal/flow"
)

func TestTheWayToAFlowGoesByAddressesAlone(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	a, other := b.conns[0].ID, b.conns[1].ID
	w := b.walk("editor")

	// Only one account of each system is there, so there is nothing to choose.
	w.open("/new").expect(200, "What should stay in step?")
	if want := "/new/template?a=" + a + "&b=" + other; w.path() != want {
		t.Fatalf("first step not done: %s, want %s", w.path(), want)
	}
	// A step can be come back to, and says what is chosen.
	w.open("/new/a?a="+a+"&b="+other).expect(200, "Connect HighLevel").says("chosen", "left is chosen")
	// What names nothing counts as not chosen: no connection, one of the other system, one of another workspace.
	foreign, err := b.store.AddWorkspace(t.Context(), "foreign")
	must(t, err)
	c, err := b.store.SaveConnection(t.Context(), foreign.ID, connection.Connection{Name: "far", System: "highlevel", AuthKind: "token", State: connection.OK})
	must(t, err)
	for _, id := range []string{"none", other, c.ID} {
		if w.open("/new/a?a=" + id); w.at("chosen") != "" || w.status != 200 {
			t.Errorf("%s counts as chosen: status %d, %s", id, w.status, w.at("chosen"))
		}
		if w.open("/new/template?a=" + id + "&b=" + other); strings.Contains(w.path(), id+"&") && id != other {
			t.Errorf("%s leads on to %s", id, w.path())
		}
	}
	// A stored account is taken by a link.
	w.open("/new/a").expect(200, "Connect HighLevel").click("[data-testid=stored] a")
	if w.path() != "/new/template?a="+a+"&b="+other {
		t.Errorf("taking a stored account leads to %s", w.path())
	}
	// The template makes a flow that is off, once, however often it is asked for.
	for range 2 {
		w.open("/new/template?a="+a+"&b="+other).send("button[name=template][value=contact-sync]", nil)
	}
	flows, err := b.store.Flows(t.Context(), b.conns[0].Workspace)
	must(t, err)
	made := 0
	for _, f := range flows {
		if f.Template == "contact-sync" {
			made++
			if f.Enabled || f.Approval != nil || f.Connections != [2]string{a, other} || f.Name != "Keep contacts the same" {
				t.Errorf("made %+v", f)
			}
			if w.path() != "/flows/"+f.ID+"/map" {
				t.Errorf("it leads to %s", w.path())
			}
		}
	}
	if made != 1 {
		t.Errorf("%d flows were made", made)
	}
	if len(b.woken) > 0 {
		t.Error("making a flow woke one")
	}
}

func TestASecondFlowOfATemplateGetsANameOfItsOwn(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	ctx, ws := t.Context(), b.conns[0].Workspace
	f := b.flow
	f.ID, f.Name, f.Connections = "", "Keep contacts the same", [2]string{"gone", "too"}
	_, _, err := b.store.SaveFlow(ctx, ws, f)
	must(t, err)
	w := b.walk("editor").open("/new").send("button[name=template][value=contact-sync]", nil)
	all, err := b.store.Flows(ctx, ws)
	must(t, err)
	found := false
	for _, f := range all {
		found = found || f.Name == "Keep contacts the same 2" && w.path() == "/flows/"+f.ID+"/map"
	}
	if !found {
		t.Errorf("%s, %+v", w.path(), all)
	}
	// A template that is not there is said, and the others are shown.
	w.open("/new").send("button[name=template][value=contact-sync]", nil)
	res := b.post(w.client, "/new/template?a="+b.conns[0].ID+"&b="+b.conns[1].ID, url.Values{"template": {"none"}})
	if doc := parsed(t, res); res.StatusCode != http.StatusUnprocessableEntity || doc.Find("[data-testid=problem]").Length() != 1 || doc.Find("[data-testid=template]").Length() == 0 {
		t.Errorf("status %d: %s", res.StatusCode, doc.Text())
	}
}

func TestTheStepperAndTheTwoLinesSayHowFarOneIs(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	current := func() string { return strings.TrimSpace(w.doc.Find(".steps [aria-current=step]").Text()) }
	w.open("/new/b?a=" + b.conns[0].ID)
	if current() != "Connect User.com" || w.doc.Find(".steps li.done").Length() != 1 {
		t.Errorf("current %q", current())
	}
	if w.doc.Find(".d-line.done").Length() != 1 || w.doc.Find(".d-line.wait").Length() != 1 || !strings.Contains(w.doc.Find(".d-line.done").Text(), "left") {
		t.Errorf("lines: %s", w.doc.Find(".duet").Text())
	}
	w.open("/new/template?a=" + b.conns[0].ID + "&b=" + b.conns[1].ID)
	if current() != "Choose a template" || w.doc.Find(".d-line.done").Length() != 2 || w.doc.Find(".steps li").Length() != 6 {
		t.Errorf("current %q, lines: %s", current(), w.doc.Find(".duet").Text())
	}
}

func TestOnlyTemplatesThatExistAreShown(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("viewer").open("/flows")
	if n := w.doc.Find("[data-testid=template]").Length(); n != 4 {
		t.Errorf("%d templates", n)
	}
	// A viewer sees flows and how they are, and nothing that makes or switches one.
	if n := w.doc.Find("[data-testid=flow]").Length(); n != 1 || !strings.Contains(w.text(), "people") {
		t.Errorf("%d flows: %s", n, w.text())
	}
	w.doc.Find("main a").Each(func(_ int, n *goquery.Selection) {
		if href := n.AttrOr("href", ""); strings.HasPrefix(href, "/new") {
			t.Errorf("a viewer is offered %s", href)
		}
	})
	if w.doc.Find("main form").Length() != 0 {
		t.Error("a viewer is offered a switch")
	}
	e := b.walk("editor").open("/flows")
	if form := e.doc.Find("main form"); form.AttrOr("action", "") != "/flows/"+b.flow.ID+"/switch" || form.Find("button[name=to]").AttrOr("value", "") != "off" {
		t.Error("an editor cannot switch the flow off")
	}
	if e.doc.Find("main a[href='/new']").Length() != 1 || e.doc.Find("main a[href='/new?template=contact-sync']").Length() != 1 {
		t.Error("an editor is not offered a new flow")
	}
	// The template that was chosen in the gallery is remembered on the way.
	if e.open("/new?template=contact-sync"); !strings.Contains(e.path(), "template=contact-sync") {
		t.Errorf("it is forgotten at %s", e.path())
	}
}

func TestTheListSaysHowAFlowIsAndSwitchesIt(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	w.open("/flows").says("flow", "Not run yet").says("headline", "Your flow is on")
	c := b.conns[1]
	c.State, c.Problem = connection.Reconnect, "It ended."
	_, err := b.store.SaveConnection(t.Context(), c.Workspace, c)
	must(t, err)
	w.open("/flows").says("flow", "does not take the key").says("headline", "One flow needs you")
	// One that was never on is finished first; one that was on is switched by one press.
	must(t, b.store.SetEnabled(t.Context(), c.Workspace, b.flow.ID, false))
	w.open("/flows").says("headline", "Your flow is off").says("flow", "Not switched on yet").says("flow", "Finish setting up")
	must(t, b.store.SaveApproval(t.Context(), c.Workspace, b.flow.ID, flow.Approval{By: "ana", At: b.now, How: "preview"}))
	if w.open("/flows"); w.doc.Find("main form button[name=to]").AttrOr("value", "") != "on" {
		t.Error("a flow that was on cannot be switched on")
	}
	must(t, b.store.SetEnabled(t.Context(), c.Workspace, b.flow.ID, true))
	w.open("/flows").send("main form button[name=to]", nil).says("said", "is off")
	if w.path() != "/flows" {
		t.Errorf("it leads to %s", w.path())
	}
}
