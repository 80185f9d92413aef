package web

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"couplet/internal/engine"
	"couplet/internal/store"
)

// ownTemplate makes a template of the first workspace and returns its id.
func (b *bundle) ownTemplate() string {
	b.t.Helper()
	t, err := b.store.AddOwnTemplate(b.t.Context(), b.conns[0].Workspace, store.OwnTemplate{Kind: store.OfAutomation, Name: engine.NewID("ours", b.now), Body: "name: ours\n"})
	must(b.t, err)
	return t.ID
}

// owns are the workspace's own templates.
func (b *bundle) owns() []store.OwnTemplate {
	b.t.Helper()
	all, err := b.store.OwnTemplates(b.t.Context(), b.conns[0].Workspace)
	must(b.t, err)
	return all
}

// TestAnAutomationBecomesATemplateAndTheTemplateAnAutomation goes from the page of one to the page of the next.
func TestAnAutomationBecomesATemplateAndTheTemplateAnAutomation(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	id := madeAutomation(b, w, "tasks-from-notes")
	w.click("[data-testid=to-template]").expect(http.StatusOK, "Save as a template").says("file", "note-created")
	for _, word := range []string{b.conns[0].ID, b.conns[1].ID, id} {
		if strings.Contains(w.doc.Find("[data-testid=file]").Text(), word) {
			t.Errorf("the file tells %s", word)
		}
	}
	w.send("[data-testid=save-template]", url.Values{"name": {" "}}).says("problem", "It was not saved")
	w.send("[data-testid=save-template]", url.Values{"name": {"Follow up"}, "says": {"As we\ndo it."}}).expect(http.StatusOK, "Your flow is on").says("own-template", "Follow up").says("own-template", "As we do it.").says("own-template", "Automation · 2 steps")
	w.open("/automations/"+id+"/template").send("[data-testid=save-template]", url.Values{"name": {"Follow up"}}).says("problem", "already")
	if n := len(b.owns()); n != 1 {
		t.Fatalf("%d templates", n)
	}
	v := b.walk("viewer").open("/flows")
	if v.says("own-template", "Follow up"); v.doc.Find("[data-testid=use-own], [data-testid=delete-own], [data-testid=open-template]").Length() != 0 {
		t.Error("a viewer is offered what only editors do")
	}
	w.open("/flows").click("[data-testid=use-own]").expect(http.StatusOK, "Follow up").send("[data-testid=make]", url.Values{"account.highlevel": {b.conns[0].ID}, "account.usercom": {b.conns[1].ID}})
	made := b.automation(strings.TrimPrefix(w.url.Path, "/automations/"))
	if made.Template != b.owns()[0].ID || len(made.Steps) != 2 || made.Connections != [2]string{b.conns[0].ID, b.conns[1].ID} {
		t.Errorf("made is %+v", made)
	}
	w.open("/flows").send("[data-testid=really-delete-own]", nil).has("The template “Follow up” is deleted.")
	if len(b.owns()) != 0 {
		t.Error("it is there")
	}
	if w.open("/automations/"+made.ID).status != http.StatusOK {
		t.Error("what was made of it is gone")
	}
}

// TestAFileIsOpenedAsATemplate downloads one, opens it again, and opens what is none.
func TestAFileIsOpenedAsATemplate(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	w := b.walk("editor")
	id := madeAutomation(b, w, "done-to-note")
	w.open("/automations/"+id+"/template").send("[data-testid=save-template]", url.Values{"name": {"Über uns"}})
	res := b.as(b.signIn("viewer"), http.MethodGet, "/templates/"+b.owns()[0].ID+"/file", nil, nil)
	if got := res.Header.Get("Content-Disposition"); got != `attachment; filename="ber-uns.yaml"` {
		t.Errorf("it is handed out as %s", got)
	}
	text := textOf(res)
	opens := func(text string, asFile bool) *http.Response {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormField("text")
		if asFile {
			part, err = form.CreateFormFile("file", "x.yaml")
		}
		must(t, err)
		fmt.Fprint(part, text)
		must(t, form.Close())
		return b.as(b.signIn("editor"), http.MethodPost, "/templates/open", &body, map[string]string{"Content-Type": form.FormDataContentType(), "Sec-Fetch-Site": "same-origin"})
	}
	if res := opens(text, true); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(textOf(res), "already") {
		t.Errorf("a second one of the name: %d", res.StatusCode)
	}
	secret := strings.Replace(text, "name: ", "connections: [conn_1, conn_2]\nenabled: true\nname: More, ", 1)
	if res := opens(strings.Replace(secret, "More, \"", "\"More, ", 1), true); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("a file: %d %s", res.StatusCode, textOf(res))
	}
	for _, own := range b.owns() {
		if strings.Contains(own.Body, "conn_1") {
			t.Errorf("it is kept with accounts:\n%s", own.Body)
		}
	}
	for text, says := range map[string]string{
		"name: x\r\ntrigger: { kind: manual }\r\nsteps:\r\n  - { id: a, kind: dance }\r\n": "Line 4:",
		"title: x\ntemplate: contact-sync\nflow:\n  conflict: dance\n":                     "Line 4:",
		"version: 1\nflows: []\n":             "couplet apply takes it",
		"":                                    "Nothing was chosen",
		strings.Repeat("# long\n", 100_000):   "larger than any template",
		strings.Repeat("# long\n", 1_000_000): "larger than any template",
	} {
		res := opens(text, false)
		if got := textOf(res); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got, says) {
			t.Errorf("%.60q: %d, and it does not say %q", text, res.StatusCode, says)
		}
	}
	if n := len(b.owns()); n != 2 {
		t.Errorf("%d templates", n)
	}
}
