package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"couplet/internal/engine"
	"couplet/internal/store"
)

const watchedText = "The flow only watches, so nothing is written until it may write."

// watch has a flow only watch.
func (b *bundle) watch() {
	b.t.Helper()
	f, err := b.store.FlowByID(b.t.Context(), b.flow.Workspace, b.flow.ID)
	must(b.t, err)
	f.Watch = true
	_, _, err = b.store.SaveFlow(b.t.Context(), f.Workspace, f)
	must(b.t, err)
}

// A flow that only watches carries nothing out, and an answer says so.
func TestAnAnswerInAFlowThatOnlyWatchesSaysThatNothingIsWritten(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.waiting()
	b.watch()
	client := b.signIn("editor")
	card := b.all(client, "/needs-you").Find("[data-testid=value]").First()
	goesTo(t, b.post(client, "/needs-you", answer(typedForm(card), "put", url.Values{"value": {"Lisbon"}})), "/needs-you")
	wants(t, b.see(client, "/needs-you"), "[data-testid=said]", "That is kept. The flow only watches, so nothing is written until it may write.")
	if len(b.woken) != 0 {
		t.Error("it was woken all the same")
	}
}

// What is looked at again by such a flow is told by a run that writes nothing.
func TestALookInAFlowThatOnlyWatchesPromisesNoWrite(t *testing.T) {
	t.Parallel()
	said := func(b *bundle, doc interface{ Text() string }, looked string) {
		t.Helper()
		if want, got := looked+" "+watchedText, strings.Join(strings.Fields(doc.Text()), " "); got != want {
			t.Errorf("said %q, want %q", got, want)
		}
		if got := <-b.woken; got.trigger != byHand {
			t.Errorf("woken by %+v", got)
		}
	}
	for name, at := range map[string]func(b *bundle) (page, form string){
		"the page of a run": func(b *bundle) (string, string) { return "/runs/" + b.eventful().ID, "[data-testid=problem] form" },
		"needs you": func(b *bundle) (string, string) {
			b.eventful()
			return "/needs-you?kind=failure", "[data-testid=failure] form"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBundle(t)
			page, find := at(b)
			b.watch()
			client := b.signIn("editor")
			form := b.see(client, page).Find(find).First()
			res := b.post(client, form.AttrOr("action", ""), answer(form, "retry", nil))
			said(b, b.see(client, res.Header.Get("Location")).Find("[data-testid=said]"), "2 records are looked at again, and a new run tells what comes of it.")
		})
	}
	t.Run("a record", func(t *testing.T) {
		t.Parallel()
		b := newBundle(t)
		path := b.recordPath(store.User{})
		b.watch()
		client := b.signIn("editor")
		goesTo(t, b.post(client, path+"/check", nil), path)
		said(b, b.see(client, path).Find("[data-testid=said]"), "Both records are looked at now, and a new run tells what comes of it.")
	})
}

// What is accepted or tried again on the map of such a flow promises no write either.
func TestTheMapOfAFlowThatOnlyWatchesPromisesNoWrite(t *testing.T) {
	t.Parallel()
	s, fields, w := planOn(t)
	s.watch()
	_, err := s.box.UserCom.Update("attributes", fields[1], map[string]any{"value_type": "integer"})
	must(t, err)
	s.run("schedule", engine.Done)
	s.reread()
	announces := func(button, want string) {
		t.Helper()
		form := w.open(s.path("map")).doc.Find("[data-testid=" + button + "]").Closest("form")
		res := s.as(w.client, http.MethodPost, form.AttrOr("action", ""), strings.NewReader(answer(form, "", nil).Encode()), map[string]string{"Accept": "text/html",
			"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "Origin": s.url, "HX-Request": "true", "HX-Target": "div#bld"})
		wants(t, parsed(t, res), "[data-testid=announce]", want+" "+watchedText)
	}
	announces("drift-accept", "The pair goes on.")
	must(t, s.store.SaveCapability(t.Context(), s.ws(), engine.Capability{Conn: s.flow.Connections[0], Object: "contact", Field: "customFields." + fields[0],
		Verb: "update", Refused: true, Learned: time.Now()}))
	announces("lesson-again", "The field counts as one that can be changed again.")
}
