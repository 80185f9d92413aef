package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/connection"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/store"
)

// client makes a further workspace, with a flow that is on between accounts in the given states, and makes u a member of it.
func (b *bundle) client(name string, u store.User, role string, states ...connection.State) store.Workspace {
	b.t.Helper()
	ctx := b.t.Context()
	w, err := b.store.AddWorkspace(ctx, name)
	must(b.t, err)
	if role != "" {
		_, err = b.store.AddUser(ctx, w.ID, u.Email, role, "")
		must(b.t, err)
	}
	var ids [2]string
	for side, state := range states {
		system := []string{"highlevel", "usercom"}[side]
		c, err := b.store.SaveConnection(ctx, w.ID, connection.Connection{Name: system, System: system, AuthKind: "token", State: state})
		must(b.t, err)
		ids[side] = c.ID
	}
	if len(states) == 2 {
		_, _, err = b.store.SaveFlow(ctx, w.ID, flow.Flow{Name: "people of " + name, Object: "contact", Connections: ids, Enabled: true, Match: []string{"email"}})
		must(b.t, err)
	}
	return w
}

// ran gives the flow of a workspace a run that ended so.
func (b *bundle) lastRun(w store.Workspace, id string, status engine.Status) {
	b.t.Helper()
	flows, err := b.store.Flows(b.t.Context(), w.ID)
	must(b.t, err)
	must(b.t, b.store.StartRun(b.t.Context(), engine.Run{Workspace: w.ID, ID: id, Flow: flows[0].ID, FlowName: flows[0].Name, Status: status, Started: b.now, Finished: b.now}))
}

func textIn(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func TestAllClientsAreShownTheWorstFirst(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	u := b.person("ines@harborpine.test", "viewer")
	ok := connection.OK
	step := b.client("Acme", u, "owner", ok, ok)
	b.lastRun(step, "run_step", engine.Done)
	failed := b.client("Birch", u, "editor", ok, ok)
	b.lastRun(failed, "run_failed", engine.Failed)
	b.client("Cedar", u, "viewer", ok)
	b.client("Dune", u, "owner", ok, connection.Reconnect)
	b.client("Elm", u, "owner", connection.NeedsKey, ok)
	waits := b.client("Fern", u, "owner", ok, ok)
	b.lastRun(waits, "run_waits", engine.Paused)
	secret := b.client("Not for Ines", u, "", ok, connection.Reconnect)

	client := b.signInAs(u)
	res := b.visit(client, "/clients")
	doc := parsed(t, res)
	var got []string
	doc.Find("[data-testid=client]").Each(func(_ int, row *goquery.Selection) {
		got = append(got, row.Find("th b").Text()+": "+textIn(row.Find(".state").First()))
	})
	want := "Dune: User.com does not take the key; Elm: HighLevel needs a key; Birch: The last run of people of Birch failed; Fern: 1 needs you; " +
		"Cedar: User.com is not connected yet; default: Not run yet; Acme: In step"
	if strings.Join(got, "; ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), want)
	}
	if text := doc.Find("[data-testid=headline]").Text(); text != "Four of 7 clients need you" {
		t.Error(text)
	}
	if strings.Contains(doc.Text(), "Not for Ines") || strings.Contains(doc.Text(), secret.ID) {
		t.Error("a workspace of others is shown")
	}
	if n := doc.Find("a[href='/clients/new']").Length(); n != 0 {
		t.Error("a viewer is offered to make clients")
	}
	row := doc.Find("[data-testid=client]").First()
	if text := textIn(row); !strings.Contains(text, "HighLevel: Connected") || !strings.Contains(text, "User.com: Key refused") || !strings.Contains(text, "Last run None yet") {
		t.Error(text)
	}

	// Each leads to where it is mended, in the workspace that it is of.
	form := row.Find("form")
	before := b.cookieOf(client).Value
	goesTo(t, b.post(client, form.AttrOr("action", ""), url.Values{"next": {form.Find("[name=next]").AttrOr("value", "")}}), form.Find("[name=next]").AttrOr("value", ""))
	if b.cookieOf(client).Value == before {
		t.Error("the id of the session stays")
	}
	doc = parsed(t, b.visit(client, form.Find("[name=next]").AttrOr("value", "")))
	if text := textIn(doc.Find(".nav .client")); !strings.Contains(text, "Dune 1 of 7 clients") {
		t.Error(text)
	}
	if got := doc.Find("#client-list [aria-current]").Text(); !strings.Contains(got, "Dune") {
		t.Errorf("the switcher marks %q", got)
	}

	doc = parsed(t, b.visit(client, "/clients?q=ER"))
	if n := doc.Find("[data-testid=client]").Length(); n != 1 { // Fern
		t.Errorf("%d fit ER: %s", n, textIn(doc.Find("tbody")))
	}
	if doc = parsed(t, b.visit(client, "/clients?q=nobody")); doc.Find("[data-testid=client]").Length() != 0 || !strings.Contains(doc.Find(".empty").Text(), "Of 7 clients that you belong to none") {
		t.Error("looking for what is not there says nothing")
	}
	goesTo(t, b.post(client, "/workspaces/"+step.ID+"/open", url.Values{"next": {"https://evil.test/"}}), "/")
}

// The switcher asks for its list alone, with how each stands.
func TestTheSwitcherSaysHowEachClientStands(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	u := b.person("ines@harborpine.test", "owner")
	b.client("Acme", u, "viewer", connection.OK, connection.Reconnect)
	client := b.signInAs(u)
	doc := parsed(t, b.visit(client, "/settings/account"))
	if n := doc.Find("#clients [data-narrows]").Length(); n != 0 {
		t.Error("two clients are searched")
	}
	if textIn(doc.Find("#client-list")) != "Acme default" || doc.Find("#clients a[href='/clients/new']").Length() != 1 || doc.Find("button.client[popovertarget=clients]").Length() != 2 {
		t.Error(textIn(doc.Find("#clients")))
	}
	res := b.as(client, http.MethodGet, "/clients", nil, map[string]string{"Accept": "text/html", "HX-Request": "true", "HX-Target": "ul#client-list"})
	text := textOf(res)
	if strings.Contains(text, "<html") || !strings.Contains(text, "User.com does not take the key") || !strings.Contains(text, "Not run yet") {
		t.Error(text)
	}
	for name, role := range map[string]string{"lone viewer": "viewer", "lone editor": "editor"} {
		doc := parsed(t, b.visit(b.signIn(role), "/settings/account"))
		if doc.Find("#clients, button.client").Length() != 0 || doc.Find("span.client").Length() != 2 {
			t.Errorf("%s: a switcher with nothing to switch to", name)
		}
	}
}

func TestAnOwnerMakesAClient(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	u := b.person("ines@harborpine.test", "owner")
	b.client("Taken", u, "")
	client := b.signInAs(u)
	if n := parsed(t, b.visit(client, "/clients/new")).Find("[data-testid=new-client] #name").Length(); n != 1 {
		t.Fatal("no field")
	}
	for name, says := range map[string]string{"": "Give the client a name", "Taken": "That name is taken", strings.Repeat("x", 81): "longer than 80"} {
		res := b.post(client, "/clients", url.Values{"name": {name}})
		if doc := parsed(t, res); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(doc.Find("[data-testid=name-error]").Text(), says) {
			t.Errorf("%q: status %d, %s", name, res.StatusCode, doc.Find("[data-testid=name-error]").Text())
		}
	}
	goesTo(t, b.post(client, "/clients", url.Values{"name": {" Northfold Yoga "}}), "/")
	doc := parsed(t, b.visit(client, "/settings/team"))
	if text := textIn(doc.Find("[data-testid=headline]")); text != "You are the only one in Northfold Yoga" {
		t.Error(text)
	}
	if text := textIn(doc.Find("[data-testid=said]")); !strings.Contains(text, "Northfold Yoga is made, and open") {
		t.Error(text)
	}
	// It holds nothing of where it was made.
	if text := parsed(t, b.visit(client, "/connections")).Find("main").Text(); strings.Contains(text, "left") || strings.Contains(text, "right") {
		t.Error(text)
	}
}
