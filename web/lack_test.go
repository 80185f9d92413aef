package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"couplet/internal/connection"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
	"couplet/internal/sandbox/highlevel"
)

// tasksAdded walks from two accounts that were connected for contacts to a new flow of tasks, and ends on its map.
func tasksAdded(p *pretended) (w *walker, flow string) {
	w = p.walk("editor").open("/new/a").click("[data-testid=go]").agree("").send("button[value=accept]", nil)
	w.click(".ways a:not([aria-current])").send("#key-form button[type=submit]", url.Values{"subdomain": {p.info.UserCom.Subdomain}, "key": {p.info.UserCom.Token}})
	w.send("button[name=template][value=task-sync]", nil)
	return w, strings.TrimSuffix(w.url.Path, "/map")
}

func TestAFlowThatNeedsMoreThanWasAllowedSaysSoBeforeAnythingIsTried(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	w, flow := tasksAdded(p)
	for _, page := range []string{"/map", "/preview", "/on"} {
		w.open(flow + page)
		if missing := w.at("missing"); w.status != http.StatusOK || !strings.Contains(missing, "Find the tasks that changed, of all contacts at once") ||
			!strings.Contains(missing, "See who works in the sub-account") || strings.Contains(missing, "custom field") {
			t.Errorf("%s does not say what is missing: %s", page, w.text())
		}
		if n := w.doc.Find("[data-testid=ask-again]").Length(); n != 1 || w.doc.Find("[data-testid=rehearse], form button[data-testid=to-preview], [data-testid=press]").Length() > 0 {
			t.Errorf("%s: %d buttons to ask, or something can be tried", page, n)
		}
	}
	w.open(flow+"/preview").expect(http.StatusOK, "Before the preview, HighLevel has to allow more")
	// Not even by somebody who writes the form by hand.
	if w.request(http.MethodPost, w.resolve(flow+"/preview/rehearse"), nil); w.url.Path != flow+"/preview" || len(p.woken) > 0 {
		t.Errorf("a rehearsal was begun, or it leads to %s", w.url)
	}
	if saw := p.walk("viewer").open(flow + "/preview"); saw.doc.Find("[data-testid=missing]").Length() != 2 || saw.doc.Find("[data-testid=ask-again]").Length() > 0 {
		t.Error("a viewer does not see it, or may ask")
	}
}

func TestOneButtonAsksForWhatIsMissingAndLeadsBack(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"/map", "/preview"} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			p := pretend(t)
			w, flow := tasksAdded(p)
			w.open(flow + page).click("[data-testid=ask-again]")
			asked := strings.Fields(w.url.Query().Get("scope"))
			slices.Sort(asked)
			// What the tasks need, and what the connection had.
			if want := []string{"contacts.readonly", "contacts.write", "locations.readonly", "locations/customFields.readonly", "locations/customFields.write", "locations/tasks.readonly", "users.readonly"}; !slices.Equal(asked, want) {
				t.Errorf("asked for %q", asked)
			}
			w.agree("").send("button[value=accept]", nil)
			if w.url.Path != flow+page || w.doc.Find("[data-testid=missing]").Length() > 0 {
				t.Errorf("it leads to %s: %s", w.url, w.text())
			}
			if w.open(flow+"/preview").send("[data-testid=rehearse]", nil); len(p.woken) != 1 {
				t.Error("nothing can be rehearsed")
			}
		})
	}
}

func TestWhoeverChoseATemplateIsAskedForWhatItNeedsAtOnce(t *testing.T) {
	t.Parallel()
	p := pretend(t)
	w := p.walk("editor").open("/new/a?template=task-sync").click("[data-testid=go]")
	asked := strings.Fields(w.url.Query().Get("scope"))
	slices.Sort(asked)
	// Tasks hang on contacts, which are kept in step first.
	if want := []string{"contacts.readonly", "contacts.write", "locations.readonly", "locations/customFields.readonly", "locations/customFields.write", "locations/tasks.readonly", "users.readonly"}; !slices.Equal(asked, want) {
		t.Errorf("asked for %q", asked)
	}
	if asked := strings.Fields(p.walk("editor").open("/new/a?template=contact-sync").click("[data-testid=go]").url.Query().Get("scope")); len(asked) != 5 {
		t.Errorf("for contacts it asks for %q", asked)
	}
}

func TestAKeyThatMayNotIsChangedWhereItWasMadeAndLookedAtAgain(t *testing.T) {
	t.Parallel()
	s, w := narrow(t)
	w.open(s.path("map")).says("lacks-highlevel", "more than the key of Lumen Dental allows").says("missing", "locations/tasks.readonly")
	if to := w.doc.Find("[data-testid=ask-again]").AttrOr("href", ""); !strings.HasPrefix(to, "/connections/"+s.conns[0].ID+"/key?then=") {
		t.Errorf("the button leads to %q", to)
	}
	may, _, err := s.store.PermitOf(t.Context(), s.ws(), s.conns[0].ID)
	must(t, err)
	s.key(0, s.box.Info().HighLevel.Token) // the same as ticking the scopes of the one that was there
	must(t, s.store.SavePermit(t.Context(), s.ws(), may))
	if w.click("[data-testid=look-again]"); w.url.Path != s.path("map") || w.doc.Find("[data-testid=missing]").Length() > 0 {
		t.Errorf("after it was allowed %s says: %s", w.url, w.text())
	}
}

func TestARunThatIsRefusedAPermissionSaysWhichAndAsksForIt(t *testing.T) {
	t.Parallel()
	s, w := narrow(t)
	must(t, s.store.SavePermit(t.Context(), s.ws(), allOf(s))) // nobody knows yet that it may not
	r := s.run(engine.Rehearse, engine.Paused)
	if want := (engine.Halt{Why: engine.HaltPermit, Side: 0, Scope: "locations/tasks.readonly"}); r.Halt != want {
		t.Fatalf("halted by %+v: %s", r.Halt, r.Note)
	}
	for _, page := range []string{s.path("preview"), "/runs/" + r.ID} {
		w.open(page)
		for _, part := range []string{"HighLevel has to allow more first", "Couplet needs to find the tasks that changed, of all contacts at once, and Lumen Dental has not allowed it.", "Give another key"} {
			if !strings.Contains(w.text(), part) {
				t.Errorf("%s does not say %q: %s", page, part, w.text())
			}
		}
	}
	given := allOf(s)
	given.Obtained = r.Finished.AddDate(0, 0, 1)
	must(t, s.store.SavePermit(t.Context(), s.ws(), given))
	if w.open("/runs/"+r.ID).says("stopped", "It was connected again since"); w.doc.Find("[data-testid=stopped] a[href*='/key']").Length() > 0 {
		t.Error("it asks for what was given since")
	}
}

// narrow is a stage with a flow of tasks whose key of HighLevel may only do what contacts take, and a walker.
func narrow(t *testing.T) (*stage, *walker) {
	t.Helper()
	s := newStage(t, sandbox.Options{Contacts: 10, Seed: 7})
	s.run(engine.Rehearse, engine.Done) // the contacts that tasks hang on
	f, err := flow.Resolve(flow.FlowSpec{Name: "Tasks", Template: "task-sync"})
	must(t, err)
	f.Connections = [2]string{s.conns[0].ID, s.conns[1].ID}
	s.flow, _, err = s.store.SaveFlow(t.Context(), s.ws(), f)
	must(t, err)
	may := allOf(s)
	may.Scopes = may.Scopes[:5]
	s.key(0, s.box.HighLevel.Issue(highlevel.Token{Kind: highlevel.PIT, Class: highlevel.LocationClass, Value: "pit-contacts-only", Scopes: may.Scopes}).Value)
	must(t, s.store.SavePermit(t.Context(), s.ws(), may))
	return s, s.walk("editor")
}

// allOf is a permit for everything that contacts and then tasks take.
func allOf(s *stage) connection.Permit {
	return connection.Permit{Connection: s.conns[0].ID, Scopes: []string{"contacts.readonly", "contacts.write", "locations.readonly",
		"locations/customFields.readonly", "locations/customFields.write", "locations/tasks.readonly", "users.readonly"}}
}
