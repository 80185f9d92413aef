package web

import (
	"testing"
	"time"

	"couplet/internal/engine"
)

func TestWhatASystemDoesNotTakeIsToldAtThePairAndTriedAgain(t *testing.T) {
	t.Parallel()
	s, fields, w := planOn(t)
	must(t, s.store.SaveCapability(t.Context(), s.ws(), engine.Capability{Conn: s.flow.Connections[0], Object: "contact", Field: "customFields." + fields[0],
		Verb: "update", Refused: true, Learned: time.Now()}))
	w.open(s.path("map")).says("lesson", "HighLevel does not let this field be changed")
	s.walk("viewer").open(s.path("map")).says("lesson", "HighLevel").hasNo("lesson-again")
	w.send("[data-testid=lesson-again]", nil).hasNo("lesson")
	must(t, s.store.SaveCapability(t.Context(), s.ws(), engine.Capability{Conn: s.flow.Connections[1], Object: "contact", Field: "first_name", Verb: "update", MaxLen: 40, Learned: time.Now()}))
	w.open(s.path("map")).says("lesson", "keep only the first 40 characters")
	w.send("[data-testid=lesson-again]", nil).hasNo("lesson")
	caps, err := s.store.Capabilities(t.Context(), s.ws(), s.flow.Connections, "contact")
	must(t, err)
	for _, c := range caps {
		if c.Closed() || c.MaxLen != 0 {
			t.Errorf("still learned: %+v", c)
		}
	}
}

func TestWhatASystemDoesNotTakeIsToldOnItsConnection(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	at := "/connections/" + b.conns[1].ID
	b.see(b.signIn("viewer"), at)
	learn := func(c engine.Capability) {
		t.Helper()
		c.Conn, c.Object, c.Verb, c.Learned = b.conns[1].ID, "contact", "update", b.now
		must(t, b.store.SaveCapability(t.Context(), b.conns[1].Workspace, c))
	}
	learn(engine.Capability{Field: "name", MaxLen: 40})
	learn(engine.Capability{Field: "city", Refused: true})
	viewer := b.see(b.signIn("viewer"), at)
	voice(t, at, viewer)
	if got := textsOf(viewer, "[data-testid=lesson]"); len(got) != 2 || viewer.Find("[data-testid=lesson-again]").Length() != 0 {
		t.Errorf("%q", got)
	}
	if b.see(b.signIn("viewer"), "/connections/"+b.conns[0].ID).Find("[data-testid=lesson]").Length() != 0 {
		t.Error("the other account shows it, too")
	}
	client := b.signIn("editor")
	form := b.see(client, at).Find("[data-testid=lesson-again]").First().Closest("form")
	goesTo(t, b.post(client, form.AttrOr("action", ""), answer(form, "", nil)), at)
	doc := b.see(client, at)
	wants(t, doc, "[data-testid=said]", "The field counts as one that can be changed again: a flow that may write sends its next change.")
	wants(t, doc, "[data-testid=lesson] b", "Name")
}
