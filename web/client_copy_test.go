package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/connection"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
	"couplet/internal/store"
)

// twin gives a further workspace connections of its own to the same pretend accounts.
func (s *stage) twin(name string) store.Workspace {
	s.t.Helper()
	ctx := s.t.Context()
	w, err := s.store.AddWorkspace(ctx, name)
	must(s.t, err)
	for side, token := range []string{s.box.Info().HighLevel.Token, s.box.Info().UserCom.Token} {
		x := s.conns[side]
		x.ID, x.Workspace = "", ""
		made, err := s.store.SaveConnection(ctx, w.ID, x)
		must(s.t, err)
		sealed, err := s.options.Connect.Sealer.Seal(w.ID, made.ID, connection.SecretToken, []byte(token))
		must(s.t, err)
		must(s.t, s.store.SaveSecret(ctx, w.ID, made.ID, connection.SecretToken, sealed))
	}
	return w
}

func (s *stage) joins(w store.Workspace, u store.User, role string) {
	s.t.Helper()
	_, err := s.store.AddUser(s.t.Context(), w.ID, u.Email, role, "")
	must(s.t, err)
}

// A flow is copied to a client where the person may change things: what goes along is shown first, and the copy is off, has no
// approval, and names accounts of that client alone.
func TestAFlowIsCopiedToAnotherClient(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 3})
	s.o.Samples = s.eng // which may call the pretend accounts
	u := s.person("ines@harborpine.test", "viewer")
	there, apart := s.twin("Northfold"), s.twin("Apart")
	s.joins(there, u, "editor")
	looks := s.client("Looks only", u, "viewer", connection.OK, connection.OK)
	half := s.client("Half", u, "owner", connection.OK)
	refused := s.client("Refused", u, "owner", connection.Reconnect, connection.OK)
	f := s.flow
	f.Map = append(f.Map, mapping.Row{A: mapping.Names{"cf.gone"}, B: mapping.Names{"city"}})
	f.Approval, f.Enabled, f.Scope = &flow.Approval{By: "ann", How: "apply"}, true, flow.Scope{Only: flow.ScopeThese, Records: []string{"joe@secret.test"}}
	f, _, err := s.store.SaveFlow(t.Context(), s.ws(), f)
	must(t, err)

	client := s.signInAs(u)
	if n := parsed(t, s.visit(client, "/flows")).Find("a[href='" + s.path("copy") + "']").Length(); n != 1 {
		t.Errorf("%d ways to copy from the list", n)
	}
	doc := parsed(t, s.visit(client, s.path("copy")))
	got := map[string]string{}
	doc.Find("[data-testid=target]").Each(func(_ int, li *goquery.Selection) {
		got[li.Find("b").Text()] = textIn(li.Find("small")) + "|" + textIn(li.Find("a, button")) + "|" + li.Find("[name=next]").AttrOr("value", "")
	})
	for name, want := range map[string]string{"Northfold": "|Choose Northfold|", "Looks only": "You may look there, and a copy takes an editor. An owner of Looks only can change your role.||",
		"Half": "User.com is not connected there yet. Connect it there; the way leads back here.|Connect User.com at Half|" + connecting("usercom", copyWaits(s.ws(), s.flow.ID))} {
		if got[name] != want {
			t.Errorf("%s: %q", name, got[name])
		}
	}
	if !strings.HasPrefix(got["Refused"], "HighLevel does not take the key there") || len(got) != 4 {
		t.Errorf("%q", got)
	}
	for id, status := range map[string]int{apart.ID: http.StatusNotFound, "none": http.StatusNotFound, s.ws(): http.StatusNotFound, looks.ID: http.StatusConflict, half.ID: http.StatusConflict, refused.ID: http.StatusConflict} {
		for _, res := range []*http.Response{s.visit(client, s.path("copy")+"?to="+id), s.post(client, s.path("copy"), url.Values{"to": {id}})} {
			if res.StatusCode != status {
				t.Errorf("%s: status %d", id, res.StatusCode)
			}
		}
		if flows, err := s.store.Flows(t.Context(), id); err != nil || id != s.ws() && id != looks.ID && len(flows) > 1 || id == apart.ID && len(flows) > 0 {
			t.Errorf("%s: %d flows, %v", id, len(flows), err)
		}
	}

	doc = parsed(t, s.visit(client, s.path("copy")+"?to="+there.ID))
	if text := doc.Find("[data-testid=headline]").Text(); !strings.HasSuffix(text, "pairs go along to Northfold") || strings.HasPrefix(text, "All") {
		t.Error(text)
	}
	if text := textIn(doc.Find("[data-testid=left] li")); text != "cf.gone and City No field is called “cf.gone” in HighLevel at Northfold." {
		t.Error(text)
	}
	if text := textIn(doc.Find("[data-testid=notes]")); !strings.Contains(text, "named one by one") {
		t.Error(text)
	}
	if strings.Contains(textOf(s.visit(client, s.path("copy")+"?to="+there.ID)), "joe@secret.test") {
		t.Error("a record is named")
	}
	form := doc.Find("form[data-testid=copy]")
	fields := url.Values{}
	form.Find("input").Each(func(_ int, n *goquery.Selection) { fields.Set(n.AttrOr("name", ""), n.AttrOr("value", "")) })
	res := s.post(client, form.AttrOr("action", ""), fields)
	copies, err := s.store.Flows(t.Context(), there.ID)
	must(t, err)
	if len(copies) != 1 {
		t.Fatalf("%d copies", len(copies))
	}
	made := copies[0]
	goesTo(t, res, "/flows/"+made.ID+"/map")
	conns, err := s.store.Connections(t.Context(), there.ID)
	must(t, err)
	if made.Enabled || made.Approval != nil || made.Version != 1 || len(made.Scope.Records) > 0 || made.Connections != [2]string{conns[0].ID, conns[1].ID} || len(made.Map) != len(f.Map)-1 || made.Object != f.Object {
		t.Errorf("%+v", made)
	}
	doc = parsed(t, s.visit(client, "/flows/"+made.ID+"/map"))
	if text := textIn(doc.Find("[data-testid=said]")); text != "“Contacts” was copied from default, and is off. 1 pair was left behind." {
		t.Error(text)
	}
	if text := textIn(doc.Find(".nav .client")); !strings.Contains(text, "Northfold") {
		t.Error(text)
	}
	if res := s.visit(client, s.path("map")); res.StatusCode != http.StatusNotFound {
		t.Errorf("the first flow is seen from the other workspace: status %d", res.StatusCode)
	}
}

// Where the accounts of a client do not answer, nothing is copied.
func TestNothingIsCopiedToAccountsThatDoNotAnswer(t *testing.T) {
	t.Parallel()
	s := newStage(t, sandbox.Options{Contacts: 1})
	u := s.person("ines@harborpine.test", "viewer")
	there := s.client("Silent", u, "owner", connection.OK, connection.OK) // accounts without keys
	client := s.signInAs(u)
	for _, res := range []*http.Response{s.visit(client, s.path("copy")+"?to="+there.ID), s.post(client, s.path("copy"), url.Values{"to": {there.ID}})} {
		if doc := parsed(t, res); doc.Find("[data-testid=problem]").Length() != 1 || doc.Find("form[data-testid=copy]").Length() != 0 {
			t.Errorf("status %d: %s", res.StatusCode, textIn(doc.Find("main")))
		}
	}
	if all, err := s.store.Flows(t.Context(), there.ID); err != nil || len(all) != 1 {
		t.Errorf("%d flows, %v", len(all), err)
	}
}
