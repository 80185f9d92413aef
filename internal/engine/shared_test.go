package engine_test

import (
	"context"
	"testing"
	"time"

	"couplet/internal/connector"
	"couplet/internal/connector/connectortest"
	"couplet/internal/connector/highlevel"
	"couplet/internal/engine"
	"couplet/internal/flow"
	"couplet/internal/mapping"
	"couplet/internal/sandbox"
)

// shared is a world in which a second HighLevel account is kept in step with the same User.com, by a flow of its own.
type shared struct {
	*world
	box2          *sandbox.Sandbox
	first, second flow.Flow
}

func newShared(t *testing.T) *shared {
	t.Helper()
	w := newWorld(t, sandbox.Options{})
	box2, err := sandbox.Start(t.Context(), sandbox.Options{RateLimits: "off"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box2.Close() })
	s := &shared{world: w, box2: box2, first: w.flow, second: w.flow}
	w.e.Links = s
	s.second.ID, s.second.Name, s.second.Connections = "flow_second", "second", [2]string{"con_c", "con_b"}
	return s
}

// Open implements engine.Links.
func (s *shared) Open(ctx context.Context, space, conn string, observe func(connector.Exchange)) (connector.Connector, error) {
	if conn != "con_c" {
		return s.world.Open(ctx, space, conn, observe)
	}
	info := s.box2.Info()
	return highlevel.New(connector.Account{HTTP: s.http, Budget: &connectortest.Budget{}, Observe: observe, Now: time.Now, BaseURL: info.HighLevel.URL,
		Params: map[string]string{"locationId": info.HighLevel.LocationID}, Token: func(context.Context) (string, error) { return info.HighLevel.Token, nil }})
}

// on runs one of the flows.
func (s *shared) on(f flow.Flow, more engine.Request) engine.Run {
	s.t.Helper()
	more.Workspace, more.Flow, more.Look = ws, f, true
	r, err := s.e.Run(s.t.Context(), more)
	if err != nil || r.Status != engine.Done {
		s.t.Fatal(r.Status, r.Note, err)
	}
	return r
}

// both runs both flows, the first one first.
func (s *shared) both() (r [2]engine.Run) {
	s.t.Helper()
	return [2]engine.Run{s.on(s.first, engine.Request{}), s.on(s.second, engine.Request{})}
}

// pairOf is the second flow's pair.
func (s *shared) pairOf(f flow.Flow) engine.Pair {
	s.t.Helper()
	p, err := s.st.PairFor(s.t.Context(), ws, f.Connections, f.Object, "none")
	if err != nil || p.ID == "none" {
		s.t.Fatal(p, err)
	}
	return p
}

// only is what the one contact of the second HighLevel account shows.
func (s *shared) only(field string) any {
	s.t.Helper()
	c, err := s.Open(s.t.Context(), ws, "con_c", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	page, err := c.List(s.t.Context(), connector.ListRequest{Object: "contact", Fields: []string{"email"}})
	if err != nil || len(page.Records) != 1 {
		s.t.Fatal(page.Records, err)
	}
	one, err := c.Get(s.t.Context(), page.Records[0].Ref)
	if err != nil {
		s.t.Fatal(err)
	}
	return one.Fields[field]
}

// TestWhatOneFlowWritesIsNewsForAnother: the mirror is the account's, and what a write of one flow put there no page shows as news.
func TestWhatOneFlowWritesIsNewsForAnother(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	a := s.add(engine.A, fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Byron"})
	s.pass(time.Minute)
	s.both()
	s.pass(time.Hour)
	s.edit(engine.A, a, fields{"firstName": "Augusta"})
	s.pass(time.Hour)
	s.both()
	if got := s.only("firstName"); got != "Augusta" {
		t.Errorf("the second account has %v, want Augusta", got)
	}
	// What is made later goes over, too, and nothing comes back.
	b := s.partner(engine.A, a)
	s.pass(time.Hour)
	for range 2 {
		for i, r := range s.both() {
			if n := r.To[engine.A].Updated + r.To[engine.B].Updated; n != 0 {
				t.Errorf("flow %d writes %d records though nobody changed anything", i+1, n)
			}
		}
		s.pass(time.Hour)
	}
	for _, f := range []flow.Flow{s.first, s.second} {
		if due, _, err := s.st.Pending(t.Context(), ws, s.pairOf(f).ID, s.box.Clock.Now()); err != nil || due != 0 {
			t.Errorf("%d records wait in the inbox of %s (%v)", due, f.Name, err)
		}
	}
	s.want(engine.B, b, fields{"name": "Augusta Byron"})
}

// TestWhatOneFlowReadsIsNewsForAnother: a webhook has one of them read the record before the other one has its turn.
func TestWhatOneFlowReadsIsNewsForAnother(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	s.second.Direction = mapping.BToA
	a := s.add(engine.A, fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Byron"})
	s.pass(time.Minute)
	s.both()
	b := s.partner(engine.A, a)
	s.pass(time.Hour)
	s.edit(engine.B, b, fields{"name": "Augusta Byron"})
	now := s.box.Clock.Now()
	hint := engine.Hint{Side: engine.B, ID: b, Reason: "webhook", At: now, Due: now}
	if err := s.st.AddHints(t.Context(), ws, s.pairOf(s.first).ID, []engine.Hint{hint}); err != nil {
		t.Fatal(err)
	}
	s.woken(1, time.Hour)
	s.want(engine.A, a, fields{"firstName": "Augusta"})
	s.on(s.second, engine.Request{})
	if got := s.only("firstName"); got != "Augusta" {
		t.Errorf("the second account has %v, want Augusta", got)
	}
}

// TestADeleteThatOneFlowFindsIsFoundByTheOther: only the flow that reads everything sees that a record is missing, whatever it does about that.
func TestADeleteThatOneFlowFindsIsFoundByTheOther(t *testing.T) {
	t.Parallel()
	for _, watch := range []bool{false, true} {
		s := newShared(t)
		s.second.Direction, s.second.Delete = mapping.BToA, flow.Approve
		a := s.add(engine.A, fields{"email": "ada@example.com", "firstName": "Ada", "lastName": "Byron"})
		s.pass(time.Minute)
		s.both()
		b := s.partner(engine.A, a)
		s.pass(time.Hour)
		s.remove(engine.B, b)
		s.first.Watch = watch
		s.pass(25 * time.Hour)
		for range 3 {
			s.both()
			s.pass(time.Hour)
		}
		links, err := s.st.Links(t.Context(), ws, s.pairOf(s.second).ID, "", 10)
		if err != nil || len(links) != 1 {
			t.Fatal(links, err)
		}
		if links[0].State == engine.On {
			t.Errorf("the first flow watches: %v: link %v of the second flow is on still", watch, links[0].IDs)
		}
	}
}
