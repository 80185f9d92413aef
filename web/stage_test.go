package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"couplet/internal/connection"
	"couplet/internal/connector"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/sandbox"
	"couplet/internal/store"
)

// stage is a web app beside both pretend systems, with a flow between two connected accounts that is off, and an engine
// that does what was woken when the test says so.
type stage struct {
	*bundle
	box *sandbox.Sandbox
	eng *engine.Engine
}

func newStage(t testing.TB, o sandbox.Options) *stage {
	t.Helper()
	if o.RateLimits == "" {
		o.RateLimits = "off"
	}
	box, err := sandbox.Start(t.Context(), o)
	must(t, err)
	t.Cleanup(func() { _ = box.Close() })
	hl, uc := box.Info().HighLevel, box.Info().UserCom
	s := &stage{box: box}
	s.bundle = newBundle(t, func(o *Options) {
		o.Now = time.Now
		o.Connect = connects(t, o.Store, time.Now, hostOf(t, hl.URL), hostOf(t, uc.URL))
		o.Tools = tools{o.Store, o.Connect.Pool}
	})
	s.now = time.Now()
	s.eng = s.engine()
	s.eng.Links, s.eng.Now, s.eng.Settle = accounts{s.bundle, s.options.Connect.Pool}, box.Clock.Now, 50*time.Millisecond
	for side, x := range []connection.Connection{
		{Name: "hl", System: "highlevel", BaseURL: hl.URL, Params: map[string]string{"locationId": hl.LocationID}, Identity: connector.Identity{ID: hl.LocationID, Name: "Lumen Dental", Region: "US"}},
		{Name: "uc", System: "usercom", BaseURL: uc.URL, Params: map[string]string{"subdomain": uc.Subdomain}, Settings: box.UserComSettings(), Identity: connector.Identity{ID: "demo", Name: "Lumen people"}},
	} {
		x.AuthKind, x.State, x.PerSecond = connection.KindToken, connection.OK, 1000
		s.conns[side], err = s.store.SaveConnection(t.Context(), s.ws(), x)
		must(t, err)
		s.key(side, []string{hl.Token, uc.Token}[side])
	}
	f, err := flow.Resolve(flow.FlowSpec{Name: "Contacts", Template: "contact-sync"})
	must(t, err)
	f.Connections, f.Region = [2]string{s.conns[0].ID, s.conns[1].ID}, "US"
	s.flow, _, err = s.store.SaveFlow(t.Context(), s.ws(), f)
	must(t, err)
	return s
}

func (s *stage) ws() string { return s.conns[0].Workspace }

// key stores the key of a side.
func (s *stage) key(side int, token string) {
	s.t.Helper()
	sealed, err := s.options.Connect.Sealer.Seal(s.ws(), s.conns[side].ID, connection.SecretToken, []byte(token))
	must(s.t, err)
	must(s.t, s.store.SaveSecret(s.t.Context(), s.ws(), s.conns[side].ID, connection.SecretToken, sealed))
	s.options.Connect.Pool.Forget(s.conns[side].ID)
}

func (s *stage) path(page string) string { return "/flows/" + s.flow.ID + "/" + page }

// act does what was woken last, as a worker would, and fails the test unless it was for this reason.
func (s *stage) act(trigger string, want engine.Status) engine.Run {
	s.t.Helper()
	var up wakeUp
	select {
	case up = <-s.woken:
	default:
		s.t.Fatal("nobody was woken")
	}
	if up != (wakeUp{s.ws(), s.flow.ID, trigger, up.by}) || (up.by == "") != (trigger == engine.Undo) {
		s.t.Fatalf("woken: %+v", up)
	}
	return s.run(trigger, want)
}

// run runs the flow as it is, or its draft for a rehearsal.
func (s *stage) run(trigger string, want engine.Status) engine.Run {
	s.t.Helper()
	f, err := s.store.FlowByID(s.t.Context(), s.ws(), s.flow.ID)
	switch trigger {
	case engine.Rehearse:
		f, _, err = s.store.Draft(s.t.Context(), s.ws(), s.flow.ID)
	case engine.Trial:
		f, err = s.store.TrialOf(s.t.Context(), s.ws(), s.flow.ID)
	}
	must(s.t, err)
	r, err := s.eng.Run(s.t.Context(), engine.Request{Workspace: s.ws(), Flow: f, Trigger: trigger, Look: true, DryRun: trigger == engine.Rehearse})
	must(s.t, err)
	if r.Status != want {
		s.t.Fatalf("the run is %s, want %s: %s", r.Status, want, r.Note)
	}
	return r
}

// rehearsed is a stage whose flow was rehearsed by a person.
func (s *stage) rehearsedBy(w *walker) *walker {
	s.t.Helper()
	w.open(s.path("preview")).send("[data-testid=rehearse]", nil)
	s.act(engine.Rehearse, engine.Done)
	return w.open(s.path("preview"))
}

// stored is the flow as it is stored.
func (s *stage) stored() flow.Flow {
	s.t.Helper()
	f, err := s.store.FlowByID(s.t.Context(), s.ws(), s.flow.ID)
	must(s.t, err)
	return f
}

// edit changes the draft as the map page would.
func (s *stage) edit(change func(f *flow.Flow)) {
	s.t.Helper()
	f, _, err := s.store.Draft(s.t.Context(), s.ws(), s.flow.ID)
	must(s.t, err)
	change(&f)
	must(s.t, s.store.SaveDraft(s.t.Context(), s.ws(), "test", f))
}

// written counts calls to both systems that change something there.
func (s *stage) written() (n int) {
	for _, crm := range []string{"highlevel", "usercom"} {
		for _, c := range s.box.Counters(crm).Calls {
			if c.Method != http.MethodGet && c.Path != "/contacts/search" {
				n += c.Count
			}
		}
	}
	return n
}

// records are the names in the list.
func records(w *walker) (names []string) {
	w.doc.Find("[data-testid=record] [data-testid=name]").Each(func(_ int, n *goquery.Selection) { names = append(names, tidyText(n)) })
	return names
}

// figure is one of the five counts.
func figure(w *walker, word string) string {
	return tidyText(w.doc.Find("[data-testid=count-" + strings.ReplaceAll(word, " ", "-") + "] .figure"))
}

func planned(t testing.TB, s *stage, run string) store.PlanCounts {
	t.Helper()
	counts, err := s.store.PlanCounts(t.Context(), s.ws(), run)
	must(t, err)
	return counts
}
