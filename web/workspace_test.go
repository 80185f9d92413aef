package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

func keepsForm(change url.Values) url.Values {
	q := url.Values{"do": {"keeps"}, "runs": {"90"}, "quiet": {"14"}, "losses": {"60"}, "calls": {"5"}}
	for k, v := range change {
		q[k] = v
	}
	return q
}

func TestAnOwnerRenamesTheWorkspace(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	u := b.person("ines@harborpine.test", "owner")
	b.client("Taken", u, "")
	client := b.signInAs(u)
	for name, says := range map[string]string{"": "Give the client a name", "Taken": "That name is taken"} {
		res := b.post(client, "/settings/workspace", url.Values{"do": {"name"}, "name": {name}})
		if doc := parsed(t, res); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(doc.Find("[data-testid=name-error]").Text(), says) {
			t.Errorf("%q: status %d", name, res.StatusCode)
		}
	}
	goesTo(t, b.post(client, "/settings/workspace", url.Values{"do": {"name"}, "name": {"Harbour Studio"}}), "/settings/workspace")
	doc := parsed(t, b.visit(client, "/settings/workspace"))
	if textIn(doc.Find(".nav .client b")) != "Harbour Studio" || textIn(doc.Find("[data-testid=said]")) != "The client is now called Harbour Studio." {
		t.Error(textIn(doc.Find(".nav .client")))
	}
}

// New flows begin with what the workspace says, and those that exist stay.
func TestNewFlowsBeginWithWhatTheWorkspaceSays(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.conns[0].Workspace
	b.conns[0].Identity = connector.Identity{ID: account, Region: "US", Zone: "America/New_York"}
	_, err := b.store.SaveConnection(t.Context(), w, b.conns[0])
	must(t, err)
	client := b.signIn("owner")
	for name, form := range map[string]url.Values{"a country nobody knows": {"country": {"XX"}}, "a time nobody offers": {"every": {"7s"}}, "a word": {"every": {"often"}}, "a policy": {"delete": {"purge"}}} {
		form.Set("do", "defaults")
		if res := b.post(client, "/settings/workspace", form); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, res.StatusCode)
		}
	}
	goesTo(t, b.post(client, "/settings/workspace", url.Values{"do": {"defaults"}, "country": {"PL"}, "every": {"1h0m0s"}, "delete": {"restore"}, "watch": {"on"}}), "/settings/workspace")
	doc := parsed(t, b.visit(client, "/settings/workspace"))
	for field, want := range map[string]string{"country": "PL", "every": "1h0m0s", "delete": "restore"} {
		if got := doc.Find("#"+field+" [selected]").AttrOr("value", ""); got != want {
			t.Errorf("%s is %q", field, got)
		}
	}
	was, err := b.store.FlowByID(t.Context(), w, b.flow.ID)
	must(t, err)
	for template, deletes := range map[string]flow.Delete{"contact-sync": flow.Restore, "task-sync": flow.Detach} {
		res := b.post(client, address("/new/template", url.Values{"a": {b.conns[0].ID}, "b": {b.conns[1].ID}}), url.Values{"template": {template}})
		id := strings.TrimSuffix(strings.TrimPrefix(res.Header.Get("Location"), "/flows/"), "/map")
		f, err := b.store.FlowByID(t.Context(), w, id)
		must(t, err)
		if f.Region != "PL" || f.Schedule != (flow.Schedule{Every: flow.Duration(time.Hour)}) || !f.Watch || f.Delete != deletes {
			t.Errorf("%s: %+v", template, f)
		}
	}
	if is, err := b.store.FlowByID(t.Context(), w, b.flow.ID); err != nil || is.Version != was.Version || is.Watch {
		t.Errorf("a flow that existed was changed: %+v, %v", is, err)
	}

	for zone, ok := range map[string]bool{"Europe/Warsaw": true, "Mars/Olympus": false, "Local": false, "../etc/passwd": false, "": true} {
		res := b.post(client, "/settings/workspace", url.Values{"do": {"zone"}, "zone": {zone}})
		if got := res.StatusCode == http.StatusSeeOther; got != ok {
			t.Errorf("%q: status %d", zone, res.StatusCode)
		}
		if zone == "Europe/Warsaw" {
			if text := textIn(parsed(t, b.visit(client, "/clients")).Find("[data-testid=zone]")); !strings.Contains(text, zone) {
				t.Error(text)
			}
		}
	}
}

// What is kept is kept for as long as the owner says, within bounds; an undo and the words of pages go by it.
func TestTheOwnerSaysHowLongItIsRemembered(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.conns[0].Workspace
	client := b.signIn("owner")
	for field, form := range map[string]url.Values{"runs": {"runs": {"6"}}, "quiet": {"quiet": {"91"}}, "losses": {"losses": {"many"}}, "calls": {"calls": {"0"}}} {
		res := b.post(client, "/settings/workspace", keepsForm(form))
		if doc := parsed(t, res); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(doc.Find("[data-testid="+field+"-error]").Text(), "whole number of days between") {
			t.Errorf("%s: status %d", field, res.StatusCode)
		}
	}
	res := b.post(client, "/settings/workspace", keepsForm(url.Values{"runs": {"10"}, "quiet": {"11"}}))
	if text := textIn(parsed(t, res).Find("[data-testid=quiet-error]")); !strings.Contains(text, "no longer than the others") {
		t.Error(text)
	}
	if p, err := b.store.Keeps(t.Context(), w); err != nil || p != store.DefaultPolicy {
		t.Errorf("%+v, %v", p, err)
	}
	old := engine.Run{Workspace: w, ID: "run_old", Flow: b.flow.ID, FlowName: "people", Pair: b.pair.ID, Status: engine.Done, Started: b.now.AddDate(0, 0, -40), Finished: b.now.AddDate(0, 0, -40)}
	old.To[1].Updated = 1
	must(t, b.store.StartRun(t.Context(), old))
	undo := func() string { return textIn(parsed(t, b.visit(client, "/runs/run_old/undo")).Find("main")) }
	if text := undo(); !strings.Contains(text, "too old to be undone") || !strings.Contains(text, "kept for 30 days") {
		t.Error(text)
	}
	goesTo(t, b.post(client, "/settings/workspace", keepsForm(nil)), "/settings/workspace")
	if p, err := b.store.Keeps(t.Context(), w); err != nil || p.Runs != 90*24*time.Hour || p.QuietRuns != 14*24*time.Hour || p.Conflicts != 60*24*time.Hour || p.Events != 5*24*time.Hour || p.Batch != store.DefaultPolicy.Batch {
		t.Errorf("%+v, %v", p, err)
	}
	if text := undo(); strings.Contains(text, "too old") {
		t.Error(text)
	}
	if text := textIn(parsed(t, b.visit(client, "/runs?q=nothing")).Find("main")); !strings.Contains(text, "kept for 90 days, quiet ones for 14 days") {
		t.Error(text)
	}
}

// Everybody reads what holds, owners alone change it.
func TestOthersReadTheSettings(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	for _, role := range []string{"viewer", "editor"} {
		doc := parsed(t, b.visit(b.signIn(role), "/settings/workspace"))
		if doc.Find("main form, main input, main button").Length() != 0 || !strings.Contains(textIn(doc.Find("main")), "Runs and what they wrote30 days.") {
			t.Errorf("%s: %s", role, textIn(doc.Find("main")))
		}
	}
	doc := parsed(t, b.visit(b.signIn("owner"), "/settings/workspace"))
	if doc.Find("main form").Length() != 5 {
		t.Errorf("%d forms for an owner", doc.Find("main form").Length())
	}
}

// Single keys are a person's own choice, and the same in all their workspaces.
func TestSingleKeysAreSwitchedOff(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	u := b.person("ines@harborpine.test", "viewer")
	there := b.client("Acme", u, "viewer")
	client, other := b.signInAs(u), b.signIn("viewer")
	off := func(c *http.Client) bool {
		doc := parsed(t, b.visit(c, "/settings/account"))
		pressed := doc.Find("[data-testid=letters] [aria-pressed=true]")
		is := doc.Find(".app[data-letters=off]").Length() == 1
		if (pressed.AttrOr("value", "") == "off") != is {
			t.Errorf("the page says %q", pressed.Text())
		}
		return is
	}
	if off(client) {
		t.Error("off from the start")
	}
	goesTo(t, b.post(client, "/settings/account", url.Values{"do": {"letters"}, "letters": {"off"}}), "/settings/account")
	goesTo(t, b.post(client, "/workspaces/"+there.ID+"/open", nil), "/")
	if !off(client) || off(other) {
		t.Error("it is not theirs alone, everywhere")
	}
	goesTo(t, b.post(client, "/settings/account", url.Values{"do": {"letters"}, "letters": {"on"}}), "/settings/account")
	if off(client) {
		t.Error("still off")
	}
}

func TestAnOwnerNamesTheHostsThatStepsMayCall(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("owner").open("/settings/workspace")
	for _, wrong := range []string{"https://x.test/path", "*.x.test", "a b@c", "x.test/y"} {
		w.send("[data-testid=hosts] button", url.Values{"hosts": {wrong}}).has("is no host")
	}
	w.open("/settings/workspace").send("[data-testid=hosts] button", url.Values{"hosts": {"Hooks.X.test, a.test:8443 a.test:8443"}}).has("Steps may call a.test:8443, hooks.x.test now.")
	if got, err := b.store.Setting(t.Context(), b.conns[0].Workspace, store.HostsSetting); err != nil || got != "a.test:8443 hooks.x.test" {
		t.Errorf("%q %v", got, err)
	}
	b.walk("viewer").open("/settings/workspace").has("a.test:8443 hooks.x.test")
}
